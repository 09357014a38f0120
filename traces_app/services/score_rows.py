"""Writing and deleting the rows of scores, with the means that lists and filters read.

For entities that are known to exist and to be in the named project. Who may do so is decided by
``services.scores``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from uuid_utils.compat import uuid7

from traces_app.models import NIL, VERDICT, EntityType, Score, ScoreMean, Span
from traces_app.models.prepared import prepared
from traces_app.models.scores import to_billionths
from traces_app.models.scores_sql import update_means, write_means, write_scores
from traces_app.services import outbox, queue_order, verdicts
from traces_app.services.outbox import ChangedTrace


class MeanKey(NamedTuple):
    """What a mean is about."""

    project_id: UUID
    entity_type: str
    entity_id: UUID
    name: str


@dataclass(slots=True)
class NewScore:
    """One score to be written. A reason of None was not sent; "" clears."""

    project_id: UUID
    entity_type: EntityType
    entity_id: UUID
    name: str
    author_id: UUID
    value: Decimal
    source: str
    reason: str | None = None
    category_name: str = ""
    queue_id: UUID = NIL
    mean_key: MeanKey = field(init=False)
    key: "ScoreKey" = field(init=False)

    def __post_init__(self) -> None:
        # Once: a batch asks for them many times over.
        self.mean_key = MeanKey(self.project_id, self.entity_type.value, self.entity_id, self.name)
        self.key = self.mean_key, self.author_id, self.queue_id

    @property
    def is_verdict(self) -> bool:
        return self.name == VERDICT and self.entity_type is EntityType.TRACE


class Overwritten(NamedTuple):
    """A row as it was before it was written over."""

    value: Decimal
    reason: str
    source: str
    queue_id: UUID
    last_updated_at: datetime


_REWRITTEN = ("value", "reason", "category_name", "source", "last_updated_at")
ScoreKey = tuple[MeanKey, UUID, UUID]
"""A mean's key, the author and the queue."""


def write(scores: Iterable[NewScore], now: datetime) -> dict[ScoreKey, Overwritten]:
    """Store scores, the later of two with one key; returns what was there before, by key.

    In the caller's transaction. Means first, made or locked in order; then the rows are read,
    once, and written; then the means that existed before are computed from what was read.
    """
    last: dict[ScoreKey, NewScore] = {}
    for score in scores:
        earlier = last.get(score.key)
        if earlier is not None and score.is_verdict and score.reason is None:
            score.reason = earlier.reason
        last[score.key] = score
    written = list(last.values())  # in the order they were said: so are their ids
    old_means = _make_or_lock(written, now)
    stored = _stored(old_means)
    before = {key: row for key, row in stored.items() if key in last}
    verdicts.keep_reasons([score for score in written if score.is_verdict], before)
    write_scores(_score_row(score, now) for score in written)
    kept = [
        (key[0], row.value, row.last_updated_at) for key, row in stored.items() if key not in before
    ]
    _recompute(old_means, [*kept, *((score.mean_key, score.value, now) for score in written)])
    verdicts.refresh({(s.project_id, s.entity_id) for s in written if s.is_verdict})
    queue_order.renew(score.mean_key[:3] for score in written)
    _tell({score.mean_key for score in written})
    return before


def delete(rows: Sequence[Score]) -> None:
    """Delete rows that the caller has read; their means and verdicts follow."""
    keys = _keys(rows)
    means = _lock(keys)
    gone = {row.pk for row in rows}
    homes = sorted({row.project_id for row in rows})
    for project_id in homes:
        Score.objects.filter(project_id=project_id, pk__in=gone).delete()
    left = _recompute_all(keys)
    empty = [pk for key, pk in means.items() if key not in left]
    for project_id in homes:
        ScoreMean.objects.filter(project_id=project_id, pk__in=empty).delete()
    _let_follow(keys)


def rewrite(rows: Sequence[Score]) -> None:
    """Store rows that the caller has read and changed, times and all; the rest follows."""
    keys = _keys(rows)
    _lock(keys)
    for project_id in sorted({row.project_id for row in rows}):
        mine = [row for row in rows if row.project_id == project_id]
        Score.objects.filter(project_id=project_id).bulk_update(mine, _REWRITTEN)
    _recompute_all(keys)
    _let_follow(keys)


def _keys(rows: Sequence[Score]) -> set[MeanKey]:
    return {MeanKey(r.project_id, r.entity_type, r.entity_id, r.name) for r in rows}


def _recompute_all(keys: set[MeanKey]) -> set[MeanKey]:
    """From the scores that are there; the means of which any is left."""
    left = _stored(keys)
    _recompute(keys, [(key[0], row.value, row.last_updated_at) for key, row in left.items()])
    return {key for key, _, __ in left}


