"""The briefing, the band that tells of changes, and the versions on the board and in exports."""

from typing import Any

import pytest

from feedback_app.models import GuidelineRead, Review
from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from tests.feedback_app.services.test_guidelines import Guided
from traces_app.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def guided() -> Guided:
    return Guided()


def test_the_first_visit_is_the_briefing_and_no_other(guided: Guided) -> None:
    reviewer = guided.lead.colleague(Role.REVIEWER)
    start, briefing = (f"/queues/{guided.queue.pk}/{each}" for each in ("review", "briefing"))

    first = reviewer.browser.get(start)
    page = words(reviewer.browser.get(briefing))
    begun = reviewer.browser.post(briefing, {"guideline": "1"})
    second = reviewer.browser.get(start)

    assert first["Location"] == briefing
    assert "<strong>all</strong>" in page
    assert "Facts" in page
    assert begun["Location"] == start
    assert "/items/" in second["Location"]


def test_without_anything_to_read_there_is_no_briefing() -> None:
    desk = Desk()
    trace = desk.trace()
    queue = factories.queue(desk.access, trace.project_id, trace)

    assert "/items/" in desk.browser.get(f"/queues/{queue.pk}/review")["Location"]


def test_a_change_is_shown_until_it_is_noted(guided: Guided) -> None:
    reviewer = guided.lead.colleague(Role.REVIEWER)
    item = f"/queues/{guided.queue.pk}/items/{guided.traces[0].pk}"
    opened = reviewer.browser.get(item).text
    guided.edit(instructions="Read **half** of it.")

    told = words(reviewer.browser.get(item))
    noted = reviewer.browser.post(f"{item}/noted", {"guideline": "2"}, headers=HTMX)
    after = reviewer.browser.get(item).text

    assert 'name="guideline" value="1"' in opened
    assert "The guide has changed" in told
    assert "<ins>half</ins>" in told
    assert noted.content == b""
    assert "The guide has changed" not in after
    assert 'name="guideline" value="2"' in after


def test_noting_without_script_keeps_what_was_typed(guided: Guided) -> None:
    reviewer = guided.lead.colleague(Role.REVIEWER)
    item = f"/queues/{guided.queue.pk}/items/{guided.traces[0].pk}"
    sent = {"token": "x", "guideline": "1", "q0": "0.3", "feedback": "half a thought"}

    answer = reviewer.browser.post(f"{item}/noted", sent)

    assert answer["Location"] == item
    assert "half a thought" in reviewer.browser.get(item).text
    assert Review.objects.get().state == Review.State.OPEN


def test_the_guide_page_tells_what_changed_last(guided: Guided) -> None:
    guided.edit(instructions="Read **half** of it.")

    text = words(guided.lead.browser.get(f"/queues/{guided.queue.pk}/briefing"))

    assert "What changed last" in text
    assert "<del>all</del><ins>half</ins>" in text


def test_board_and_export_tell_the_versions(guided: Guided) -> None:
    reviewer = guided.lead.colleague(Role.REVIEWER)
    guided.submit(reviewer, 0, guideline="1")
    guided.edit(instructions="Read half of it.")
    guided.submit(reviewer, 1, guideline="2")
    guided.submit(reviewer, 2, guideline="1")

    board = words(guided.lead.browser.get(f"/queues/{guided.queue.pk}"))
    answer: Any = guided.lead.browser.get(f"/queues/{guided.queue.pk}/export.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()

    assert "Version 2" in board
    assert "2 reviews" in board
    assert lines[0].endswith(",guideline_version,feedback")
    versions = [line.split(",")[-2] for line in lines[1:]]
    assert sorted(versions) == ["1", "1", "1", "1", "2", "2"]


def test_who_may_read_the_guide_and_note_it(guided: Guided) -> None:
    briefing = f"/queues/{guided.queue.pk}/briefing"
    noted = f"/queues/{guided.queue.pk}/items/{guided.traces[0].pk}/noted"
    desks = [guided.lead.colleague(Role.VIEWER), guided.lead.colleague(Role.REVIEWER), Desk()]

    codes = [
        [
            each.browser.get(briefing).status_code,
            each.browser.post(briefing, {"guideline": "1"}).status_code,
            each.browser.post(noted, {"guideline": "\x00"}).status_code,
        ]
        for each in desks
    ]

    assert codes == [[200, 403, 403], [200, 302, 302], [404, 404, 404]]
    assert GuidelineRead.objects.count() == 1


def test_a_visitor_signs_in_first(guided: Guided) -> None:
    browser = Desk().browser
    browser.logout()

    answer = browser.get(f"/queues/{guided.queue.pk}/briefing")

    assert answer["Location"].startswith("/sign-in")
