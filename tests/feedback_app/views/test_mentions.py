"""Names behind an @: who is offered, what the page says of them, and who is not told."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from feedback_app.models import User
from tests import factories
from tests.feedback_app.desk import Desk, words
from traces_app.models import EntityType, Notice, Role, Thread
from traces_app.services import comments

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def named(desk: Desk, name: str, role: Role = Role.MEMBER) -> User:
    person = factories.user(f"{name.split()[0].lower()}@example.com", name=name)
    return factories.member(desk.room, role, person)


def offered(desk: Desk, address: str, typed: str = "") -> list[str]:
    answer: Any = desk.browser.get(f"{address}/people", {"q": typed})
    assert answer.status_code == 200
    return [each.handle for each in answer.context["people"]]


def test_members_are_offered_by_what_is_typed(desk: Desk) -> None:
    named(desk, "Rita Moss"), named(desk, "Omar")
    address = f"/traces/{desk.trace().pk}"

    assert offered(desk, address, "mo") == ["Rita Moss"]
    assert offered(desk, address, "om") == ["Omar"]
    assert offered(desk, address, "\x00" + "x" * 1000) == []


def test_nobody_is_offered_themselves_nor_strangers(desk: Desk) -> None:
    factories.member(factories.workspace(), person=factories.user("far@example.com"))
    handles = offered(desk, f"/traces/{desk.trace().pk}")

    assert desk.person.email not in handles
    assert "far@example.com" not in handles


def test_a_reviewer_who_cannot_see_the_item_is_not_offered(desk: Desk) -> None:
    rita = named(desk, "Rita", Role.REVIEWER)
    mine, other = desk.trace(), desk.trace()
    factories.queue(
        desk.access, mine.project_id, mine, is_for_everyone=False, reviewer_ids=[rita.pk]
    )

    assert offered(desk, f"/traces/{mine.pk}", "ri") == ["Rita"]
    assert offered(desk, f"/traces/{other.pk}", "ri") == []


def test_a_list_of_many_is_short_and_asks_no_more_for_more(desk: Desk) -> None:
    address = f"/traces/{desk.trace().pk}"
    named(desk, "Rita", Role.REVIEWER)
    with CaptureQueriesContext(connection) as few:
        offered(desk, address)
    for number in range(20):
        named(desk, f"rita{number} x", Role.REVIEWER if number % 2 else Role.MEMBER)

    with CaptureQueriesContext(connection) as many:
        shown = offered(desk, address)

    assert len(shown) == 8
    assert len(many) <= len(few)


@pytest.mark.parametrize("kind", ["traces", "threads"])
def test_who_sees_the_item_not_or_only_reads_is_offered_nobody(desk: Desk, kind: str) -> None:
    trace = desk.trace(thread_id="t")
    pk = trace.pk if kind == "traces" else factories.thread_of(trace).pk
    address = f"/{kind}/{pk}/people"

    assert desk.browser.get(address).status_code == 200
    assert Desk().browser.get(address).status_code == 404
    assert desk.colleague(Role.REVIEWER).browser.get(address).status_code == 404
    assert desk.colleague(Role.VIEWER).browser.get(address).status_code == 403
    assert Client().get(address)["Location"].startswith("/sign-in")
    assert desk.browser.get(f"/{kind}/{uuid7()}/people").status_code == 404


def test_a_mention_is_marked_and_its_words_stay_words(desk: Desk) -> None:
    named(desk, "<b>Rita</b>"), named(desk, "Omar")
    trace = desk.trace()

    desk.post(trace, "comments", text="@<b>Rita</b> or @omar or @omarx <i>")

    text = words(desk.open(trace))
    assert '<mark class="at">@omar</mark> or @omarx &lt;i&gt;' in text
    assert "<b>Rita" not in text


def test_the_writer_hears_of_names_that_lead_nowhere(desk: Desk) -> None:
    answer = desk.post(desk.trace(), "comments", htmx=True, text="@nobody")

    assert "Nobody here is called “nobody”, so nobody was told." in answer.text
    assert not Notice.objects.exists()


# --- on a thread --------------------------------------------------------------------------------


def thread(desk: Desk) -> Thread:
    return factories.thread_of(desk.trace(thread_id="t"))


def send(desk: Desk, about: Thread, ending: str = "", htmx: bool = False, **fields: str) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    address = f"/threads/{about.pk}/comments{ending}"
    return desk.browser.post(address, fields, headers=headers)


def said(desk: Desk, about: Thread) -> str:
    comment = comments.add(
        access=desk.access, entity_type=EntityType.THREAD, entity_id=about.pk, text="before"
    )
    return f"/{comment.pk}"


@pytest.mark.parametrize("htmx", [True, False])
def test_a_comment_on_a_thread_tells_whom_it_names(desk: Desk, htmx: bool) -> None:
    rita, about = named(desk, "Rita"), thread(desk)

    answer = send(desk, about, htmx=htmx, text="@rita, they ask twice")

    if htmx:
        assert '<mark class="at">@rita</mark>' in answer.text
    else:
        assert answer["Location"] == f"/threads/{about.pk}#comments"
    assert Notice.objects.get().reader_id == rita.pk


def test_own_comments_on_a_thread_are_changed_and_deleted(desk: Desk) -> None:
    about = thread(desk)
    ending = said(desk, about)

    changed = send(desk, about, ending, htmx=True, text="after")
    gone = send(desk, about, f"{ending}/delete", htmx=True)

    assert "after" in changed.text
    assert "No comments yet." in gone.text


@pytest.mark.parametrize("htmx", [True, False])
def test_an_empty_comment_on_a_thread_is_shown_with_its_mistake(desk: Desk, htmx: bool) -> None:
    about = thread(desk)
    new, edited = send(desk, about, htmx=htmx, text=" "), said(desk, about)

    for answer in (new, send(desk, about, edited, htmx=htmx, text=" ")):
        assert answer.status_code == 422
        assert "Write something first." in answer.text


@pytest.mark.parametrize("ending", ["", "edit", "delete"])
def test_comments_on_a_thread_keep_to_their_people(desk: Desk, ending: str) -> None:
    about = thread(desk)
    own = said(desk, about)
    tail = {"": "", "edit": own, "delete": f"{own}/delete"}[ending]

    assert send(Desk(), about, tail, text="x").status_code == 404
    assert send(desk.colleague(Role.REVIEWER), about, tail, text="x").status_code == 404
    viewer = send(desk.colleague(Role.VIEWER), about, tail, text="x")
    assert viewer.status_code == (404 if ending else 403)
    colleague = send(desk.colleague(), about, tail, text="x")
    assert colleague.status_code == (404 if ending else 302)
    visitor = Client().post(f"/threads/{about.pk}/comments{tail}", {"text": "x"})
    assert visitor["Location"].startswith("/sign-in")
