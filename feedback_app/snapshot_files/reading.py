"""Reading a snapshot from end to end in little memory: short queries, nothing held between."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator

from feedback_app.models import Snapshot, SnapshotItem
from feedback_app.snapshot_files.formats import FORMATS
from traces_app.models import NIL

PAGE = 500


def items(snapshot: Snapshot) -> Iterator[SnapshotItem]:
    """All items by the id of their datapoint: oldest first."""
    last = NIL
    while True:
        beyond = SnapshotItem.objects.of(snapshot).filter(datapoint_id__gt=last)
        page = list(beyond.order_by("datapoint_id")[:PAGE])
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1].datapoint_id


def stream(snapshot: Snapshot, name: str) -> Iterator[bytes]:
    """The bytes of one of its files, in pieces of some hundred kB at most an item more."""
    form = FORMATS[name]
    waiting, size = [form.head], len(form.head)
    for item in items(snapshot):
        line = form.item(item)
        waiting.append(line)
        size += len(line)
        if size > 256 * 1024:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def facts(snapshot: Snapshot, on_item: Callable[[int], None]) -> dict[str, object]:
    """Each file's lines (of CSV without the head), bytes and SHA-256, and what is in none; how
    many items of each bucket and source there are.

    One pass; ``on_item`` is told after each item how many it were.
    """
    counts: dict[str, Counter[str]] = {"bucket": Counter(), "source": Counter()}
    sums = {name: hashlib.sha256(form.head) for name, form in FORMATS.items()}
    sizes = {name: len(form.head) for name, form in FORMATS.items()}
    lines = dict.fromkeys(FORMATS, 0)
    other = number = 0
    for number, item in enumerate(items(snapshot), start=1):
        is_chat = False
        for fact, counted in counts.items():
            counted[getattr(item, fact)] += 1
        for name, form in FORMATS.items():
            written = form.item(item)
            if written:
                sums[name].update(written)
                sizes[name] += len(written)
                lines[name] += 1
                is_chat |= name in ("training.jsonl", "validation.jsonl")
        other += not is_chat
        on_item(number)
    files = {
        name: {"lines": lines[name], "bytes": sizes[name], "sha256": sums[name].hexdigest()}
        for name in FORMATS
    }
    return {"datapoints": number, "not_chats": other, "counts": counts, "files": files}
