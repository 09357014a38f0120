"""The focus screen: one item of a queue, the questions about it, and where one stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.urls import reverse

from feedback_app.focus import ahead, conversation, guide, judgement, pairs, rail, reading
from feedback_app.focus.judgement import Filled
from feedback_app.focus.questions import Question
from feedback_app.focus.reading import Reading
from feedback_app.forms.comments import CommentForm
from feedback_app.models import Review
from feedback_app.reading.marked_up import as_html
from feedback_app.services import holds, reviews
from feedback_app.services.holds import Coming, Hold, Standing
from feedback_app.trace_page import datapoints, remarks
from traces_app.access import Access
from traces_app.models import NIL, AnnotationQueue, QueueItem
from traces_app.services.reservations import Handed

_PROSE = lru_cache(maxsize=64)(as_html)  # of the guide, which is the same for item after item


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the request has found out before the page is made, so that nothing is asked twice:
    the questions, the item that was just handed to the caller, a form that was sent. ``coming`` is
    the item that the caller's browser has a page of, by the key ``ahead``. Of a conversation the
    newest turns are wanted, or those ``before`` one of them. ``after`` is the item that is open
    while a page is made ahead, and ``left_as`` what has become of it when that page is due."""

    asked: Sequence[Question] | None = None
    handed: Handed | None = None
    coming: Coming | None = None
    ahead: str = ""
    sent: Filled | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)
    before: UUID | None = None
    after: UUID | None = None
    left_as: str = ""

    @property
    def is_ahead(self) -> bool:
        return self.after is not None


def context(
    access: Access, queue: AnnotationQueue, judged_id: UUID, known: Known
) -> dict[str, Any]:
    """What the page takes. Raises NotFound for what is not an item of the queue."""
    item = known.handed.item if known.handed else conversation.item(queue, judged_id)
    review = known.coming.review if known.coming else reviews.own(access, queue, judged_id)
    asked = judgement.questions_of(access, queue, judged_id) if known.asked is None else known.asked
    filled = known.sent or judgement.stored(asked, review)
    read = reading_of(access, queue, item, known.before)
    is_submitted = review is not None and review.is_submitted
    stands = judgement.as_submitted(asked, review) if review and review.has_answers else filled
    return (
        readable(access, queue, read)
        | _beside(access, queue, read)
        | {
            "before": known.before,
            "review": review,
            "title": reading.title(queue, read),
            "asked": judgement.shown(asked, filled, known.mistakes, stands),
            "submitted_feedback": judgement.other(filled.feedback, stands.feedback),
            "is_taken_back": bool(review and review.has_answers and not is_submitted),
            "feedback": filled.feedback,
            "form_mistake": known.mistakes.get("", ""),
            "token": uuid4(),
            "seen": review.token if review and is_submitted else NIL,
            "hold": _hold(access, item, known, review),
            "items": _items_of(queue),
            "guide": _PROSE(queue.instructions) if queue.instructions else "",
            "guideline": guide.of(access, queue),
        }
        | _where(access, queue, item, known)
    )


def _where(access: Access, queue: AnnotationQueue, item: QueueItem, known: Known) -> dict[str, Any]:
    """Where one stands, which is looked for only where a template asks for it. In a page that is
    made ahead the item's number is left open if the one before it may move it."""
    progress = cache(partial(rail.progress, access, queue))
    number = cache(lambda: rail.number(access, queue, item, progress()))
    moves = known.is_ahead and queue.follows_scores
    return {
        "is_ahead": known.is_ahead,
        "moves": moves,
        "after": known.after,
        "left_as": known.left_as,
        "progress": progress,
        "number": ahead.place("number") if moves else number,
        "rail": cache(lambda: rail.of(access, queue, item, number())),
    }


def _items_of(queue: AnnotationQueue) -> str:
    """What the address of each of its items begins with, up to the item's id."""
    return reverse("review-item", args=[queue.pk, NIL]).removesuffix(str(NIL))


def reading_of(
    access: Access, queue: AnnotationQueue, item: QueueItem, before: UUID | None = None
) -> Reading:
    """What is to be read of an item: of a pair, both sides. Raises NotFound."""
    if queue.takes_pairs:
        return pairs.reading(access, queue, item)
    return reading.of(access, queue, item.entity_id, before)


def aside(access: Access, queue: AnnotationQueue, judged_id: UUID) -> dict[str, Any]:
    """What the page takes that has all but the judgement. Raises NotFound."""
    read = reading_of(access, queue, conversation.item(queue, judged_id))
    return (
        readable(access, queue, read, route="review-aside")
        | _beside(access, queue, read)
        | {
            "title": reading.title(queue, read),
            "review": reviews.mine(access, queue).filter(judged_id=judged_id).first(),
        }
    )


def readable(
    access: Access, queue: AnnotationQueue, read: Reading, *, route: str = "review-item"
) -> dict[str, Any]:
    """What the part to be read takes; ``kept`` are the parts that the forms of a trace redraw,
    and the page that they lead back to without script."""
    is_there = {
        "correction": queue.corrections_enabled,
        "comments": queue.comments_enabled,
        "dataset": access.may_write and not queue.is_blind,  # it tells of the score
    }
    parts = "-".join(name for name, is_so in is_there.items() if is_so)
    address = reverse(route, args=[queue.pk, read.judged_id])
    return {
        "access": access,
        "queue": queue,
        "judged_id": read.judged_id,
        "reading": read,
        "talk": read.talk,
        "trace": read.last,
        "corrected": read.corrected,
        "kept": f"?{urlencode({'parts': parts, 'next': f'{address}#comments'})}",
    }


def _beside(access: Access, queue: AnnotationQueue, read: Reading) -> dict[str, Any]:
    """What else can be done with a trace or thread, as its own page does it, without a word of
    others' on what it is worth: the comments if the queue has them; the dataset."""
    if queue.takes_pairs:
        return {}
    is_thread = queue.scope == AnnotationQueue.Scope.THREAD
    parts: dict[str, Any] = {"comment_form": CommentForm()}
    if queue.comments_enabled:
        about = conversation.thread(queue, read.judged_id) if is_thread else read.last
        parts["comments"] = remarks.of(access, about)
    if access.may_write and not queue.is_blind and not is_thread:
        parts["made"] = datapoints.of(access, read.last)
    return parts


def _hold(access: Access, item: QueueItem, known: Known, review: Review | None) -> Hold:
    if known.is_ahead:
        return Hold(Standing.MINE)
    if known.handed:
        return Hold(Standing.MINE, known.handed.until)
    if not access.may_judge:
        return Hold(Standing.THROUGH)
    return holds.of(access=access, item=item, review=review)
