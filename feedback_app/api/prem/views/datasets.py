"""Taking traces into datasets through Prem's dialect (prem.md §4.6, §8)."""

from django.http import HttpResponse
from rest_framework.request import Request

from feedback_app.api.prem.serializers import datasets as shapes
from feedback_app.services import datasets
from traces_app.api.prem.base import PremView, json
from traces_app.api.prem.serializers.fields import known_id, uuid_of


class TraceAddToDataset(PremView):
    """``POST /traces/{id}/addToDataset``; a body is optional."""

    def post(self, request: Request, trace_id: str) -> HttpResponse:
        self.access.must_write()
        into = shapes.dataset_id(self.optional_body())
        pk = known_id(trace_id)
        added = datasets.add_trace(access=self.access, trace_id=pk, dataset_id=into)
        return json(shapes.added(added))


class TracesAddToDataset(PremView):
    """``POST /traces/addToDataset``: many at once, each for itself."""

    def post(self, request: Request) -> HttpResponse:
        self.access.must_write()
        body = self.body()
        sent = shapes.ids(body)
        into = shapes.dataset_id(body)
        known = [pk for pk in map(uuid_of, sent) if pk is not None]
        results = datasets.add_traces(access=self.access, ids=known, dataset_id=into)
        return json(shapes.all_added(sent, results))
