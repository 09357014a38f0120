"""The guide of a queue beside the item: which version it is, and what is new to its reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from feedback_app.models import GuidelineRead
from feedback_app.reading.differences import Piece, differences
from feedback_app.services import reviews
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import AnnotationQueue, QueueGuideline
from traces_app.models.prepared import prepared
from traces_app.services import guidelines

MOST_NUMBER = 2**31 - 1
_WHAT = {
    "type": "what is answered",
    "details": "its answers",
    "help": "its help",
    "option_help": "the help of its answers",
    "is_required": "whether it must be answered",
    "default_answer": "what is filled in",
    "show_if": "when it is asked",
}


@dataclass(frozen=True)
class Change:
    """What changed from one version to the next that somebody meets: ``pieces`` of the
    instructions (none where they are the same), and sentences about the questions."""

    since: QueueGuideline
    pieces: list[Piece]
    sentences: list[str]


@dataclass(frozen=True)
class Guide:
    """``number`` is the version in front of the reader, 0 for none; ``change`` what is new in it
    since the last one that the reader met; ``is_first`` is the first meeting with the queue."""

    number: int = 0
    change: Change | None = None
    is_first: bool = False


def of(access: Access, queue: AnnotationQueue) -> Guide:
    """The guide for one reader. At most four queries, two where nothing changed."""
    newest = guidelines.known(queue)
    if newest is None:
        return Guide()
    known = _met(access, queue) if access.may_judge else newest.number
    if known is None or known >= newest.number:
        return Guide(newest.number, is_first=known is None)
    before = guidelines.version(queue, known or 1)
    if before is None or before.number == newest.number:
        return Guide(newest.number)
    return Guide(newest.number, change_between(before, newest))


def is_to_be_briefed(access: Access, queue: AnnotationQueue) -> bool:
    """Whether the caller never began with this queue, and there is something to read first."""
    newest = guidelines.current(queue)
    if newest is None or not access.may_judge or _read(access, queue) is not None:
        return False
    helped = any(_is_helped(each) for each in normal_form.load(newest.questions))
    return (bool(newest.instructions.strip()) or helped) and not reviews.mine(
        access, queue
    ).exists()


def change_between(before: QueueGuideline, after: QueueGuideline) -> Change:
    """What is different between two versions of a guideline."""
    same = before.instructions == after.instructions
    pieces = [] if same else differences(before.instructions, after.instructions)
    old, new = (normal_form.load(each.questions) for each in (before, after))
    return Change(before, pieces, list(_sentences(old, new)))


def names(queue: AnnotationQueue, sent: str) -> list[str] | None:
    """The questions of the version that a form was made with, in its order; None for no version."""
    number = number_of(sent)
    known = guidelines.version(queue, number) if number else None
    return [each["name"] for each in normal_form.load(known.questions)] if known else None


def number_of(sent: str) -> int:
    """The number of a version as a form sends it; 0 for what is none."""
    is_number = sent.isascii() and sent.isdecimal() and len(sent) <= 10
    number = int(sent) if is_number else 0
    return number if number <= MOST_NUMBER else 0


def _met(access: Access, queue: AnnotationQueue) -> int | None:
    """The newest version that somebody noted or, before anybody could, has judged under; 0 for
    judged before there were versions, None for a stranger to the queue."""
    read = _read(access, queue)
    if read is not None:
        return read
    judged = reviews.mine(access, queue).aggregate(newest=Max("instructions_version"))
    newest: int | None = judged["newest"]
    return newest


def _read(access: Access, queue: AnnotationQueue) -> int | None:
    return _number_read.first(queue.project_id, queue.pk, access.user_id)


@prepared
def _number_read(project_id: UUID, queue_id: UUID, user_id: UUID) -> QuerySet[GuidelineRead, int]:
    mine = GuidelineRead.objects.filter(project_id=project_id, queue_id=queue_id, user_id=user_id)
    return mine.values_list("number", flat=True)


def _is_helped(question: dict[str, Any]) -> bool:
    return bool(question["help"] or any((question["option_help"] or {}).values()))


def _sentences(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[str]:
    before = {each["name"]: each for each in old}
    after = {each["name"]: each for each in new}
    for name, question in after.items():
        if name not in before:
            yield f"“{name}” is asked anew."
            continue
        changed = [words for key, words in _WHAT.items() if question[key] != before[name][key]]
        if changed:
            yield f"“{name}” has changed: {', '.join(changed)}."
    for name in before:
        if name not in after:
            yield f"“{name}” is not asked any more."
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield "The questions come in another order."
