"""Jobs that people ask for in pages: who asked, and what they may do by the time it runs."""

from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import Face, Job, Membership, Role
from traces_app.services import jobs


def enqueue(*, access: Access, kind: str, payload: Mapping[str, object], token: UUID) -> Job:
    """Ask for work in the long lane, under the caller's name.

    ``token`` is of the form that was sent: the same one with the same payload is the same job.
    """
    digest = sha256(normal_form.dump(dict(payload)).encode()).hexdigest()[:16]
    return jobs.enqueue(
        kind=kind,
        payload=payload,
        key=f"{kind}:{access.user_id}:{token}:{digest}",
        lane=Job.Lane.LONG,
        workspace_id=access.workspace_id,
        created_by_id=access.user_id,
    )


def access_of(*, workspace_id: UUID, user_id: UUID | None) -> Access:
    """What the one who asked may do by now. Raises NotFound for somebody who has left."""
    members = Membership.objects.filter(workspace_id=workspace_id, user__is_active=True)
    asker = members.filter(user_id=user_id) if user_id else members.none()
    mine = asker.select_related("workspace").first()
    if mine is None:
        raise NotFound("Who asked for this has left the workspace.")
    return Access(
        user_id=mine.user_id,
        author_id=mine.user_id,
        workspace_id=workspace_id,
        workspace_name=mine.workspace.name,
        role=Role(mine.role),
        face=Face.PAGE,
    )
