"""Versions of what a queue's reviewers are told and asked: one for each change, kept for ever."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import (
    AnnotationQueue,
    FeedbackDefinition,
    Project,
    QueueGuideline,
    QueueQuestion,
)
from traces_app.models.prepared import prepared

_UNDEFINED = {"type": "numerical", "details": {"min": 0, "max": 1}, "help": ""}
"""How a question is asked whose name has no definition."""
_KNOWN = "_newest_guideline"


def note(*, access: Access, queue: AnnotationQueue) -> None:
    """Keep the guideline as it is now, if it is not the newest version already.

    In the transaction that changes it, which has the queue locked.
    """
    asked, newest = _questions(queue, access.workspace_id), current(queue)
    same_words = newest is not None and newest.instructions == queue.instructions
    if newest and same_words and normal_form.load(newest.questions) == asked:
        return
    QueueGuideline.objects.create(
        project_id=queue.project_id,
        queue_id=queue.pk,
        number=newest.number + 1 if newest else 1,
        instructions=queue.instructions,
        questions=normal_form.dump(asked),
        created_at=timezone.now(),
        created_by_id=access.author_id,
    )


def note_all_asking(*, access: Access, names: Collection[str]) -> None:
    """Do so for each queue of the workspace that asks under one of these definitions' names."""
    homes = list(
        Project.objects.filter(workspace_id=access.workspace_id).values_list("pk", flat=True)
    )
    asking = QueueQuestion.objects.filter(project_id__in=homes, name__in=list(names))
    ids = set(asking.values_list("queue_id", flat=True))
    if not ids:
        return
    queues = AnnotationQueue.objects.filter(project_id__in=homes, pk__in=ids)
    for queue in queues.order_by("project_id", "pk").select_for_update():
        note(access=access, queue=queue)


def current(queue: AnnotationQueue) -> QueueGuideline | None:
    """The newest version; none of a queue that no service has made."""
    return _newest.first(queue.project_id, queue.pk)


def known(queue: AnnotationQueue) -> QueueGuideline | None:
    """The newest version when this was first asked of ``queue``: for who only reads, in one
    request."""
    there = queue.__dict__
    if _KNOWN not in there:
        there[_KNOWN] = current(queue)
    newest: QueueGuideline | None = there[_KNOWN]
    return newest


def version(queue: AnnotationQueue, number: int) -> QueueGuideline | None:
    """One version by its number; mostly it is the newest."""
    newest = known(queue)
    if newest is not None and newest.number == number:
        return newest
    return _version.first(queue.project_id, queue.pk, number)


@prepared
def _newest(project_id: UUID, queue_id: UUID) -> QuerySet[QueueGuideline]:
    mine = QueueGuideline.objects.filter(project_id=project_id, queue_id=queue_id)
    return mine.order_by("-number")[:1]


@prepared
def _version(project_id: UUID, queue_id: UUID, number: int) -> QuerySet[QueueGuideline]:
    mine = QueueGuideline.objects.filter(project_id=project_id, queue_id=queue_id)
    return mine.filter(number=number)


def _questions(queue: AnnotationQueue, workspace_id: UUID) -> list[dict[str, Any]]:
    mine = QueueQuestion.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    rows = list(mine.order_by("position"))
    known = FeedbackDefinition.objects.filter(
        workspace_id=workspace_id, name__in=[row.name for row in rows]
    )
    defined = {
        each.name: {
            "type": str(each.type),
            "details": normal_form.load(each.details),
            "help": each.description,
        }
        for each in known
    }
    return [_question(row, defined.get(row.name, _UNDEFINED)) for row in rows]


def _question(row: QueueQuestion, defined: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row.name,
        "type": defined["type"],
        "details": defined["details"],
        "help": row.help or defined["help"],
        "option_help": normal_form.load(row.option_help),
        "is_required": row.is_required,
        "default_answer": _loaded(row.default_answer),
        "show_if": _loaded(row.show_if),
    }


def _loaded(text: str | None) -> Any:
    return None if text is None else normal_form.load(text)
