"""Telling people of comments: those whom the words name, and those who worked on the same."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import Comment, EntityType, Notice, Role, Score
from traces_app.query import audience
from traces_app.services import mentions
from traces_app.services.mentions import Named, Person

MOST_FOLLOWERS = 50
"""So many people at work on one thing are told of a new comment on it."""
_SHOWN = 3


def tell(*, access: Access, comment: Comment) -> list[str]:
    """Tell of a new comment, in its transaction; says whom it names and nobody was told."""
    known = mentions.roll(access)
    named, untold = _named(comment, known)
    now = timezone.now()
    rows = [_notice(comment, reader, now, words) for reader, words in named.items()]
    left_out = {*named, comment.created_by_id}
    followers = (_followers(comment) & {each.pk for each in known.people}) - left_out
    rows += [_notice(comment, reader, now) for reader in followers]
    Notice.objects.bulk_create(sorted(rows, key=lambda row: row.reader_id))
    return untold


def tell_anew(*, access: Access, comment: Comment) -> list[str]:
    """Make the notices say whom an edited comment names; who was told already is not told again.

    The comment is locked by the caller.
    """
    named, untold = _named(comment, mentions.roll(access))
    now = timezone.now()
    there = Notice.objects.filter(project_id=comment.project_id, comment=comment)
    before = {row.reader_id: row for row in there}
    gone = [row.pk for pk, row in before.items() if row.words and pk not in named]
    there.filter(pk__in=gone).delete()
    for reader, words in sorted(named.items()):
        row = before.get(reader) or _notice(comment, reader, now)
        if row.words != words:
            row.read_at = row.read_at if row.words else None
            row.kind, row.words = Notice.Kind.MENTION, words
            row.save()
    return untold


@transaction.atomic
def read(*, access: Access, notice_id: UUID) -> Notice:
    """Mark one notice of the caller's as read. Raises NotFound."""
    notice = Notice.objects.visible_to(access).select_related("comment").filter(pk=notice_id)
    found = notice.first()
    if found is None:
        raise NotFound("There is no such notice of yours.")
    mine = Notice.objects.filter(project_id=found.project_id, pk=found.pk)
    mine.unread().update(read_at=timezone.now())
    return found


@transaction.atomic
def read_all(*, access: Access) -> int:
    """Mark every notice of the caller's in the workspace as read; how many were not."""
    return Notice.objects.to(access).unread().update(read_at=timezone.now())


def _named(comment: Comment, known: mentions.Roll) -> tuple[dict[UUID, str], list[str]]:
    """Whom the words name and who may know, and sentences on the others."""
    named = known.named_in(comment.text) if "@" in comment.text else Named()
    meant = {each.pk: each for each in known.people if each.pk in named.words}
    hidden = _hidden_from(comment, meant.values())
    told = {
        pk: words
        for pk, words in named.words.items()
        if pk not in hidden and pk != comment.created_by_id
    }
    return told, _sentences(named, [meant[pk] for pk in sorted(hidden)])


def _hidden_from(comment: Comment, people: Iterable[Person]) -> set[UUID]:
    """Reviewers who do not see the comment; all other members see the workspace."""
    reviewers = {each.pk for each in people if each.role == Role.REVIEWER}
    reviewers.discard(comment.created_by_id)
    if not reviewers:
        return set()
    kind = EntityType(comment.entity_type)
    return reviewers - audience.of_comments(comment.project_id, kind, comment.entity_id, reviewers)


def _followers(comment: Comment) -> set[UUID]:
    """Who has scored or commented on the same. Whether they see the comment is asked on reading."""
    kind, about = EntityType(comment.entity_type), {comment.entity_id}
    scores = Score.objects.about(kind, about).filter(project_id=comment.project_id)
    comments = Comment.objects.about(kind, about).filter(project_id=comment.project_id)
    authors = scores.order_by("author_id").values_list("author_id", flat=True).distinct()
    writers = comments.order_by("created_by_id").values_list("created_by_id", flat=True).distinct()
    return {*authors[:MOST_FOLLOWERS], *writers[:MOST_FOLLOWERS]}


def _notice(comment: Comment, reader: UUID, now: datetime, words: str = "") -> Notice:
    return Notice(
        project_id=comment.project_id,
        comment=comment,
        reader_id=reader,
        kind=Notice.Kind.MENTION if words else Notice.Kind.REPLY,
        words=words,
        created_at=now,
    )


def _sentences(named: Named, hidden: Sequence[Person]) -> list[str]:
    said = [f"{person.called} does not see this and was not told." for person in hidden]
    said += [
        f"More than one person is called “{words}”: write the e-mail address."
        for words in named.shared[:_SHOWN]
    ]
    said += [
        f"Nobody here is called “{words}”, so nobody was told." for words in named.unknown[:_SHOWN]
    ]
    return said
