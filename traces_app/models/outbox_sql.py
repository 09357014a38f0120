"""How outbox rows are written: plain SQL, one statement a batch."""

from collections.abc import Sequence
from uuid import UUID

from uuid_utils.compat import uuid7

from traces_app.models import statements

_INTO = "traces_app_outboxrow (project_id, id, trace_id)"
_AT_ONCE = f"INSERT INTO {_INTO} SELECT %s, * FROM unnest(%s::uuid[], %s::uuid[])"  # noqa: S608


def insert(project_id: UUID, trace_ids: Sequence[UUID]) -> None:
    """One row a trace, in the order given."""
    ids = [uuid7() for _ in trace_ids]
    if statements.database().vendor == "postgresql":
        statements.run(_AT_ONCE, [(project_id, ids, list(trace_ids))])
    else:
        rows = [(project_id, *pair) for pair in zip(ids, trace_ids, strict=True)]
        statements.insert(_INTO, rows, "")
