"""Projects: create, list, get, look up by name, change and delete."""

from typing import Any
from uuid import UUID

import msgspec
from django.db.models import F
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from traces_app.access import Access
from traces_app.api import schema
from traces_app.api.opik import checks, documented, params
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.errors import BadRequest
from traces_app.api.opik.serializers import projects as shapes
from traces_app.api.opik.serializers.answers import ProjectPage, ProjectRead
from traces_app.api.opik.serializers.runs import IDS, Ids
from traces_app.errors import Conflict
from traces_app.models import Project
from traces_app.models.projects import ProjectQuerySet, name_key
from traces_app.query.expressions import CodePoints
from traces_app.services import projects

SORTABLE: dict[str, Any] = {
    "id": F("pk"),
    "name": CodePoints(F("name_key")),
    "description": CodePoints(F("description")),
    "created_at": F("pk"),
    "last_updated_at": F("last_updated_at"),
    "last_updated_trace_at": F("last_trace_at"),
}


CHOOSING: tuple[OpenApiParameter, ...] = (
    *documented.PAGE,
    schema.query("name", "Part of the name."),
    schema.query("sorting", 'A JSON array: `[{"field": "name", "direction": "ASC"}]`.'),
)


class _Sort(msgspec.Struct):
    field: str = ""
    direction: str = "ASC"


class Projects(OpikView):
    """``POST /projects`` makes one, ``GET /projects`` lists those of the workspace."""

    @documented.writes(
        "Create a project",
        tag="Opik: projects",
        body=shapes.ProjectWrite,
        example={"name": "support"},
        answers={201: "Created; `Location` holds its address."},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(shapes.PROJECT)
        rules = checks.Rules()
        rules.not_blank("name", body.name)
        rules.at_most("name", body.name, projects.MAX_NAME)
        rules.enforce()
        project, is_new = projects.create(
            access=self.access, name=body.name or "", description=body.description or ""
        )
        if not is_new:
            raise Conflict("Project already exists")
        return empty(201, request.build_absolute_uri(f"{request.path}/{project.pk}"))

    @documented.reads(
        "List projects",
        ProjectPage,
        tag="Opik: projects",
        params=CHOOSING,
    )
    def get(self, request: Request) -> HttpResponse:
        page, size = params.page_and_size(request)
        found = chosen(request, self.access)
        rows = found.select_related("created_by")[(page - 1) * size : page * size]
        content = [shapes.read(project) for project in rows]
        return json(params.envelope(page, found.count(), content, list(SORTABLE)))


class ProjectItem(OpikView):
    """``GET``, ``PATCH`` and ``DELETE /projects/{id}``."""

    @documented.reads("Get a project", ProjectRead, tag="Opik: projects")
    def get(self, request: Request, project_id: UUID) -> HttpResponse:
        return json(shapes.read(projects.find(access=self.access, project_id=project_id)))

    @documented.writes(
        "Change a project",
        tag="Opik: projects",
        body=shapes.ProjectUpdate,
        example={"description": "What customers ask."},
    )
    def patch(self, request: Request, project_id: UUID) -> HttpResponse:
        body = self.body(shapes.PROJECT_UPDATE)
        rules = checks.Rules()
        rules.blank_only_if_absent("name", body.name)
        rules.at_most("name", body.name, projects.MAX_NAME)
        rules.enforce()
        projects.edit(
            access=self.access,
            project_id=project_id,
            name=body.name,
            description=body.description,
        )
        return empty()

    @documented.writes(
        "Delete a project",
        tag="Opik: projects",
        answers={204: "Gone, or never there. What was under it is removed in the background."},
    )
    def delete(self, request: Request, project_id: UUID) -> HttpResponse:
        projects.delete(access=self.access, ids=[project_id])
        return empty()


class ProjectDelete(OpikView):
    """``POST /projects/delete``: unknown ids are no error."""

    @documented.writes(
        "Delete projects", tag="Opik: projects", body=Ids, example={"ids": [documented.ID]}
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(IDS)
        checks.sized("ids", body.ids)
        projects.delete(access=self.access, ids=body.ids or ())
        return empty()


class ProjectRetrieve(OpikView):
    """``POST /projects/retrieve``: by name, without regard to case; 404 when there is none."""

    @documented.reads(
        "Find a project by name",
        ProjectRead,
        tag="Opik: projects",
        body=shapes.ProjectName,
        example={"name": "support"},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(shapes.PROJECT_NAME)
        rules = checks.Rules()
        rules.not_blank("name", body.name)
        rules.enforce()
        return json(shapes.read(projects.find(access=self.access, name=body.name)))


def chosen(request: Request, access: Access) -> ProjectQuerySet:
    """The projects that a list is about, in its order. Raises BadRequest."""
    found = Project.objects.visible_to(access)
    name = name_key(request.query_params.get("name", ""))
    if name:
        found = found.filter(name_key__contains=name)
    return found.order_by(*_order(request))


def _order(request: Request) -> list[Any]:
    raw = request.query_params.get("sorting", "")
    try:
        asked = msgspec.json.decode(raw, type=list[_Sort]) if raw else []
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise BadRequest(f"Invalid sorting query parameter '{raw}'") from error
    if not asked or asked[0].field not in SORTABLE:
        return ["-pk"]
    column = SORTABLE[asked[0].field]
    is_falling = asked[0].direction.upper() == "DESC"
    order = column.desc(nulls_last=True) if is_falling else column.asc(nulls_last=True)
    return [order, "-pk"]
