"""One page of a dataset's datapoints, and the way to the ones beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from feedback_app.dataset_page import walk
from feedback_app.dataset_page.asked import Asked
from feedback_app.models import Datapoint, Dataset
from feedback_app.reading.chats import messages_of
from feedback_app.reading.preview import preview
from traces_app.access import Access
from traces_app.models import NIL

SIZE = 50
COUNTED = 10_000
"""Where counting of what a filter leaves stops."""
_CUT = 240


@dataclass(frozen=True)
class Row:
    """One datapoint as the list shows it; ``trace_id`` is null when it came from none."""

    pk: UUID
    question: str
    answer: str
    source: str
    source_words: str
    bucket: str
    bucket_words: str
    trace_id: UUID | None
    is_twin: bool
    is_waiting: bool
    differs: bool
    created: datetime


@dataclass(frozen=True)
class Page:
    """``newer_url`` and ``older_url`` are empty where the list ends. ``examined`` is how many a
    search looked into that ran out of time, else 0: the next page goes on where it stopped."""

    rows: list[Row]
    newer_url: str
    older_url: str
    summary: str
    examined: int


@dataclass(frozen=True)
class _Stretch:
    """The page before ends before ``first``, the next one begins after ``last``."""

    points: list[Datapoint]
    first: UUID | None
    last: UUID | None
    examined: int


@dataclass(frozen=True)
class Tab:
    """A bucket with the number of its datapoints, as a filter."""

    name: str
    words: str
    number: int
    url: str


def page(*, access: Access, asked: Asked) -> Page:
    """The page that the address names, newest first. The number of queries does not grow with
    its rows; a search adds two for each window that it looks at."""
    met = _backwards(access, asked) if asked.before else _forwards(access, asked, asked.after)
    points, first, last = met.points, met.first, met.last
    twins = _twins(asked, points, access)
    changed = _differing(points)
    rows = [
        _row(point, is_twin=point.digest in twins, differs=point.pk in changed) for point in points
    ]
    return Page(
        rows,
        newer_url=f"?{asked.query(before=first)}" if first else "",
        older_url=f"?{asked.query(after=last)}" if last else "",
        summary=_summary(access, asked, len(rows), is_whole=not (first or last)),
        examined=met.examined,
    )


def tabs(dataset: Dataset, asked: Asked) -> list[Tab]:
    """All datapoints and each bucket, with exact numbers from the index."""
    inside = Datapoint.objects.filter(project_id=dataset.project_id, dataset_id=dataset.pk)
    counted = dict(inside.values_list("bucket").annotate(number=Count("pk")).order_by())
    buckets = [
        Tab(name, words, counted.get(name, 0), f"?{asked.query(bucket=name)}")
        for name, words in Datapoint.Bucket.choices
    ]
    return [Tab("", "All", sum(counted.values()), f"?{asked.query(bucket='')}"), *buckets]


def _forwards(access: Access, asked: Asked, start: UUID | None) -> _Stretch:
    met = walk.found(access=access, asked=asked, start=start, limit=SIZE + 1)
    shown = met.points[:SIZE]
    last = shown[-1].pk if len(met.points) > SIZE else met.stopped_at
    first = shown[0].pk if start and shown else start
    return _Stretch(shown, first, last, met.examined if met.stopped_at else 0)


def _backwards(access: Access, asked: Asked) -> _Stretch:
    met = walk.found(access=access, asked=asked, start=asked.before, backwards=True, limit=SIZE + 1)
    is_cut = len(met.points) > SIZE
    if not is_cut and met.stopped_at is None:
        return _forwards(access, asked, None)  # the first page, which is always full
    shown = met.points[:SIZE][::-1]
    if not shown:
        return _Stretch([], met.stopped_at, met.stopped_at, met.examined)
    first = shown[0].pk if is_cut else met.stopped_at
    return _Stretch(shown, first, shown[-1].pk, met.examined if met.stopped_at else 0)


def _twins(asked: Asked, points: Sequence[Datapoint], access: Access) -> set[str]:
    """The digests among ``points`` that the dataset holds more than once."""
    inside = Datapoint.objects.visible_to(access).filter(
        dataset_id=asked.dataset, digest__in={point.digest for point in points}
    )
    counted = inside.values_list("digest").annotate(number=Count("pk")).order_by()
    return {digest for digest, number in counted if number > 1}


def _differing(points: Sequence[Datapoint]) -> set[UUID]:
    """Those whose trace gives another answer by now."""
    here = Datapoint.objects.filter(project_id__in={point.project_id for point in points})
    shown = here.filter(pk__in=[point.pk for point in points])
    return set(shown.differing().values_list("pk", flat=True))


def _row(point: Datapoint, *, is_twin: bool, differs: bool) -> Row:
    question, answer = _sides(point.content)
    return Row(
        pk=point.pk,
        question=question,
        answer=answer,
        source=point.source,
        source_words=point.get_source_display(),
        bucket=point.bucket,
        bucket_words=point.get_bucket_display(),
        trace_id=None if point.trace_id == NIL else point.trace_id,
        is_twin=is_twin,
        is_waiting=point.is_waiting,
        differs=differs,
        created=point.created_at,
    )


def _sides(content: str) -> tuple[str, str]:
    """The last question and its answer, shortened; of what is no chat, its JSON and nothing."""
    messages = messages_of(content)
    if messages is None:
        return preview(content, _CUT), ""
    asked = [message["content"] for message in messages if message["role"] == "user"]
    answer = messages[-1]["content"] if messages[-1]["role"] == "assistant" else ""
    return (asked[-1][:_CUT] if asked else ""), answer[:_CUT]


def _summary(access: Access, asked: Asked, shown: int, *, is_whole: bool) -> str:
    """How many are on this page, and of how many where that is known without a search."""
    if is_whole:
        return f"{shown:,} {'datapoint' if shown == 1 else 'datapoints'}"
    if asked.looks_inside:
        return f"{shown:,} shown"
    total = asked.places(access)[: COUNTED + 1].count()
    return f"{shown:,} of {COUNTED:,}+" if total > COUNTED else f"{shown:,} of {total:,}"
