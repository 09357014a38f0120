"""The members page: added, given another role, removed; the last owner stays."""

from uuid import uuid4

import pytest
from django.test import Client

from feedback_app.models import User
from tests import factories
from traces_app.models import AuditEvent, Membership, Role, Workspace

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def room() -> Workspace:
    return factories.workspace("Kettle & Finch")


@pytest.fixture
def owner(client: Client, room: Workspace) -> User:
    """The only owner of the room, signed in."""
    person = factories.member(room, Role.OWNER, factories.user("owner@example.com"))
    client.force_login(person)
    return person


def membership(room: Workspace, person: User) -> Membership:
    return Membership.objects.get(workspace=room, user=person)


def test_somebody_new_gets_a_password_that_works(client: Client, owner: User) -> None:
    answer = client.post("/settings/members", {"email": "new@example.com", "role": "viewer"})

    password = answer.context["added"].password
    assert password in answer.text
    assert User.objects.get(email="new@example.com").check_password(password)
    assert answer["Cache-Control"] == "private, no-store"


def test_somebody_with_an_account_keeps_the_password(client: Client, owner: User) -> None:
    factories.user("known@example.com", password="what they chose")

    answer = client.post("/settings/members", {"email": "known@example.com", "role": "member"})

    assert "They sign in with the password that they have." in answer.text
    assert User.objects.get(email="known@example.com").check_password("what they chose")


def test_htmx_is_answered_with_the_part_alone(client: Client, owner: User) -> None:
    form = {"email": "new@example.com", "role": "viewer"}

    answer = client.post("/settings/members", form, headers=HTMX)

    assert answer.text.lstrip().startswith('<div id="members"')
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"email": "", "role": "viewer"}, "This field is required."),
        ({"email": "no address", "role": "viewer"}, "Enter a valid email address."),
        ({"email": "a@service.invalid", "role": "viewer"}, "kept for service accounts"),
        ({"email": "owner@example.com", "role": "viewer"}, "is a member already"),
        ({"email": "b@example.com", "role": "king"}, "Select a valid choice."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_mistakes_are_said_in_place(
    client: Client, owner: User, form: dict[str, str], why: str, headers: dict[str, str]
) -> None:
    answer = client.post("/settings/members", form, headers=headers)

    assert answer.status_code == 422
    assert why in answer.text
    assert "autofocus" in answer.text
    assert form["email"] in answer.text
    assert Membership.objects.count() == 1


def test_a_member_is_given_another_role(client: Client, room: Workspace, owner: User) -> None:
    ann = membership(room, factories.member(room, Role.REVIEWER, factories.user("ann@example.com")))

    answer = client.post(f"/settings/members/{ann.pk}/role", {"role": "member"}, follow=True)

    ann.refresh_from_db()
    assert ann.role == Role.MEMBER
    assert "ann@example.com is member now" in answer.text
    assert AuditEvent.objects.filter(action="member.set_role", entity_id=ann.pk).exists()


def test_a_member_is_removed(client: Client, room: Workspace, owner: User) -> None:
    ann = membership(room, factories.member(room, Role.MEMBER, factories.user("ann@example.com")))

    answer = client.post(f"/settings/members/{ann.pk}/remove", headers=HTMX)

    assert not Membership.objects.filter(pk=ann.pk).exists()
    assert "ann@example.com is no longer a member" in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(("verb", "form"), [("role", {"role": "member"}), ("remove", {})])
def test_the_last_owner_stays_and_the_page_says_why(
    client: Client,
    room: Workspace,
    owner: User,
    verb: str,
    form: dict[str, str],
    headers: dict[str, str],
) -> None:
    own = membership(room, owner)

    answer = client.post(f"/settings/members/{own.pk}/{verb}", form, headers=headers)

    own.refresh_from_db()
    assert answer.status_code == 422
    assert "keeps at least one owner" in answer.text
    assert own.role == Role.OWNER


def test_an_unknown_role_is_refused_in_place(client: Client, room: Workspace, owner: User) -> None:
    ann = membership(room, factories.member(room))

    answer = client.post(f"/settings/members/{ann.pk}/role", {"role": "king"})

    assert answer.status_code == 422
    assert "The role must be one of" in answer.text


def test_an_owner_who_leaves_the_role_begins_anew(
    client: Client, room: Workspace, owner: User
) -> None:
    factories.member(room, Role.OWNER)
    own = membership(room, owner)

    answer = client.post(f"/settings/members/{own.pk}/role", {"role": "viewer"}, headers=HTMX)

    assert answer["HX-Redirect"] == "/"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_others_see_the_list_and_change_nothing(
    client: Client, room: Workspace, owner: User, role: Role
) -> None:
    client.force_login(factories.member(room, role))
    own = membership(room, owner)

    text = client.get("/settings/members").text

    assert "owner@example.com" in text
    assert "<select" not in text
    assert client.post("/settings/members", {"email": "x@example.com"}).status_code == 403
    assert client.post(f"/settings/members/{own.pk}/role", {"role": "viewer"}).status_code == 403
    assert client.post(f"/settings/members/{own.pk}/remove").status_code == 403


def test_a_reviewer_has_no_settings(client: Client, room: Workspace) -> None:
    client.force_login(factories.member(room, Role.REVIEWER))

    assert client.get("/settings/members").status_code == 403
    assert client.post(f"/settings/members/{uuid4()}/remove").status_code == 403


def test_visitors_are_asked_to_sign_in() -> None:
    assert Client().get("/settings/members")["Location"] == "/sign-in?next=/settings/members"


def test_members_of_another_workspace_are_not_found(client: Client, owner: User) -> None:
    elsewhere = factories.workspace()
    theirs = membership(elsewhere, factories.member(elsewhere))

    role = client.post(f"/settings/members/{theirs.pk}/role", {"role": "viewer"})
    removed = client.post(f"/settings/members/{theirs.pk}/remove")

    assert (role.status_code, removed.status_code) == (404, 404)
    assert Membership.objects.filter(pk=theirs.pk, role=Role.MEMBER).exists()
