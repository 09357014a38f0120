"""Datasets: create, list, get, edit, delete, and look up by name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Value
from django.http import HttpResponse
from rest_framework.request import Request

from feedback_app.api.opik import finding
from feedback_app.api.opik.serializers import datasets as shapes
from feedback_app.models import Datapoint, Dataset
from feedback_app.services import named_datasets
from traces_app.access import Access
from traces_app.api import schema
from traces_app.api.opik import checks, documented, params
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.normal_form import clean_text
from traces_app.query.expressions import Contains

TAG = "Opik: datasets"


class Datasets(OpikView):
    """``POST /datasets`` makes one, ``GET /datasets`` lists those of the workspace."""

    @documented.writes(
        "Create a dataset",
        tag=TAG,
        body=shapes.DatasetWrite,
        example={"name": "support", "project_name": "support"},
        answers={201: "Created; `Location` holds its address."},
    )
    def post(self, request: Request) -> HttpResponse:
        self.access.must_write()
        body = self.body(shapes.DATASET)
        body.check()
        made = named_datasets.create(
            access=self.access,
            project=finding.home(self.access, body.project_name, body.project_id),
            name=body.name or "",
            description=body.description or "",
            pk=body.id,
        )
        return empty(201, request.build_absolute_uri(f"{request.path}/{made.pk}"))

    @documented.reads(
        "List datasets",
        shapes.DatasetPage,
        tag=TAG,
        params=(
            *documented.PAGE,
            schema.query("name", "Part of the name."),
            schema.query("project_id", "Only datasets of this project.", UUID),
        ),
    )
    def get(self, request: Request) -> HttpResponse:
        page, size = params.page_and_size(request)
        found = Dataset.objects.visible_to(self.access)
        if project_id := request.query_params.get("project_id"):
            found = found.filter(project_id=params.uuid(project_id))
        if name := clean_text(request.query_params.get("name", "").strip()):
            found = found.filter(Contains(F("name"), Value(name)))
        chosen = list(found.order_by("-pk")[(page - 1) * size : page * size])
        return json(params.envelope(page, found.count(), _printed(self.access, chosen), []))


class DatasetItem(OpikView):
    """``GET``, ``PUT`` and ``DELETE /datasets/{id}``."""

    @documented.reads("Get a dataset", shapes.DatasetRead, tag=TAG)
    def get(self, request: Request, dataset_id: UUID) -> HttpResponse:
        return json(_printed(self.access, [finding.find(self.access, dataset_id)])[0])

    @documented.writes(
        "Edit a dataset", tag=TAG, body=shapes.DatasetWrite, example={"name": "support answers"}
    )
    def put(self, request: Request, dataset_id: UUID) -> HttpResponse:
        self.access.must_write()
        body = self.body(shapes.DATASET)
        body.check()
        named_datasets.edit(
            access=self.access,
            dataset_id=dataset_id,
            name=body.name or "",
            description=body.description or "",
        )
        return empty()

    @documented.writes("Delete a dataset", tag=TAG)
    def delete(self, request: Request, dataset_id: UUID) -> HttpResponse:
        named_datasets.delete(access=self.access, ids=[dataset_id])
        return empty()


class DatasetRetrieve(OpikView):
    """``POST /datasets/retrieve``: by name."""

    @documented.reads(
        "Find a dataset by name",
        shapes.DatasetRead,
        tag=TAG,
        body=shapes.DatasetName,
        example={"dataset_name": "support"},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(shapes.DATASET_NAME)
        body.check()
        found = finding.by_name(self.access, body.dataset_name or "", body.project_name)
        return json(_printed(self.access, [found])[0])


class DatasetDelete(OpikView):
    """``POST /datasets/delete``: by name; 404 when there is none."""

    @documented.writes(
        "Delete a dataset by name",
        tag=TAG,
        body=shapes.DatasetName,
        example={"dataset_name": "support"},
    )
    def post(self, request: Request) -> HttpResponse:
        self.access.must_write()
        body = self.body(shapes.DATASET_NAME)
        body.check()
        found = finding.by_name(self.access, body.dataset_name or "", body.project_name)
        named_datasets.delete(access=self.access, ids=[found.pk])
        return empty()


class DatasetDeleteBatch(OpikView):
    """``POST /datasets/delete-batch``: unknown ids are no error."""

    @documented.writes(
        "Delete datasets", tag=TAG, body=shapes.DatasetIds, example={"ids": [documented.ID]}
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(shapes.DATASET_IDS)
        checks.sized("ids", body.ids)
        named_datasets.delete(access=self.access, ids=body.ids or ())
        return empty()


def _printed(access: Access, found: Sequence[Dataset]) -> list[dict[str, Any]]:
    inside = Datapoint.objects.visible_to(access).filter(dataset_id__in=[each.pk for each in found])
    numbers = inside.approved().values_list("dataset_id").annotate(number=Count("pk")).order_by()
    return shapes.datasets(found, dict(numbers))
