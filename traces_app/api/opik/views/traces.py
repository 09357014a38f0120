"""Traces: create, batch, read, change, delete, list (opik.md §2)."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request

from traces_app.api.opik import checks, documented, finding, params, streams
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers import searches, trace_reads
from traces_app.api.opik.serializers import traces as shapes
from traces_app.api.opik.serializers.answers import TracePage, TraceRead
from traces_app.api.opik.serializers.runs import IDS, Ids
from traces_app.api.opik.serializers.shown import Shown
from traces_app.api.opik.serializers.traces import (
    TRACE,
    TRACE_BATCH,
    TRACE_BATCH_UPDATE,
    TRACE_UPDATE,
    TraceUpdate,
    TraceWrite,
)
from traces_app.errors import Conflict, NotFound
from traces_app.models import Trace
from traces_app.models.traces import TraceQuerySet
from traces_app.query import sorting
from traces_app.query.traces import TRACES
from traces_app.services import trace_homes, traces


class Traces(OpikView):
    """``POST /traces`` creates one, ``GET /traces`` lists a project's."""

    @documented.writes(
        "Create a trace",
        body=TraceWrite,
        example=documented.TRACE,
        answers={201: "Created; `Location` holds its address."},
    )
    def post(self, request: Request) -> HttpResponse:
        sent = self.body(TRACE).sent()
        traces.create(access=self.access, sent=sent)
        return empty(201, request.build_absolute_uri(f"{request.path}/{sent.id}"))

    @documented.reads(
        "List the traces of a project",
        TracePage,
        params=(*documented.PAGE, *documented.PROJECT, *documented.FINDING),
    )
    def get(self, request: Request) -> HttpResponse:
        page, size = params.page_and_size(request)
        exclude = params.exclude(request, trace_reads.EXCLUDABLE)
        asked = finding.in_address(request, self.access, TRACES)
        order = sorting.parse(request.query_params.get("sorting"))
        found = asked.among(Trace.objects.visible_to(self.access))
        total = asked.total(found, asked.project.trace_count)
        chosen = asked.in_order(found, order)
        content = trace_reads.read(
            chosen[(page - 1) * size : page * size],
            shown=asked.shown,
            truncate=params.flag(request, "truncate"),
            exclude=exclude,
            strip_attachments=params.flag(request, "strip_attachments"),
        )
        return json(params.envelope(page, total, content, TRACES.sortable_by))


class TraceBatch(OpikView):
    """``POST`` and ``PATCH /traces/batch``: up to 1,000.

    A POST's 409 names none, the others are stored; a PATCH passes over unknown ids.
    """

    @documented.writes(
        "Create or complete up to 1,000 traces",
        body=shapes.TraceBatch,
        example={"traces": [documented.TRACE]},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(TRACE_BATCH)
        checks.sized("traces", body.traces)
        sent = [row.sent(f"traces[{number}].") for number, row in enumerate(body.traces or ())]
        if traces.ingest(access=self.access, sent=sent):
            raise Conflict(trace_homes.ELSEWHERE)
        return empty()

    @documented.writes(
        "Change up to 1,000 traces alike",
        body=shapes.TraceBatchUpdate,
        example={"ids": [documented.ID], "update": {"tags": ["vip"]}, "merge_tags": True},
    )
    def patch(self, request: Request) -> HttpResponse:
        body = self.body(TRACE_BATCH_UPDATE)
        values, tags = body.change()
        traces.patch_all(access=self.access, ids=set(body.ids or ()), values=values, tags=tags)
        return empty()


class TraceSearch(OpikView):
    """``POST /traces/search``: a stream of traces, newest first."""

    @documented.reads(
        "Search traces: one JSON object a line",
        TraceRead,
        body=searches.TraceSearch,
        example={"project_name": "support", "limit": 500},
    )
    def post(self, request: Request) -> HttpResponseBase:
        body = self.body(searches.TRACE_SEARCH)
        most, exclude = body.most(), body.excluded(trace_reads.EXCLUDABLE)
        asked = body.asked(self.access, TRACES)
        found = asked.among(Trace.objects.visible_to(self.access))

        def printed(page: TraceQuerySet) -> list[dict[str, Any]]:
            return trace_reads.read(
                page,
                shown=asked.shown,
                truncate=bool(body.truncate),
                exclude=exclude,
                strip_attachments=bool(body.strip_attachments),
            )

        pages = streams.newest_first(found, printed, limit=most, before=body.last_retrieved_id)
        return streams.answer(pages)


class TraceItem(OpikView):
    """``GET``, ``PATCH`` and ``DELETE /traces/{id}``."""

    @documented.reads("Get a trace", TraceRead, params=documented.STRIPPING)
    def get(self, request: Request, trace_id: UUID) -> HttpResponse:
        visible = Trace.objects.visible_to(self.access).filter(pk=trace_id)
        stripped = params.flag(request, "strip_attachments")
        found = trace_reads.read(visible, shown=Shown(self.access), strip_attachments=stripped)
        if not found:
            raise NotFound(f"Trace id: {trace_id} not found")
        return json(found[0])

    @documented.writes(
        "Change a trace", body=TraceUpdate, example={"project_name": "support", "tags": ["vip"]}
    )
    def patch(self, request: Request, trace_id: UUID) -> HttpResponse:
        body = self.body(TRACE_UPDATE)
        values = body.changes()
        checks.must_be_version_7("Trace", trace_id)
        traces.patch(
            access=self.access,
            trace_id=trace_id,
            values=values,
            tags=body.tag_change(),
            project=(body.project_name, body.project_id),
        )
        return empty()

    @documented.writes("Delete a trace")
    def delete(self, request: Request, trace_id: UUID) -> HttpResponse:
        traces.delete(access=self.access, ids=[trace_id])
        return empty()


class TraceDelete(OpikView):
    """``POST /traces/delete``: unknown ids are no error."""

    @documented.writes("Delete traces", body=Ids, example={"ids": [documented.ID]})
    def post(self, request: Request) -> HttpResponse:
        body = self.body(IDS)
        checks.sized("ids", body.ids)
        traces.delete(access=self.access, ids=body.ids or (), project_id=body.project_id)
        return empty()
