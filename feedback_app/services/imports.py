"""Importing traces that were sent elsewhere before, with what was said about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from feedback_app.models import User
from feedback_app.services import users
from traces_app import ids
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import EntityType, Face, Project, Role, Workspace
from traces_app.services import feedbacks, scores, traces
from traces_app.services.scores import Said
from traces_app.services.sent_traces import SentTrace


@dataclass(slots=True)
class Row:
    """One trace to import. ``feedback`` is the verdict's text when it came without a score."""

    sent: SentTrace
    said: list[Said] = field(default_factory=list)
    feedback: str = ""


def access_to(*, workspace: str, author: str | None = None) -> Access:
    """The operator's access to a workspace: its first owner's, writing as ``author`` if given.

    Raises NotFound for an unknown workspace or one without an active owner, Invalid for the name
    of a person as author.
    """
    found = Workspace.objects.filter(name__iexact=workspace.strip()).first()
    if found is None:
        raise NotFound(f"There is no workspace {workspace}; add_member makes one.")
    owners = User.objects.filter(
        memberships__workspace=found, memberships__role=Role.OWNER, is_active=True
    )
    owner = owners.order_by("joined_at", "pk").first()
    if owner is None:
        raise NotFound(f"The workspace {found} has no active owner; add_member makes one.")
    voice = owner if author is None else users.service_account(name=author)
    return Access(
        user_id=owner.pk,
        author_id=voice.pk,
        workspace_id=found.pk,
        workspace_name=found.name,
        role=Role.OWNER,
        face=Face.COMMAND,
    )


@transaction.atomic
def store(*, access: Access, project: Project, rows: Sequence[Row]) -> dict[UUID, UUID]:
    """Store a batch in ``project``, all or nothing; a trace that is there already is merged.

    An id that is taken in another project gets a new one, the same each time that the file is
    imported here. Returns the new ids by the old.
    """
    for row in rows:
        row.sent.project_name = project.name
    taken = traces.ingest(access=access, sent=[row.sent for row in rows])
    renamed = {old: _in_project(project.pk, old) for old in taken}
    again = [row.sent for row in rows if row.sent.id in renamed]
    for sent in again:
        sent.id = renamed[sent.id]
    if again:
        traces.ingest(access=access, sent=again)
    _judge(access, rows)
    return renamed


def _in_project(project_id: UUID, taken: UUID) -> UUID:
    return ids.uuid7_of(ids.milliseconds_of(taken), project_id.bytes + taken.bytes)


def _judge(access: Access, rows: Sequence[Row]) -> None:
    said = []
    for row in rows:
        for score in row.said:
            score.entity_id = row.sent.id
            said.append(score)
    if said:
        scores.record(access=access, entity_type=EntityType.TRACE, said=said)
    words = {row.sent.id: row.feedback for row in rows if row.feedback}
    if words:
        feedbacks.give_all(access=access, feedbacks=words)
