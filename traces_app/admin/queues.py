from collections import defaultdict
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest

from traces_app.access import Access
from traces_app.admin.filters import (
    BELOW_PROJECT,
    ProjectFilter,
    WorkspaceFilter,
    by_id,
    by_person,
)
from traces_app.admin.operator_admin import ProjectRowAdmin
from traces_app.models import (
    AnnotationQueue,
    QueueItem,
    QueueQuestion,
    QueueReviewer,
    Reservation,
)
from traces_app.services import queue_items, queues

_SETTINGS = (
    "name",
    "description",
    "instructions",
    "order",
    "is_for_everyone",
    "is_blind",
    "comments_enabled",
    "corrections_enabled",
    "annotators_per_item",
    "double_percent",
    "lock_timeout_seconds",
)


@admin.register(AnnotationQueue)
class AnnotationQueueAdmin(ProjectRowAdmin):
    """Its settings may be changed, and a queue deleted; scores that were given in it stay."""

    may_change = may_delete = True
    fields = (
        *_SETTINGS,
        "id",
        "project",
        "scope",
        "item_count",
        "automation",
        "annotator_view",
        "created_at",
        "created_by",
        "last_updated_at",
        "last_updated_by",
    )
    readonly_fields = fields[len(_SETTINGS) :]
    list_display = (
        "id",
        "name",
        "scope",
        "item_count",
        "is_blind",
        "is_for_everyone",
        "project",
        "workspace",
        "created_by",
    )
    list_filter = (
        "scope",
        *BELOW_PROJECT,
        by_person("created_by", "made by"),
    )
    list_select_related = ("project__workspace", "created_by")

    def save_model(
        self, request: HttpRequest, obj: AnnotationQueue, form: Any, change: bool
    ) -> None:
        wishes = queues.Wishes(**{name: form.cleaned_data[name] for name in _SETTINGS})
        queues.edit(access=self.access_to(request, obj), queue_id=obj.pk, wishes=wishes)

    def delete_rows(self, access: Access, rows: list[Any]) -> None:
        queues.delete(access=access, ids=[row.pk for row in rows])


class OfQueueAdmin(ProjectRowAdmin):
    """What belongs to a queue."""

    list_select_related: ClassVar[Any] = ("project__workspace", "queue")
    search_help_text = "An exact id: its own, or the queue's."
    also_by_id = "queue_id"


@admin.register(QueueQuestion)
class QueueQuestionAdmin(OfQueueAdmin):
    list_display = ("id", "name", "queue", "position", "is_required", "project", "workspace")
    list_filter = (ProjectFilter, WorkspaceFilter, by_id("queue_id", "queue"))
    large_fields = ("option_help", "default_answer", "show_if")


@admin.register(QueueReviewer)
class QueueReviewerAdmin(OfQueueAdmin):
    list_display = ("id", "user", "queue", "project", "workspace")
    list_filter = (
        ProjectFilter,
        WorkspaceFilter,
        by_id("queue_id", "queue"),
        by_person("user", "reviewer"),
    )
    list_select_related = ("project__workspace", "queue", "user")


@admin.register(QueueItem)
class QueueItemAdmin(OfQueueAdmin):
    """Read, and taken out of the queue."""

    may_delete = True
    list_display = (
        "id",
        "entity_type",
        "entity_id",
        "queue",
        "reviews_needed",
        "review_count",
        "is_done",
        "project",
        "workspace",
        "added_at",
    )
    list_filter = (
        "entity_type",
        "is_done",
        *BELOW_PROJECT,
        by_id("queue_id", "queue"),
        by_id("entity_id", "trace or thread"),
    )

    def delete_rows(self, access: Access, rows: list[Any]) -> None:
        by_queue: dict[UUID, list[UUID]] = defaultdict(list)
        for row in rows:
            by_queue[row.queue_id].append(row.entity_id)
        for queue_id, ids in sorted(by_queue.items()):
            queue_items.remove(access=access, queue_id=queue_id, entity_ids=ids)


@admin.register(Reservation)
class ReservationAdmin(OfQueueAdmin):
    list_display = ("id", "item", "holder", "queue", "expires_at", "project", "workspace")
    list_filter = (
        ProjectFilter,
        WorkspaceFilter,
        by_id("queue_id", "queue"),
        by_person("holder", "holder"),
    )
    list_select_related = ("project__workspace", "queue", "item", "holder")
