"""What people say in words: added, edited, deleted."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Forbidden, Invalid, NotFound
from traces_app.models import NIL, Comment, EntityType
from traces_app.services import anchors, entities, events, notices, queues
from traces_app.services.anchors import Anchor


@transaction.atomic
def add(
    *,
    access: Access,
    entity_type: EntityType,
    entity_id: UUID,
    text: str,
    queue_id: UUID = NIL,
    anchor: Anchor | None = None,
) -> Comment:
    """A new comment by the caller's author, of which people are told (``notices.tell``).

    Raises NotFound for an entity that is not visible, and for words of something else.
    """
    access.must_judge()
    text = _checked(text)
    queues.must_be_own(access=access, queue_id=queue_id)
    home = entities.locked_homes(access, entity_type, [entity_id]).get(entity_id)
    if home is None:
        raise NotFound(f"{entity_type.value} id: {entity_id} not found")
    if anchor is not None:
        anchors.must_fit(access=access, entity_type=entity_type, entity_id=entity_id, anchor=anchor)
    now = timezone.now()
    comment = Comment.objects.create(
        project_id=home,
        entity_type=entity_type,
        entity_id=entity_id,
        text=text,
        anchor=anchors.stored(anchor) if anchor else None,
        queue_id=queue_id,
        created_at=now,
        created_by_id=access.author_id,
        last_updated_at=now,
        last_updated_by_id=access.author_id,
    )
    change = events.Change("comment.add", entity_type.value, entity_id, home, after={"text": text})
    if anchor is not None:
        change.after["quote"] = anchor.quote
    events.record(access, [change])
    comment.untold = notices.tell(access=access, comment=comment)
    return comment


@transaction.atomic
def edit(*, access: Access, comment_id: UUID, text: str, entity_type: EntityType) -> Comment:
    """Change the text of a comment: one's own, or anyone's for owners and members."""
    access.must_judge()
    text = _checked(text)
    comment = _visible(access, entity_type, [comment_id]).first()
    if comment is None:
        raise NotFound(f"Comment id: {comment_id} not found")
    _must_be_own(access, comment)
    before, comment.text = comment.text, text
    comment.last_updated_at = timezone.now()
    comment.last_updated_by_id = access.author_id
    comment.save(update_fields=["text", "last_updated_at", "last_updated_by"])
    events.record(access, [_change("comment.edit", comment, {"text": before}, {"text": text})])
    comment.untold = notices.tell_anew(access=access, comment=comment)
    return comment


@transaction.atomic
def delete(*, access: Access, ids: Collection[UUID], entity_type: EntityType) -> int:
    """Delete what is visible of ``ids``, for a reviewer only own ones; how many went."""
    access.must_judge()
    doomed = list(_visible(access, entity_type, ids))
    if access.sees_queues_only:
        doomed = [comment for comment in doomed if comment.created_by_id == access.author_id]
    for project_id in sorted({comment.project_id for comment in doomed}):
        pks = [comment.pk for comment in doomed if comment.project_id == project_id]
        Comment.objects.filter(project_id=project_id, pk__in=pks).delete()
    events.record(
        access, [_change("comment.delete", gone, {"text": gone.text}, {}) for gone in doomed]
    )
    return len(doomed)


def _checked(text: str) -> str:
    text = normal_form.clean_text(text)
    if not text.strip():
        raise Invalid("text must not be blank")
    return text


def _visible(access: Access, entity_type: EntityType, ids: Collection[UUID]) -> QuerySet[Comment]:
    visible = Comment.objects.visible_to(access).filter(entity_type=entity_type, pk__in=list(ids))
    return visible.select_for_update().order_by("pk")


def _must_be_own(access: Access, comment: Comment) -> None:
    if not access.may_write and comment.created_by_id != access.author_id:
        raise Forbidden("You can edit only your own comments.")


def _change(
    action: str, comment: Comment, before: dict[str, object], after: dict[str, object]
) -> events.Change:
    return events.Change(
        action, comment.entity_type, comment.entity_id, comment.project_id, before, after
    )
