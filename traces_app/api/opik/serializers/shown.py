"""Which scores and comments a reading shows beside the rows themselves."""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from traces_app.access import Access

Rows = TypeVar("Rows", bound="QuerySet[Any]")


@dataclass(frozen=True)
class Shown:
    """What the caller sees, all of it or what was said in one queue (``annotation_queue_id``)."""

    access: Access
    queue_id: UUID | None = None

    def of(self, rows: Rows) -> Rows:
        """Those of scores or comments that were said in the queue, if one is asked for."""
        return rows if self.queue_id is None else rows.filter(queue_id=self.queue_id)
