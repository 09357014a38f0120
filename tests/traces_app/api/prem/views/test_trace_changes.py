"""Prem's update and delete of a trace, as its clients call them."""

from typing import Any

import pytest

from feedback_app.models import User
from tests import factories
from tests.traces_app.api.prem.studio import studio
from traces_app.models import Role

pytestmark = pytest.mark.django_db


def test_put_changes_only_what_is_sent() -> None:
    prem = studio()
    pk = prem.create(score=0.5, feedback="Good.")

    trace = prem.read("put", f"traces/{pk}", {"score": 0.75})

    assert (trace["score"], trace["feedback"]) == (0.75, "Good.")
    assert trace == {k: v for k, v in prem.read("get", f"traces/{pk}").items() if k != "feedbacks"}


def test_patch_is_put() -> None:
    prem = studio()

    trace = prem.read("patch", f"traces/{prem.create()}", {"feedback": "Kind."})

    assert trace["feedback"] == "Kind."


@pytest.mark.parametrize("cleared", [None, ""])
def test_put_clears_feedback_and_keeps_the_score(cleared: str | None) -> None:
    prem = studio()
    pk = prem.create(score=0.5, feedback="Good.")

    trace = prem.read("put", f"traces/{pk}", {"feedback": cleared})

    assert (trace["score"], trace["feedback"]) == (0.5, None)


def test_put_of_a_null_score_takes_own_score_and_words_away() -> None:
    prem = studio()
    pk = prem.create(score=0.5, feedback="Good.")

    trace = prem.read("put", f"traces/{pk}", {"score": None})

    assert (trace["score"], trace["feedback"]) == (None, None)


def test_put_of_a_null_score_with_feedback_leaves_the_words_alone() -> None:
    prem = studio()
    pk = prem.create(score=0.5, feedback="Good.")

    trace = prem.read("put", f"traces/{pk}", {"score": None, "feedback": "Later."})

    assert (trace["score"], trace["feedback"]) == (None, "Later.")


def test_put_of_a_null_score_brings_back_another_authors() -> None:
    workspace = factories.workspace()
    anna, ben = studio(workspace), studio(workspace, Role.MEMBER)
    pk = anna.create(score=0.5, feedback="Good.")
    ben.read("put", f"traces/{pk}", {"score": 0.1, "feedback": "Bad."})

    trace = ben.read("put", f"traces/{pk}", {"score": None})

    assert (trace["score"], trace["feedback"]) == (0.5, "Good.")


def test_absent_feedback_never_keeps_another_authors_words() -> None:
    workspace = factories.workspace()
    anna, ben = studio(workspace), studio(workspace, Role.MEMBER)
    pk = anna.create(score=0.5, feedback="Good.")

    trace = ben.read("put", f"traces/{pk}", {"score": 0.1})

    assert (trace["score"], trace["feedback"]) == (0.1, None)


def test_words_that_stood_alone_go_with_the_score_of_their_author() -> None:
    prem = studio()
    pk = prem.create(feedback="Kind.")

    trace = prem.read("put", f"traces/{pk}", {"score": 1})

    assert (trace["score"], trace["feedback"]) == (1, "Kind.")


def test_words_written_alone_outlive_a_score() -> None:
    prem = studio()
    pk = prem.create(feedback="Kind.")
    prem.read("put", f"traces/{pk}", {"score": 1})

    trace = prem.read("put", f"traces/{pk}", {"score": None})

    assert (trace["score"], trace["feedback"]) == (None, "Kind.")


def test_put_moves_to_a_project_and_null_back_to_none() -> None:
    workspace = factories.workspace()
    prem, project = studio(workspace), factories.project(workspace)
    pk = prem.create(score=0.5)

    there = prem.read("put", f"traces/{pk}", {"projectId": str(project.pk)})
    back = prem.read("put", f"traces/{pk}", {"project_id": None, "score": 0.6})

    assert there["projectId"] == str(project.pk)
    assert (back["projectId"], back["score"]) == (None, 0.6)


def test_put_to_a_project_of_others_changes_nothing() -> None:
    prem = studio()
    pk = prem.create(score=0.5)

    answer = prem.call(
        "put", f"traces/{pk}", {"score": 0.9, "projectId": str(factories.project().pk)}
    )

    assert answer.status_code == 404
    assert prem.read("get", f"traces/{pk}")["score"] == 0.5


def test_put_does_not_edit_what_was_said_by_the_model() -> None:
    prem = studio()
    pk = prem.create()

    trace = prem.read("put", f"traces/{pk}", {"input": "x", "output": "y", "modelId": "z"})

    assert (trace["input"], trace["output"], trace["modelId"]) == ("question", "answer", "m-1")


@pytest.mark.parametrize(
    "body", [{"score": 2}, {"feedback": "x" * 2049}, {"projectId": "a"}, [], 1]
)
def test_bad_put_is_refused_and_changes_nothing(body: Any) -> None:
    prem = studio()
    pk = prem.create(score=0.5)

    answer = prem.call("put", f"traces/{pk}", body)

    assert answer.status_code == 400
    assert prem.read("get", f"traces/{pk}")["score"] == 0.5


def test_get_lists_everybodys_feedback() -> None:
    workspace = factories.workspace()
    anna, ben = studio(workspace), studio(workspace, Role.MEMBER)
    pk = anna.create(score=0.5, feedback="Good.")
    ben.read("put", f"traces/{pk}", {"score": 0.1, "feedback": "Bad."})

    said = anna.read("get", f"traces/{pk}")["feedbacks"]

    assert [(one["score"], one["feedback"]) for one in said] == [(0.1, "Bad."), (0.5, "Good.")]
    assert {one["author"] for one in said} <= set(User.objects.values_list("email", flat=True))


def test_deleted_trace_is_gone() -> None:
    prem = studio()
    pk = prem.create(score=0.5)

    answer = prem.read("delete", f"traces/{pk}")

    assert answer == {"success": True, "id": pk}
    assert prem.call("get", f"traces/{pk}").status_code == 404
    assert prem.call("delete", f"traces/{pk}").status_code == 404
    assert prem.read("get", "traces")["total"] == 0
