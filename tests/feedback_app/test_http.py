"""Who gets to a page, in which workspace, and how refusals look."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from feedback_app.http import came_from, refused
from tests import factories
from traces_app.errors import Forbidden
from traces_app.models import Membership, Role

pytestmark = pytest.mark.django_db


def signed_in_as(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def test_visitors_go_to_sign_in_and_come_back() -> None:
    answer = Client().get("/settings/password?a=1")

    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=/settings/password%3Fa%3D1"


def test_htmx_of_a_visitor_sends_the_whole_page_to_sign_in() -> None:
    answer = Client().get(
        "/settings/password",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/traces?page=2"},
    )

    assert answer["HX-Redirect"] == "/sign-in?next=/traces%3Fpage%3D2"


def test_somebody_in_no_workspace_is_told_so() -> None:
    answer = signed_in_as(factories.user()).get("/settings/password")

    assert answer.status_code == 403
    assert "You are in no workspace yet" in answer.text


def test_pages_are_kept_out_of_caches() -> None:
    person = factories.member(factories.workspace())

    answer = signed_in_as(person).get("/settings/password")

    assert "no-store" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]


def test_first_workspace_by_name_is_open_at_first() -> None:
    person = factories.member(factories.workspace("Zebra"))
    factories.member(factories.workspace("Ant"), Role.VIEWER, person)

    answer = signed_in_as(person).get("/settings/password")

    assert answer.context["request"].access.workspace_name == "Ant"
    assert answer.context["request"].access.role == Role.VIEWER


def test_a_person_who_was_removed_is_out_at_once() -> None:
    room = factories.workspace("Ant")
    person = factories.member(room)
    factories.member(factories.workspace("Zebra"), Role.MEMBER, person)
    client = signed_in_as(person)
    client.post("/settings/workspace", {"workspace": str(room.pk)})

    Membership.objects.filter(workspace=room, user=person).delete()

    answer = client.get("/settings/password")
    assert answer.context["request"].access.workspace_name == "Zebra"


def test_role_refusals_are_a_page_or_one_sentence_for_htmx(rf: RequestFactory) -> None:
    refusal = Forbidden("Only owners may.")

    page: HttpResponse = refused(rf.get("/"), refusal)
    part = refused(rf.get("/", headers={"HX-Request": "true"}), refusal)

    assert (page.status_code, part.status_code) == (403, 403)
    assert "Only owners may." in page.text
    assert part.text == "Only owners may."


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/traces?project=1", "/traces?project=1"),
        ("https://elsewhere.example/", ""),
        ("//elsewhere.example/", ""),
        ("javascript:alert(1)", ""),
        ('{"path": "/", "handler": "alert"}', ""),
        ("/traces\r\nX-Odd: 1", "/traces%0D%0AX-Odd:%201"),
        ("/traces?q=søk", "/traces?q=s%C3%B8k"),
    ],
)
def test_next_stays_on_this_site(rf: RequestFactory, target: str, kept: str) -> None:
    request: HttpRequest = rf.get("/sign-in", {"next": target})

    assert came_from(request) == kept


def test_a_browser_that_asks_for_an_icon_finds_it() -> None:
    answer = Client().get("/favicon.ico")

    assert (answer.status_code, answer["Location"]) == (302, "/static/img/favicon.svg")
