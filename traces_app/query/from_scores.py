"""Filtering by scores: always on the means, never on the single rows.

Values are compared as whole billionths, so a filter means what a list prints.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from traces_app.models import EntityType, ScoreMean, Span
from traces_app.query.expressions import MeanOfBillionths, Unindexed
from traces_app.query.fields import Operator, Projects, Sort

FEW = 1000
"""Up to so many entities a filter by score lists them; past it, the newest rows are walked."""

_OPPOSITES = {Operator.NOT_EQUAL: Operator.EQUAL, Operator.IS_EMPTY: Operator.IS_NOT_EMPTY}
_LOOKUPS = {
    Operator.EQUAL: "exact",
    Operator.GREATER: "gt",
    Operator.GREATER_EQUAL: "gte",
    Operator.LESS: "lt",
    Operator.LESS_EQUAL: "lte",
}


def on_entity(
    entity: EntityType,
    operator: Operator,
    name: str,
    value: Decimal | None,
    projects: Sequence[UUID],
) -> Q:
    """Has the outer row a mean of that name for which ``operator value`` holds?

    Asks the value index at once how many have (architecture §3: probe, then list or walk).
    """
    if operator in _OPPOSITES:
        return ~Q(_walk(entity, _OPPOSITES[operator], name, value, projects))
    matching = _means(entity, name, projects).filter(**_compared("value", operator, value))
    few = list(matching.values_list("entity_id", flat=True)[: FEW + 1])
    if len(few) <= FEW:
        return Q(pk__in=sorted(set(few)))
    return Q(_walk(entity, operator, name, value, projects))


def count(
    entity: EntityType,
    operator: Operator,
    name: str,
    value: Decimal | None,
    projects: Sequence[UUID],
) -> int | None:
    """How many entities ``on_entity`` would find, from the value index alone.

    None where that index cannot tell: for what holds without a score.
    """
    if operator in _OPPOSITES:
        return None
    means = _means(entity, name, projects).filter(**_compared("value", operator, value))
    # Two spellings of one name are two means of one entity.
    return means.values("entity_id").distinct().count()


def on_spans(operator: Operator, name: str, value: Decimal | None, projects: Sequence[UUID]) -> Q:
    """The same of the mean over the spans of the outer trace."""
    if operator in _OPPOSITES:
        return ~on_spans(_OPPOSITES[operator], name, value, projects)
    trace, project = OuterRef(OuterRef("pk")), OuterRef(OuterRef("project_id"))
    spans = Span.objects.filter(
        project_id__in=list(projects), project_id=project, trace_id=trace
    ).values("pk")
    means = _unindexed(projects, EntityType.SPAN, name).filter(entity_id__in=Subquery(spans))
    by_name = means.values("name").annotate(mean=MeanOfBillionths("value"))
    return Q(Exists(by_name.filter(**_compared("mean", operator, value))))


def sorted_by(entity: EntityType) -> Sort:
    """The outer row's mean of the name that is the key."""

    def read(projects: Projects, key: str) -> Subquery:
        means = _means(entity, key, projects).filter(
            project_id=OuterRef("project_id"), entity_id=OuterRef("pk")
        )
        return Subquery(means.order_by("name").values("value")[:1])

    return read


def _means(
    entity: EntityType, name: str, projects: Sequence[UUID]
) -> QuerySet[ScoreMean, ScoreMean]:
    """Means of a name, however it is spelled, as the value index holds them."""
    return ScoreMean.objects.filter(
        project_id__in=list(projects), entity_type=entity, name_key=name.casefold()
    )


def _walk(
    entity: EntityType,
    operator: Operator,
    name: str,
    value: Decimal | None,
    projects: Sequence[UUID],
) -> Exists:
    means = _unindexed(projects, entity, name).filter(entity_id=OuterRef("pk"))
    return Exists(means.filter(**_compared("plain_value", operator, value)))


def _unindexed(
    projects: Sequence[UUID], entity: EntityType, name: str
) -> QuerySet[ScoreMean, ScoreMean]:
    """Means of the outer row's project, to be found by entity and not by value."""
    means = ScoreMean.objects.filter(
        project_id__in=list(projects),
        project_id=OuterRef("project_id"),
        entity_type=entity,
        count__gt=0,  # always; SQLite would scan the value index if that held all it needs
    )
    plain = means.alias(plain_name=Unindexed(F("name_key")), plain_value=Unindexed(F("value")))
    found: QuerySet[ScoreMean, ScoreMean] = plain.filter(plain_name=name.casefold())
    return found


def _compared(column: str, operator: Operator, value: Decimal | None) -> dict[str, Any]:
    if operator is Operator.IS_NOT_EMPTY:
        return {}
    return {f"{column}__{_LOOKUPS[operator]}": value}
