"""The sheet of keys of the focus screen: those that do something in this queue, for this person."""

from collections.abc import Iterator, Mapping
from typing import Any

from traces_app.access import Access
from traces_app.models import AnnotationQueue

Key = tuple[str, str]
_CHOOSING = (
    ("1 … 9, 0", "an option, or tenths of a score"),
    ("p", "good, or the first answer"),
    ("x", "bad, or the second answer"),
    ("↑ ↓", "between the questions"),
    ("e", "write feedback"),
    ("Ctrl Enter", "submit, then the next item"),
    ("Enter", "the same where one thing is asked; else to the next question"),
)
_OF_PAIRS = (
    ("a", "A is better"),
    ("b", "B is better"),
    ("e", "they are equal"),
    ("Enter", "submit, then the next pair"),
    ("n", "say why"),
    ("Ctrl Enter", "submit, also from the text"),
    ("d", "the words that differ"),
    ("s", "skip: to the end of my list"),
    ("Shift S", "decline, with a reason"),
    ("f", "flag for the lead"),
    ("r", "reserve a pair again that was lost"),
    ("u", "undo the last submit"),
    ("j →", "next pair"),
    ("k ←", "previous pair"),
    ("i", "the guide"),
    ("[", "the list of pairs"),
    ("g q", "my work"),
    ("Esc", "leave a text"),
    ("?", "this sheet"),
)
_CORRECT = ("c", "correct the output")
_COMMENT = ("n", "write a comment, on the selected words if there are any")
_ADD = ("d", "add to the dataset")
_JUDGING = (
    ("s", "skip: to the end of my list"),
    ("Shift S", "decline, with a reason"),
    ("f", "flag for the lead"),
    ("r", "reserve an item again that was lost"),
    ("u", "undo the last submit"),
)
_MOVING = (
    ("j →", "next item"),
    ("k ←", "previous item"),
    ("i", "the guide"),
    ("[", "the list of items"),
    ("/", "find in this item"),
    ("g q", "my work"),
    ("Esc", "leave a text"),
    ("?", "this sheet"),
)


def of(access: Access, queue: AnnotationQueue, page: Mapping[str, Any]) -> list[Key]:
    """What a key does, in the order of the sheet; ``page`` is what the page takes otherwise."""
    if not access.may_judge:
        return list(_MOVING)
    return list(_OF_PAIRS) if queue.takes_pairs else [*_of_one(page), *_JUDGING, *_MOVING]


def _of_one(page: Mapping[str, Any]) -> Iterator[Key]:
    yield from _CHOOSING
    if page["corrected"] is not None:
        yield _CORRECT
    if page.get("comments") is not None:
        yield _COMMENT
    if page.get("made") is not None:
        yield _ADD
