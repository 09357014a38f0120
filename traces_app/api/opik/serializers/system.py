"""What ``opik configure`` and ``opik healthcheck`` read about a key."""

from typing import Any

from msgspec import Struct

from traces_app.access import Access
from traces_app.services import authors


class Account(Struct, rename="camel"):
    """The holder of the key, and its workspace."""

    user_name: str
    default_workspace_name: str


class WorkspaceNames(Struct, rename="camel"):
    """The key's workspace: a key has one."""

    workspace_names: list[str]


class Permission(Struct):
    """One thing that the key may do, or not: ``true`` or ``false``."""

    permission_name: str
    permission_value: str


class Permissions(Struct):
    """What the role behind the key allows."""

    user_name: str
    workspace_name: str
    permissions: list[Permission]


def account(access: Access) -> dict[str, Any]:
    """The answer's words are in camel case here, unlike everywhere else in this dialect."""
    return {"userName": _author(access), "defaultWorkspaceName": access.workspace_name}


def permissions(access: Access) -> Permissions:
    """One line per column of the role table."""
    allowed = {
        "read_workspace": not access.sees_queues_only,
        "write_traces": access.may_write,
        "give_feedback": access.may_judge,
        "manage_workspace": access.may_administer,
    }
    lines = [Permission(name, str(value).lower()) for name, value in allowed.items()]
    return Permissions(_author(access), access.workspace_name, lines)


def _author(access: Access) -> str:
    return authors.names([access.author_id])[access.author_id]
