"""The API keys page: made, shown once, revoked; what each role may."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback_app.models import ApiKey
from feedback_app.services import api_keys
from tests import factories
from traces_app.models import AuditEvent, Face, Role, Workspace

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def room() -> Workspace:
    return factories.workspace("Kettle & Finch")


def sign_in(client: Client, room: Workspace, role: Role = Role.OWNER) -> None:
    client.force_login(factories.member(room, role))


def test_a_new_key_works_and_is_shown_with_ready_snippets(client: Client, room: Workspace) -> None:
    sign_in(client, room)

    answer = client.post("/settings/keys", {"name": "support"})

    secret = answer.context["new"]["secret"]
    assert answer.text.count(secret) == 3  # the key itself, and in two snippets
    assert api_keys.access_of(secret, Face.OPIK) is not None
    assert answer["Cache-Control"] == "private, no-store"


def test_a_secret_is_shown_once(client: Client, room: Workspace) -> None:
    sign_in(client, room)
    secret = client.post("/settings/keys", {"name": "support"}).context["new"]["secret"]

    text = client.get("/settings/keys").text

    assert "support" in text
    assert secret not in text
    assert secret not in str(dict(client.session))


def test_htmx_is_answered_with_the_part_alone(client: Client, room: Workspace) -> None:
    sign_in(client, room)

    answer = client.post("/settings/keys", {"name": "support"}, headers=HTMX)

    assert answer.text.lstrip().startswith('<div id="api-keys"')
    assert "<html" not in answer.text
    assert 'id="messages"' in answer.text


def test_a_key_may_write_as_a_service_account(client: Client, room: Workspace) -> None:
    sign_in(client, room, Role.MEMBER)

    client.post("/settings/keys", {"name": "judge", "write_as": "judge-v2"})

    author = ApiKey.objects.get(name="judge").author
    assert author is not None
    assert (author.name, author.is_service) == ("judge-v2", True)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 256}, "at most 255 characters"),
        ({"name": "kept", "write_as": "noor@example.com"}, "has no @"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_mistakes_are_said_in_place(
    client: Client, room: Workspace, form: dict[str, str], why: str, headers: dict[str, str]
) -> None:
    sign_in(client, room)

    answer = client.post("/settings/keys", form, headers=headers)

    assert answer.status_code == 422
    assert why in answer.text
    assert "autofocus" in answer.text
    assert form["name"] in answer.text
    assert not ApiKey.objects.exists()


def test_a_viewer_has_keys_that_read_but_no_other_name(client: Client, room: Workspace) -> None:
    sign_in(client, room, Role.VIEWER)

    assert "Write as" not in client.get("/settings/keys").text
    assert client.post("/settings/keys", {"name": "reader"}).status_code == 200
    refused = client.post("/settings/keys", {"name": "judge", "write_as": "judge-v2"})
    assert refused.status_code == 403
    assert list(ApiKey.objects.values_list("name", flat=True)) == ["reader"]


def test_a_reviewer_has_no_settings(client: Client, room: Workspace) -> None:
    sign_in(client, room, Role.REVIEWER)

    assert client.get("/settings/keys").status_code == 403
    assert client.post("/settings/keys", {"name": "x"}).status_code == 403
    assert client.post(f"/settings/keys/{uuid4()}/revoke").status_code == 403


def test_visitors_are_asked_to_sign_in() -> None:
    assert Client().get("/settings/keys")["Location"] == "/sign-in?next=/settings/keys"


def test_an_owner_sees_all_keys_of_the_workspace_and_others_their_own(
    client: Client, room: Workspace
) -> None:
    factories.key(room, person=factories.member(room, person=factories.user("ann@example.com")))
    factories.key(factories.workspace(), person=None)

    sign_in(client, room)
    assert [key.user.email for key in client.get("/settings/keys").context["keys"]] == [
        "ann@example.com"
    ]
    sign_in(client, room, Role.MEMBER)
    assert not client.get("/settings/keys").context["keys"]


def test_revoking_refuses_the_key_and_says_so(client: Client, room: Workspace) -> None:
    sign_in(client, room)
    secret = client.post("/settings/keys", {"name": "support"}).context["new"]["secret"]
    key = ApiKey.objects.get()

    answer = client.post(f"/settings/keys/{key.pk}/revoke", follow=True)

    assert "“support” is revoked" in answer.text
    assert api_keys.access_of(secret, Face.OPIK) is None
    assert AuditEvent.objects.filter(action="api_key.revoke", entity_id=key.pk).exists()


def test_revoking_with_htmx_answers_the_list_and_a_message(client: Client, room: Workspace) -> None:
    sign_in(client, room)
    client.post("/settings/keys", {"name": "support"})

    answer = client.post(f"/settings/keys/{ApiKey.objects.get().pk}/revoke", headers=HTMX)

    assert answer.status_code == 200
    assert "“support” is revoked" in answer.text
    assert 'class="gone"' in answer.text


def test_a_strangers_key_cannot_be_revoked(client: Client, room: Workspace) -> None:
    factories.key(factories.workspace())
    factories.key(room)
    sign_in(client, room, Role.MEMBER)

    answers = [client.post(f"/settings/keys/{key.pk}/revoke") for key in ApiKey.objects.all()]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not ApiKey.objects.filter(revoked_at__isnull=False).exists()


def test_the_page_takes_as_many_queries_for_one_key_as_for_many(
    client: Client, room: Workspace
) -> None:
    sign_in(client, room)
    factories.key(room)
    one = queries(client)
    for _ in range(9):
        factories.key(room)

    assert queries(client) == one


def queries(client: Client) -> int:
    """How many it takes to show the page."""
    with CaptureQueriesContext(connection) as captured:
        client.get("/settings/keys")
    return len(captured)
