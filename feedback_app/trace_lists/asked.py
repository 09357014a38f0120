"""What a trace list is asked for: everything that its address says."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, reduce
from operator import and_
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q

from feedback_app.trace_lists import amended
from feedback_app.trace_lists.orders import Position, Sort
from traces_app.query import filters, written
from traces_app.query.fields import Operator
from traces_app.query.filters import Clause, Filter
from traces_app.query.written import Element

AS_TEXT = "text"
_LOOKUPS: dict[Operator, str] = {
    Operator.EQUAL: "score",
    Operator.GREATER: "score__gt",
    Operator.GREATER_EQUAL: "score__gte",
    Operator.LESS: "score__lt",
    Operator.LESS_EQUAL: "score__lte",
}
_EMPTY = {Operator.IS_EMPTY: True, Operator.IS_NOT_EMPTY: False}


@dataclass(frozen=True)
class Asked:
    """Filters, order and place. ``filters`` is a JSON text in Opik's grammar, known to be good;
    what ``scored``, ``min``, ``max``, ``added`` and ``tag`` say could stand there, too."""

    project: UUID | None = None
    q: str = ""
    scored: str = ""
    min: Decimal | None = None
    max: Decimal | None = None
    added: str = ""
    tag: str = ""
    filters: str = ""
    mode: str = ""
    view: UUID | None = None
    all: str = ""
    columns: str = ""
    sort: Sort = Sort.NEWEST
    after: Position | None = None
    before: Position | None = None

    def query(self, **changes: Any) -> str:
        """The query string, or that of the list with ``changes``, which then begins anew.

        What is empty or the default is left out.
        """
        values: dict[str, Any] = {name: getattr(self, name) for name in _FILTERS}
        values |= changes or {"after": self.after, "before": self.before}
        if values["sort"] == Sort.NEWEST:
            del values["sort"]
        return urlencode({name: value for name, value in values.items() if value not in (None, "")})

    @property
    def definition(self) -> str:
        """What a saved view keeps: filters, order and columns, and not the place."""
        return self.query(mode="", view=None, all="")

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.elements)

    @cached_property
    def elements(self) -> list[Element]:
        """All filters but the text to find, in the language that all faces share."""
        return [*self.simple, *(filters.load(self.filters) or [])]

    @cached_property
    def simple(self) -> list[Element]:
        """Those that have a field of their own in the address."""
        return list(self._simple())

    @cached_property
    def text(self) -> str:
        """The filters as people write them."""
        return written.write(self.elements)

    @cached_property
    def verdict(self) -> Q | None:
        """The filters that the index of verdicts answers; None where there are none."""
        ranges = [found for clause in self._wanted if (found := _range(clause)) is not None]
        return reduce(and_, ranges) if ranges else None

    @cached_property
    def clauses(self) -> list[Filter]:
        """The filters that look into each trace."""
        return [clause for clause in self._wanted if _range(clause) is None]

    def with_elements(self, elements: list[Element]) -> "Asked":
        """The same list, from its beginning, with these filters instead of its own."""
        return replace(self.cleared, q=self.q, filters=amended.as_text(elements))

    @property
    def cleared(self) -> "Asked":
        """The list without filters, from its beginning."""
        kept = ("project", "sort", "mode", "view", "all", "columns")
        return Asked(**{name: getattr(self, name) for name in kept})

    @cached_property
    def _wanted(self) -> list[Filter]:
        return [*filters.parse(list(self.simple)), *filters.parse(self.filters)]

    def _simple(self) -> Iterator[Element]:
        if self.scored:
            known = Operator.IS_EMPTY if self.scored == "no" else Operator.IS_NOT_EMPTY
            yield written.element("verdict", known, "")
        if self.min is not None:
            yield written.element("verdict", Operator.GREATER_EQUAL, f"{self.min.normalize():f}")
        if self.max is not None:
            yield written.element("verdict", Operator.LESS_EQUAL, f"{self.max.normalize():f}")
        if self.added:
            value = "true" if self.added == "yes" else "false"
            yield written.element("added_to_dataset", Operator.EQUAL, value)
        if self.tag:
            yield written.element("tags", Operator.EQUAL, self.tag)


_FILTERS = (
    *("project", "q", "scored", "min", "max", "added", "tag", "filters", "sort", "columns"),
    *("mode", "view", "all"),
)


def _range(clause: Filter) -> Q | None:
    """The rows of a filter in the index of verdicts, if it answers it."""
    if not isinstance(clause, Clause) or clause.field != "verdict":
        return None
    if clause.operator in _EMPTY:
        return Q(score__isnull=_EMPTY[clause.operator])
    lookup = _LOOKUPS.get(clause.operator)
    return None if lookup is None else Q(**{lookup: clause.value})
