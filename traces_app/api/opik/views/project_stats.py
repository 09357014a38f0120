"""What projects add up to, and the names of their scores."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api import schema
from traces_app.api.opik import documented, params
from traces_app.api.opik.base import OpikView, json
from traces_app.api.opik.errors import BadParameter, BadRequest
from traces_app.api.opik.finding import Asked
from traces_app.api.opik.serializers import project_stats as shapes
from traces_app.api.opik.serializers.answers import ScoreNames
from traces_app.api.opik.views.projects import CHOOSING, chosen
from traces_app.models import EntityType, Project, Trace
from traces_app.query import filters, score_names, stats
from traces_app.query.filters import Filter
from traces_app.query.traces import STATS, TRACES

TAG = "Opik: projects"
MOST = 100
"""Projects on a page: each is added up by itself, in a fixed number of queries."""


class ProjectStats(OpikView):
    """``GET /projects/stats``: the projects of the list, the filters of the traces."""

    @documented.reads(
        "Figures about projects",
        shapes.ProjectStatsRead,
        tag=TAG,
        params=(
            *CHOOSING,
            schema.query("filters", "A JSON array of clauses that the traces must meet."),
            schema.query("from_time", "From this time on, by the traces' ids."),
            schema.query("to_time", "Up to this time, by the traces' ids."),
        ),
    )
    def get(self, request: Request) -> HttpResponse:
        page, size = params.page_and_size(request)
        if size > MOST:
            raise BadParameter(f"query param size must be less than or equal to {MOST}")
        clauses = filters.parse(request.query_params.get("filters"), registry=TRACES)
        window = params.window(request)
        rows = list(chosen(request, self.access)[(page - 1) * size : page * size])
        self.access.must_see_scores([project.pk for project in rows])
        return json({"content": [self._figures(project, clauses, window) for project in rows]})

    def _figures(
        self,
        project: Project,
        clauses: list[Filter],
        window: tuple[datetime | None, datetime | None],
    ) -> dict[str, Any]:
        asked = Asked(self.access, TRACES, project, clauses, "", *window)
        found = asked.among(Trace.objects.visible_to(self.access))
        return shapes.read(project.pk, stats.read(found, STATS, projects=[project.pk]))


class ProjectScoreNames(OpikView):
    """``GET /projects/feedback-scores/names``: of traces, spans and threads, each name once."""

    @documented.reads(
        "List the names of the scores of projects",
        ScoreNames,
        tag=TAG,
        params=(schema.query("project_ids", "A JSON array of ids; else all projects."),),
    )
    def get(self, request: Request) -> HttpResponse:
        visible = Project.objects.visible_to(self.access)
        asked = _ids(request.query_params.get("project_ids", ""))
        if asked is not None:
            visible = visible.filter(pk__in=asked)
        seen = list(visible.values_list("pk", flat=True))
        if asked is not None:
            self.access.must_see_scores(seen)
        names = {name for kind in EntityType for name in score_names.names(self.access, kind, seen)}
        return json({"scores": [{"name": name} for name in sorted(names)]})


def _ids(raw: str) -> list[UUID] | None:
    if not raw:
        return None
    try:
        return msgspec.json.decode(raw, type=list[UUID])
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise BadRequest(f"Invalid query param ids '{raw}'") from error
