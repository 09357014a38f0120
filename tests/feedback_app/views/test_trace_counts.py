"""How many traces a list finds, and what has come since it was made."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback_app.trace_lists import counts, found
from tests.feedback_app.desk import Desk, words
from traces_app.models import Role

pytestmark = pytest.mark.django_db

SOMEWHERE = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    for tag in ("vip", "vip", "other"):
        desk.trace(tags=f'["{tag}"]')
    return desk


def count(desk: Desk, query: str = "") -> str:
    text: str = words(desk.browser.get(f"/traces/count?{query}"))
    return text.partition("Matching traces:</span> ")[2].partition("</span>")[0]


def asks_again(answer: Any) -> str:
    """Where the page looks for what has come."""
    text: str = answer.text
    _, _, rest = text.partition('hx-get="/traces/arrivals')
    return "/traces/arrivals" + rest.partition('"')[0].replace("&amp;", "&")


@pytest.mark.parametrize(
    ("query", "number"), [("", "3"), ("tag=vip", "2"), ("scored=no", "3"), ("q=zzz", "0")]
)
def test_what_matches_is_counted(desk: Desk, query: str, number: str) -> None:
    assert count(desk, query) == number


def test_counting_stops_after_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "COUNTED", 1)
    monkeypatch.setattr(found, "COUNTED", 1)

    assert count(desk, "tag=vip") == "1+"
    assert count(desk, "scored=no") == "1+"


def test_counting_stops_after_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "SECONDS", 0.0)
    monkeypatch.setattr(found, "_FIRST_WINDOW", 2)

    assert count(desk, "tag=vip") == "at least 1, looked at the newest 2"


def test_the_page_loads_the_count_when_it_stands(desk: Desk) -> None:
    assert 'hx-get="/traces/count?tag=vip"' in desk.browser.get("/traces?tag=vip").text


def test_what_has_come_is_told_and_adds_up(desk: Desk) -> None:
    first = desk.browser.get("/traces/count?tag=vip")
    desk.trace(tags='["vip"]')
    second = desk.browser.get(asks_again(first))
    desk.trace(tags='["other"]')
    desk.trace(tags='["vip"]')
    third = desk.browser.get(asks_again(second))

    assert "new" not in first.text
    assert ">1 new <kbd>n</kbd></a>" in second.text
    assert ">2 new <kbd>n</kbd></a>" in third.text


def test_very_much_that_has_come_is_not_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "MOST_NEW", 1)
    first = desk.browser.get("/traces/count")
    for _ in range(3):
        desk.trace()

    assert ">1+ new <kbd>n</kbd></a>" in desk.browser.get(asks_again(first)).text


@pytest.mark.parametrize("query", ["sort=oldest", "sort=best", f"after={SOMEWHERE}"])
def test_only_a_list_that_begins_with_the_newest_waits_for_more(desk: Desk, query: str) -> None:
    assert "arrivals" not in desk.browser.get(f"/traces/count?{query}").text


def test_nothing_new_is_cheap(desk: Desk) -> None:
    again = asks_again(desk.browser.get("/traces/count?tag=vip"))

    with CaptureQueriesContext(connection) as captured:
        desk.browser.get(again)

    about = [each for each in captured if 'FROM "traces_app_trace"' in each["sql"]]
    assert len(about) == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "since=x&number=0",
        f"since={SOMEWHERE}",
        f"since={SOMEWHERE}&number=-1",
        "number=5&since=%00",
    ],
)
def test_arrivals_need_to_know_since_when(desk: Desk, query: str) -> None:
    assert desk.browser.get(f"/traces/arrivals?{query}").status_code == 422
    assert desk.browser.get("/traces/count?filters=x").status_code == 422


@pytest.mark.parametrize(
    "path", ["/traces/count?", f"/traces/arrivals?since={SOMEWHERE}&number=0&"]
)
def test_who_may_ask(desk: Desk, path: str) -> None:
    stranger = Desk()
    stranger.trace()

    assert desk.colleague(Role.VIEWER).browser.get(path).status_code == 200
    assert desk.colleague(Role.REVIEWER).browser.get(path).status_code == 403
    theirs = stranger.project().pk
    assert desk.browser.get(f"{path}project={theirs}").status_code == 404
    assert Client().get(path)["Location"].startswith("/sign-in")
    assert desk.browser.post(path).status_code == 405


def test_a_stranger_s_traces_do_not_count(desk: Desk) -> None:
    stranger = Desk()
    stranger.trace(tags='["vip"]')

    assert count(stranger, "tag=vip") == "1"
