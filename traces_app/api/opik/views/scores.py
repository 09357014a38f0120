"""Feedback scores on traces (opik.md §2 "Feedback scores on traces")."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api.opik import documented, params
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers.answers import ScoreNames
from traces_app.api.opik.serializers.scores import (
    SCORE,
    SCORE_BATCH,
    ScoreBatch,
    ScoreWrite,
)
from traces_app.errors import NotFound
from traces_app.models import EntityType
from traces_app.query import score_names
from traces_app.services import scores


class TraceScore(OpikView):
    """``PUT /traces/{id}/feedback-scores``: 404 for a trace that is not there."""

    @documented.writes(
        "Score a trace", tag="Opik: scores", body=ScoreWrite, example=documented.SCORE
    )
    def put(self, request: Request, trace_id: UUID) -> HttpResponse:
        said = self.body(SCORE).said(trace_id)
        try:
            scores.record(access=self.access, entity_type=EntityType.TRACE, said=[said])
        except NotFound as error:
            raise NotFound(f"Trace id: {trace_id} not found") from error
        return empty()


class TraceScores(OpikView):
    """``PUT /traces/feedback-scores``: scores of traces that have not come yet wait for them."""

    @documented.writes(
        "Score up to 1,000 traces",
        tag="Opik: scores",
        body=ScoreBatch,
        example={"scores": [documented.SCORE | {"id": documented.ID}]},
    )
    def put(self, request: Request) -> HttpResponse:
        said = self.body(SCORE_BATCH).said("trace")
        scores.record(access=self.access, entity_type=EntityType.TRACE, said=said, may_wait=True)
        return empty()


class TraceScoreNames(OpikView):
    """``GET /traces/feedback-scores/names``: in one project, or in all that the caller sees."""

    @documented.reads(
        "List the names of the scores of traces",
        ScoreNames,
        tag="Opik: scores",
        params=documented.NAMED,
    )
    def get(self, request: Request) -> HttpResponse:
        seen = params.scored_projects(request, self.access)
        names = score_names.names(self.access, EntityType.TRACE, seen)
        return json({"scores": [{"name": name} for name in names]})
