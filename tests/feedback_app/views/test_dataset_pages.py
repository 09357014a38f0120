"""The pages of datasets: which there are, and what one holds."""

import csv
import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback_app.dataset_page import export, pages, walk
from feedback_app.dataset_page.pages import SIZE
from feedback_app.models import Datapoint, Dataset
from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import Role

pytestmark = pytest.mark.django_db

Bucket = Datapoint.Bucket


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def dataset(desk: Desk) -> Dataset:
    return factories.dataset(desk.project(), "support answers")


def shown(desk: Desk, dataset: Dataset, query: str = "") -> str:
    return words(desk.browser.get(f"/datasets/{dataset.pk}{query}"))


def sent(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_without_any_the_list_says_how_to_begin(desk: Desk) -> None:
    text = words(desk.browser.get("/datasets"))

    assert "Datasets will be listed here" in text
    assert 'href="/datasets"' in text


def test_list_counts_what_each_holds(desk: Desk, dataset: Dataset) -> None:
    for bucket in (Bucket.TRAINING, Bucket.TRAINING, Bucket.VALIDATION):
        factories.datapoint(dataset, bucket=bucket)

    text = words(desk.browser.get("/datasets"))

    assert f'href="/datasets/{dataset.pk}"' in text
    assert '<td class="count num end">3' in text
    assert '<span class="state good">2</span> <span class="state wait">1</span>' in text


def test_lists_ask_as_many_queries_for_20_rows_as_for_one(desk: Desk, dataset: Dataset) -> None:
    counts = []
    for more in (1, 19):
        for number in range(more):
            factories.datapoint(dataset, f"{more}-{number}")
            factories.datapoint(factories.dataset(dataset.project))
        with CaptureQueriesContext(connection) as queries:
            desk.browser.get("/datasets")
            desk.browser.get(f"/datasets/{dataset.pk}")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_new_one_is_made_and_opened(desk: Desk) -> None:
    desk.project("alpha")
    project = desk.project("omega")

    made = desk.browser.post("/datasets", {"name": "edge cases", "project": str(project.pk)})

    assert made["Location"] == f"/datasets/{Dataset.objects.get(project=project).pk}"


def test_a_taken_name_is_refused_beside_its_field(desk: Desk, dataset: Dataset) -> None:
    sent = {"name": "support answers", "project": str(dataset.project_id)}

    answer = desk.browser.post("/datasets", sent)

    assert answer.status_code == 422
    assert "There is a dataset of this name in the project already." in words(answer)


def test_pages_walk_through_all_and_back(desk: Desk, dataset: Dataset) -> None:
    points = [factories.datapoint(dataset, str(number)) for number in range(SIZE + 3)]

    first = desk.browser.get(f"/datasets/{dataset.pk}")
    older = first.text.partition('rel="next" href="')[2].partition('"')[0]
    second = desk.browser.get(f"/datasets/{dataset.pk}{older}")
    newer = second.text.partition('rel="prev" href="')[2].partition('"')[0]
    back = desk.browser.get(f"/datasets/{dataset.pk}{newer}")

    assert f"{SIZE} of {SIZE + 3}" in words(first)
    shown = [row.pk for row in second.context["page"].rows]
    assert shown == [point.pk for point in points[2::-1]]
    assert back.context["page"].rows == first.context["page"].rows


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?bucket=training", {"trained"}),
        ("?source=correction", {"corrected"}),
        ("?q=CORRECTED", {"corrected"}),
        ("?twins=yes", {"twin"}),
        ("?q=corrected&bucket=training", set()),
    ],
)
def test_filters_leave_what_has_it_all(
    desk: Desk, dataset: Dataset, query: str, expected: set[str]
) -> None:
    factories.datapoint(dataset, "trained", bucket=Bucket.TRAINING)
    factories.datapoint(dataset, "corrected", source="correction")
    factories.datapoint(dataset, "twin")
    factories.datapoint(dataset, "twin")

    answer = desk.browser.get(f"/datasets/{dataset.pk}{query}")

    assert {row.answer for row in answer.context["page"].rows} == expected


def test_rare_ones_are_searched_for_a_while_and_then_further(
    desk: Desk, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "_FIRST_WINDOW", 2)
    monkeypatch.setattr(walk, "SECONDS", 0)
    rare = factories.datapoint(dataset, "rare", source="correction")
    for number in range(2):
        factories.datapoint(dataset, str(number))

    first = desk.browser.get(f"/datasets/{dataset.pk}?source=correction")
    further = first.context["page"].older_url
    second = desk.browser.get(f"/datasets/{dataset.pk}{further}")
    back = desk.browser.get(f"/datasets/{dataset.pk}{second.context['page'].newer_url}")

    assert "Nothing found so far" in first.text
    assert "Looked into 2 datapoints." in words(first)
    assert f'href="/datasets/{dataset.pk}{further.replace("&", "&amp;")}"' in first.text
    assert [row.pk for row in second.context["page"].rows] == [rare.pk]
    assert second.context["page"].examined == 0
    assert "Nothing found so far" in back.text


