"""Taking a job back, on its page."""

from uuid import UUID, uuid4

import pytest

from feedback_app.services import bulk_jobs, bulk_returns
from feedback_app.services.bulk_actions import Action, Verb
from tests.feedback_app.desk import Desk, words
from traces_app.models import Job, Role, Trace
from traces_app.services import jobs
from traces_app.work import attempts

pytestmark = pytest.mark.django_db

HANDLERS = {bulk_jobs.KIND: bulk_jobs.run, bulk_returns.KIND: bulk_returns.run}


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.trace()
    return desk


@pytest.fixture
def done(desk: Desk) -> Job:
    tag = Action(Verb.TAG, tag="hot")
    job = bulk_jobs.ask(access=desk.access, action=tag, query="", token=uuid4())
    work()
    return job


def work() -> None:
    claimed = jobs.claim(lane=Job.Lane.LONG)
    assert claimed is not None
    attempts.run(claimed, HANDLERS, lambda: None)


def test_a_job_that_ended_offers_it_once_and_tells_what_came_of_it(desk: Desk, done: Job) -> None:
    assert "Take back</span>" in desk.browser.get(f"/jobs/{done.pk}").text

    answer = desk.browser.post(f"/jobs/{done.pk}/take-back")
    work()

    page = desk.browser.get(answer["Location"])
    assert "Take back: Tag “hot”" in page.text
    assert "1 taken back." in page.text
    assert f'href="/jobs/{done.pk}"' in page.text
    before = desk.browser.get(f"/jobs/{done.pk}").text
    assert f'href="{answer["Location"]}"' in before
    assert "Take back</span>" not in before
    assert not Trace.objects.filter(tags__contains="hot").exists()


def test_a_second_press_says_that_it_was_done(desk: Desk, done: Job) -> None:
    for _ in range(2):
        answer = desk.browser.post(f"/jobs/{done.pk}/take-back", follow=True)

    assert "This was taken back already." in words(answer)
    assert Job.objects.filter(kind=bulk_returns.KIND).count() == 1


def test_only_who_may_is_offered_it(desk: Desk, done: Job) -> None:
    path = f"/jobs/{done.pk}/take-back"
    member, viewer, reviewer, stranger = (
        desk.colleague(),
        desk.colleague(Role.VIEWER),
        desk.colleague(Role.REVIEWER),
        Desk(),
    )

    codes = [each.browser.post(path).status_code for each in (member, reviewer, stranger, viewer)]

    assert codes == [404, 404, 404, 403]
    assert "Take back</span>" not in member.browser.get(f"/jobs/{done.pk}").text
    assert desk.browser.get(path).status_code == 405
    assert desk.browser.post(f"/jobs/{UUID(int=1)}/take-back").status_code == 404
    desk.browser.logout()
    assert desk.browser.post(path)["Location"].startswith("/sign-in")
    assert not Job.objects.filter(kind=bulk_returns.KIND).exists()
