from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from feedback_app.models import User
from feedback_app.services import api_keys
from tests import factories
from traces_app.models import Face, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return factories.member(factories.workspace("team"), Role.OWNER)


def create_api_key(email: str, workspace: str = "team", *more: str) -> str:
    out = StringIO()
    call_command("create_api_key", email, "--workspace", workspace, *more, stdout=out)
    return out.getvalue()


def test_only_the_key_is_printed_and_it_opens_the_workspace(owner: User) -> None:
    printed = create_api_key(owner.email.upper(), "TEAM", "--name", "script")

    access = api_keys.access_of(printed.removesuffix("\n"), Face.OPIK)
    assert access is not None
    assert (access.user_id, access.workspace_name) == (owner.pk, "team")
    assert owner.api_keys.get().name == "script"


def test_key_writes_under_a_service_accounts_name(owner: User) -> None:
    printed = create_api_key(owner.email, "team", "--as", "judge-v2")

    access = api_keys.access_of(printed.strip(), Face.OPIK)
    assert access is not None
    assert User.objects.get(pk=access.author_id).author_name == "judge-v2"
    assert access.user_id == owner.pk


@pytest.mark.parametrize("author", ["judge@example.com", "Ann Lee", " "])
def test_a_persons_name_is_refused_as_author(owner: User, author: str) -> None:
    factories.user(name="Ann Lee")

    with pytest.raises(CommandError):
        create_api_key(owner.email, "team", "--as", author)

    assert not owner.api_keys.exists()


def test_strangers_and_unknown_names_are_refused(owner: User) -> None:
    stranger = factories.user()
    gone = factories.member(
        owner.memberships.get().workspace, person=factories.user(is_active=False)
    )

    for email, workspace in (
        ("nobody@example.com", "team"),
        (gone.email, "team"),
        (owner.email, "elsewhere"),
        (stranger.email, "team"),
    ):
        with pytest.raises(CommandError):
            create_api_key(email, workspace)
