"""The merging upsert that traces and spans are written with, the same on both databases.

A row that is not newer than what is stored only fills what is still NULL, so a replay never undoes
a later PATCH and a PATCH that arrives first is kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from traces_app.models import statements

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The start time of a stub: something was said of a row that has not arrived."""

FIXED = (
    "id",
    "project_id",
    "created_at",
    "created_by_id",
    "last_updated_at",
    "last_updated_by_id",
    "sent_at",
    "sent_project_id",
    "start_time",
)


@dataclass(frozen=True)
class Upserts:
    """The statements of one table. Each takes rows of FIXED + its own columns, in this order."""

    table: str
    identity: tuple[str, ...]
    """Columns set by the first row and by none after it."""
    merged: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return FIXED + self.identity + self.merged

    def send(self, rows: Sequence[tuple[Any, ...]]) -> int:
        """Write rows as a batch does; how many were touched (others live in another project)."""
        return self._run(self._by_age(), "", rows)

    def create(self, row: tuple[Any, ...]) -> int:
        """Write one row unless it has arrived before; a stub is completed. 1 when written."""
        return self._run(self._by_age(), " AND t.sent_at IS NULL", [row])

    def patch(self, rows: Sequence[tuple[Any, ...]]) -> int:
        """Write what is not null over what is stored; an unknown id becomes a stub."""
        return self._run(self._over(), "", rows)

    def _by_age(self) -> list[str]:
        older = "t.sent_at IS NULL OR t.sent_at >= excluded.sent_at"
        greatest = "GREATEST" if connection.vendor == "postgresql" else "MAX"
        return [
            *(
                f"{name} = CASE WHEN {older} THEN COALESCE(t.{name}, excluded.{name}) "
                f"ELSE COALESCE(excluded.{name}, t.{name}) END"
                for name in self.merged
            ),
            "start_time = CASE WHEN t.sent_at >= excluded.sent_at THEN t.start_time "
            "ELSE excluded.start_time END",
            f"sent_at = {greatest}(COALESCE(t.sent_at, excluded.sent_at), excluded.sent_at)",
        ]

    def _over(self) -> list[str]:
        return [f"{name} = COALESCE(excluded.{name}, t.{name})" for name in self.merged]

    def _run(self, sets: Iterable[str], condition: str, rows: Sequence[tuple[Any, ...]]) -> int:
        changed = "last_updated_at = excluded.last_updated_at"
        changer = "last_updated_by_id = excluded.last_updated_by_id"
        return statements.insert(
            f"{self.table} AS t ({', '.join(self.columns)})",
            rows,
            f"ON CONFLICT (id) DO UPDATE SET {', '.join([*sets, changed, changer])} "
            f"WHERE t.project_id = excluded.project_id{condition}",
        )
