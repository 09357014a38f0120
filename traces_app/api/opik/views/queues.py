"""Annotation queues and what stands in them (opik.md §4)."""

from uuid import UUID

from django.db.models import F, Value
from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api import schema
from traces_app.api.opik import checks, documented, params
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers import queues as shapes
from traces_app.api.opik.serializers.runs import IDS, Ids
from traces_app.errors import NotFound
from traces_app.models import AnnotationQueue, QueueItem
from traces_app.normal_form import clean_text
from traces_app.query import filters, sorting
from traces_app.query.expressions import Contains
from traces_app.query.queues import QUEUES
from traces_app.services import queue_items, queues, reservations

TAG = "Opik: annotation queues"


class Queues(OpikView):
    """``POST /annotation-queues`` makes one, ``GET`` lists those of the workspace."""

    @documented.writes(
        "Create an annotation queue",
        tag=TAG,
        body=shapes.QueueWrite,
        example=documented.QUEUE,
        answers={201: "Created; `Location` holds its address."},
    )
    def post(self, request: Request) -> HttpResponse:
        wanted = self.body(shapes.QUEUE).wanted()
        (made,) = queues.create(access=self.access, wanted=[wanted])
        return empty(201, request.build_absolute_uri(f"{request.path}/{made.pk}"))

    @documented.reads(
        "List annotation queues",
        shapes.QueuePage,
        tag=TAG,
        params=(
            *documented.PAGE,
            schema.query("name", "Part of the name."),
            schema.query(
                "filters",
                '`[{"field": "project_id", "operator": "=", "value": "…"}]`, all must hold.',
            ),
            schema.query("sorting", '`[{"field": "name", "direction": "ASC"}]`.'),
        ),
    )
    def get(self, request: Request) -> HttpResponse:
        page, size = params.page_and_size(request)
        clauses = filters.parse(request.query_params.get("filters"), registry=QUEUES)
        order = sorting.parse(request.query_params.get("sorting"), registry=QUEUES)
        name = clean_text(request.query_params.get("name", "")).strip()
        projects = self.access.project_ids
        found = AnnotationQueue.objects.visible_to(self.access)
        if name:
            found = found.filter(Contains(F("name"), Value(name)))
        found = filters.apply(found, clauses, projects=projects, registry=QUEUES)
        chosen = sorting.apply(found, order, projects=projects, registry=QUEUES)
        rows = chosen.select_related("project")[(page - 1) * size : page * size]
        content = shapes.read(rows, self.access)
        return json(params.envelope(page, found.count(), content, QUEUES.sortable_by))


class QueueBatch(OpikView):
    """``POST /annotation-queues/batch``: up to 1,000, all or none."""

    @documented.writes(
        "Create up to 1,000 annotation queues",
        tag=TAG,
        body=shapes.QueueBatch,
        example={"annotation_queues": [documented.QUEUE]},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(shapes.QUEUE_BATCH)
        checks.sized("annotationQueues", body.annotation_queues)
        wanted = [
            queue.wanted(f"annotationQueues[{number}].")
            for number, queue in enumerate(body.annotation_queues or ())
        ]
        queues.create(access=self.access, wanted=wanted)
        return empty()


class QueueDelete(OpikView):
    """``POST /annotation-queues/delete``: unknown ids are no error."""

    @documented.writes(
        "Delete annotation queues", tag=TAG, body=Ids, example={"ids": [documented.ID]}
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(IDS)
        checks.sized("ids", body.ids)
        queues.delete(access=self.access, ids=body.ids or ())
        return empty()


class Queue(OpikView):
    """``GET`` and ``PATCH /annotation-queues/{id}``."""

    @documented.reads("Get an annotation queue", shapes.QueueRead, tag=TAG)
    def get(self, request: Request, queue_id: UUID) -> HttpResponse:
        visible = AnnotationQueue.objects.visible_to(self.access).filter(pk=queue_id)
        found = shapes.read(visible.select_related("project"), self.access)
        if not found:
            raise NotFound(f"Annotation queue id: {queue_id} not found")
        return json(found[0])

    @documented.writes(
        "Change an annotation queue",
        tag=TAG,
        body=shapes.QueueUpdate,
        example={"name": "Finance answers"},
    )
    def patch(self, request: Request, queue_id: UUID) -> HttpResponse:
        wishes = self.body(shapes.QUEUE_UPDATE).wishes()
        queues.edit(access=self.access, queue_id=queue_id, wishes=wishes)
        return empty()


class ItemsAdd(OpikView):
    """``POST /annotation-queues/{id}/items/add``: what is there already is no error."""

    @documented.writes(
        "Add traces, or threads by their thread_model_id",
        tag=TAG,
        body=Ids,
        example={"ids": [documented.ID]},
    )
    def post(self, request: Request, queue_id: UUID) -> HttpResponse:
        body = self.body(IDS)
        checks.sized("ids", body.ids)
        queue_items.add(access=self.access, queue_id=queue_id, entity_ids=body.ids or ())
        return empty()


class ItemsDelete(OpikView):
    """``POST /annotation-queues/{id}/items/delete``: unknown ids are no error."""

    @documented.writes(
        "Take items out of the queue", tag=TAG, body=Ids, example={"ids": [documented.ID]}
    )
    def post(self, request: Request, queue_id: UUID) -> HttpResponse:
        body = self.body(IDS)
        checks.sized("ids", body.ids)
        queue_items.remove(access=self.access, queue_id=queue_id, entity_ids=body.ids or ())
        return empty()


class ItemsSearch(OpikView):
    """``POST /annotation-queues/{id}/items/search``: which of these are in it, and since how."""

    @documented.reads(
        "Look items up", shapes.ItemsRead, tag=TAG, body=Ids, example={"ids": [documented.ID]}
    )
    def post(self, request: Request, queue_id: UUID) -> HttpResponse:
        body = self.body(IDS)
        checks.sized("ids", body.ids)
        queue = queues.find(access=self.access, queue_id=queue_id)
        rows = QueueItem.objects.visible_to(self.access).filter(
            project_id=queue.project_id, queue_id=queue.pk, entity_id__in=body.ids or ()
        )
        return json(shapes.items(rows.order_by("pk")))


class ItemLock(OpikView):
    """``PUT /annotation-queues/{id}/items/{item}/lock``: claim an item, or hold it longer."""

    @documented.writes(
        "Reserve an item for the caller",
        tag=TAG,
        answers={200: ("Reserved, or who holds it.", shapes.LockRead)},
    )
    def put(self, request: Request, queue_id: UUID, item_id: UUID) -> HttpResponse:
        claim = reservations.claim(access=self.access, queue_id=queue_id, entity_id=item_id)
        return json(shapes.lock(item_id, claim))


class Locks(OpikView):
    """``GET /annotation-queues/{id}/locks``."""

    @documented.reads("List the items that are reserved just now", shapes.LocksRead, tag=TAG)
    def get(self, request: Request, queue_id: UUID) -> HttpResponse:
        return json(shapes.locks(reservations.holders(access=self.access, queue_id=queue_id)))