def test_searched_pages_walk_through_all_and_back(
    desk: Desk, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SIZE", 3)
    monkeypatch.setattr(walk, "_FIRST_WINDOW", 2)
    for number in range(8):
        factories.datapoint(dataset, f"kept {number}")
        factories.datapoint(dataset, f"other {number}")
    path, query, shown = f"/datasets/{dataset.pk}", "?q=kept", []

    while query:
        page = desk.browser.get(path + query).context["page"]
        shown.append([row.answer for row in page.rows])
        query, newer = page.older_url, page.newer_url
    back = desk.browser.get(path + newer).context["page"]

    kept = [f"kept {number}" for number in reversed(range(8))]
    assert shown == [kept[:3], kept[3:6], kept[6:]]
    assert [row.answer for row in back.rows] == shown[1]


def test_unreadable_filters_list_nothing(desk: Desk, dataset: Dataset) -> None:
    factories.datapoint(dataset)

    for query in ("?bucket=trash", "?after=x", "?source=%00"):
        answer = desk.browser.get(f"/datasets/{dataset.pk}{query}")
        assert (answer.status_code, "These filters cannot be read" in answer.text) == (422, True)


def test_marks_say_source_bucket_and_duplicate(desk: Desk, dataset: Dataset) -> None:
    for _ in range(2):
        factories.datapoint(dataset, source="generated", bucket=Bucket.VALIDATION)

    text = shown(desk, dataset)

    assert text.count('<span class="mark of-generated">generated</span>') == 2
    assert text.count("Another datapoint has the same content") == 2
    assert '<span class="state wait">validation</span>' in text


def test_split_says_how_many_went_where(desk: Desk, dataset: Dataset) -> None:
    for number in range(5):
        factories.datapoint(dataset, str(number))

    answer = desk.browser.post(f"/datasets/{dataset.pk}/split", {"percent": "80"}, follow=True)

    assert "4 to training, 1 to validation." in words(answer)


def test_a_share_out_of_range_comes_back_with_its_mistake(desk: Desk, dataset: Dataset) -> None:
    answer = desk.browser.post(f"/datasets/{dataset.pk}/split", {"percent": "100"})

    assert answer.status_code == 422
    assert "less than or equal to 99" in words(answer)


def test_rename_and_delete(desk: Desk, dataset: Dataset) -> None:
    desk.browser.post(f"/datasets/{dataset.pk}/edit", {"name": "renamed", "description": ""})
    name = Dataset.objects.get().name
    gone = desk.browser.post(f"/datasets/{dataset.pk}/delete", follow=True)

    assert name == "renamed"
    assert "“renamed” is deleted. Its snapshots stay." in words(gone)
    assert not Dataset.objects.exists()


def test_htmx_gets_the_list_alone(desk: Desk, dataset: Dataset) -> None:
    answer = desk.browser.get(f"/datasets/{dataset.pk}?q=x", headers=HTMX)

    assert answer.text.strip().startswith('<div id="datapoints"')
    assert answer["HX-Push-Url"] == f"/datasets/{dataset.pk}?q=x"


def test_viewers_see_no_way_to_change_and_are_refused(desk: Desk, dataset: Dataset) -> None:
    viewer = desk.colleague(Role.VIEWER)
    factories.datapoint(dataset)

    text = shown(viewer, dataset)

    assert "Is it covered?" in text
    assert 'method="post" action="/datasets' not in text
    for part in ("edit", "delete", "split", "datapoints"):
        assert viewer.browser.post(f"/datasets/{dataset.pk}/{part}").status_code == 403
    assert viewer.browser.post("/datasets").status_code == 403
    assert Dataset.objects.exists()


@pytest.mark.parametrize("is_reviewer", [True, False])
def test_reviewers_and_strangers_meet_404(desk: Desk, dataset: Dataset, is_reviewer: bool) -> None:
    other = desk.colleague(Role.REVIEWER) if is_reviewer else Desk()

    assert other.browser.get("/datasets").status_code == (404 if is_reviewer else 200)
    assert other.browser.get(f"/datasets/{dataset.pk}").status_code == 404
    for part in ("edit", "delete", "split", "datapoints"):
        assert other.browser.post(f"/datasets/{dataset.pk}/{part}").status_code == 404


def test_visitors_are_sent_to_sign_in(dataset: Dataset, client: Client) -> None:
    assert client.get(f"/datasets/{dataset.pk}")["Location"].startswith("/sign-in")


def test_list_is_exported_as_its_filter_shows_it(desk: Desk, dataset: Dataset) -> None:
    kept = factories.datapoint(dataset, "=kept", bucket=Bucket.TRAINING, rejected="old")
    factories.datapoint(dataset, "other")
    factories.datapoint(dataset, "waits", bucket=Bucket.TRAINING, is_waiting=True)
    address = f"/datasets/{dataset.pk}/export"

    files = {
        form: sent(desk.browser.get(f"{address}.{form}?bucket=training"))
        for form in ("jsonl", "csv", "parquet")
    }

    (line,) = map(json.loads, files["jsonl"].splitlines())
    assert (line["id"], line["messages"][-1]["content"]) == (str(kept.pk), "=kept")
    (row,) = csv.DictReader(io.StringIO(files["csv"].decode()))
    assert (row["answer"], row["replaced"]) == ("'=kept", "old")
    assert files["parquet"].startswith(b"PAR1")


@pytest.mark.parametrize("query", ["", "?source=output"])
def test_export_walks_all_pages(
    desk: Desk, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr(export, "PAGE", 2)
    monkeypatch.setattr(walk, "_FIRST_WINDOW", 3)
    points = [factories.datapoint(dataset, str(number)) for number in range(5)]

    lines = sent(desk.browser.get(f"/datasets/{dataset.pk}/export.jsonl{query}"))

    assert [json.loads(line)["id"] for line in lines.splitlines()] == [str(p.pk) for p in points]


def test_strangers_reviewers_and_odd_forms_get_no_export(desk: Desk, dataset: Dataset) -> None:
    address = f"/datasets/{dataset.pk}/export"

    for other in (Desk(), desk.colleague(Role.REVIEWER)):
        assert other.browser.get(f"{address}.csv").status_code == 404
    for odd in (".xlsx", ".csv?bucket=odd"):
        assert desk.browser.get(address + odd).status_code == 404
    assert Client().get(f"{address}.csv")["Location"].startswith("/sign-in")
