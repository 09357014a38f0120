"""Feedback scores through Opik's dialect."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import Role, Trace, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(opik: Opik) -> dict[str, Any]:
    made = trace()
    opik.post("/traces", made)
    return made


def score(**fields: Any) -> dict[str, Any]:
    return {"name": "quality", "value": 0.75, "source": "sdk"} | fields


def scores_of(opik: Opik, pk: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = opik.get(f"/traces/{pk}").json().get("feedback_scores", [])
    return found


def test_batch_of_scores_is_read_back(opik: Opik, sent: dict[str, Any]) -> None:
    said = score(id=sent["id"], reason=" because ", category_name="good", project_name="x")

    response = opik.put("/traces/feedback-scores", {"scores": [said]})

    (read,) = scores_of(opik, sent["id"])
    assert response.status_code == 204
    assert (read["name"], read["value"], read["reason"]) == ("quality", 0.75, "because")
    assert (read["category_name"], read["source"]) == ("good", "sdk")


def test_two_authors_are_averaged_and_kept_apart(
    opik: Opik, workspace: Workspace, sent: dict[str, Any]
) -> None:
    other = Opik(factories.key(workspace, Role.MEMBER))
    opik.put(f"/traces/{sent['id']}/feedback-scores", score(value=1, reason="good"))
    other.put(f"/traces/{sent['id']}/feedback-scores", score(value=0.3333333333))

    (read,) = scores_of(opik, sent["id"])

    assert read["value"] == 0.666666667
    assert read["reason"] == "<no reason>, good"
    assert sorted(each["value"] for each in read["value_by_author"].values()) == [0.333333333, 1]
    assert len(read["created_by"].split(", ")) == 2


def test_scoring_again_overwrites_ones_own(opik: Opik, sent: dict[str, Any]) -> None:
    for value in (1, 0.5):
        opik.put(f"/traces/{sent['id']}/feedback-scores", score(value=value))

    (read,) = scores_of(opik, sent["id"])

    assert read["value"] == 0.5


def test_score_before_its_trace_attaches_when_it_comes(opik: Opik) -> None:
    late = trace()
    before = opik.put("/traces/feedback-scores", {"scores": [score(id=late["id"])]})

    opik.post("/traces/batch", {"traces": [late]})

    assert before.status_code == 204
    assert scores_of(opik, late["id"])[0]["value"] == 0.75


def test_single_score_of_an_unknown_trace_is_404(opik: Opik) -> None:
    pk = uuid7()

    response = opik.put(f"/traces/{pk}/feedback-scores", score())

    assert response.status_code == 404
    assert response.json() == {"code": 404, "message": f"Trace id: {pk} not found"}


def test_delete_without_author_removes_all_authors(
    opik: Opik, workspace: Workspace, sent: dict[str, Any]
) -> None:
    other = Opik(factories.key(workspace, Role.MEMBER))
    for client in (opik, other):
        client.put(f"/traces/{sent['id']}/feedback-scores", score())

    response = opik.post(f"/traces/{sent['id']}/feedback-scores/delete", {"name": "quality"})

    assert response.status_code == 204
    assert scores_of(opik, sent["id"]) == []


def test_delete_with_author_keeps_the_others(
    opik: Opik, workspace: Workspace, sent: dict[str, Any]
) -> None:
    person = factories.member(workspace)
    other = Opik(factories.key(workspace, person=person))
    opik.put(f"/traces/{sent['id']}/feedback-scores", score(value=1))
    other.put(f"/traces/{sent['id']}/feedback-scores", score(value=0))

    opik.post(
        f"/traces/{sent['id']}/feedback-scores/delete",
        {"name": "quality", "author": person.email},
    )

    assert scores_of(opik, sent["id"])[0]["value"] == 1


def test_delete_of_nothing_is_204(opik: Opik) -> None:
    for pk in (uuid7(),):
        response = opik.post(f"/traces/{pk}/feedback-scores/delete", {"name": "none"})
        assert response.status_code == 204


def test_queue_scores_survive_a_delete_without_queue(opik: Opik, sent: dict[str, Any]) -> None:
    queue = str(uuid7())
    opik.put(f"/traces/{sent['id']}/feedback-scores", score(source_queue_id=queue))

    opik.post(f"/traces/{sent['id']}/feedback-scores/delete", {"name": "quality"})

    (read,) = scores_of(opik, sent["id"])
    assert read["source_queue_id"] == queue
    assert next(iter(read["value_by_author"])).endswith(f"_{queue}")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"name": " "}, "scores[0].name must not be blank"),
        ({"name": None}, "scores[0].name must not be blank"),
        ({"name": "n" * 256}, "scores[0].name size must be between 0 and 255"),
        ({"value": None}, "scores[0].value must not be null"),
        ({"value": 1e9}, "scores[0].value must be less than or equal to 999999999.999999999"),
        ({"value": "NaN"}, "scores[0].value must be a number"),
        ({"value": "sNaN"}, "scores[0].value must be a number"),
        ({"category_name": "c" * 256}, "scores[0].categoryName size must be between 0 and 255"),
        ({"source": None}, "scores[0].source must not be null"),
        ({"id": None}, "scores[0].id must not be null"),
    ],
)
def test_broken_rule_of_a_score_is_422(opik: Opik, change: dict[str, Any], line: str) -> None:
    response = opik.put("/traces/feedback-scores", {"scores": [score(id=str(uuid7())) | change]})

    assert (response.status_code, response.json()) == (422, {"errors": [line]})


def test_score_of_an_id_that_is_no_uuid7_is_400(opik: Opik) -> None:
    said = score(id="0190babc-62a0-41d2-832a-0feffa4676eb")

    response = opik.put("/traces/feedback-scores", {"scores": [said]})

    assert response.status_code == 400
    assert response.json()["details"] == "trace id must be a version 7 UUID"


def test_user_feedback_is_the_verdict_and_null_reason_keeps_it(
    opik: Opik, sent: dict[str, Any]
) -> None:
    path = f"/traces/{sent['id']}/feedback-scores"
    opik.put(path, score(name="User feedback", value=0.2, reason="wrong"))

    opik.put(path, score(name="User feedback", value=0.4, reason=None))

    stored = Trace.objects.get()
    assert (float(stored.score or 0), stored.feedback) == (0.4, "wrong")


def test_largest_values_are_exact(opik: Opik, sent: dict[str, Any]) -> None:
    body = '{"name": "big", "value": -999999999.999999999, "source": "sdk"}'

    opik.raw("PUT", f"/traces/{sent['id']}/feedback-scores", body.encode())

    assert b"-999999999.999999999" in opik.get(f"/traces/{sent['id']}").content


def names(opik: Opik, **query: str) -> list[str]:
    response = opik.get("/traces/feedback-scores/names", **query)
    assert response.status_code == 200
    return [each["name"] for each in response.json()["scores"]]


def test_names_are_those_of_the_project_or_of_all(opik: Opik, sent: dict[str, Any]) -> None:
    other = trace(project_name="elsewhere")
    opik.post("/traces", other)
    opik.put(f"/traces/{sent['id']}/feedback-scores", score(name="b"))
    opik.put(f"/traces/{other['id']}/feedback-scores", score(name="a"))
    here = Trace.objects.get(pk=sent["id"]).project_id

    assert names(opik) == ["a", "b"]
    assert names(opik, project_id=str(here)) == ["b"]


def test_names_are_empty_without_scores_and_404_without_the_project(
    opik: Opik, sent: dict[str, Any]
) -> None:
    path, pk = "/traces/feedback-scores/names", str(uuid7())
    here = str(Trace.objects.get().project_id)
    stranger = Opik(factories.key(factories.workspace()))
    unknown = {"code": 404, "message": f"Project id: {pk} not found"}

    assert names(opik, project_id=here) == []
    assert opik.get(path, project_id=pk).json() == unknown
    assert stranger.get(path, project_id=here).status_code == 404
    assert names(stranger) == []
    assert opik.get(path, project_id="no-uuid").status_code == 404


def test_author_is_the_keys_whatever_the_body_says(
    opik: Opik, workspace: Workspace, sent: dict[str, Any]
) -> None:
    person = factories.member(workspace)
    client = Opik(factories.key(workspace, person=person))

    client.put("/traces/feedback-scores", {"scores": [score(id=sent["id"], author="someone")]})
    client.put(f"/traces/{sent['id']}/feedback-scores", score(name="b", author="someone"))

    read = scores_of(opik, sent["id"])
    assert [list(each["value_by_author"]) for each in read] == [[person.email]] * 2
    assert {each["created_by"] for each in read} == {person.email}


def test_one_author_may_score_once_in_each_queue_and_outside(
    opik: Opik, sent: dict[str, Any]
) -> None:
    queues = [str(uuid7()) for _ in range(2)]
    said = [score(id=sent["id"], value=n, source_queue_id=q) for n, q in enumerate(queues)]
    opik.put("/traces/feedback-scores", {"scores": said})
    opik.put("/traces/feedback-scores", {"scores": [said[1] | {"value": 4}]})
    opik.put(f"/traces/{sent['id']}/feedback-scores", score(value=8))

    (read,) = scores_of(opik, sent["id"])

    by_author = read["value_by_author"]
    author = read["created_by"].split(", ")[0]
    assert {key: each["value"] for key, each in by_author.items()} == {
        author: 8,
        f"{author}_{queues[0]}": 0,
        f"{author}_{queues[1]}": 4,
    }
    assert read["value"] == 4
    assert by_author[f"{author}_{queues[0]}"]["source_queue_id"] == queues[0]


def test_delete_in_a_queue_keeps_scores_elsewhere(opik: Opik, sent: dict[str, Any]) -> None:
    queue = str(uuid7())
    path = f"/traces/{sent['id']}/feedback-scores"
    opik.put(path, score(value=1))
    opik.put(path, score(value=0, source_queue_id=queue))

    response = opik.post(f"{path}/delete", {"name": "quality", "source_queue_id": queue})

    (read,) = scores_of(opik, sent["id"])
    assert response.status_code == 204
    assert (read["value"], "source_queue_id" in read) == (1, False)


def test_several_are_printed_as_one_with_texts_joined_newest_first(
    opik: Opik, workspace: Workspace, sent: dict[str, Any]
) -> None:
    other = Opik(factories.key(workspace, Role.MEMBER))
    path = f"/traces/{sent['id']}/feedback-scores"
    opik.put(path, score(value=0, reason="first", category_name="bad", source="ui"))
    before = scores_of(opik, sent["id"])[0]
    other.put(path, score(value=1, category_name="good", source="online_scoring"))

    (read,) = scores_of(opik, sent["id"])

    newest = max(each["last_updated_at"] for each in read["value_by_author"].values())
    assert (read["reason"], read["category_name"]) == ("<no reason>, first", "good, bad")
    assert (read["source"], read["created_at"]) == ("online_scoring", before["created_at"])
    assert read["last_updated_at"] == newest > before["last_updated_at"]
    assert read["created_by"] == read["last_updated_by"]


def test_texts_are_trimmed_and_empty_ones_are_none_but_names_are_kept(
    opik: Opik, sent: dict[str, Any]
) -> None:
    path = f"/traces/{sent['id']}/feedback-scores"
    opik.put(path, score(name=" quality ", reason=" why ", category_name=" c "))
    opik.put(path, score(name="quality", reason="  ", category_name=""))

    spaced, plain = scores_of(opik, sent["id"])

    assert (spaced["name"], spaced["reason"], spaced["category_name"]) == (" quality ", "why", "c")
    assert plain["name"] == "quality"
    assert not {"reason", "category_name"} & plain.keys()


@pytest.mark.parametrize(
    ("sent_value", "read_value"),
    [(b"0.1234567894", b"0.123456789"), (b"-0.0000000016", b"-0.000000002"), (b"1e2", b"100")],
)
def test_values_are_kept_with_nine_decimals(
    opik: Opik, sent: dict[str, Any], sent_value: bytes, read_value: bytes
) -> None:
    body = b'{"name": "n", "source": "sdk", "value": ' + sent_value + b"}"

    response = opik.raw("PUT", f"/traces/{sent['id']}/feedback-scores", body)

    assert response.status_code == 204
    assert b'"value":' + read_value + b"," in opik.get(f"/traces/{sent['id']}").content


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"name": None}, "name must not be blank"),
        ({"value": None}, "value must not be null"),
        ({"value": -1e9}, "value must be greater than or equal to -999999999.999999999"),
        ({"source": None}, "source must not be null"),
    ],
)
def test_broken_rule_of_a_single_score_is_422(
    opik: Opik, sent: dict[str, Any], change: dict[str, Any], line: str
) -> None:
    response = opik.put(f"/traces/{sent['id']}/feedback-scores", score() | change)

    assert (response.status_code, response.json()) == (422, {"errors": [line]})


@pytest.mark.parametrize("scores", [None, [], [score(id=str(uuid7()))] * 1001])
def test_a_batch_has_1_to_1000_scores(opik: Opik, scores: Any) -> None:
    assert opik.put("/traces/feedback-scores", {"scores": scores}).status_code == 422


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": None}])
def test_delete_needs_a_name(opik: Opik, sent: dict[str, Any], body: dict[str, Any]) -> None:
    response = opik.post(f"/traces/{sent['id']}/feedback-scores/delete", body)

    assert (response.status_code, response.json()) == (422, {"errors": ["name must not be blank"]})
