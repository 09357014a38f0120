"""What is different between two snapshots."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from feedback_app.models import Snapshot, SnapshotItem
from feedback_app.models.snapshots import SnapshotItemQuerySet
from feedback_app.reading.differences import Piece, differences
from feedback_app.reading.example_text import as_text
from feedback_app.reading.preview import preview

SHOWN = 50
_PREVIEW = 200


@dataclass(frozen=True)
class Line:
    """One datapoint that differs; ``pieces`` where its content changed."""

    words: str
    source: str
    bucket: str
    was_in: str = ""
    pieces: list[Piece] | None = None


@dataclass(frozen=True)
class Group:
    """All that differ in one way: how many, and the first of them."""

    name: str
    words: str
    number: int
    lines: list[Line]


def compare(old: Snapshot, new: Snapshot) -> list[Group]:
    """Added, removed, changed and moved to another bucket, by the datapoints' ids."""
    old_items, new_items = SnapshotItem.objects.of(old), SnapshotItem.objects.of(new)
    in_old = old_items.filter(datapoint_id=OuterRef("datapoint_id"))
    in_new = new_items.filter(datapoint_id=OuterRef("datapoint_id"))
    changed = new_items.filter(Exists(in_old.exclude(digest=OuterRef("digest"))))
    same = in_old.filter(digest=OuterRef("digest"))
    moved = new_items.filter(Exists(same.exclude(bucket=OuterRef("bucket"))))
    return [
        _group("added", "only in the newer one", new_items.exclude(Exists(in_old))),
        _group("removed", "only in the older one", old_items.exclude(Exists(in_new))),
        _group("changed", "with another content", changed, old_items),
        _group("moved", "in another bucket", moved, old_items),
    ]


def _group(
    name: str, words: str, found: SnapshotItemQuerySet, before: SnapshotItemQuerySet | None = None
) -> Group:
    items = list(found.order_by("-datapoint_id")[:SHOWN])
    earlier: dict[object, SnapshotItem] = {}
    if before is not None:
        ids = [item.datapoint_id for item in items]
        earlier = {item.datapoint_id: item for item in before.filter(datapoint_id__in=ids)}
    lines = [_line(item, earlier.get(item.datapoint_id)) for item in items]
    return Group(name, words, found.count(), lines)


def _line(item: SnapshotItem, earlier: SnapshotItem | None) -> Line:
    pieces = None
    if earlier is not None and earlier.digest != item.digest:
        pieces = differences(as_text(earlier.content), as_text(item.content))
    was_in = earlier.bucket if earlier is not None and earlier.bucket != item.bucket else ""
    return Line(preview(item.content, _PREVIEW), item.source, item.bucket, was_in, pieces)
