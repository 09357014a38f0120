"""Questions about scores that a reviewer of a blind queue may not ask (architecture §2)."""

from collections.abc import Sequence
from uuid import UUID

from traces_app.access import Access
from traces_app.query.filters import Filter, clauses_of
from traces_app.query.sorting import Sorting

OF_SCORES = frozenset(
    ["feedback_scores", "span_feedback_scores", "verdict", "verdict_feedback", "reviewed"]
)
"""Fields and families of fields, of filters and of sorting, whose answers tell of scores."""


def check(
    *,
    access: Access,
    projects: Sequence[UUID],
    clauses: Sequence[Filter],
    order: Sorting | None = None,
) -> None:
    """Raises Forbidden where the rows found, or their order, would tell the caller of scores."""
    asked = {clause.field for clause in clauses_of(clauses)}
    if order is not None:
        asked.add(order.field)
    if not asked.isdisjoint(OF_SCORES):
        access.must_see_scores(projects)
