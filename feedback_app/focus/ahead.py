"""The page of the item that would come next, which is made while one reads another.

It leaves places for what may have become different by the time the item is handed out: where one
stands, the reservation, the item's examples, messages. The answer to a submit fills these in where
all else is still as it was.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from feedback_app.focus.guide import Guide
from feedback_app.focus.judgement import Asked
from feedback_app.focus.rail import Stop
from feedback_app.models import Review
from feedback_app.trace_page.remarks import Remarks
from traces_app.access import Access
from traces_app.models import AnnotationQueue

UUID_LENGTH = 36
"""A page's key begins with the item."""
FILLED_IN = frozenset({"place", "rail", "hold", "made"})
"""What the places are left for; of where one stands, the way itself is compared."""


def key(page: Mapping[str, Any], secret: str) -> str:
    """The item, and a digest of all that is shown outside the places: pages with the same key look
    alike. ``page`` is what feedback_app.focus.page.context gives, ``secret`` what forms are signed
    with."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (secret, *(told(page.get(name)) for name, told in COMPARED.items())):
        said = repr(part).encode("utf-8", "surrogatepass")
        digest.update(len(said).to_bytes(8))
        digest.update(said)
    return f"{page['judged_id']}-{digest.hexdigest()}"


def _of_access(access: Access) -> object:
    return access.author_id, access.role


def _of_queue(queue: AnnotationQueue) -> object:
    return (
        *(queue.name, queue.instructions, queue.scope, queue.is_blind),
        *(queue.comments_enabled, queue.corrections_enabled),
    )


def _of_review(review: Review | None) -> object:
    if review is None:
        return None
    return (
        *(review.state, review.token, review.draft, review.answers, review.feedback),
        *(review.submitted_at, review.is_flagged, review.flag_note),
    )


def _of_questions(asked: Sequence[Asked]) -> object:
    """Without the sets in them, whose order is another in each process."""
    return [
        (replace(each, question=replace(each.question, show_if=None)), each.wanted)
        for each in asked
    ]


def _of_remarks(comments: Remarks | None) -> object:
    if comments is None:
        return None
    shown = [*comments.older, *comments.newest]
    return comments.total, [(row.pk, row.comment.last_updated_at, row.by.name) for row in shown]


def _of_guide(guideline: Guide) -> object:
    return guideline.number, guideline.change and guideline.change.since.number


def _of_rail(stops: Sequence[Stop]) -> object:
    return [(stop.number, stop.judged_id, stop.title) for stop in stops]


COMPARED: Mapping[str, Callable[[Any], object]] = {
    "access": _of_access,
    "queue": _of_queue,
    "reading": lambda reading: reading.key,
    "title": str,
    "before": str,
    "review": _of_review,
    "asked": _of_questions,
    "feedback": str,
    "submitted_feedback": repr,
    "form_mistake": str,
    "seen": str,
    "is_taken_back": bool,
    "comments": _of_remarks,
    "guideline": _of_guide,
    "place": lambda place: (place.number, place.total),
    "rail": _of_rail,
}
"""What is compared, and what of it."""