def _let_follow(keys: set[MeanKey]) -> None:
    verdicts.refresh(
        {
            (k.project_id, k.entity_id)
            for k in keys
            if k.name == VERDICT and k.entity_type == "trace"
        }
    )
    queue_order.renew(key[:3] for key in keys)
    _tell(keys)


def _tell(scored: Collection[MeanKey]) -> None:
    """That traces changed: those that were scored, and those of which a span was."""
    homes = {key.project_id for key in scored}
    spans = {key.entity_id for key in scored if key.entity_type == EntityType.SPAN}
    traces = [
        ChangedTrace(key.project_id, key.entity_id)
        for key in scored
        if key.entity_type == EntityType.TRACE
    ]
    if spans:
        above = Span.objects.filter(project_id__in=homes, pk__in=spans)
        traces += [ChangedTrace(*pair) for pair in above.values_list("project_id", "trace_id")]
    outbox.write_all(traces)


def settle(keys: set[MeanKey]) -> None:
    """Compute these means anew from the scores that are there, in the caller's transaction."""
    _lock(keys)
    _recompute_all(keys)


def _make_or_lock(scores: Sequence[NewScore], now: datetime) -> list[MeanKey]:
    """The means that existed before, locked; the others are made, complete."""
    values: dict[MeanKey, list[int]] = defaultdict(list)
    for score in scores:
        values[score.mean_key].append(to_billionths(score.value))
    fresh = {uuid7(): key for key in values}
    write_means(_mean_row(key, pk, values[key], now) for pk, key in fresh.items())
    homes = {key.project_id for key in values}
    for pk in _there(list(homes), list(fresh)):
        del fresh[pk]
    return list(fresh.values())


@prepared
def _there(project_ids: list[UUID], ids: list[UUID]) -> "QuerySet[ScoreMean, UUID]":
    rows = ScoreMean.objects.filter(project_id__in=project_ids, pk__in=ids)
    return rows.values_list("pk", flat=True)


def _lock(keys: set[MeanKey]) -> dict[MeanKey, UUID]:
    """The ids of these means."""
    rows = _of(ScoreMean.objects.all(), keys).order_by(*MeanKey._fields).select_for_update()
    found = {MeanKey(*row[:4]): row[4] for row in rows.values_list(*MeanKey._fields, "pk")}
    return {key: pk for key, pk in found.items() if key in keys}


def _stored(means: Collection[MeanKey]) -> dict[ScoreKey, Overwritten]:
    """The scores that make up these means, whoever gave them."""
    if not means:
        return {}
    each = zip(*means, strict=True)
    rows = _scores(*[list(dict.fromkeys(values)) for values in each])
    return {
        (MeanKey(*row[:4]), row[4], row[5]): Overwritten(row[6], row[7], row[8], row[5], row[9])
        for row in rows
    }


@prepared
def _scores(
    project_ids: list[UUID], kinds: list[str], entity_ids: list[UUID], names: list[str]
) -> "QuerySet[Score, tuple[Any, ...]]":
    rows = Score.objects.filter(
        project_id__in=project_ids,
        entity_type__in=kinds,
        entity_id__in=entity_ids,
        name__in=names,
    )
    return rows.values_list(
        *MeanKey._fields, "author_id", "queue_id", "value", "reason", "source", "last_updated_at"
    )


def _recompute(
    means: Collection[MeanKey], scores: Iterable[tuple[MeanKey, Decimal, datetime]]
) -> None:
    """Write what ``scores`` come to over the means; those of which none is left stay."""
    said: dict[MeanKey, list[tuple[int, datetime]]] = {key: [] for key in means}
    for key, value, at in scores:
        about = said.get(key)
        if about is not None:
            about.append((to_billionths(value), at))
    update_means(
        _mean_row(key, uuid7(), [value for value, _ in about], max(at for _, at in about))
        for key, about in said.items()
        if about
    )


def _of(rows: Any, means: Collection[MeanKey]) -> Any:
    return rows.filter(
        project_id__in={key.project_id for key in means},
        entity_type__in={key.entity_type for key in means},
        entity_id__in={key.entity_id for key in means},
        name__in={key.name for key in means},
    )


def _mean_row(
    key: MeanKey, pk: UUID, billionths: Sequence[int], newest: datetime
) -> tuple[Any, ...]:
    return (*key, pk, key.name.casefold(), mean(billionths), len(billionths), newest)


def _score_row(score: NewScore, now: datetime) -> tuple[Any, ...]:
    return (
        *score.mean_key,
        score.author_id,
        score.queue_id,
        uuid7(),
        to_billionths(score.value),
        score.reason or "",
        score.category_name,
        score.source,
        now,
        now,
    )


def mean(billionths: Sequence[int]) -> int:
    """The mean in billionths, halves away from zero, as Opik prints nine decimals."""
    total, count = sum(billionths), len(billionths)
    size = (2 * abs(total) + count) // (2 * count)
    return size if total >= 0 else -size
