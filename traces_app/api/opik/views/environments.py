"""Environments: where applications run."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api.opik import checks, documented, params
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers import environments as shapes
from traces_app.api.opik.serializers.runs import IDS, Ids
from traces_app.models import Environment
from traces_app.services import environments

TAG = "Opik: environments"


class Environments(OpikView):
    """``POST`` makes one, ``GET`` lists all of the workspace, by their position."""

    @documented.writes(
        "Create an environment",
        tag=TAG,
        body=shapes.EnvironmentWrite,
        example={"name": "production", "description": "What customers use.", "color": "#2f7d4f"},
        answers={201: "Created; `Location` holds its address."},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(shapes.ENVIRONMENT)
        if body.id is not None:
            checks.must_be_version_7("Environment", body.id)
        made = environments.create(access=self.access, wishes=body.wishes(), environment_id=body.id)
        return empty(201, request.build_absolute_uri(f"{request.path}/{made.pk}"))

    @documented.reads("List environments", shapes.EnvironmentPage, tag=TAG)
    def get(self, request: Request) -> HttpResponse:
        found = Environment.objects.visible_to(self.access).in_order()
        rows = list(found.select_related("created_by", "last_updated_by"))
        return json(params.envelope(1, len(rows), [shapes.read(row) for row in rows], []))


class EnvironmentItem(OpikView):
    """``GET`` and ``PATCH /environments/{id}``."""

    @documented.reads("Get an environment", shapes.EnvironmentRead, tag=TAG)
    def get(self, request: Request, environment_id: UUID) -> HttpResponse:
        found = environments.find(access=self.access, environment_id=environment_id)
        return json(shapes.read(found))

    @documented.writes(
        "Change an environment",
        tag=TAG,
        body=shapes.EnvironmentUpdate,
        example={"description": "What customers use.", "position": 0},
    )
    def patch(self, request: Request, environment_id: UUID) -> HttpResponse:
        wishes = self.body(shapes.ENVIRONMENT_UPDATE).wishes()
        environments.edit(access=self.access, environment_id=environment_id, wishes=wishes)
        return empty()


class EnvironmentDelete(OpikView):
    """``POST /environments/delete``: unknown ids are no error."""

    @documented.writes("Delete environments", tag=TAG, body=Ids, example={"ids": [documented.ID]})
    def post(self, request: Request) -> HttpResponse:
        body = self.body(IDS)
        checks.sized("ids", body.ids)
        environments.delete(access=self.access, ids=body.ids or ())
        return empty()
