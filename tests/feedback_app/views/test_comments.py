"""Comments in a page: added, edited and deleted by their author."""

from typing import Any

import pytest

from tests.feedback_app.desk import Desk, words
from traces_app import normal_form
from traces_app.models import Comment, EntityType, Notice, Trace
from traces_app.services import anchors, comments

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def said(desk: Desk, trace: Trace, text: str) -> Comment:
    return comments.add(
        access=desk.access, entity_type=EntityType.TRACE, entity_id=trace.pk, text=text
    )


def test_a_comment_is_added_under_my_name(desk: Desk) -> None:
    trace = desk.trace()

    answer = desk.post(trace, "comments?tag=a", text="Alto 58\r\nhas 24 months.")

    comment = Comment.objects.get()
    assert answer["Location"] == f"/traces/{trace.pk}?tag=a#comments"
    assert (comment.text, comment.created_by) == ("Alto 58\nhas 24 months.", desk.person)


def test_htmx_gets_comments_and_history_with_an_empty_form(desk: Desk) -> None:
    answer = desk.post(desk.trace(), "comments", htmx=True, text="Hello")

    text = words(answer)
    assert text.startswith('<section class="section" id="comments"')
    assert text.count('hx-swap-oob="true"') == 1
    assert answer.context["comment_form"]["text"].value() is None


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("text", ["", "  \r\n ", "a" * 20_001])
def test_an_empty_or_endless_comment_is_refused(desk: Desk, text: str, htmx: bool) -> None:
    answer = desk.post(desk.trace(), "comments", htmx=htmx, text=text)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert not Comment.objects.exists()


def test_own_words_can_be_changed(desk: Desk) -> None:
    trace = desk.trace()
    mine = said(desk, trace, "before")

    answer = desk.post(trace, f"comments/{mine.pk}", htmx=True, text="after")

    mine.refresh_from_db()
    assert mine.text == "after"
    assert "edited" in answer.text


def test_an_edit_with_a_mistake_stays_open(desk: Desk) -> None:
    trace = desk.trace()
    mine = said(desk, trace, "before")

    answer = desk.post(trace, f"comments/{mine.pk}", htmx=True, text=" ")

    assert answer.status_code == 422
    assert "<details open>" in answer.text
    assert "Write something first." in answer.text


def test_own_comments_can_be_deleted(desk: Desk) -> None:
    trace = desk.trace()
    mine = said(desk, trace, "hasty")

    answer = desk.post(trace, f"comments/{mine.pk}/delete", htmx=True)

    assert not Comment.objects.exists()
    assert "The comment was deleted." in answer.text


@pytest.mark.parametrize("ending", ["", "/delete"])
def test_others_comments_are_left_alone(desk: Desk, ending: str) -> None:
    trace = desk.trace()
    theirs = said(desk.colleague(), trace, "theirs")

    answer = desk.post(trace, f"comments/{theirs.pk}{ending}", text="mine now")

    theirs.refresh_from_db()
    assert answer.status_code == 404
    assert theirs.text == "theirs"
    assert f"/comments/{theirs.pk}" not in desk.open(trace).text


def test_a_comment_is_reached_through_its_own_trace_alone(desk: Desk) -> None:
    mine = said(desk, desk.trace(), "before")

    answer = desk.post(desk.trace(), f"comments/{mine.pk}", text="after")

    mine.refresh_from_db()
    assert answer.status_code == 404
    assert mine.text == "before"


# --- on a stretch of text -----------------------------------------------------------------------

PLACE: dict[str, Any] = {"side": "output", "start": 3, "end": 9, "quote": "<b> not"}


def sent(**changed: Any) -> str:
    return normal_form.dump(PLACE | changed)


def test_a_comment_keeps_the_words_that_it_speaks_of(desk: Desk) -> None:
    trace = desk.trace()

    desk.post(trace, "comments", text="No, it is.", anchor=sent())

    stored = Comment.objects.get().anchor or ""
    assert normal_form.load(stored) == PLACE | {"before": "", "after": ""}
    text = words(desk.open(trace))
    assert ">&lt;b&gt; not</a>" in text
    assert 'data-anchor="{&quot;side&quot;' in text
    assert "“&lt;b&gt; not”" not in text


@pytest.mark.parametrize(
    "anchor",
    [
        "x",
        "[]",
        "{}",
        "[" * 100_000,
        sent(side="metadata"),
        sent(start=-1),
        sent(start=9),
        sent(end=10**12),
        sent(start="3"),
        sent(start=True),
        sent(quote=""),
        sent(quote=" \n"),
        sent(quote="x" * 2_001),
        sent(before="x" * 65),
        '{"side":"output","start":0,"end":1,"quote":"\\ud800"}',
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_place_that_is_none_is_refused_and_the_words_stay(
    desk: Desk, anchor: str, htmx: bool
) -> None:
    answer = desk.post(desk.trace(), "comments", htmx=htmx, text="kept", anchor=anchor)

    assert answer.status_code == 422
    assert "place in the text" in answer.text
    assert ">\nkept</textarea>" in answer.text
    assert not Comment.objects.exists()


def test_the_quote_stands_in_the_history_and_in_my_work(desk: Desk) -> None:
    trace, reader = desk.trace(name="burrs"), desk.colleague()
    comments.add(
        access=desk.access,
        entity_type=EntityType.TRACE,
        entity_id=trace.pk,
        text=f"@{reader.person.email}",
        anchor=anchors.read(sent(quote="twelve months")),
    )

    assert Notice.objects.get().reader_id == reader.person.pk
    assert "twelve months" in reader.browser.get("/notices").text
    assert "twelve months" in desk.open(trace).text


def test_an_edit_keeps_the_place(desk: Desk) -> None:
    trace = desk.trace()
    desk.post(trace, "comments", text="before", anchor=sent())
    mine = Comment.objects.get()

    desk.post(trace, f"comments/{mine.pk}", text="after")

    mine.refresh_from_db()
    assert (mine.text, bool(mine.anchor)) == ("after", True)
