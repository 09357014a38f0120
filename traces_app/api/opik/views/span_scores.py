"""Feedback scores on spans: as those on traces."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api.opik import checks, documented, params
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers.answers import ScoreNames
from traces_app.api.opik.serializers.scores import (
    SCORE,
    SCORE_BATCH,
    SCORE_DELETE,
    ScoreBatch,
    ScoreDelete,
    ScoreWrite,
)
from traces_app.errors import NotFound
from traces_app.models import NIL, EntityType, Span
from traces_app.query import score_names
from traces_app.services import scores

TAG = "Opik: scores"


class SpanScore(OpikView):
    """``PUT /spans/{id}/feedback-scores``: 404 for a span that is not there."""

    @documented.writes("Score a span", tag=TAG, body=ScoreWrite, example=documented.SCORE)
    def put(self, request: Request, span_id: UUID) -> HttpResponse:
        said = self.body(SCORE).said(span_id)
        try:
            scores.record(access=self.access, entity_type=EntityType.SPAN, said=[said])
        except NotFound as error:
            raise NotFound(f"Span id: {span_id} not found") from error
        return empty()


class SpanScores(OpikView):
    """``PUT /spans/feedback-scores``: scores of spans that have not come yet wait for them."""

    @documented.writes(
        "Score up to 1,000 spans",
        tag=TAG,
        body=ScoreBatch,
        example={"scores": [documented.SCORE | {"id": documented.SPAN["id"]}]},
    )
    def put(self, request: Request) -> HttpResponse:
        said = self.body(SCORE_BATCH).said("span")
        scores.record(access=self.access, entity_type=EntityType.SPAN, said=said, may_wait=True)
        return empty()


class SpanScoreDelete(OpikView):
    """``POST /spans/{id}/feedback-scores/delete``: 204 even if there is nothing."""

    @documented.writes(
        "Delete a span's scores of a name",
        tag=TAG,
        body=ScoreDelete,
        example={"name": "quality"},
    )
    def post(self, request: Request, span_id: UUID) -> HttpResponse:
        body = self.body(SCORE_DELETE)
        rules = checks.Rules()
        rules.not_blank("name", body.name)
        rules.enforce()
        scores.delete(
            access=self.access,
            entity_type=EntityType.SPAN,
            entity_id=span_id,
            names=[body.name or ""],
            author=body.author,
            queue_id=body.source_queue_id or NIL,
        )
        return empty()


class SpanScoreNames(OpikView):
    """``GET /spans/feedback-scores/names``: in one project, or in all that the caller sees."""

    @documented.reads(
        "List the names of the scores of spans",
        ScoreNames,
        tag=TAG,
        params=(*documented.NAMED, documented.OF_SPANS[1]),
    )
    def get(self, request: Request) -> HttpResponse:
        kind = params.one_of(request, "type", Span.Type.values)
        seen = params.scored_projects(request, self.access)
        if kind is None:
            names = score_names.names(self.access, EntityType.SPAN, seen)
        else:
            names = score_names.of_spans(self.access, kind, seen)
        return json({"scores": [{"name": name} for name in names]})
