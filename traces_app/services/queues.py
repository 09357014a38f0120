"""Annotation queues: made, changed, deleted. Their items are in ``services.queue_items``."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import (
    NIL,
    AnnotationQueue,
    Project,
    QueueItem,
    QueueQuestion,
    QueueReviewer,
)
from traces_app.models.queues import MAX_ANNOTATORS, MAX_LOCK_SECONDS
from traces_app.services import (
    events,
    guidelines,
    queue_order,
    queue_reviewers,
    queue_reviews,
)

EXISTS = "Annotation queue already exists"
TELLS = "A blind queue takes no order by scores: an item's place would tell what was said of it."
MAX_NAME = 255
MAX_PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One score to be asked for; what is None is as it was, or left to the definition.

    ``option_help``, ``default_answer`` and ``show_if`` are JSON text.
    """

    name: str
    help: str | None = None
    option_help: str | None = None
    is_required: bool | None = None
    default_answer: str | None = None
    show_if: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What somebody wants of a queue; what is None is as it was, in a new one the default.

    ``automation`` and ``annotator_view`` are JSON text; ``reviewer_ids`` are users, who matter
    where the queue is not for everyone.
    """

    name: str | None = None
    description: str | None = None
    instructions: str | None = None
    order: str | None = None
    is_for_everyone: bool | None = None
    is_blind: bool | None = None
    comments_enabled: bool | None = None
    corrections_enabled: bool | None = None
    annotators_per_item: int | None = None
    double_percent: int | None = None
    lock_timeout_seconds: int | None = None
    automation: str | None = None
    annotator_view: str | None = None
    questions: Sequence[Question] | None = None
    reviewer_ids: Collection[UUID] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQueue:
    """A queue to be made, under an id of the client's choice or a new one."""

    project_id: UUID
    scope: str
    wishes: Wishes
    id: UUID | None = None


_COLUMNS = tuple(
    each.name for each in fields(Wishes) if each.name not in ("questions", "reviewer_ids")
)


def find(*, access: Access, queue_id: UUID, lock: bool = False) -> AnnotationQueue:
    """The queue, if it is the caller's to see. Raises NotFound."""
    if lock:
        visible = AnnotationQueue.objects.visible_to(access).filter(pk=queue_id)
        queue = visible.select_for_update().first()
    else:
        queue = AnnotationQueue.objects.seen_by(access, queue_id)
    if queue is None:
        raise NotFound(f"Annotation queue id: {queue_id} not found")
    return queue


def must_be_own(*, access: Access, queue_id: UUID) -> None:
    """Refuse what a reviewer says in the name of a queue of others. Raises NotFound."""
    if queue_id != NIL and not access.sight.has_queue(queue_id):
        raise NotFound(f"Annotation queue id: {queue_id} not found")


@transaction.atomic
def create(*, access: Access, wanted: Sequence[NewQueue]) -> list[AnnotationQueue]:
    """Make queues, all or none.

    Raises NotFound for a project, Conflict for an id that is taken, Invalid for a bad value.
    """
    access.must_write()
    known = set(
        Project.objects.visible_to(access)
        .filter(pk__in={each.project_id for each in wanted})
        .values_list("pk", flat=True)
    )
    for each in wanted:
        if each.project_id not in known:
            raise NotFound(f"Project id: {each.project_id} not found")
    ids = [each.id or uuid7() for each in wanted]
    if len(set(ids)) < len(ids) or AnnotationQueue.objects.filter(pk__in=ids).exists():
        raise Conflict(EXISTS)
    return [_make(access, pk, each) for pk, each in zip(ids, wanted, strict=True)]


@transaction.atomic
def edit(*, access: Access, queue_id: UUID, wishes: Wishes) -> AnnotationQueue:
    """Change what is not None. Raises NotFound, and Invalid for a bad value."""
    access.must_write()
    queue = find(access=access, queue_id=queue_id, lock=True)
    before = _facts(queue)
    needed, order = (queue.annotators_per_item, queue.double_percent), queue.order
    _apply(queue, wishes)
    queue.last_updated_at, queue.last_updated_by_id = timezone.now(), access.author_id
    # All but the counter, which others change meanwhile.
    queue.save(update_fields=[*_COLUMNS, "last_updated_at", "last_updated_by"])
    _write_parts(access, queue, wishes)
    guidelines.note(access=access, queue=queue)
    if (queue.annotators_per_item, queue.double_percent) != needed:
        queue_reviews.recount(queue)
    if queue.order != order:
        queue_order.reorder(queue)
    after = _facts(queue)
    changed = [name for name, value in after.items() if before[name] != value]
    if changed:
        old, new = ({name: facts[name] for name in changed} for facts in (before, after))
        events.record(access, [_change("queue.edit", queue, old, new)])
    return queue


@transaction.atomic
def delete(*, access: Access, ids: Collection[UUID]) -> int:
    """Delete what is visible of ``ids`` with its items; scores and comments stay. How many went."""
    access.must_write()
    visible = AnnotationQueue.objects.visible_to(access).filter(pk__in=list(ids))
    doomed = list(visible.select_for_update().order_by("project_id", "pk"))
    by_project: dict[UUID, list[UUID]] = defaultdict(list)
    for queue in doomed:
        by_project[queue.project_id].append(queue.pk)
    facts = [_change("queue.delete", queue, _facts(queue), {}) for queue in doomed]
    for project_id, pks in sorted(by_project.items()):
        # Who is about to claim an item comes before, and finds none after. In the order in which
        # scores write them, or the two could wait for each other.
        items = QueueItem.objects.filter(project_id=project_id, queue_id__in=pks)
        ordered = items.order_by("queue_id", "entity_id").select_for_update()
        list(ordered.values_list("pk", flat=True))
        for model, column in parts():
            rows = model._base_manager.filter(project_id=project_id, **{f"{column}__in": pks})
            rows._raw_delete(rows.db)
        AnnotationQueue.objects.filter(project_id=project_id, pk__in=pks)._raw_delete("default")
    events.record(access, facts)
    return len(doomed)


