"""A rule from the list's filter to its run, and a guide that changes, in a browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.models import QueueRule, Review
from tests import factories
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.desk import Desk
from tests.feedback_app.rules import run_jobs
from traces_app import normal_form
from traces_app.models import VERDICT, Job, Role
from traces_app.services import queues
from traces_app.services.queues import Question, Wishes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_filter_becomes_a_rule_that_runs(live_server: LiveServer, page: Page) -> None:
    desk = Desk()
    traces = [desk.trace(tags='["hot"]') for _ in range(3)]
    queue = factories.queue(desk.access, traces[0].project_id, name="Warm")
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces?tag=hot")

    page.get_by_role("link", name="Make a rule").click()
    assert accuse(page) == []
    page.get_by_role("link", name="New rule of Warm").click()
    expect(page.get_by_text("3 traces match now.")).to_be_visible()
    page.get_by_label("At most this many a day").fill("2")
    assert accuse(page) == []
    page.get_by_role("button", name="Make the rule").click()
    page.get_by_role("button", name="Run over what is there").click()
    expect(page.get_by_text("It adds at most 2 items")).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("running over what is there")).to_be_visible()
    run_jobs(Job.Lane.LONG)
    expect(page.get_by_text("ran over what is there")).to_be_visible()
    expect(page.get_by_text("It ended at its limit.")).to_be_visible()
    page.get_by_text("What it did").click()
    for size in ({"width": 1440, "height": 900}, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert accuse(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    page.get_by_role("link", name="Change rule 1").click()
    page.get_by_role("link", name="Change the filter in the list").click()
    expect(page).to_have_url(f"{live_server.url}/traces?project={queue.project_id}&tag=hot")
    assert QueueRule.objects.get().daily_cap == 2


def test_a_guide_that_changes_in_mid_item_loses_nothing(
    live_server: LiveServer, page: Page
) -> None:
    desk = Desk()
    trace = desk.trace()
    asked = [Question(name=VERDICT), Question(name="Tone")]
    queue = factories.queue(
        desk.access, trace.project_id, trace, questions=asked, instructions="Read *this*."
    )
    reviewer = desk.colleague(Role.REVIEWER)
    sign_in(page.context, reviewer, live_server.url)
    page.goto(f"{live_server.url}/queues/{queue.pk}/review")
    assert accuse(page) == []
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Tone, 0 to 1").fill("0.3")
    page.locator("#feedback").fill("half a thought")
    expect(page.locator("#saved")).to_contain_text("Saved")

    queues.edit(
        access=desk.access,
        queue_id=queue.pk,
        wishes=Wishes(questions=asked[::-1], instructions="Read *that*."),
    )
    page.get_by_label("User feedback, 0 to 1").fill("0.9")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_label("Tone, 0 to 1")).to_have_value("0.3")
    expect(page.get_by_label("User feedback, 0 to 1")).to_have_value("0.9")
    expect(page.get_by_text("The guide has changed")).to_be_visible()
    page.get_by_text("What changed", exact=True).click()
    expect(page.locator("#changed ins")).to_have_text("that")
    assert accuse(page) == []
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("The guide has changed")).to_have_count(0)
    page.get_by_role("button", name="Submit and next").last.click()
    expect(page.get_by_text("Nothing is left for you here")).to_be_visible()

    review = Review.objects.get()
    assert normal_form.load(review.answers) == {"Tone": 0.3, VERDICT: 0.9}
    assert (review.instructions_version, review.feedback) == (2, "half a thought")
