"""The page of the item that would come next, which is made while one reads another.

It leaves places for what is different by the time the item is handed out: what has become of the
item before it, the reservation, the item's examples, messages. The answer to a submit fills these
in where all else is still as it was. Where others have items, and what other items are called, is
as it was when the page was made.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from feedback_app.focus.guide import Guide
from feedback_app.focus.judgement import Asked
from feedback_app.models import Review
from feedback_app.trace_page.remarks import Remarks
from traces_app.access import Access
from traces_app.models import AnnotationQueue

UUID_LENGTH = 36
"""A page's key begins with the item."""
FILLED_IN = frozenset({"progress", "number", "rail", "left_as", "hold", "made"})
"""What places are left for. The way through a queue is the same until the queue is changed, but
where scores change its order it has a place, too."""


def place(name: str) -> SafeString:
    """Where the answer puts what it calls so."""
    return format_html('<template data-fill="{}"></template>', name)


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
    return queue.last_updated_at, queue.item_count


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
}
"""What is compared, and what of it."""
