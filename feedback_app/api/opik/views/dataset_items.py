"""The items of a dataset: put, read, streamed, deleted."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.request import Request

from feedback_app.api.opik import finding
from feedback_app.api.opik.serializers import dataset_items as shapes
from feedback_app.models import Datapoint, Dataset
from feedback_app.services import datapoints, named_datasets
from traces_app.api import schema
from traces_app.api.opik import checks, documented, params, streams
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.errors import Unprocessable
from traces_app.errors import NotFound

TAG = "Opik: datasets"
MOST = 2000
VERSION = schema.query("version", "The hash or name of a version; without it, what is there now.")


class Items(OpikView):
    """``PUT /datasets/items`` stores items and makes their dataset when it is missing."""

    @documented.writes(
        "Store dataset items",
        tag=TAG,
        body=shapes.ItemBatch,
        example={
            "dataset_name": "support",
            "items": [{"source": "sdk", "data": {"input": "2 + 2", "expected_output": "4"}}],
        },
    )
    def put(self, request: Request) -> HttpResponse:
        self.access.must_write()
        body = self.body(shapes.ITEM_BATCH)
        body.check()
        sent = body.items or []
        rows = [item.row(f"items[{number}].") for number, item in enumerate(sent)]
        dataset = self._dataset(body)
        datapoints.put(access=self.access, dataset_id=dataset.pk, rows=rows)
        return empty()

    def _dataset(self, body: shapes.ItemBatch) -> Dataset:
        if body.dataset_id is not None:
            return finding.find(self.access, body.dataset_id)
        project = finding.home(self.access, body.project_name, body.project_id)
        return named_datasets.get_or_create(
            access=self.access, project=project, name=body.dataset_name or ""
        )


class DatasetItems(OpikView):
    """``GET /datasets/{id}/items``: a page, newest first."""

    @documented.reads(
        "List dataset items", shapes.ItemPage, tag=TAG, params=(*documented.PAGE, VERSION)
    )
    def get(self, request: Request, dataset_id: UUID) -> HttpResponse:
        page, size = params.page_and_size(request)
        finding.no_filters(request.query_params.get("filters"))
        dataset = finding.find(self.access, dataset_id)
        found = finding.items(dataset, request.query_params.get("version"))
        content = found.page(page, size)
        envelope = params.envelope(page, found.rows.count(), content, [])
        return json(envelope | {"columns": []})


class ItemStream(OpikView):
    """``POST /datasets/items/stream``: one item a line, newest first."""

    @documented.reads(
        "Stream dataset items",
        bytes,
        tag=TAG,
        body=shapes.ItemStream,
        example={"dataset_name": "support", "steam_limit": 500},
    )
    def post(self, request: Request) -> StreamingHttpResponse:
        body = self.body(shapes.ITEM_STREAM)
        body.check()
        limit = 500 if body.steam_limit is None else body.steam_limit
        if not 1 <= limit <= MOST:
            raise Unprocessable(f"steamLimit must be between 1 and {MOST}")
        finding.no_filters(body.filters)
        dataset = finding.by_name(self.access, body.dataset_name or "", body.project_name)
        found = finding.items(dataset, body.dataset_version)
        return streams.answer(found.pages(limit, body.last_retrieved_id))


class Item(OpikView):
    """``GET /datasets/items/{id}``."""

    @documented.reads("Get a dataset item", shapes.ItemRead, tag=TAG)
    def get(self, request: Request, item_id: UUID) -> HttpResponse:
        visible = Datapoint.objects.visible_to(self.access).approved().filter(pk=item_id)
        printed: list[Any] = shapes.items(list(visible))
        if not printed:
            raise NotFound("Dataset item not found")
        return json(printed[0])


class ItemDelete(OpikView):
    """``POST /datasets/items/delete``: unknown ids are no error."""

    @documented.writes(
        "Delete dataset items", tag=TAG, body=shapes.ItemIds, example={"item_ids": [documented.ID]}
    )
    def post(self, request: Request) -> HttpResponse:
        self.access.must_write()
        body = self.body(shapes.ITEM_IDS)
        checks.sized("itemIds", body.item_ids)
        datapoints.delete_anywhere(
            access=self.access, ids=body.item_ids or (), dataset_id=body.dataset_id
        )
        return empty()
