"""What a trace list is asked for: everything that its address says."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from feedback_app.trace_lists.orders import Position, Sort
from traces_app.query import filters
from traces_app.query.filters import Filter


@dataclass(frozen=True)
class Asked:
    """Filters, order and place. ``filters`` is a JSON text in Opik's grammar, known to be good."""

    project: UUID | None = None
    q: str = ""
    scored: str = ""
    min: Decimal | None = None
    max: Decimal | None = None
    added: str = ""
    tag: str = ""
    filters: str = ""
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
    def is_filtered(self) -> bool:
        return bool(self.q or self.added or self.tag or self.filters) or self.by_verdict

    @property
    def by_verdict(self) -> bool:
        """Is there a filter that the index of verdicts answers?"""
        return bool(self.scored) or self.min is not None or self.max is not None

    @property
    def verdict_range(self) -> dict[str, Any]:
        """The filters on the verdict, as lookups."""
        wanted: dict[str, Any] = {"score__gte": self.min, "score__lte": self.max}
        wanted["score__isnull"] = {"yes": False, "no": True}.get(self.scored)
        return {name: value for name, value in wanted.items() if value is not None}

    @property
    def clauses(self) -> list[Filter]:
        """The filters that look into each trace, in the language that all faces share."""
        items: list[dict[str, str]] = []
        if self.added:
            value = "true" if self.added == "yes" else "false"
            items.append({"field": "added_to_dataset", "operator": "=", "value": value})
        if self.tag:
            items.append({"field": "tags", "operator": "=", "value": self.tag})
        return [*filters.parse(list(items)), *filters.parse(self.filters)]


_FILTERS = ("project", "q", "scored", "min", "max", "added", "tag", "filters", "sort")
