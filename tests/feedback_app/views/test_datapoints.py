"""One datapoint's page, and what is done to the picked ones."""

import json
import re
from typing import Any

import pytest
from uuid_utils.compat import uuid7

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
    return factories.dataset(desk.project(), "support")


def bulk(
    desk: Desk, dataset: Dataset, ids: list[Any], do: str, query: str = "", **more: Any
) -> Any:
    address = f"/datasets/{dataset.pk}/datapoints{query}"
    return desk.browser.post(address, {"id": [str(pk) for pk in ids], "do": do}, **more)


def test_picked_ones_move_and_the_list_comes_back_as_it_was(desk: Desk, dataset: Dataset) -> None:
    points = [factories.datapoint(dataset, str(number)) for number in range(3)]

    answer = bulk(
        desk, dataset, [p.pk for p in points[:2]], "training", "?bucket=training", headers=HTMX
    )

    assert Datapoint.objects.filter(bucket=Bucket.TRAINING).count() == 2
    assert "2 datapoints moved to training." in words(answer)
    assert answer["HX-Push-Url"] == f"/datasets/{dataset.pk}?bucket=training"
    assert answer.text.count('name="id"') == 2


def test_deleted_ones_can_be_brought_back(desk: Desk, dataset: Dataset) -> None:
    point = factories.datapoint(dataset)

    gone = bulk(desk, dataset, [point.pk], "delete")
    page = desk.browser.get(gone["Location"])
    (address,) = re.findall(r'action="(/datasets/[^/]+/restore/[^?"]+)', page.text)
    back = desk.browser.post(address)

    assert "1 datapoint deleted." in words(page)
    assert back.status_code == 302
    assert Datapoint.objects.get() == point


def test_nothing_picked_changes_nothing_and_is_said(desk: Desk, dataset: Dataset) -> None:
    factories.datapoint(dataset)

    answer = bulk(desk, dataset, [], "delete", headers=HTMX)

    assert "Pick datapoints first." in words(answer)
    assert Datapoint.objects.exists()


def test_page_shows_content_origin_and_what_was_replaced(desk: Desk) -> None:
    trace = desk.trace()
    dataset = factories.dataset(trace.project)
    point = factories.datapoint(
        dataset, "No, it is not.", rejected="Yes, it is.", source="correction", trace_id=trace.pk
    )

    text = words(desk.browser.get(f"/datapoints/{point.pk}"))

    assert f'href="/traces/{trace.pk}"' in text
    assert "<del>Yes</del>" in text
    assert "Is it covered?" in text


def test_origin_that_is_gone_is_no_link(desk: Desk, dataset: Dataset) -> None:
    point = factories.datapoint(dataset, trace_id=uuid7())

    assert "a trace that is gone" in words(desk.browser.get(f"/datapoints/{point.pk}"))


def test_edit_compares_first_and_saves_then(desk: Desk, dataset: Dataset) -> None:
    point = factories.datapoint(dataset, "Yes.")
    draft = {
        "role": ["user", "assistant", "user"],
        "content": ["Is it covered?", "No.", " "],
        "digest": point.digest,
    }
    address = f"/datapoints/{point.pk}"

    compared = desk.browser.post(address, draft | {"do": "compare"}, headers=HTMX)
    unchanged = Datapoint.objects.get().content == point.content
    desk.browser.post(address, draft | {"do": "save"})

    assert "<del>Yes</del><ins>No</ins>" in compared.text
    assert unchanged
    stored = json.loads(Datapoint.objects.get().content)["messages"]
    assert stored == [
        {"role": "user", "content": "Is it covered?"},
        {"role": "assistant", "content": "No."},
    ]


def test_edit_that_comes_too_late_keeps_what_was_typed(desk: Desk, dataset: Dataset) -> None:
    point = factories.datapoint(dataset)
    draft = {"role": ["user", "assistant"], "content": ["Q?", "typed"], "digest": "old"}

    answer = desk.browser.post(f"/datapoints/{point.pk}", draft | {"do": "save"})

    assert answer.status_code == 422
    assert "Somebody changed this datapoint meanwhile" in words(answer)
    assert ">typed</textarea>" in answer.text


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        ({"role": ["user"], "content": ["Q?"]}, "The last message is the assistant"),
        ({"role": ["assistant"], "content": ["A."]}, "A chat needs a message of the user."),
        ({"text": "{"}, "This is no JSON"),
        ({"text": "[]"}, "A datapoint is one JSON object."),
        ({}, "This is no JSON"),
    ],
)
def test_bad_contents_are_refused_in_words(
    desk: Desk, dataset: Dataset, draft: dict[str, Any], refusal: str
) -> None:
    point = factories.datapoint(dataset)

    answer = desk.browser.post(f"/datapoints/{point.pk}", draft | {"do": "save"})

    assert (answer.status_code, refusal in words(answer)) == (422, True)
    assert Datapoint.objects.get().content == point.content


def test_what_is_no_chat_is_edited_as_json(desk: Desk, dataset: Dataset) -> None:
    point = factories.datapoint(dataset, content='{"input":"2+2","expected_output":"4"}')

    page = desk.browser.get(f"/datapoints/{point.pk}?edit")
    desk.browser.post(f"/datapoints/{point.pk}", {"text": '{"input": "3+3"}', "do": "save"})

    assert "JSON of the datapoint" in words(page)
    assert Datapoint.objects.get().content == '{"input":"3+3"}'


def test_one_is_moved_and_deleted_from_its_page(desk: Desk, dataset: Dataset) -> None:
    point = factories.datapoint(dataset)

    desk.browser.post(f"/datapoints/{point.pk}/do", {"do": "validation"})
    bucket = Datapoint.objects.get().bucket
    gone = desk.browser.post(f"/datapoints/{point.pk}/do", {"do": "delete"})

    assert bucket == Bucket.VALIDATION
    assert gone["Location"].startswith(f"/datasets/{dataset.pk}?deletion=")
    assert not Datapoint.objects.exists()


def test_viewers_read_and_change_nothing(desk: Desk, dataset: Dataset) -> None:
    viewer = desk.colleague(Role.VIEWER)
    point = factories.datapoint(dataset)

    page = viewer.browser.get(f"/datapoints/{point.pk}?edit")

    assert (page.status_code, "<textarea" in page.text) == (200, False)
    assert viewer.browser.post(f"/datapoints/{point.pk}", {"do": "save"}).status_code == 403
    assert viewer.browser.post(f"/datapoints/{point.pk}/do", {"do": "delete"}).status_code == 403
    assert bulk(viewer, dataset, [point.pk], "delete").status_code == 403


@pytest.mark.parametrize("is_reviewer", [True, False])
def test_reviewers_and_strangers_meet_404(desk: Desk, dataset: Dataset, is_reviewer: bool) -> None:
    other = desk.colleague(Role.REVIEWER) if is_reviewer else Desk()
    point = factories.datapoint(dataset)

    assert other.browser.get(f"/datapoints/{point.pk}").status_code == 404
    assert other.browser.post(f"/datapoints/{point.pk}", {"do": "save"}).status_code == 404
    assert other.browser.post(f"/datapoints/{point.pk}/do", {"do": "delete"}).status_code == 404
    assert bulk(other, dataset, [point.pk], "delete").status_code == 404
    assert other.browser.post(f"/datasets/{dataset.pk}/restore/{uuid7()}").status_code == 404
