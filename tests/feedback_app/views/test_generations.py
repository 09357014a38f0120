"""Pages that wait for an answer: silent until it is there, then with it."""

import pytest
from django.test import Client

from feedback_app.models import Datapoint, Dataset
from feedback_app.services import approvals
from tests import factories
from tests.chat_endpoint import ChatEndpoint, Reply
from tests.feedback_app.desk import HTMX, Desk, words
from tests.feedback_app.generator.asked import add, low, work
from tests.feedback_app.generator.conftest import endpoint
from traces_app.models import Role, Trace

__all__ = ["endpoint"]
pytestmark = pytest.mark.django_db
MISSING = "0199aaaa-0000-7000-8000-000000000000"


@pytest.fixture
def desk(endpoint: ChatEndpoint) -> Desk:
    return Desk()


@pytest.fixture
def trace(desk: Desk) -> Trace:
    """A trace whose answer is being written."""
    trace = low(desk)
    add(desk, trace)
    return trace


def written(desk: Desk) -> Datapoint:
    work()
    return Datapoint.objects.get()


def test_trace_asks_until_its_answer_is_there(desk: Desk, trace: Trace) -> None:
    page = desk.open(trace, "?tag=a").text
    going = desk.browser.get(f"/traces/{trace.pk}/writing", headers=HTMX)
    written(desk)

    over = desk.browser.get(f"/traces/{trace.pk}/writing", headers=HTMX)

    assert f'hx-get="/traces/{trace.pk}/writing?tag=a"' in page
    assert (going.status_code, going.content) == (204, b"")
    assert over.text.lstrip().startswith('<section class="section" id="dataset"')
    assert "waits for approval" in over.text or "added" in over.text
    assert "Its answer has been written." in over.text
    assert "/writing" not in over.text


def test_why_it_failed_is_told_as_well(desk: Desk, trace: Trace, endpoint: ChatEndpoint) -> None:
    endpoint.replies.append(Reply(status=401))
    work()

    over = words(desk.browser.get(f"/traces/{trace.pk}/writing", headers=HTMX))

    assert over.count("It refused the key (401)") == 2
    assert "/writing" not in over


def test_datapoint_shows_another_answer_when_it_is_there(
    desk: Desk, trace: Trace, endpoint: ChatEndpoint
) -> None:
    point = written(desk)
    approvals.ask_again(access=desk.access, datapoint_id=point.pk, note="Longer.")
    endpoint.text = "A longer answer."

    page = desk.browser.get(f"/datapoints/{point.pk}").text
    going = desk.browser.get(f"/datapoints/{point.pk}/writing", headers=HTMX)
    work()
    over = desk.browser.get(f"/datapoints/{point.pk}/writing", headers=HTMX)

    assert f'hx-get="/datapoints/{point.pk}/writing"' in page
    assert going.status_code == 204
    assert over.text.lstrip().startswith('<div id="datapoint"')
    assert "A longer answer." in over.text


def test_dataset_counts_what_is_being_written_for_it(desk: Desk, trace: Trace) -> None:
    other = low(desk)
    add(desk, other)
    home = Dataset.objects.create(project=trace.project, name="own", is_default=True)
    path = f"/datasets/{home.pk}"

    page = words(desk.browser.get(path))
    same = desk.browser.get(f"{path}/writing?seen=2", headers=HTMX)
    work()
    over = words(desk.browser.get(f"{path}/writing?seen=2", headers=HTMX))

    assert "2 answers are being written for this dataset." in page
    assert same.status_code == 204
    assert "No answer is being written any more." in over
    assert f'hx-get="{path}"' in over
    assert "writing?seen" not in over


def test_another_dataset_waits_for_its_own_alone(desk: Desk, trace: Trace) -> None:
    gold = Dataset.objects.create(project=trace.project, name="gold")
    add(desk, low(desk), gold.pk)

    page = words(desk.browser.get(f"/datasets/{gold.pk}"))

    assert "1 answer is being written for this dataset." in page
    assert "being written" not in words(Desk().browser.get(f"/datasets/{gold.pk}"))


def test_without_script_they_lead_back_to_the_page(desk: Desk, trace: Trace) -> None:
    point = factories.datapoint(factories.dataset(trace.project))

    assert desk.browser.get(f"/traces/{trace.pk}/writing?tag=a")["Location"] == (
        f"/traces/{trace.pk}?tag=a#dataset"
    )
    for path in (f"/datapoints/{point.pk}", f"/datasets/{point.dataset_id}"):
        assert desk.browser.get(f"{path}/writing")["Location"] == path


def test_only_who_sees_it_waits_for_it(desk: Desk, trace: Trace) -> None:
    point = factories.datapoint(factories.dataset(trace.project))
    paths = [
        f"/traces/{trace.pk}/writing",
        f"/datapoints/{point.pk}/writing",
        f"/datasets/{point.dataset_id}/writing",
    ]
    strangers = [Desk(), desk.colleague(Role.REVIEWER)]

    for path in paths:
        assert {each.browser.get(path, headers=HTMX).status_code for each in strangers} == {404}
        assert desk.colleague(Role.VIEWER).browser.get(path, headers=HTMX).status_code < 300
        assert Client().get(path)["Location"].startswith("/sign-in")
        assert desk.browser.post(path).status_code == 405
        assert desk.browser.get(path.replace(path.split("/")[2], MISSING)).status_code == 404
