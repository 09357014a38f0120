"""What the columns that a person chose show of each trace: one query for what stands in traces,
one for the means of scores by name."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Left

from feedback_app.trace_lists.columns import Column
from traces_app.access import Access
from traces_app.models import Comment, EntityType, ScoreMean, Trace
from traces_app.query import from_spans
from traces_app.query.traces import duration

_SHORT = 200
_DIGITS = Decimal("0.001")

Texts = dict[str, str]
"""Of one trace, by the key of a column."""


@dataclass(frozen=True)
class Cell:
    """One column's place in a row; ``value`` is empty where the column shows more than a text."""

    column: Column
    value: str


def of(columns: Sequence[Column], texts: Texts) -> list[Cell]:
    return [Cell(column, texts.get(column.key, "")) for column in columns]


def fetch(
    *, access: Access, inside: list[UUID], ids: list[UUID], columns: Sequence[Column]
) -> dict[UUID, Texts]:
    """No query for columns that every list shows."""
    found: dict[UUID, Texts] = defaultdict(dict)
    wanted = {column.key for column in columns} & _READ.keys()
    if wanted:
        for values in _traces(access, inside, ids, wanted):
            found[values["pk"]] = {key: _shown(key, values[f"{key}_cell"]) for key in wanted}
    by_score = {column.score: column.key for column in columns if column.score}
    if by_score:
        means = ScoreMean.objects.visible_to(access).filter(
            project_id__in=inside,
            entity_type=EntityType.TRACE,
            entity_id__in=ids,
            name__in=list(by_score),
        )
        for pk, name, value in means.values_list("entity_id", "name", "value"):
            found[pk][by_score[name]] = _number(value)
    return found


def _traces(
    access: Access, inside: list[UUID], ids: list[UUID], wanted: set[str]
) -> list[dict[str, Any]]:
    rows = Trace.objects.visible_to(access).filter(project_id__in=inside, pk__in=ids)
    read = {f"{key}_cell": _READ[key](access, inside) for key in sorted(wanted)}
    return [dict(values) for values in rows.values("pk", **read)]


def _last_comment(access: Access, inside: list[UUID]) -> Subquery:
    said = Comment.objects.visible_to(access).filter(
        project_id__in=inside,
        project_id=OuterRef("project_id"),
        entity_type=EntityType.TRACE,
        entity_id=OuterRef("pk"),
    )
    return Subquery(said.order_by("-pk").values(beginning=Left("text", _SHORT))[:1])


_READ: dict[str, Callable[[Access, list[UUID]], Any]] = {
    "comment": _last_comment,
    "name": lambda _, __: Left("name", _SHORT),
    "duration": lambda _, inside: duration(inside),
    "tokens": lambda _, inside: from_spans.usage("total_tokens")(inside),
    "cost": lambda _, inside: from_spans.cost(inside),
    "source": lambda _, __: F("source"),
    "environment": lambda _, __: F("environment"),
}


def _shown(key: str, value: Any) -> str:
    if value is None:
        return ""
    if key == "duration":
        return f"{value / 1000:,.2f} s" if value >= 1000 else f"{value:,.0f} ms"
    if key == "tokens":
        return f"{value:,.0f}"
    return f"{value:.6f}".rstrip("0").rstrip(".") if key == "cost" else str(value)


def _number(value: Decimal) -> str:
    return f"{value.quantize(_DIGITS).normalize():f}"
