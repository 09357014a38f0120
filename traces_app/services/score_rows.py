"""Writing and deleting the rows of scores, with the means that lists and filters read.

For entities that are known to exist and to be in the named project. Who may do so is decided by
``services.scores``.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from traces_app.models import NIL, VERDICT, EntityType, Score, ScoreMean
from traces_app.models.scores import to_billionths
from traces_app.models.scores_sql import update_means, write_means, write_scores
from traces_app.services import verdicts


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

    @property
    def mean_key(self) -> MeanKey:
        return MeanKey(self.project_id, self.entity_type.value, self.entity_id, self.name)

    @property
    def key(self) -> "ScoreKey":
        return self.mean_key, self.author_id, self.queue_id

    @property
    def is_verdict(self) -> bool:
        return self.name == VERDICT and self.entity_type is EntityType.TRACE


class Overwritten(NamedTuple):
    """A row as it was before it was written over."""

    value: Decimal
    reason: str
    source: str
    queue_id: UUID


ScoreKey = tuple[MeanKey, UUID, UUID]
"""A mean's key, the author and the queue."""


def write(scores: Iterable[NewScore], now: datetime) -> dict[ScoreKey, Overwritten]:
    """Store scores, the later of two with one key; returns what was there before, by key.

    In the caller's transaction. Means first, made or locked in order; then the rows; then the
    means that existed before are computed again.
    """
    last: dict[ScoreKey, NewScore] = {}
    for score in scores:
        earlier = last.get(score.key)
        if earlier is not None and score.is_verdict and score.reason is None:
            score.reason = earlier.reason
        last[score.key] = score
    old_means = _make_or_lock(list(last.values()), now)
    before = _existing(old_means, {author for _, author, _ in last})
    verdicts.keep_reasons([score for score in last.values() if score.is_verdict], before)
    write_scores(_score_row(score, now) for score in last.values())
    _recompute(old_means)
    verdicts.refresh({(s.project_id, s.entity_id) for s in last.values() if s.is_verdict})
    return {key: row for key, row in before.items() if key in last}


def delete(rows: Sequence[Score]) -> None:
    """Delete rows that the caller has read; their means and verdicts follow."""
    keys = {MeanKey(r.project_id, r.entity_type, r.entity_id, r.name) for r in rows}
    means = dict(_means(keys, lock=True))
    by_project: dict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        by_project[row.project_id].append(row.pk)
    for project_id, pks in sorted(by_project.items()):
        Score.objects.filter(project_id=project_id, pk__in=pks).delete()
    _recompute(means)
    verdicts.refresh(
        {
            (k.project_id, k.entity_id)
            for k in keys
            if k.name == VERDICT and k.entity_type == "trace"
        }
    )


def _make_or_lock(scores: list[NewScore], now: datetime) -> dict[MeanKey, UUID]:
    """The ids of the means that existed before, locked; the others are made, complete."""
    values: dict[MeanKey, list[int]] = defaultdict(list)
    for score in scores:
        values[score.mean_key].append(to_billionths(score.value))
    fresh = {key: uuid7() for key in values}
    write_means(_mean_row(key, fresh[key], numbers, now) for key, numbers in values.items())
    homes = {key.project_id for key in fresh}
    made = ScoreMean.objects.filter(project_id__in=homes, pk__in=list(fresh.values())).count()
    if made == len(fresh):
        return {}  # most batches are the first to score what they name
    return {key: pk for key, pk in _means(values) if pk != fresh[key]}


def _means(keys: Iterable[MeanKey], *, lock: bool = False) -> list[tuple[MeanKey, UUID]]:
    wanted = set(keys)
    rows = ScoreMean.objects.filter(
        project_id__in={key.project_id for key in wanted},
        entity_type__in={key.entity_type for key in wanted},
        entity_id__in={key.entity_id for key in wanted},
        name__in={key.name for key in wanted},
    ).order_by("project_id", "entity_type", "entity_id", "name")
    if lock:
        rows = rows.select_for_update()
    found = rows.values_list("project_id", "entity_type", "entity_id", "name", "pk")
    pairs = [(MeanKey(*row[:4]), row[4]) for row in found]
    return [(key, pk) for key, pk in pairs if key in wanted]


def _existing(means: dict[MeanKey, UUID], authors: set[UUID]) -> dict[ScoreKey, Overwritten]:
    if not means:
        return {}
    rows = _scores_of(means).filter(author_id__in=authors)
    return {
        (MeanKey(*row[:4]), row[4], row[5]): Overwritten(row[6], row[7], row[8], row[5])
        for row in rows.values_list(
            "project_id",
            "entity_type",
            "entity_id",
            "name",
            "author_id",
            "queue_id",
            "value",
            "reason",
            "source",
        )
    }


def _recompute(means: dict[MeanKey, UUID]) -> None:
    if not means:
        return
    values: dict[MeanKey, list[int]] = defaultdict(list)
    newest: dict[MeanKey, datetime] = {}
    fields = ("project_id", "entity_type", "entity_id", "name", "value", "last_updated_at")
    for row in _scores_of(means).values_list(*fields):
        key = MeanKey(*row[:4])
        values[key].append(to_billionths(row[4]))
        newest[key] = max(row[5], newest.get(key, row[5]))
    update_means(
        [_mean_row(key, pk, values[key], newest[key]) for key, pk in means.items() if key in values]
    )
    empty = [(key, pk) for key, pk in means.items() if key not in values]
    for project_id in {key.project_id for key, _ in empty}:
        pks = [pk for key, pk in empty if key.project_id == project_id]
        ScoreMean.objects.filter(project_id=project_id, pk__in=pks).delete()


def _scores_of(means: Iterable[MeanKey]) -> Any:
    keys = list(means)
    return Score.objects.filter(
        project_id__in={key.project_id for key in keys},
        entity_type__in={key.entity_type for key in keys},
        entity_id__in={key.entity_id for key in keys},
        name__in={key.name for key in keys},
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
