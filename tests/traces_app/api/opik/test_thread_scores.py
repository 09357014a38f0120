"""Scores on threads through Opik's dialect, where threads are named by project and id."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import Project, Role, Score, ScoreMean, Thread, Workspace

pytestmark = pytest.mark.django_db
NAME = "rec proj"
SCORE = {"project_name": NAME, "thread_id": "t", "name": "quality", "value": 0.5, "source": "sdk"}
PATH = "/traces/threads/feedback-scores"
GONE = {"project_name": NAME, "thread_id": "t", "names": ["quality"]}


def put(opik: Opik, *scores: dict[str, Any]) -> Any:
    return opik.put(PATH, {"scores": [SCORE | score for score in scores]})


def read(opik: Opik, thread_id: str = "t") -> dict[str, Any]:
    body = {"project_name": NAME, "thread_id": thread_id}
    scores = opik.post("/traces/threads/retrieve", body).json().get("feedback_scores", [])
    return {score["name"]: score for score in scores}


@pytest.fixture
def sent(opik: Opik) -> None:
    opik.post("/traces/batch", {"traces": [trace(thread_id="t")]})


def test_open_thread_is_scored(opik: Opik, sent: None) -> None:
    assert put(opik, {"reason": " so so "}, {"name": "tone", "value": 1}).status_code == 204

    scores = read(opik)
    assert (scores["quality"]["value"], scores["quality"]["reason"]) == (0.5, "so so")
    assert scores["tone"]["value"] == 1


def test_score_before_any_trace_makes_thread_and_project_and_waits_there(opik: Opik) -> None:
    assert put(opik, {"project_name": "new", "thread_id": "early"}).status_code == 204
    assert Project.objects.filter(name="new").exists()

    opik.post("/traces", trace(project_name="new", thread_id="early", source="experiment"))

    body = {"project_name": "new", "thread_id": "early"}
    thread = opik.post("/traces/threads/retrieve", body).json()
    assert thread["feedback_scores"][0]["value"] == 0.5
    assert Thread.objects.get().source == "experiment"


def test_without_a_project_it_is_the_default_one(opik: Opik) -> None:
    put(opik, {"project_name": None})

    assert Thread.objects.get().project.name == "Default Project"


def test_project_id_wins_over_the_name(opik: Opik, sent: None) -> None:
    home = Project.objects.get(name=NAME)

    put(opik, {"project_name": "other", "project_id": str(home.pk)})

    assert read(opik)["quality"]["value"] == 0.5
    unknown = put(opik, {"project_id": str(uuid7())})
    assert unknown.status_code == 404


def test_authors_of_one_name_are_averaged(workspace: Workspace, opik: Opik, sent: None) -> None:
    other = Opik(factories.key(workspace, Role.MEMBER))

    put(opik, {})
    put(other, {"value": 1})

    assert read(opik)["quality"]["value"] == 0.75
    assert len(read(opik)["quality"]["value_by_author"]) == 2
    assert ScoreMean.objects.get().count == 2


def test_author_in_the_body_is_ignored(opik: Opik, sent: None) -> None:
    put(opik, {"author": "somebody else"})

    assert "somebody else" not in read(opik)["quality"]["value_by_author"]


def test_names_are_deleted_by_author_and_queue(
    workspace: Workspace, opik: Opik, sent: None
) -> None:
    person = factories.member(workspace, Role.MEMBER)
    other = Opik(factories.key(workspace, person=person))
    put(opik, {}, {"name": "tone"})
    put(other, {"value": 1})

    mine = GONE | {"author": person.author_name}
    assert opik.post(f"{PATH}/delete", mine).status_code == 204
    assert read(opik)["quality"]["value"] == 0.5
    in_queue = GONE | {"source_queue_id": str(uuid7())}
    assert opik.post(f"{PATH}/delete", in_queue).status_code == 204
    assert set(read(opik)) == {"quality", "tone"}
    opik.post(f"{PATH}/delete", GONE | {"names": ["quality", "tone", "unknown"]})
    assert read(opik) == {}


@pytest.mark.parametrize("where", [{"project_name": "nowhere"}, {"thread_id": "unknown"}])
def test_deleting_what_is_not_there_is_no_error(
    opik: Opik, sent: None, where: dict[str, str]
) -> None:
    put(opik, {})

    assert opik.post(f"{PATH}/delete", GONE | where).status_code == 204
    assert Score.objects.count() == 1


def test_names_are_those_of_threads_alone(opik: Opik, sent: None) -> None:
    put(opik, {}, {"name": "tone"}, {"name": "other", "project_name": "elsewhere"})
    pk = trace(thread_id="t")["id"]
    opik.post("/traces", trace(thread_id="t") | {"id": pk})
    opik.put(f"/traces/{pk}/feedback-scores", {"name": "of trace", "value": 1, "source": "sdk"})
    home = str(Project.objects.get(name=NAME).pk)

    assert opik.get(f"{PATH}/names", project_id=home).json() == {
        "scores": [{"name": "quality"}, {"name": "tone"}]
    }
    everywhere = opik.get(f"{PATH}/names").json()["scores"]
    assert [each["name"] for each in everywhere] == ["other", "quality", "tone"]
    assert opik.get(f"{PATH}/names", project_id=str(uuid7())).status_code == 404


@pytest.mark.parametrize(
    ("score", "line"),
    [
        ({"thread_id": " "}, "scores[0].threadId must not be blank"),
        ({"thread_id": "x" * 1001}, "scores[0].threadId size must be between 0 and 1000"),
        ({"name": ""}, "scores[0].name must not be blank"),
        ({"value": None}, "scores[0].value must not be null"),
        ({"value": 1e10}, "scores[0].value must be less than or equal to 999999999.999999999"),
        ({"source": None}, "scores[0].source must not be null"),
        ({"project_name": " "}, "scores[0].projectName must not be blank"),
    ],
)
def test_broken_rules_are_named(opik: Opik, score: dict[str, Any], line: str) -> None:
    answer = put(opik, score)

    assert (answer.status_code, answer.json()) == (422, {"errors": [line]})


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"project_name": ""}, "projectName must not be blank"),
        ({"thread_id": None}, "threadId must not be blank"),
        ({"names": []}, "names size must be between 1 and 1000"),
        ({"names": None}, "names must not be null"),
        ({"names": [" "]}, "names[].<iterable element> must not be blank"),
    ],
)
def test_broken_rules_of_deleting_are_named(opik: Opik, body: dict[str, Any], line: str) -> None:
    answer = opik.post(f"{PATH}/delete", GONE | body)

    assert (answer.status_code, answer.json()) == (422, {"errors": [line]})


@pytest.mark.parametrize("number", [0, 1001])
def test_batch_holds_1_to_1000_scores(opik: Opik, number: int) -> None:
    answer = opik.put(PATH, {"scores": [SCORE] * number})

    assert answer.json() == {"errors": ["scores size must be between 1 and 1000"]}
