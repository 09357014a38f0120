"""Writing the audit trail, in the transaction of the change itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone
from uuid_utils.compat import uuid7

from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import NIL, AuditEvent, Face
from traces_app.models.statements import insert

_INTO = """
traces_app_auditevent (id, workspace_id, project_id, actor_id, face, action,
    entity_type, entity_id, before, after, created_at)
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one thing."""

    action: str
    entity_type: str = ""
    entity_id: UUID = NIL
    project_id: UUID = NIL
    before: dict[str, object] = field(default_factory=dict)
    after: dict[str, object] = field(default_factory=dict)


def record(access: Access, changes: Iterable[Change]) -> None:
    """One event a change, in one insert."""
    now = timezone.now()
    rows = [
        (
            uuid7(),
            access.workspace_id,
            change.project_id,
            access.author_id,
            access.face.value,
            change.action,
            str(change.entity_type),
            change.entity_id,
            normal_form.dump(change.before),
            normal_form.dump(change.after),
            now,
        )
        for change in changes
    ]
    insert(_INTO, rows, "")


def record_one(
    *,
    workspace_id: UUID,
    actor_id: UUID | None,
    face: Face,
    action: str,
    project_id: UUID = NIL,
    entity_type: str = "",
    entity_id: UUID = NIL,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """One event by somebody who has no Access, such as the operator on the command line."""
    AuditEvent.objects.create(
        workspace_id=workspace_id,
        project_id=project_id,
        actor_id=actor_id,
        face=face,
        action=action,
        entity_type=entity_type,
        entity_id=entity_id,
        before=normal_form.dump(before or {}),
        after=normal_form.dump(after or {}),
        created_at=timezone.now(),
    )
