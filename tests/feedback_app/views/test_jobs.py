"""The pages of background jobs."""

from uuid import UUID, uuid4

import pytest

from feedback_app.services import bulk_jobs
from feedback_app.services.bulk_actions import Action, Verb
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import AuditEvent, Job, Role
from traces_app.services import jobs, projects, removals

pytestmark = pytest.mark.django_db

TAG = Action(Verb.TAG, tag="hot")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.trace()
    return desk


def ask(desk: Desk) -> Job:
    return bulk_jobs.ask(access=desk.access, action=TAG, query="", token=uuid4())


def test_jobs_of_the_workspace_are_listed_for_all_but_reviewers(desk: Desk) -> None:
    ask(desk)
    others = [desk.colleague(role) for role in (Role.OWNER, Role.VIEWER, Role.REVIEWER)]

    listed = [each.browser.get("/jobs") for each in (desk, *others, Desk())]

    assert [each.status_code for each in listed] == [200, 200, 200, 404, 200]
    assert ["Tag “hot”" in each.text for each in listed] == [True, True, True, False, False]
    assert "Jobs will be listed here" in words(listed[-1])


def test_a_job_has_a_page_and_a_part_that_asks_again(desk: Desk) -> None:
    job = ask(desk)
    others = [desk.colleague(Role.REVIEWER), Desk(Role.OWNER)]

    page = desk.browser.get(f"/jobs/{job.pk}")
    part = desk.browser.get(f"/jobs/{job.pk}", headers=HTMX)

    assert "Tag “hot”" in page.text
    assert part.text.lstrip().startswith('<div id="job"')
    assert 'hx-trigger="every 2s"' in part.text
    assert {each.browser.get(f"/jobs/{job.pk}").status_code for each in others} == {404}
    assert desk.browser.get(f"/jobs/{UUID(int=1)}").status_code == 404


def test_a_waiting_job_is_cancelled_at_once(desk: Desk) -> None:
    job = ask(desk)

    desk.browser.post(f"/jobs/{job.pk}/cancel")

    job.refresh_from_db()
    assert (job.state, jobs.claim(lane=Job.Lane.LONG)) == (Job.State.CANCELLED, None)
    assert AuditEvent.objects.get(action="job.cancel").entity_id == job.pk
    assert "cancelled" in words(desk.browser.get(f"/jobs/{job.pk}"))
    assert "Cancel</button>" not in desk.browser.get(f"/jobs/{job.pk}").text


def test_only_who_asked_and_owners_cancel(desk: Desk) -> None:
    job = ask(desk)
    member, viewer, reviewer, owner = (
        desk.colleague(role) for role in (Role.MEMBER, Role.VIEWER, Role.REVIEWER, Role.OWNER)
    )
    path = f"/jobs/{job.pk}/cancel"

    refused = [each.browser.post(path).status_code for each in (member, viewer, reviewer, Desk())]

    assert refused == [404] * 4
    assert owner.browser.post(path).status_code == 302
    assert "Cancel</button>" not in member.browser.get(f"/jobs/{job.pk}").text


def test_a_job_that_must_come_to_its_end_is_not_cancelled(desk: Desk) -> None:
    owner = desk.colleague(Role.OWNER)
    projects.delete(access=owner.access, ids=[desk.project().pk])
    job = Job.objects.get(kind=removals.KIND)

    answer = owner.browser.post(f"/jobs/{job.pk}/cancel")

    job.refresh_from_db()
    assert (answer.status_code, job.state, job.is_called_off) == (404, Job.State.WAITING, False)


def test_nobody_is_sent_to_sign_in(desk: Desk) -> None:
    job = ask(desk)
    desk.browser.logout()

    for path in ("/jobs", f"/jobs/{job.pk}"):
        assert desk.browser.get(path)["Location"].startswith("/sign-in")
    assert desk.browser.post(f"/jobs/{job.pk}/cancel")["Location"].startswith("/sign-in")


@pytest.mark.parametrize("before", ["zz", "a\x00", "1"])
def test_a_place_that_is_none_is_not_found(desk: Desk, before: str) -> None:
    assert desk.browser.get("/jobs", {"before": before}).status_code == 404


def test_pages_of_the_list_go_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback_app.job_page.pages.SIZE", 2)
    first, *_ = [ask(desk) for _ in range(3)]

    newest = desk.browser.get("/jobs").text
    older = newest.split('class="btn" href="?')[1].split('"')[0]

    assert f"/jobs/{first.pk}" not in newest
    assert f"/jobs/{first.pk}" in desk.browser.get(f"/jobs?{older}").text
