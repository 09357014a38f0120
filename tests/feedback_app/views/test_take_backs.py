"""Taking an import back from its page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from feedback_app.jobs import REGISTRY
from feedback_app.models import Datapoint, DatasetImport
from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import Job, Role
from traces_app.services import jobs
from traces_app.work import attempts

pytestmark = pytest.mark.django_db

CSV = b"prompt,reply\nOne?,1\nTwo?,2\n"
MAPPED = {"reading": "columns", "question": "prompt", "answer": "reply", "put_into": "training"}
MISSING = "0199aaaa-0000-7000-8000-000000000000"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def task(desk: Desk) -> DatasetImport:
    """An import of two examples that is through."""
    dataset = factories.dataset(desk.project(), "support")
    file = SimpleUploadedFile("all.csv", CSV)
    desk.browser.post(f"/datasets/{dataset.pk}/imports", {"file": file})
    task = DatasetImport.objects.get()
    desk.browser.post(f"/imports/{task.pk}", MAPPED | {"do": "import"})
    work()
    return task


def work() -> None:
    job = jobs.claim(lane=Job.Lane.LONG)
    assert job is not None
    attempts.run(job, REGISTRY.handlers, lambda: None)


def test_page_offers_it_leads_to_the_job_and_tells_the_result(
    desk: Desk, task: DatasetImport
) -> None:
    page = f"/imports/{task.pk}"
    offered = words(desk.browser.get(page))

    answer = desk.browser.post(f"{page}/take-back")
    going = words(desk.browser.get(page))
    work()
    over, job = words(desk.browser.get(page)), words(desk.browser.get(answer["Location"]))

    assert "Take the 2 datapoints out of <bdi>support</bdi> again?" in offered
    assert answer["Location"].startswith("/jobs/")
    assert "see how far it is" in going
    assert "Take back the import of “all.csv”" in job
    assert "2 removed." in job
    assert '<dt>Taken back</dt><dd><span class="num">2</span>' in over
    assert "take-back" not in going + over


def test_offer_comes_with_the_end_of_the_import(desk: Desk, task: DatasetImport) -> None:
    text = desk.browser.get(f"/imports/{task.pk}", headers=HTMX).text

    assert text.lstrip().startswith('<div id="standing"')
    assert 'id="rest" class="stack" hx-swap-oob="true"' in text
    assert f'action="/imports/{task.pk}/take-back"' in text


def test_second_time_is_refused_in_words(desk: Desk, task: DatasetImport) -> None:
    desk.browser.post(f"/imports/{task.pk}/take-back")

    answer = desk.browser.post(f"/imports/{task.pk}/take-back", follow=True)

    assert "This import is being taken back, or was already." in answer.text
    assert Job.objects.filter(kind="datasets.take_back").count() == 1


def test_only_members_take_back(desk: Desk, task: DatasetImport) -> None:
    path = f"/imports/{task.pk}/take-back"
    viewer = desk.colleague(Role.VIEWER)

    for other, status in ((Desk(), 404), (desk.colleague(Role.REVIEWER), 404), (viewer, 403)):
        assert other.browser.post(path).status_code == status
    assert Client().post(path)["Location"].startswith("/sign-in")
    assert desk.browser.get(path).status_code == 405
    assert desk.browser.post(f"/imports/{MISSING}/take-back").status_code == 404
    assert "take-back" not in viewer.browser.get(f"/imports/{task.pk}").text
    assert Datapoint.objects.count() == 2
