"""Spans: create, batch, change (opik-sdk.md §2)."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api.opik import checks, documented
from traces_app.api.opik.base import OpikView, empty
from traces_app.api.opik.serializers import spans as shapes
from traces_app.api.opik.serializers.scores import SCORE_BATCH, ScoreBatch
from traces_app.api.opik.serializers.spans import (
    SPAN,
    SPAN_BATCH,
    SPAN_UPDATE,
    SpanUpdate,
    SpanWrite,
)
from traces_app.errors import Conflict
from traces_app.models import EntityType
from traces_app.models.upserts import EPOCH
from traces_app.services import scores, spans, trace_homes


class Spans(OpikView):
    """``POST /spans`` creates one."""

    @documented.writes(
        "Create a span",
        tag="Opik: spans",
        body=SpanWrite,
        example=documented.SPAN,
        answers={201: "Created; `Location` holds its address."},
    )
    def post(self, request: Request) -> HttpResponse:
        sent = self.body(SPAN).sent()
        spans.create(access=self.access, sent=sent)
        return empty(201, request.build_absolute_uri(f"{request.path}/{sent.id}"))


class SpanBatch(OpikView):
    """``POST /spans/batch``: up to 1,000; a 409 names none, the others are stored."""

    @documented.writes(
        "Create or complete up to 1,000 spans",
        tag="Opik: spans",
        body=shapes.SpanBatch,
        example={"spans": [documented.SPAN]},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(SPAN_BATCH)
        checks.sized("spans", body.spans)
        sent = [row.sent(f"spans[{number}].") for number, row in enumerate(body.spans or ())]
        if spans.ingest(access=self.access, sent=sent):
            raise Conflict(trace_homes.ELSEWHERE)
        return empty()


class SpanItem(OpikView):
    """``PATCH /spans/{id}``: a stub when the span has not come yet."""

    @documented.writes(
        "Change a span", tag="Opik: spans", body=SpanUpdate, example={"trace_id": documented.ID}
    )
    def patch(self, request: Request, span_id: UUID) -> HttpResponse:
        body = self.body(SPAN_UPDATE)
        values = body.changes()
        checks.must_be_version_7("Span", span_id)
        sent = spans.SentSpan(
            span_id, body.trace_id or span_id, EPOCH, EPOCH, body.project_name, values
        )
        spans.patch(
            access=self.access, sent=sent, tags=body.tag_change(), project_id=body.project_id
        )
        return empty()


class SpanScores(OpikView):
    """``PUT /spans/feedback-scores``: scores of spans that have not come yet wait for them."""

    @documented.writes(
        "Score up to 1,000 spans",
        tag="Opik: spans",
        body=ScoreBatch,
        example={"scores": [documented.SCORE | {"id": documented.SPAN["id"]}]},
    )
    def put(self, request: Request) -> HttpResponse:
        said = self.body(SCORE_BATCH).said("span")
        scores.record(access=self.access, entity_type=EntityType.SPAN, said=said, may_wait=True)
        return empty()
