"""Importing a file in pages: chosen, looked at, checked, imported."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from feedback_app.jobs import REGISTRY
from feedback_app.models import Datapoint, Dataset, DatasetImport
from feedback_app.services import dataset_imports, import_runs
from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import Job, Role
from traces_app.services import jobs
from traces_app.work import attempts

pytestmark = pytest.mark.django_db

CSV = b"prompt,reply\nOne?,1\nTwo?,\n"
MAPPED = {"reading": "columns", "question": "prompt", "answer": "reply", "put_into": "training"}


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def dataset(desk: Desk) -> Dataset:
    return factories.dataset(desk.project(), "support")


def upload(desk: Desk, dataset: Dataset, content: bytes = CSV, name: str = "all.csv") -> Any:
    return desk.browser.post(
        f"/datasets/{dataset.pk}/imports", {"file": SimpleUploadedFile(name, content)}
    )


def uploaded(desk: Desk, dataset: Dataset, content: bytes = CSV) -> DatasetImport:
    assert upload(desk, dataset, content).status_code == 302
    return DatasetImport.objects.order_by("-pk")[0]


def test_names_that_no_page_can_show_are_shown_cleaned(desk: Desk, dataset: Dataset) -> None:
    line = rb'{"a\ud800": "1", "b\u0000": "2"}'
    upload(desk, dataset, line, "all.jsonl")

    page = desk.browser.get(f"/imports/{DatasetImport.objects.get().pk}")

    assert page.status_code == 200
    assert 'value="a\ufffd"' in page.text


def do(desk: Desk, task: DatasetImport, what: str, **fields: str) -> Any:
    return desk.browser.post(f"/imports/{task.pk}", MAPPED | {"do": what} | fields)


def work(desk: Desk, task: DatasetImport) -> None:
    task.refresh_from_db()
    import_runs.run(
        workspace_id=desk.room.pk,
        user_id=desk.person.pk,
        import_id=task.pk,
        number=task.run,
        report=lambda done, total: None,
        finish=lambda outcome: None,
    )


def test_upload_opens_the_preview_with_a_guess(desk: Desk, dataset: Dataset) -> None:
    task = uploaded(desk, dataset, b"input,output\nIs it <b>covered</b>?,Yes.\n")

    text = words(desk.browser.get(f"/imports/{task.pk}"))

    assert 'value="input" selected' in text
    assert "Is it &lt;b&gt;covered&lt;/b&gt;?" in text
    assert not Datapoint.objects.exists()


def test_preview_follows_the_mapping(desk: Desk, dataset: Dataset) -> None:
    task = uploaded(desk, dataset)

    text = words(do(desk, task, "preview", question="reply", answer="prompt"))

    assert '<td dir="auto">1</td><td dir="auto">One?</td>' in text
    assert "There is no question in “reply”." in text


def test_check_then_import_to_the_result(desk: Desk, dataset: Dataset) -> None:
    task = uploaded(desk, dataset)
    assert do(desk, task, "check").status_code == 302
    work(desk, task)
    checked = words(desk.browser.get(f"/imports/{task.pk}"))
    assert '<dt>Can be stored</dt><dd class="num">1</dd>' in checked
    assert '3</td><td dir="auto">There is no answer in “reply”.</td>' in checked

    assert do(desk, task, "import").status_code == 302
    work(desk, task)
    text = words(desk.browser.get(f"/imports/{task.pk}"))

    assert '<dt>Stored</dt><dd class="num">1</dd>' in text
    assert Datapoint.objects.get().bucket == "training"


def test_progress_is_a_part_that_asks_again_until_it_is_over(desk: Desk, dataset: Dataset) -> None:
    task = uploaded(desk, dataset)
    do(desk, task, "import")

    going = desk.browser.get(f"/imports/{task.pk}", headers=HTMX).text
    work(desk, task)
    over = desk.browser.get(f"/imports/{task.pk}", headers=HTMX).text

    assert "hx-trigger" in going
    assert "hx-trigger" not in over


def test_job_that_gave_up_is_told(desk: Desk, dataset: Dataset) -> None:
    task = uploaded(desk, dataset)
    do(desk, task, "import")
    Job.objects.update(state=Job.State.FAILED, error="Its process died.")

    text = words(desk.browser.get(f"/imports/{task.pk}"))

    assert "Its process died. What was stored stays." in text


def test_stop_ends_it_and_offers_another(desk: Desk, dataset: Dataset) -> None:
    task = uploaded(desk, dataset)
    do(desk, task, "import")

    do(desk, task, "stop")

    text = words(desk.browser.get(f"/imports/{task.pk}"))
    assert "Import another file" in text
    assert "stopped" in words(desk.browser.get(f"/datasets/{dataset.pk}/imports"))
    assert do(desk, task, "import").status_code == 302
    assert Job.objects.filter(kind=dataset_imports.KIND).count() == 1


def test_mistakes_are_downloaded_with_formulas_neutralised(desk: Desk, dataset: Dataset) -> None:
    task = uploaded(desk, dataset)
    DatasetImport.objects.update(mistakes='[[2,"=danger"]]')

    answer = desk.browser.get(f"/imports/{task.pk}/mistakes.csv")

    assert answer.content == b"line,mistake\r\n2,'=danger\r\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "The submitted file is empty."), (b"\xff\xfe", "The file is not UTF-8.")],
)
def test_unreadable_files_are_told(desk: Desk, dataset: Dataset, content: bytes, told: str) -> None:
    answer = upload(desk, dataset, content)
    shown = answer if answer.status_code == 422 else desk.browser.get(answer["Location"])

    assert told in words(shown)


def test_file_over_the_limit_is_refused(desk: Desk, dataset: Dataset, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 10

    answer = upload(desk, dataset)

    assert answer.status_code == 422
    assert "larger than 10" in words(answer)


@pytest.mark.parametrize("fields", [{"question": "gone"}, {"reading": "x"}, {"question": ""}])
def test_bad_mapping_is_told_and_nothing_begun(
    desk: Desk, dataset: Dataset, fields: dict[str, str]
) -> None:
    task = uploaded(desk, dataset)

    answer = do(desk, task, "import", **fields)

    assert answer.status_code == 422
    assert not Job.objects.filter(kind=dataset_imports.KIND).exists()


def test_only_members_of_the_workspace_who_may_write_import(desk: Desk, dataset: Dataset) -> None:
    task = uploaded(desk, dataset)
    addresses = (f"/datasets/{dataset.pk}/imports", f"/imports/{task.pk}")

    for other, expected in (
        (Desk(), 404),
        (desk.colleague(Role.REVIEWER), 404),
        (desk.colleague(Role.VIEWER), 403),
    ):
        for address in addresses:
            assert other.browser.post(address, MAPPED | {"do": "import"}).status_code == expected
    assert Client().post(addresses[1])["Location"].startswith("/sign-in")
    assert desk.browser.get(f"/imports/{uuid4()}").status_code == 404
    assert not Job.objects.filter(kind=dataset_imports.KIND).exists()


def test_import_stands_among_the_jobs(desk: Desk, dataset: Dataset) -> None:
    task = uploaded(desk, dataset)
    do(desk, task, "import")

    going = words(desk.browser.get("/jobs"))
    job = jobs.claim(lane=Job.Lane.LONG)
    assert job is not None
    attempts.run(job, REGISTRY.handlers, lambda: None)
    over = words(desk.browser.get(f"/jobs/{job.pk}"))

    assert "Import “all.csv”" in going
    assert "1 stored, 1 refused." in over
    assert f'href="/imports/{task.pk}"' in over
