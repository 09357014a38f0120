"""How reservations are made and given back, which each step from item to item does: plain SQL."""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from traces_app.models import statements

_INTO = """
traces_app_reservation (id, project_id, queue_id, item_id, holder_id, created_at, expires_at)
"""

_GIVE_BACK = """
DELETE FROM traces_app_reservation
WHERE project_id = %s AND item_id = %s AND (holder_id = %s OR expires_at <= %s)
"""


def insert(
    project_id: UUID, queue_id: UUID, item_id: UUID, holder_id: UUID, now: datetime, until: datetime
) -> None:
    """One that is not there yet."""
    statements.insert(_INTO, [(uuid7(), project_id, queue_id, item_id, holder_id, now, until)], "")


def give_back(project_id: UUID, item_id: UUID, holder_id: UUID, now: datetime) -> None:
    """Delete the holder's of an item, with all of it that have expired."""
    statements.run(_GIVE_BACK, [(project_id, item_id, holder_id, now)])
