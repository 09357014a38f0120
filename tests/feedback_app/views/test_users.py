"""Signing in and out, the password, and appearance: as plain forms without script."""

import pytest
from django.test import Client

from feedback_app.models import User
from feedback_app.views.users import STALE
from tests import factories
from traces_app.models import Role

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough phrase"


@pytest.fixture
def person() -> User:
    return factories.member(
        factories.workspace(), Role.REVIEWER, factories.user("Noor@Example.com", password=PASSWORD)
    )


@pytest.fixture
def client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_email_counts_without_regard_to_case(person: User) -> None:
    client = Client()

    answer = client.post("/sign-in", {"username": "NOOR@example.COM", "password": PASSWORD})

    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


def test_sign_in_goes_on_to_the_page_that_was_wanted(person: User) -> None:
    asked = {"username": person.email, "password": PASSWORD, "next": "/settings/password"}

    answer = Client().post("/sign-in", asked)

    assert answer["Location"] == "/settings/password"


def test_sign_in_never_leads_to_another_site(person: User) -> None:
    asked = {"username": person.email, "password": PASSWORD, "next": "https://evil.example/"}

    answer = Client().post("/sign-in", asked)

    assert answer["Location"] == "/"


def test_every_failed_sign_in_is_answered_alike(person: User) -> None:
    gone = factories.user("gone@example.com", password=PASSWORD, is_active=False)
    robot = User.objects.service_account("judge-v2")
    tries = [
        (person.email, "wrong"),
        ("nobody@example.com", PASSWORD),
        (gone.email, PASSWORD),
        (robot.email, ""),
    ]

    answers = [
        Client().post("/sign-in", {"username": email, "password": password or "x"})
        for email, password in tries
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert len({str(answer.context["form"].non_field_errors()) for answer in answers}) == 1


def test_an_empty_form_names_each_missing_field() -> None:
    answer = Client().post("/sign-in", {})

    assert answer.status_code == 422
    assert answer.text.count("This field is required.") == 2


def test_the_password_is_never_printed_back(person: User) -> None:
    answer = Client().post("/sign-in", {"username": person.email, "password": "wrong-one"})

    assert "wrong-one" not in answer.text


def test_somebody_signed_in_is_sent_on_from_sign_in(client: Client) -> None:
    assert client.get("/sign-in")["Location"] == "/"


def test_sign_out_is_a_post(client: Client) -> None:
    assert client.get("/sign-out").status_code == 405
    answer = client.post("/sign-out")

    assert answer["Location"] == "/signed-out"
    assert "_auth_user_id" not in client.session


def test_forms_need_their_token(person: User) -> None:
    strict = Client(enforce_csrf_checks=True)

    sent = {"username": person.email, "password": PASSWORD}
    answer = strict.post("/sign-in", sent)
    part = strict.post("/sign-in", sent, headers={"HX-Request": "true"})

    assert (answer.status_code, part.status_code) == (403, 403)
    assert "no longer valid" in answer.text
    assert part.text == STALE


def test_a_new_password_keeps_this_browser_signed_in(client: Client, person: User) -> None:
    form = {"old_password": PASSWORD, "new_password1": "b" * 14, "new_password2": "b" * 14}

    answer = client.post("/settings/password", form, follow=True)

    person.refresh_from_db()
    assert person.check_password("b" * 14)
    assert "Your password is changed" in answer.text


@pytest.mark.parametrize(
    ("old", "new", "again", "why"),
    [
        ("wrong", "b" * 14, "b" * 14, "entered incorrectly"),
        (PASSWORD, "b" * 14, "c" * 14, "didn’t match"),
        (PASSWORD, "1234", "1234", "too short"),
    ],
)
def test_bad_passwords_are_refused(
    client: Client, person: User, old: str, new: str, again: str, why: str
) -> None:
    form = {"old_password": old, "new_password1": new, "new_password2": again}

    answer = client.post("/settings/password", form)

    person.refresh_from_db()
    assert answer.status_code == 422
    assert why in answer.text.replace("&#x27;", "’")
    assert person.check_password(PASSWORD)


def test_the_theme_is_remembered_and_the_page_comes_back(client: Client, person: User) -> None:
    answer = client.post("/settings/theme", {"theme": "dark", "next": "/settings/password"})

    person.refresh_from_db()
    assert answer["Location"] == "/settings/password"
    assert person.theme == "dark"
    assert 'data-theme="dark"' in client.get("/settings/password").text


def test_the_typeface_leaves_the_theme_alone(client: Client, person: User) -> None:
    client.post("/settings/theme", {"theme": "light"})

    answer = client.post("/settings/theme", {"typeface": "mono"}, headers={"HX-Request": "true"})

    person.refresh_from_db()
    assert answer.status_code == 204
    assert (person.theme, person.typeface) == ("light", "mono")


def test_an_unknown_theme_is_refused(client: Client, person: User) -> None:
    answer = client.post("/settings/theme", {"theme": "pink"})

    person.refresh_from_db()
    assert answer.status_code == 422
    assert person.theme == "system"


def test_switching_opens_another_own_workspace(client: Client, person: User) -> None:
    other = factories.workspace("Zebra")
    factories.member(other, Role.VIEWER, person)

    client.post("/settings/workspace", {"workspace": str(other.pk)})

    answer = client.get("/settings/password")
    assert answer.context["request"].access.workspace_id == other.pk


@pytest.mark.parametrize("wanted", ["", "nonsense", "0190c5d4-0000-7000-8000-000000000000"])
def test_switching_elsewhere_is_not_found(client: Client, wanted: str) -> None:
    strange = factories.workspace()

    assert client.post("/settings/workspace", {"workspace": wanted}).status_code == 404
    assert client.post("/settings/workspace", {"workspace": str(strange.pk)}).status_code == 404
