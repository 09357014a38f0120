"""What was said in a queue as a file: one line per item, reviewer and question.

Read in short pages by the items' ids while it is sent, so that a queue of any size costs the same
memory and no page holds a lock.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils.text import slugify

from feedback_app.focus.questions import BETWEEN
from feedback_app.models import Review, User
from feedback_app.snapshot_files.formats import csv_line
from traces_app import normal_form
from traces_app.api.opik import streams
from traces_app.models import NIL, AnnotationQueue, QueueItem, Score

PAGE = 200
COLUMNS = (
    "item", "kind", "reviewer", "question", "answer", "score", "reason",
    "state", "is_flagged", "decline_reason", "seconds", "began_at", "submitted_at",
    "guideline_version", "feedback",
)  # fmt: skip
SIDES = ("other", "left")
"""What is told of a pair besides: what the item was compared with, and which stood on the left."""
Columns = tuple[str, ...]
Line = dict[str, Any]


def answer(queue: AnnotationQueue, form: str) -> StreamingHttpResponse | None:
    """The file as a download, None for a form that is none. Raises Busy where too many run."""
    written = _FORMS.get(form)
    if written is None:
        return None
    content_type, begun, printed = written
    columns = (*COLUMNS, *SIDES) if queue.takes_pairs else COLUMNS
    parts = _parts(queue, begun(columns), partial(printed, columns))
    response = streams.answer_parts(parts, content_type)
    name = slugify(queue.name)[:80] or "queue"
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def lines(queue: AnnotationQueue) -> Iterator[list[Line]]:
    """The lines of each page of items. Four queries a page."""
    last: UUID = NIL
    while True:
        items = QueueItem.objects.filter(
            project_id=queue.project_id, queue_id=queue.pk, entity_id__gt=last
        ).order_by("entity_id")
        ids = list(items.values_list("entity_id", flat=True)[:PAGE])
        if not ids:
            return
        yield _page(queue, ids)
        last = ids[-1]


def _page(queue: AnnotationQueue, ids: list[UUID]) -> list[Line]:
    here = {"project_id": queue.project_id, "queue_id": queue.pk}
    scores: dict[tuple[UUID, UUID], list[Score]] = defaultdict(list)
    said = Score.objects.about(queue.entity_type, ids).filter(**here)
    for score in said.order_by("name", "pk"):
        scores[score.entity_id, score.author_id].append(score)
    written = Review.objects.filter(**here, judged_id__in=ids).exclude(
        state=Review.State.OPEN, is_flagged=False
    )
    reviews = {(each.judged_id, each.author_id): each for each in written}
    people = User.objects.in_bulk({author for _, author in {*scores, *reviews}})
    found = []
    for key in sorted({*scores, *reviews}):
        name = people[key[1]].author_name if key[1] in people else ""
        # What was declined or put off has no score and still one line.
        said_here: list[Score | None] = [*scores.get(key, [])] or [None]
        found += [_line(queue, key[0], name, each, reviews.get(key)) for each in said_here]
    return found


def _line(
    queue: AnnotationQueue, item: UUID, name: str, score: Score | None, review: Review | None
) -> Line:
    answers = normal_form.load(review.answers) if review else {}
    given = answers.get(score.name, score.category_name or "") if score else ""
    sides = _sides(review) if queue.takes_pairs else {}
    moment = review.submitted_at if review else score and score.last_updated_at
    return {
        "item": str(item),
        "kind": str(queue.scope),
        "reviewer": name,
        "question": score.name if score else "",
        "answer": given,
        "score": float(score.value) if score else None,
        "reason": (score.reason or "") if score else "",
        "state": str(review.state) if review else "submitted",
        "is_flagged": bool(review and review.is_flagged),
        "decline_reason": review.decline_reason if review else "",
        "seconds": review.seconds if review else None,
        "began_at": review.created_at.isoformat() if review else "",
        "submitted_at": moment.isoformat() if moment else "",
        "guideline_version": review.instructions_version or None if review else None,
        # No score has it where all are texts.
        "feedback": review.feedback if review and review.is_submitted else "",
        **sides,
    }


def _sides(review: Review | None) -> Line:
    """As ids, a correction by that word; empty for a score that came without a review."""
    if review is None or review.other_id is None:
        return dict.fromkeys(SIDES, "")
    other = "correction" if review.other_id == NIL else str(review.other_id)
    return {"other": other, "left": str(review.judged_id) if review.is_first_left else other}


def _parts(
    queue: AnnotationQueue, head: bytes, printed: Callable[[Line], bytes]
) -> Iterator[bytes]:
    yield head
    for page in lines(queue):
        yield b"".join(printed(line) for line in page)


def _csv(columns: Columns, line: Line) -> bytes:
    given = line["answer"]
    cells = line | {"answer": BETWEEN.join(given) if isinstance(given, list) else given}
    return csv_line(*(cells[name] for name in columns))


def _csv_head(columns: Columns) -> bytes:
    return csv_line(*columns)


def _jsonl(columns: Columns, line: Line) -> bytes:
    return normal_form.dump(line).encode() + b"\n"


def _no_head(columns: Columns) -> bytes:
    return b""


_FORMS: dict[str, tuple[str, Callable[[Columns], bytes], Callable[[Columns, Line], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", _csv_head, _csv),
    "jsonl": ("application/jsonl", _no_head, _jsonl),
}