def parts() -> list[tuple[type[models.Model], str]]:
    """What a queue is made of, in either app: the models with a cascading key to it, the column."""
    return [
        (relation.related_model, relation.field.attname)
        for relation in AnnotationQueue._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is models.CASCADE
    ]


def _make(access: Access, pk: UUID, wanted: NewQueue) -> AnnotationQueue:
    if wanted.scope not in AnnotationQueue.Scope.values:
        raise Invalid(f"scope must be one of {', '.join(AnnotationQueue.Scope.values)}")
    if wanted.wishes.name is None:
        raise Invalid("name must not be blank")
    now = timezone.now()
    queue = AnnotationQueue(
        id=pk,
        project_id=wanted.project_id,
        scope=wanted.scope,
        created_at=now,
        created_by_id=access.author_id,
        last_updated_at=now,
        last_updated_by_id=access.author_id,
    )
    _apply(queue, wanted.wishes)
    try:
        with transaction.atomic():
            queue.save(force_insert=True)
    except IntegrityError as error:  # the same request came twice at once
        raise Conflict(EXISTS) from error
    _write_parts(access, queue, wanted.wishes)
    guidelines.note(access=access, queue=queue)
    events.record(access, [_change("queue.create", queue, {}, _facts(queue))])
    return queue


def _apply(queue: AnnotationQueue, wishes: Wishes) -> None:
    before = queue.automation
    for name in _COLUMNS:
        value = getattr(wishes, name)
        if value is not None:
            clean = normal_form.clean_text(value) if isinstance(value, str) else value
            setattr(queue, name, clean)
    queue.name = queue.name.strip()
    if wishes.automation is not None:
        queue.automation = _merged(before, wishes.automation)
    if not queue.name or len(queue.name) > MAX_NAME:
        raise Invalid(f"A queue's name has 1 to {MAX_NAME} characters.")
    if queue.order not in AnnotationQueue.Order.values:
        raise Invalid(f"order must be one of {', '.join(AnnotationQueue.Order.values)}")
    if queue.is_blind and queue.follows_scores:
        raise Invalid(TELLS)
    _check_numbers(queue)


def _check_numbers(queue: AnnotationQueue) -> None:
    if not 1 <= queue.annotators_per_item <= MAX_ANNOTATORS:
        raise Invalid(f"An item needs 1 to {MAX_ANNOTATORS} reviews.")
    if not 0 <= queue.double_percent <= MAX_PERCENT:
        raise Invalid("The share of items with a second review is 0 to 100 percent.")
    if not 1 <= queue.lock_timeout_seconds <= MAX_LOCK_SECONDS:
        raise Invalid(f"An item is reserved for 1 to {MAX_LOCK_SECONDS} seconds.")


def _merged(stored: str | None, sent: str) -> str:
    """An automation with what was sent of it; only a flag takes its ceiling away."""
    automation = normal_form.load(stored or "{}")
    automation |= {
        name: value for name, value in normal_form.load(sent).items() if value is not None
    }
    if automation.pop("clear_max_items_in_queue", False):
        automation.pop("max_items_in_queue", None)
    return normal_form.dump(automation)


def _write_parts(access: Access, queue: AnnotationQueue, wishes: Wishes) -> None:
    if wishes.questions is not None:
        _write_questions(queue, wishes.questions)
    if wishes.reviewer_ids is not None:
        queue_reviewers.write(access=access, queue=queue, user_ids=set(wishes.reviewer_ids))


def _write_questions(queue: AnnotationQueue, wanted: Sequence[Question]) -> None:
    """The questions in this order; one that is asked already keeps what is not given anew."""
    mine = QueueQuestion.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    there = {row.name: row for row in mine}
    rows: dict[str, QueueQuestion] = {}
    for question in wanted:
        name = normal_form.clean_text(question.name)
        if not name.strip() or len(name) > MAX_NAME:
            raise Invalid(f"A question's name has 1 to {MAX_NAME} characters.")
        row = rows.get(name) or there.get(name)
        row = row or QueueQuestion(project_id=queue.project_id, queue_id=queue.pk, name=name)
        for each in fields(Question)[1:]:
            value = getattr(question, each.name)
            if value is not None:
                setattr(row, each.name, value)
        rows[name] = row
    for number, row in enumerate(rows.values()):
        row.position = number
    mine.delete()
    QueueQuestion.objects.bulk_create(rows.values())


def _facts(queue: AnnotationQueue) -> dict[str, object]:
    here = {"project_id": queue.project_id, "queue_id": queue.pk}
    questions = QueueQuestion.objects.filter(**here).order_by("position")
    people = QueueReviewer.objects.filter(**here).order_by("user_id")
    return {
        **{name: getattr(queue, name) for name in _COLUMNS},
        "scope": str(queue.scope),
        "order": str(queue.order),
        "questions": [
            {each.name: getattr(row, each.name) for each in fields(Question)} for row in questions
        ],
        "reviewers": [str(pk) for pk in people.values_list("user_id", flat=True)],
    }


def _change(
    action: str, queue: AnnotationQueue, before: dict[str, object], after: dict[str, object]
) -> events.Change:
    return events.Change(action, "queue", queue.pk, queue.project_id, before, after)
