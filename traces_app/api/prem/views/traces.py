"""Prem's traces: list, get, create, update, delete (prem.md §4.1 to §4.5)."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api.prem import documented, trace_lists
from traces_app.api.prem.base import PremView, json
from traces_app.api.prem.errors import InvalidFields
from traces_app.api.prem.representation import (
    TraceDetail,
    TracePage,
    TraceRead,
    default_project_id,
    feedbacks,
    represent,
)
from traces_app.api.prem.serializers.fields import known_id
from traces_app.api.prem.serializers.trace_queries import trace_query
from traces_app.api.prem.serializers.traces import (
    MAX_TRACES,
    UNKNOWN_PROJECT,
    CreatedTrace,
    CreatedTraces,
    Deleted,
    TraceChange,
    TraceWrite,
    judged_trace,
    rejudgement,
)
from traces_app.errors import NotFound
from traces_app.models import Trace
from traces_app.services import judged_traces, traces
from traces_app.services.judged_traces import NOT_FOUND, JudgedTrace


class Traces(PremView):
    """``GET /traces`` lists, ``POST /traces`` creates one or many."""

    @documented.operation(
        "List traces",
        TracePage,
        words="A page; `total` counts all matches.",
        answer_example={"results": [documented.TRACE], "total": 1},
        params=documented.LISTING,
    )
    def get(self, request: Request) -> HttpResponse:
        query = trace_query(request.query_params)
        return json(trace_lists.page(access=self.access, query=query))

    @documented.operation(
        "Create traces, or one",
        CreatedTraces,
        words="One result a trace; a single object is answered with the trace beside it.",
        answer_example={"results": [{"traceId": documented.ID, "success": True}]},
        body=list[TraceWrite] | TraceWrite,
        example=[documented.NEW_TRACE],
    )
    def post(self, request: Request) -> HttpResponse:
        self.access.must_write()
        sent = self.body()
        if isinstance(sent, list):
            return json(CreatedTraces(self._create_all(sent)))
        trace = judged_trace(sent)
        (created,) = judged_traces.create(access=self.access, sent=[trace])
        if created is None:
            raise InvalidFields({"projectId": [UNKNOWN_PROJECT]})
        results = [CreatedTrace(created, success=True)]
        read = msgspec.to_builtins(_read(self, created), builtin_types=(UUID,))
        return json({"results": results} | read)

    def _create_all(self, sent: list[Any]) -> list[CreatedTrace]:
        if not 1 <= len(sent) <= MAX_TRACES:
            raise InvalidFields({"": [f"Send 1 to {MAX_TRACES} traces at once."]})
        results: list[CreatedTrace] = []
        good: list[tuple[CreatedTrace, JudgedTrace]] = []
        for index, item in enumerate(sent):
            result = CreatedTrace(index=index)
            results.append(result)
            try:
                good.append((result, judged_trace(item)))
            except InvalidFields as error:
                result.error = error.summary
        ids = judged_traces.create(access=self.access, sent=[trace for _, trace in good])
        for (result, _), created in zip(good, ids, strict=True):
            result.settle(created)
        return results


class TraceItem(PremView):
    """``GET``, ``PUT``, ``PATCH`` and ``DELETE /traces/{id}``."""

    @documented.operation("Get a trace with everybody's feedback", TraceDetail, one=True)
    def get(self, request: Request, trace_id: str) -> HttpResponse:
        pk = known_id(trace_id)
        fields = msgspec.structs.asdict(_read(self, pk))
        said = feedbacks(access=self.access, trace_id=pk)
        return json(TraceDetail(**fields, feedbacks=said))

    @documented.operation(
        "Change a trace",
        TraceRead,
        words="The trace as it is now.",
        answer_example=documented.TRACE,
        body=TraceChange,
        example={"score": 0.9, "feedback": "Right and kind."},
        one=True,
    )
    def put(self, request: Request, trace_id: str) -> HttpResponse:
        return self._change(trace_id)

    @documented.operation(
        "Change a trace, the same by another method",
        TraceRead,
        words="The trace as it is now.",
        body=TraceChange,
        example={"projectId": None},
        one=True,
    )
    def patch(self, request: Request, trace_id: str) -> HttpResponse:
        return self._change(trace_id)

    @documented.operation(
        "Delete a trace", Deleted, answer_example={"success": True, "id": documented.ID}, one=True
    )
    def delete(self, request: Request, trace_id: str) -> HttpResponse:
        self.access.must_write()
        pk = known_id(trace_id)
        if not traces.delete(access=self.access, ids=[pk]):
            raise NotFound(NOT_FOUND)
        return json(Deleted(success=True, id=pk))

    def _change(self, trace_id: str) -> HttpResponse:
        self.access.must_judge()
        pk = known_id(trace_id)
        judged_traces.update(access=self.access, trace_id=pk, change=rejudgement(self.body()))
        return json(_read(self, pk))


def _read(view: PremView, pk: UUID) -> TraceRead:
    visible = Trace.objects.visible_to(view.access).filter(pk=pk)
    unassigned = default_project_id(view.access)
    found = represent(visible, access=view.access, unassigned=unassigned)
    if not found:
        raise NotFound(NOT_FOUND)
    return found[0]
