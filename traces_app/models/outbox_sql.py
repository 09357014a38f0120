"""How outbox rows are written: plain SQL, one statement a batch."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7


def insert(project_id: UUID, trace_ids: Sequence[UUID]) -> None:
    """One row a trace, in the order given."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "INSERT INTO traces_app_outboxrow (project_id, id, trace_id) "
                "SELECT %s, * FROM unnest(%s::uuid[], %s::uuid[])",
                [project_id, [uuid7() for _ in trace_ids], list(trace_ids)],
            )
        else:
            cursor.executemany(
                "INSERT INTO traces_app_outboxrow (project_id, id, trace_id) VALUES (%s, %s, %s)",
                [(project_id.hex, uuid7().hex, trace_id.hex) for trace_id in trace_ids],
            )
