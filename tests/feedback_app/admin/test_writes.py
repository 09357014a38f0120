import json

import pytest
from django.test import Client

from feedback_app.models import ApiKey, User
from tests import admin_rows, factories
from tests.admin_rows import url
from traces_app.models import AuditEvent, Membership, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    return admin_rows.operator(email="op@example.com")


@pytest.fixture
def client(operator: User) -> Client:
    return admin_rows.operator_client(operator)


def account(**changes: object) -> dict[str, object]:
    """What the form of an account sends; ticked boxes are "on"."""
    said = {"email": "ann@example.com", "name": "Ann", "is_active": "on"} | changes
    return {name: value for name, value in said.items() if value}


def test_account_is_made_with_a_password_and_signs_in(client: Client, operator: User) -> None:
    password = {"password1": "quite long enough", "password2": "quite long enough"}

    client.post(url(User, "add"), account(email="Ann@Example.com") | password)

    event = AuditEvent.objects.get(action="user.create")
    made = User.objects.get(email="ann@example.com")
    assert (made.is_staff, made.is_superuser) == (False, False)
    assert (event.actor, event.face, event.entity_id) == (operator, "admin", made.pk)
    assert Client().login(username="ann@example.com", password="quite long enough")


def test_weak_password_makes_no_account(client: Client) -> None:
    password = {"password1": "12345", "password2": "12345"}

    page = client.post(url(User, "add"), account() | password)

    assert "too short" in page.content.decode()
    assert not User.objects.filter(email="ann@example.com").exists()


def test_deactivated_account_keeps_its_row_and_loses_its_key(client: Client) -> None:
    workspace = factories.workspace()
    person = factories.member(workspace, person=factories.user("ann@example.com"))
    headers = {"Authorization": factories.key(workspace, person=person)}
    ping = "/api/v1/private/projects"
    before = Client(headers=headers).get(ping).status_code

    client.post(url(User, "change", person), account(is_active=""))

    event = AuditEvent.objects.get(action="user.edit")
    person.refresh_from_db()
    assert not person.is_active
    assert json.loads(event.before)["is_active"] is True
    assert (before == 401, Client(headers=headers).get(ping).status_code) == (False, 401)


def test_accounts_are_never_deleted(client: Client) -> None:
    person = factories.user()

    assert client.post(url(User, "delete", person), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(url(User)).content.decode()


def test_operators_do_not_lock_themselves_out(client: Client, operator: User) -> None:
    page = client.post(url(User, "change", operator), account(email=operator.email), follow=True)

    operator.refresh_from_db()
    assert "let another operator do it" in page.content.decode()
    assert operator.is_staff


def test_password_is_set_by_the_operator_on_record_without_it(client: Client) -> None:
    person = factories.user("ann@example.com", password="the one before")
    new = {"password1": "another long one", "password2": "another long one"}

    client.post(
        f"/admin/feedback_app/user/{person.pk}/password/", new | {"usable_password": "true"}
    )

    event = AuditEvent.objects.get(action="user.set_password")
    assert Client().login(username=person.email, password="another long one")
    assert "another" not in event.before + event.after


def test_refused_password_leaves_no_event(client: Client) -> None:
    person = factories.user()
    new = {"password1": "one of them here", "password2": "another one there"}

    client.post(
        f"/admin/feedback_app/user/{person.pk}/password/", new | {"usable_password": "true"}
    )

    assert not AuditEvent.objects.filter(action="user.set_password").exists()


def test_member_is_taken_in_given_a_role_and_taken_out(client: Client) -> None:
    workspace, person = factories.workspace(), factories.user()
    factories.member(workspace, Role.OWNER)
    new = {"workspace": workspace.pk, "user": person.pk, "role": "viewer"}

    client.post(url(Membership, "add"), new)
    row = Membership.objects.get(user=person)
    client.post(url(Membership, "change", row), {"role": "member"})
    client.post(url(Membership, "delete", row), {"post": "yes"})

    events = AuditEvent.objects.filter(face="admin", entity_id=row.pk).order_by("pk")
    assert [each.action for each in events] == ["member.add", "member.set_role", "member.remove"]
    assert not Membership.objects.filter(user=person).exists()


def test_last_owner_stays(client: Client) -> None:
    owner = factories.member(factories.workspace(), Role.OWNER)
    row = Membership.objects.get(user=owner)

    page = client.post(url(Membership, "delete", row), {"post": "yes"}, follow=True)

    assert "keeps at least one owner" in page.content.decode()
    assert Membership.objects.filter(pk=row.pk).exists()


def test_keys_are_revoked_on_record_and_their_digest_is_not_shown(client: Client) -> None:
    workspace = factories.workspace()
    factories.key(workspace)
    row = ApiKey.objects.get()

    client.post(url(ApiKey), {"action": "revoke", "_selected_action": [row.pk]})

    page = client.get(url(ApiKey, "change", row)).content.decode()
    row.refresh_from_db()
    assert row.revoked_at is not None
    assert row.digest not in page
    assert AuditEvent.objects.filter(action="api_key.revoke", face="admin").count() == 1


def test_people_and_workspaces_are_chosen_by_typing(client: Client) -> None:
    factories.user("zoe@example.com")

    found = client.get(
        "/admin/autocomplete/",
        {"app_label": "traces_app", "model_name": "membership", "field_name": "user", "term": "zo"},
    )

    assert [each["text"] for each in found.json()["results"]] == ["zoe@example.com"]
    assert "zoe@example.com" not in client.get(url(Membership, "add")).content.decode()
