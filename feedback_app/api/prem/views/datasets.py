"""Taking traces into datasets through Prem's dialect (prem.md §4.6, §8)."""

from django.http import HttpResponse
from rest_framework.request import Request

from feedback_app.api.prem.serializers import datasets as shapes
from feedback_app.services import datasets
from traces_app.api.prem import documented
from traces_app.api.prem.base import PremView, json
from traces_app.api.prem.serializers.fields import known_id, uuid_of

ADDED = {
    "traceId": documented.ID,
    "status": "added",
    "success": True,
    "datapointId": "01a20588-3d10-7b0a-9a55-7f0c2a6f1a3b",
}


class TraceAddToDataset(PremView):
    """``POST /traces/{id}/addToDataset``; a body is optional."""

    @documented.operation(
        "Add a trace to a dataset",
        shapes.AddedTrace,
        words="Added; queued while a better answer is written, to be polled on the trace"
        " (`addedToDataset`, `processingStatus`, `processingError`); or failed with an `error`"
        " that says what is missing.",
        answer_example=ADDED,
        body=shapes.Into,
        example={},
        one=True,
    )
    def post(self, request: Request, trace_id: str) -> HttpResponse:
        self.access.must_write()
        into = shapes.dataset_id(self.optional_body())
        pk = known_id(trace_id)
        added = datasets.add_trace(access=self.access, trace_id=pk, dataset_id=into)
        return json(shapes.added(added))


class TracesAddToDataset(PremView):
    """``POST /traces/addToDataset``: many at once, each for itself."""

    @documented.operation(
        "Add many traces to a dataset",
        shapes.AddedTraces,
        words="One result for each id, in their order.",
        answer_example={"results": [ADDED]},
        body=shapes.TraceIds,
        example={"ids": [documented.ID]},
    )
    def post(self, request: Request) -> HttpResponse:
        self.access.must_write()
        body = self.body()
        sent = shapes.ids(body)
        into = shapes.dataset_id(body)
        known = [pk for pk in map(uuid_of, sent) if pk is not None]
        results = datasets.add_traces(access=self.access, ids=known, dataset_id=into)
        return json(shapes.all_added(sent, results))
