"""Spans: create, batch, read, change, delete, list, search (opik-sdk.md §2)."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request

from traces_app.api.opik import checks, documented, finding, params, streams
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers import searches, span_reads
from traces_app.api.opik.serializers import spans as shapes
from traces_app.api.opik.serializers.answers import SpanPage, SpanRead
from traces_app.api.opik.serializers.shown import Shown
from traces_app.api.opik.serializers.spans import (
    SPAN,
    SPAN_BATCH,
    SPAN_UPDATE,
    SPAN_UPDATE_BATCH,
    SpanUpdate,
    SpanUpdateBatch,
    SpanWrite,
)
from traces_app.errors import Conflict, NotFound
from traces_app.models import Span
from traces_app.models.spans import SpanQuerySet
from traces_app.models.upserts import EPOCH
from traces_app.query import sorting
from traces_app.query.spans import SPANS
from traces_app.services import spans, trace_homes


class Spans(OpikView):
    """``POST /spans`` creates one, ``GET /spans`` lists a project's."""

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

    @documented.reads(
        "List the spans of a project",
        SpanPage,
        tag="Opik: spans",
        params=(
            *documented.PAGE,
            *documented.PROJECT,
            *documented.OF_SPANS,
            *documented.FINDING,
        ),
    )
    def get(self, request: Request) -> HttpResponse:
        page, size = params.page_and_size(request)
        exclude = params.exclude(request, span_reads.EXCLUDABLE)
        asked = finding.in_address(request, self.access, SPANS)
        order = sorting.parse(request.query_params.get("sorting"), registry=SPANS)
        every = asked.among(Span.objects.visible_to(self.access))
        found = finding.of_spans(request, every)
        total = asked.total(found) if found is every else found.count()
        chosen = asked.in_order(found, order)
        content = span_reads.read(
            chosen[(page - 1) * size : page * size],
            shown=asked.shown,
            truncate=params.flag(request, "truncate"),
            exclude=exclude,
            strip_attachments=params.flag(request, "strip_attachments"),
        )
        return json(params.envelope(page, total, content, SPANS.sortable_by))


class SpanBatch(OpikView):
    """``POST /spans/batch``: up to 1,000; a 409 names none, the others are stored.

    ``PATCH /spans/batch``: the same change of up to 1,000; unknown ids are no error.
    """

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

    @documented.writes(
        "Change up to 1,000 spans",
        tag="Opik: spans",
        body=SpanUpdateBatch,
        example={"ids": [documented.SPAN["id"]], "update": {"tags": ["vip"]}, "merge_tags": True},
    )
    def patch(self, request: Request) -> HttpResponse:
        body = self.body(SPAN_UPDATE_BATCH)
        values, tags = body.changes()
        spans.patch_all(access=self.access, ids=body.ids or (), values=values, tags=tags)
        return empty()


class SpanSearch(OpikView):
    """``POST /spans/search``: a stream of spans, newest first."""

    @documented.reads(
        "Search spans: one JSON object a line",
        SpanRead,
        tag="Opik: spans",
        body=searches.SpanSearch,
        example={"project_name": "support", "trace_id": documented.ID, "limit": 500},
    )
    def post(self, request: Request) -> HttpResponseBase:
        body = self.body(searches.SPAN_SEARCH)
        most, exclude = body.most(), body.excluded(span_reads.EXCLUDABLE)
        asked = body.asked(self.access, SPANS)
        found = asked.among(Span.objects.visible_to(self.access))
        if body.trace_id is not None:
            found = found.filter(trace_id=body.trace_id)
        if body.type is not None:
            found = found.filter(type=body.type)

        def printed(page: SpanQuerySet) -> list[dict[str, Any]]:
            return span_reads.read(
                page,
                shown=asked.shown,
                truncate=bool(body.truncate),
                exclude=exclude,
                strip_attachments=bool(body.strip_attachments),
            )

        pages = streams.newest_first(found, printed, limit=most, before=body.last_retrieved_id)
        return streams.answer(pages)


class SpanItem(OpikView):
    """``GET``, ``PATCH`` (a stub when the span has not come yet), ``DELETE /spans/{id}``."""

    @documented.reads("Get a span", SpanRead, tag="Opik: spans", params=documented.STRIPPING)
    def get(self, request: Request, span_id: UUID) -> HttpResponse:
        visible = Span.objects.visible_to(self.access).filter(pk=span_id)
        stripped = params.flag(request, "strip_attachments")
        found = span_reads.read(visible, shown=Shown(self.access), strip_attachments=stripped)
        if not found:
            raise NotFound(f"Span id: {span_id} not found")
        return json(found[0])

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

    @documented.writes("Delete a span", tag="Opik: spans")
    def delete(self, request: Request, span_id: UUID) -> HttpResponse:
        spans.delete(access=self.access, ids=[span_id])
        return empty()
