"""Plain functions that make what tests need."""

from itertools import count
from typing import Any

from uuid_utils.compat import uuid7

from feedback_app.models import User
from feedback_app.services import api_keys
from traces_app.access import Access
from traces_app.models import Face, Membership, Project, Role, Workspace
from traces_app.models.projects import name_key

_numbers = count(1)


def workspace(name: str | None = None) -> Workspace:
    return Workspace.objects.create(name=name or f"workspace-{next(_numbers)}")


def user(email: str | None = None, **fields: Any) -> User:
    return User.objects.create_user(email or f"person-{next(_numbers)}@example.com", **fields)


def member(in_workspace: Workspace, role: Role = Role.MEMBER, person: User | None = None) -> User:
    person = person or user()
    Membership.objects.create(workspace=in_workspace, user=person, role=role)
    return person


def access(
    in_workspace: Workspace | None = None,
    role: Role = Role.OWNER,
    person: User | None = None,
    face: Face = Face.OPIK,
) -> Access:
    in_workspace = in_workspace or workspace()
    person = person or member(in_workspace, role)
    return Access(
        user_id=person.pk,
        author_id=person.pk,
        workspace_id=in_workspace.pk,
        workspace_name=in_workspace.name,
        role=role,
        face=face,
    )


def key(in_workspace: Workspace, role: Role = Role.OWNER, person: User | None = None) -> str:
    """The secret of a new key of ``person``, else of a new member with ``role``."""
    person = person or member(in_workspace, role)
    return api_keys.create(user=person, workspace=in_workspace, name="test", by=None)[1]


def project(in_workspace: Workspace | None = None, name: str | None = None) -> Project:
    in_workspace = in_workspace or workspace()
    name = name or f"project-{uuid7()}"
    return Project.objects.create(workspace=in_workspace, name=name, name_key=name_key(name))
