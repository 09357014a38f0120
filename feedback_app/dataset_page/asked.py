"""What a dataset's list is asked for: everything that its address says."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from feedback_app.models import Datapoint
from feedback_app.models.datasets import DatapointQuerySet
from traces_app.access import Access
from traces_app.normal_form import clean_text

_FILTERS = ("bucket", "source", "q", "state", "twins")

WAITING, DIFFERS = "waiting", "differs"


@dataclass(frozen=True)
class Asked:
    """Filters and place."""

    dataset: UUID
    q: str = ""
    bucket: str = ""
    source: str = ""
    state: str = ""
    twins: str = ""
    after: UUID | None = None
    before: UUID | None = None

    def query(self, **changes: Any) -> str:
        """The query string, or that of the list with ``changes``, which then begins anew."""
        values: dict[str, Any] = {name: getattr(self, name) for name in _FILTERS}
        values |= changes or {"after": self.after, "before": self.before}
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def is_filtered(self) -> bool:
        return any(getattr(self, name) for name in _FILTERS)

    @property
    def looks_inside(self) -> bool:
        """Is there a filter that no index answers?"""
        return bool(self.source or self.twins or self.state == DIFFERS or self.q.strip())

    def places(self, access: Access) -> DatapointQuerySet:
        """The datapoints that the filters leave which an index answers, in no order."""
        found = Datapoint.objects.visible_to(access).filter(dataset_id=self.dataset)
        if self.bucket:
            found = found.filter(bucket=self.bucket)
        if self.state == WAITING:
            found = found.waiting()
        return found

    def narrowed(self, found: DatapointQuerySet) -> DatapointQuerySet:
        """Those of ``found`` that the other filters leave."""
        if self.source:
            found = found.filter(source=self.source)
        if self.state == DIFFERS:
            found = found.differing()
        if self.twins:
            found = found.duplicates()
        return found.holding(clean_text(self.q.strip()))
