"""Taking a trace into the dataset from its page: what became of it is said."""

import pytest

from feedback_app.models import Datapoint, Dataset
from feedback_app.services import corrections
from tests.chat_endpoint import ChatEndpoint
from tests.feedback_app.desk import Desk, words
from traces_app.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_good_output_is_added_and_the_page_says_where(desk: Desk) -> None:
    trace = desk.trace()
    desk.score(trace, "0.9")

    answer = desk.post(trace, "dataset", htmx=True)

    dataset, text = Dataset.objects.get(), words(answer)
    assert f"Added to “{dataset}”, with its output as the answer." in text
    assert text.startswith('<section class="section" id="dataset"')
    assert "Add to dataset" not in text
    assert f'added it to <ins dir="auto">{dataset}</ins>' in text


def test_a_correction_is_the_answer_below_the_threshold(desk: Desk) -> None:
    trace = desk.trace()
    desk.score(trace, "0.2")
    corrections.submit(access=desk.access, trace_id=trace.pk, output="No.")

    before = words(desk.open(trace))
    answer = desk.post(trace, "dataset", htmx=True)

    assert "Its newest correction is the answer" in before
    assert "with its correction as the answer" in words(answer)
    assert Datapoint.objects.get().source == Datapoint.Source.CORRECTION


def test_why_not_and_what_to_do_is_said_and_stays(desk: Desk) -> None:
    trace = desk.trace()
    desk.score(trace, "0.2")

    answer = desk.post(trace, "dataset", htmx=True)

    assert "Not added. The trace has the score 0.2, no correction and no feedback" in words(answer)
    later = words(desk.open(trace))
    assert '<span class="state bad">not added</span> The trace has the score 0.2' in later
    assert "Score it 0.7 or more" in later
    assert "could not add it to a dataset" in later


def test_a_better_score_changes_what_would_be_added(desk: Desk) -> None:
    trace = desk.trace()

    answer = desk.post(trace, "verdict", htmx=True, score="0.8")

    assert "With the score 0.8 its output is the answer." in words(answer)


def test_asking_twice_adds_once(desk: Desk) -> None:
    trace = desk.trace()
    desk.score(trace, "0.9")

    answers = [desk.post(trace, "dataset?tag=a") for _ in range(2)]

    assert {answer["Location"] for answer in answers} == {f"/traces/{trace.pk}?tag=a#dataset"}
    assert Datapoint.objects.count() == 1


def test_another_dataset_of_the_project_may_be_chosen_the_projects_own_first(desk: Desk) -> None:
    trace = desk.trace()
    desk.score(trace, "1")
    home = Project.objects.get(pk=trace.project_id)
    gold = Dataset.objects.create(project=home, name="gold")

    offered = desk.open(trace).text
    answer = desk.post(trace, "dataset", htmx=True, dataset=str(gold.pk))

    point = Datapoint.objects.get()
    assert offered.index("the project’s own") < offered.index(">gold</option>")
    assert point.dataset_id == gold.pk
    assert f'href="/datapoints/{point.pk}"' in answer.text
    assert "Added to “gold”, with its output as the answer." in words(answer)


@pytest.mark.parametrize("sent", ["x", "\0", "01a22e36-cbe7-7655-929d-a844a1509dd7"])
def test_a_dataset_that_is_not_there_is_404(desk: Desk, sent: str) -> None:
    trace = desk.trace()
    desk.score(trace, "1")

    assert desk.post(trace, "dataset", dataset=sent).status_code == 404
    assert not Datapoint.objects.exists()


def test_queued_is_said_on_the_page(desk: Desk, endpoint: ChatEndpoint) -> None:
    trace = desk.trace()
    desk.score(trace, "0.2", "Only in year one.")

    answer = words(desk.post(trace, "dataset", htmx=True))

    assert "Queued: its answer is being written" in answer
    assert "in the making" in answer
