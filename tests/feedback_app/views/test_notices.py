"""In the margin of my work: who wrote to me, where, and what I have read of it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from tests import factories
from tests.feedback_app.desk import Desk, words
from traces_app.models import EntityType, Notice, QueueItem, Role, Trace
from traces_app.services import comments

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def write(by: Desk, to: Desk, text: str = "@{}", on: Trace | None = None) -> Notice:
    """A comment of one person that names another."""
    trace = on or by.trace(name="Chipped burrs")
    comment = comments.add(
        access=by.access,
        entity_type=EntityType.TRACE,
        entity_id=trace.pk,
        text=text.format(to.person.email),
    )
    return Notice.objects.get(comment=comment, reader=to.person)


def test_my_work_shows_who_wrote_where_and_what(desk: Desk) -> None:
    notice = write(desk.colleague(), desk, "x" * 500 + " @{}, see <b>" + "y" * 500)

    text = words(desk.browser.get("/"))

    assert f'<mark class="at">@{desk.person.email}</mark>, see &lt;b&gt;' in text
    assert "x" * 61 not in text
    assert f'href="/notices/{notice.pk}">names you on Chipped burrs</a>' in text
    assert "1 new" in text
    assert '<b class="num unread" title="1 unread">1' in text


def test_a_comment_on_what_i_judged_is_shown_too(desk: Desk) -> None:
    trace = desk.trace(name="Chipped burrs")
    desk.score(trace, "1")
    other = desk.colleague()
    comments.add(
        access=other.access, entity_type=EntityType.TRACE, entity_id=trace.pk, text="Why 1?"
    )

    text = words(desk.browser.get("/notices"))

    assert "a comment on Chipped burrs" in text
    assert "Why 1?" in text


def test_following_one_leads_to_the_comment_and_reads_it(desk: Desk) -> None:
    notice = write(desk.colleague(), desk)

    answer = desk.browser.get(f"/notices/{notice.pk}")

    notice.refresh_from_db()
    place = f"/traces/{notice.comment.entity_id}#comment-{notice.comment_id}"
    assert answer["Location"] == place
    assert notice.read_at is not None
    assert "unread" not in desk.browser.get("/settings/password").text


@pytest.mark.parametrize("kind", [EntityType.THREAD, EntityType.SPAN])
def test_threads_and_spans_are_led_to_as_well(desk: Desk, kind: EntityType) -> None:
    by, trace = desk.colleague(), desk.trace(name="Chipped burrs", thread_id="talk")
    thread, span = factories.thread_of(trace), factories.span(by.access, trace)
    pk = thread.pk if kind == EntityType.THREAD else span.pk
    comment = comments.add(
        access=by.access, entity_type=kind, entity_id=pk, text=f"@{desk.person.email}"
    )
    listed = words(desk.browser.get("/notices"))
    answer = desk.browser.get(f"/notices/{Notice.objects.get().pk}")

    home = f"/threads/{pk}" if kind == EntityType.THREAD else f"/traces/{trace.pk}?span={pk}"
    assert answer["Location"] == f"{home}#comment-{comment.pk}"
    assert ("on talk" if kind == EntityType.THREAD else "on Chipped burrs") in listed


def test_one_or_all_are_marked_as_read(desk: Desk) -> None:
    by = desk.colleague()
    first, second = write(by, desk), write(by, desk)

    one: Any = desk.browser.post(f"/notices/{first.pk}/read", {"next": "/?x=1"})
    left = Notice.objects.unread().get()
    every: Any = desk.browser.post("/notices/read", {"next": "//evil.example"})

    assert (one["Location"], left.pk) == ("/?x=1", second.pk)
    assert every["Location"] == "/notices"
    assert not Notice.objects.unread().exists()


@pytest.mark.parametrize("ending", ["", "/read"])
def test_notices_of_others_are_not_there(desk: Desk, ending: str) -> None:
    notice = write(desk.colleague(), desk)
    call = "get" if ending == "" else "post"

    for other in (Desk(), desk.colleague(), desk.colleague(Role.REVIEWER)):
        assert getattr(other.browser, call)(f"/notices/{notice.pk}{ending}").status_code == 404
        assert str(notice.pk) not in other.browser.get("/notices").text
    assert getattr(desk.browser, call)(f"/notices/{uuid7()}{ending}").status_code == 404
    visitor = getattr(Client(), call)(f"/notices/{notice.pk}{ending}")
    assert visitor["Location"].startswith("/sign-in")
    assert Notice.objects.unread().count() == 1


def test_marking_all_leaves_others_notices_alone(desk: Desk) -> None:
    write(desk.colleague(), desk)

    desk.colleague().browser.post("/notices/read")
    desk.colleague(Role.VIEWER).browser.post("/notices/read")

    assert Notice.objects.unread().count() == 1


def test_a_viewer_reads_what_names_them(desk: Desk) -> None:
    viewer = desk.colleague(Role.VIEWER)
    write(desk, viewer)

    assert "names you on Chipped burrs" in words(viewer.browser.get("/"))


def test_what_a_reviewer_sees_no_more_is_neither_listed_nor_counted(desk: Desk) -> None:
    reviewer, trace = desk.colleague(Role.REVIEWER), desk.trace(name="Chipped burrs")
    factories.queue(desk.access, trace.project_id, trace)
    write(desk, reviewer, on=trace)
    before = words(reviewer.browser.get("/"))

    QueueItem.objects.all().delete()

    after = words(reviewer.browser.get("/"))
    assert ("Chipped burrs" in before, "1 unread" in before) == (True, True)
    assert ("Chipped burrs" in after, "1 unread" in after) == (False, False)


def test_nothing_was_said_to_who_begins(desk: Desk) -> None:
    assert "Nobody has written to you yet" in desk.browser.get("/notices?after=x").text


def test_a_page_asks_no_more_for_many(desk: Desk) -> None:
    by = desk.colleague()
    write(by, desk)
    with CaptureQueriesContext(connection) as few:
        desk.browser.get("/notices")
    for number in range(60):
        write(desk.colleague() if number < 3 else by, desk)

    with CaptureQueriesContext(connection) as many:
        text = desk.browser.get("/notices").text

    assert text.count('<li class="note') == 50
    assert "Older" in text
    assert len(many) == len(few)
