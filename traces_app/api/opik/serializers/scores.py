"""Feedback scores as Opik's clients send and read them (opik.md §1 and "Scoring semantics")."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

from msgspec import Raw, Struct
from msgspec.json import Decoder

from traces_app.api.opik import checks
from traces_app.api.opik.serializers.shown import Shown
from traces_app.models import NIL, EntityType, Score, Source
from traces_app.models.scores import VALUE_LIMIT, to_billionths
from traces_app.services.score_rows import mean
from traces_app.services.scores import MAX_NAME, Said

NO_REASON = "<no reason>"
Sources = Literal["ui", "sdk", "online_scoring"]


class ScoreWrite(Struct, kw_only=True):
    """One score of the entity that the address names."""

    name: str | None = None
    value: Decimal | None = None
    source: Sources | None = None
    category_name: str | None = None
    reason: str | None = None
    source_queue_id: UUID | None = None

    def check(self, rules: checks.Rules) -> None:
        rules.not_blank("name", self.name)
        rules.at_most("name", self.name, MAX_NAME)
        rules.not_null("value", self.value)
        if self.value is not None and self.value.is_nan():
            rules.broken("value", "must be a number")
        elif self.value is not None and not -VALUE_LIMIT <= self.value <= VALUE_LIMIT:
            side = "greater than or equal to -" if self.value < 0 else "less than or equal to "
            rules.broken("value", f"must be {side}{VALUE_LIMIT}")
        rules.not_null("source", self.source)
        rules.at_most("categoryName", self.category_name, MAX_NAME)

    def said(self, entity_id: UUID, path: str = "") -> Said:
        """What the service takes. Raises Unprocessable."""
        rules = checks.Rules(path)
        self.check(rules)
        rules.enforce()
        return Said(
            entity_id,
            self.name or "",
            Decimal(0) if self.value is None else self.value,
            self.source or Source.SDK.value,
            self.reason,
            self.category_name or "",
            self.source_queue_id or NIL,
        )


class BatchScore(ScoreWrite, kw_only=True):
    """One score of a batch, with the id of what it is about."""

    id: UUID | None = None
    project_name: str | None = None
    project_id: UUID | None = None

    def check(self, rules: checks.Rules) -> None:
        rules.not_null("id", self.id)
        rules.blank_only_if_absent("projectName", self.project_name)
        super().check(rules)


class ScoreBatch(Struct):
    """Up to 1,000 scores."""

    scores: list[BatchScore] | None = None

    def said(self, entity: str) -> list[Said]:
        """What the service takes. Raises Unprocessable, BadRequest."""
        checks.sized("scores", self.scores)
        said = []
        for number, score in enumerate(self.scores or ()):
            said.append(score.said(score.id or NIL, f"scores[{number}]."))
            checks.must_be_version_7(entity, score.id or NIL)
        return said


class ScoreDelete(Struct):
    """Whose score of which name goes."""

    name: str | None = None
    author: str | None = None
    source_queue_id: UUID | None = None


SCORE = Decoder(ScoreWrite)
SCORE_BATCH = Decoder(ScoreBatch)
SCORE_DELETE = Decoder(ScoreDelete)


class _Row(NamedTuple):
    entity_id: UUID
    name: str
    value: Decimal
    reason: str
    category_name: str
    source: str
    queue_id: UUID
    author_id: UUID
    created_at: Any
    last_updated_at: Any


def rows_of(
    entity_type: EntityType,
    project_ids: Collection[UUID],
    entity_ids: Collection[UUID],
    shown: Shown,
) -> list[_Row]:
    """The score rows of these entities, newest first, in one query."""
    rows = shown.of(Score.objects.visible_to(shown.access).about(entity_type, set(entity_ids)))
    rows = rows.filter(project_id__in=project_ids)
    fields = rows.order_by("-last_updated_at", "-pk").values_list(*_Row._fields)
    return [_Row(*row) for row in fields]


def by_entity(rows: Iterable[_Row], authors: dict[UUID, str]) -> dict[UUID, list[dict[str, Any]]]:
    """Scores as the API prints them, one a name, by entity."""
    groups: dict[UUID, dict[str, list[_Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        groups[row.entity_id][row.name].append(row)
    return {
        entity_id: [_printed(named, authors) for _, named in sorted(names.items())]
        for entity_id, names in groups.items()
    }


def number(value: Decimal) -> Raw:
    """``value`` as a JSON number with all of its digits."""
    return Raw(f"{value.normalize():f}".encode())


def _printed(rows: list[_Row], authors: dict[UUID, str]) -> dict[str, Any]:
    names = [authors.get(row.author_id, "") for row in rows]
    value = Decimal(mean([to_billionths(row.value) for row in rows])).scaleb(-9)
    printed: dict[str, Any] = {
        "name": rows[0].name,
        "value": number(value),
        "source": _source(rows[0]),
        "created_at": min(row.created_at for row in rows),
        "last_updated_at": max(row.last_updated_at for row in rows),
        "created_by": ", ".join(names),
        "last_updated_by": ", ".join(names),
        "value_by_author": {
            _author_key(row, author): _by_author(row, author)
            for row, author in zip(rows, names, strict=True)
        },
    }
    if any(row.reason for row in rows):
        printed["reason"] = ", ".join(row.reason or NO_REASON for row in rows)
    if any(row.category_name for row in rows):
        printed["category_name"] = ", ".join(row.category_name for row in rows)
    if rows[0].queue_id != NIL:
        printed["source_queue_id"] = rows[0].queue_id
    return printed


def _by_author(row: _Row, author: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "value": number(row.value),
        "source": _source(row),
        "last_updated_at": row.last_updated_at,
        "author": author,
    }
    if row.reason:
        entry["reason"] = row.reason
    if row.category_name:
        entry["category_name"] = row.category_name
    if row.queue_id != NIL:
        entry["source_queue_id"] = row.queue_id
    return entry


def _author_key(row: _Row, author: str) -> str:
    return author if row.queue_id == NIL else f"{author}_{row.queue_id}"


def _source(row: _Row) -> str:
    return Source.SDK.value if row.source == Source.PREM else row.source
