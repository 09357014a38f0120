"""Traces: create, batch, read, change, delete, list (opik.md §2)."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api.opik import checks, documented, params
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers import trace_reads
from traces_app.api.opik.serializers import traces as shapes
from traces_app.api.opik.serializers.answers import TracePage, TraceRead
from traces_app.api.opik.serializers.runs import IDS, Ids
from traces_app.api.opik.serializers.traces import (
    TRACE,
    TRACE_BATCH,
    TRACE_UPDATE,
    TraceUpdate,
    TraceWrite,
)
from traces_app.errors import Conflict, NotFound
from traces_app.models import Project, Trace
from traces_app.models.traces import TraceQuerySet
from traces_app.query import filters, search, sorting, windows
from traces_app.services import traces


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
        exclude = params.exclude(request)
        project = params.project(request, self.access)
        clauses = filters.parse(request.query_params.get("filters"))
        order = sorting.parse(request.query_params.get("sorting"))
        words = request.query_params.get("search", "").strip()
        earliest, latest = params.window(request)
        found = Trace.objects.visible_to(self.access).filter(project=project)
        found = filters.apply(found, clauses, projects=[project.pk])
        found = search.apply(found, words)
        found = windows.apply(found, from_time=earliest, to_time=latest)
        total = _total(project, found, clauses, narrowed=bool(words or earliest or latest))
        chosen = sorting.apply(found, order, projects=[project.pk])
        content = trace_reads.read(
            chosen[(page - 1) * size : page * size],
            truncate=params.flag(request, "truncate"),
            exclude=exclude,
        )
        return json(params.envelope(page, total, content, list(sorting.TRACES_SORTABLE_BY)))


def _total(
    project: Project, found: TraceQuerySet, clauses: list[filters.Clause], *, narrowed: bool
) -> int:
    """How many ``found`` are, exactly (architecture §3), read from the least that tells it."""
    if narrowed:
        return found.count()
    if not clauses:
        return project.trace_count
    counted = filters.count(clauses, projects=[project.pk])
    return found.count() if counted is None else counted


class TraceBatch(OpikView):
    """``POST /traces/batch``: up to 1,000; a 409 names none, the others are stored."""

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
            raise Conflict(traces.ELSEWHERE)
        return empty()


class TraceItem(OpikView):
    """``GET``, ``PATCH`` and ``DELETE /traces/{id}``."""

    @documented.reads("Get a trace", TraceRead)
    def get(self, request: Request, trace_id: UUID) -> HttpResponse:
        visible = Trace.objects.visible_to(self.access).filter(pk=trace_id)
        found = trace_reads.read(visible)
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
