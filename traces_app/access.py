"""Who is asking: every request carries one Access, and every read and write starts from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Union
from uuid import UUID

from django.db.models import QuerySet

from traces_app.errors import Forbidden
from traces_app.models.events import Face
from traces_app.models.prepared import prepared
from traces_app.models.projects import Project
from traces_app.models.workspaces import Role, Workspace
from traces_app.sight import OwnQueues, WholeWorkspace, own_queues

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, _User

WRITERS = frozenset({Role.OWNER, Role.MEMBER})
JUDGES = frozenset({Role.OWNER, Role.MEMBER, Role.REVIEWER})


@prepared
def _project_ids(workspace_id: UUID) -> "QuerySet[Project, UUID]":
    return Project.objects.filter(workspace_id=workspace_id).values_list("pk", flat=True)


@dataclass(frozen=True)
class Access:
    """One user in one workspace, through one face, writing under one author's name."""

    user_id: UUID
    author_id: UUID
    workspace_id: UUID
    workspace_name: str
    role: Role
    face: Face

    @cached_property
    def project_ids(self) -> list[UUID]:
        """The workspace's projects as literals: permission check and shard pruning in one."""
        return _project_ids(self.workspace_id)

    def knows_project(self, project_id: UUID) -> None:
        """Take in a project that was made in this very request."""
        if project_id not in self.project_ids:
            self.project_ids.append(project_id)

    @property
    def sees_queues_only(self) -> bool:
        """A reviewer sees the items of own queues and nothing else."""
        return self.role == Role.REVIEWER

    @cached_property
    def sight(self) -> WholeWorkspace | OwnQueues:
        """What the caller sees of each kind of row."""
        if not self.sees_queues_only:
            return WholeWorkspace(self.project_ids)
        queues = own_queues(user_id=self.user_id, project_ids=self.project_ids)
        return OwnQueues(queues, self.author_id)

    @property
    def may_write(self) -> bool:
        """Send, edit, tag and move traces; datasets, queues and definitions."""
        return self.role in WRITERS

    @property
    def may_judge(self) -> bool:
        """Score, comment and correct."""
        return self.role in JUDGES

    @property
    def may_administer(self) -> bool:
        """Members, others' keys, settings, deleting projects."""
        return self.role == Role.OWNER

    def must_write(self) -> None:
        if not self.may_write:
            raise Forbidden("Your role does not allow this: only owners and members may.")

    def must_judge(self) -> None:
        if not self.may_judge:
            raise Forbidden("Your role does not allow this: viewers only read.")

    def must_see_scores(self, project_ids: Sequence[UUID]) -> None:
        """Refuse filters, sorting, stats and names by scores where the caller is to judge blind."""
        if not self.sight.may_ask_for_scores(project_ids):
            raise Forbidden("This project has a blind queue of yours: scores cannot be asked for.")

    def must_administer(self) -> None:
        if not self.may_administer:
            raise Forbidden("Your role does not allow this: only owners may.")


def admin_access(user: Union["_User", "AnonymousUser"], workspace: Workspace) -> Access:
    """What staff, who operate the installation, may do in any workspace through the admin.

    Raises Forbidden for anyone else: no role in a workspace leads here.
    """
    if user.pk is None or not (user.is_active and user.is_staff):
        raise Forbidden("Only the operator of this installation may do this.")
    return Access(
        user_id=user.pk,
        author_id=user.pk,
        workspace_id=workspace.pk,
        workspace_name=workspace.name,
        role=Role.OWNER,
        face=Face.ADMIN,
    )
