from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from feedback_app.models import User
from tests import factories
from traces_app.models import Membership, Role, Workspace

pytestmark = pytest.mark.django_db


def add_member(email: str, workspace: str, role: str, *more: str) -> str:
    out = StringIO()
    call_command("add_member", email, "--workspace", workspace, "--role", role, *more, stdout=out)
    return out.getvalue()


def test_user_and_workspace_are_made_as_needed() -> None:
    add_member("ann@example.com", "team", "owner", "--password", "a long sentence 42")

    membership = Membership.objects.get(workspace__name="team")
    assert (membership.user.email, membership.role) == ("ann@example.com", "owner")
    assert membership.user.check_password("a long sentence 42")


def test_generated_password_is_printed() -> None:
    printed = add_member("ann@example.com", "team", "owner")

    password = printed.split("Password: ")[1].strip()
    assert User.objects.get(email="ann@example.com").check_password(password)


def test_command_may_be_repeated_and_changes_role_and_password() -> None:
    add_member("ann@example.com", "team", "member")

    printed = add_member("Ann@example.com", "TEAM", "owner", "--password", "another sentence 43")

    membership = Membership.objects.get()
    assert membership.role == Role.OWNER
    assert membership.user.check_password("another sentence 43")
    assert "Password" not in printed


@pytest.mark.parametrize(
    ("email", "workspace", "more"),
    [
        ("no-email", "team", ()),
        ("ann@example.com", " ", ()),
        ("ann@example.com", "team", ("--password", "short")),
    ],
)
def test_refusal_is_one_sentence_and_leaves_nothing(
    email: str, workspace: str, more: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError) as caught:
        add_member(email, workspace, "viewer", *more)

    assert "\n" not in str(caught.value)
    assert not Workspace.objects.exists()


def test_last_owner_stays_owner() -> None:
    owner = factories.member(factories.workspace("team"), Role.OWNER)

    with pytest.raises(CommandError, match="at least one owner"):
        add_member(owner.email, "team", "viewer")
