"""One store, two dialects and the pages: what one face writes, the others read (prem.md §3.1)."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import Role, Trace, Workspace

pytestmark = pytest.mark.django_db
VERDICT = "User feedback"


class Faces:
    """One person with a key for both dialects and a browser."""

    def __init__(self, workspace: Workspace, role: Role = Role.OWNER) -> None:
        self.person = factories.member(workspace, role)
        self.key = factories.key(workspace, person=self.person)
        self.opik = Opik(self.key)
        self.prem = Opik(f"Bearer {self.key}", prefix="/api/v1")
        self.browser = Client()
        self.browser.force_login(self.person)

    def judge(self, pk: str, **fields: str) -> None:
        response = self.browser.post(reverse("trace-verdict", args=[pk]), fields)
        assert response.status_code == 302, response.content

    def seen(self, pk: str) -> tuple[float | None, str | None]:
        """Score and feedback as Prem has them."""
        read = self.prem.get(f"/traces/{pk}").json()
        return read["score"], read["feedback"]

    def scores(self, pk: str) -> dict[str, Any]:
        """Opik's score of the verdict's name, empty when there is none."""
        found = self.opik.get(f"/traces/{pk}").json().get("feedback_scores", [])
        return next((score for score in found if score["name"] == VERDICT), {})


@pytest.fixture
def faces() -> Faces:
    return Faces(factories.workspace())


@pytest.fixture
def pk(faces: Faces) -> str:
    """The id of a trace that came through Opik."""
    sent = trace()
    faces.opik.post("/traces/batch", {"traces": [sent]})
    return str(sent["id"])


def posted(faces: Faces, **fields: Any) -> str:
    """The id of a trace that came through Prem."""
    body = {"modelId": "gpt-4o", "input": "Hello?", "output": "Hi."} | fields
    response = faces.prem.post("/traces", [body])
    assert response.status_code == 200, response.content
    return str(response.json()["results"][0]["traceId"])


def test_prems_trace_is_read_scored_and_deleted_through_opik(faces: Faces) -> None:
    pk = posted(faces)

    read = faces.opik.get(f"/traces/{pk}").json()
    score = {"name": VERDICT, "value": 0.6, "source": "sdk", "reason": "so so"}
    faces.opik.put(f"/traces/{pk}/feedback-scores", score)
    seen = faces.seen(pk)
    faces.opik.delete(f"/traces/{pk}")

    assert (read["input"], read["output"], read["model_id"]) == ("Hello?", "Hi.", "gpt-4o")
    assert "name" not in read
    assert seen == (0.6, "so so")
    assert faces.prem.get(f"/traces/{pk}").status_code == 404


def test_opiks_trace_is_read_scored_and_deleted_through_prem(faces: Faces, pk: str) -> None:
    read = faces.prem.get(f"/traces/{pk}").json()
    faces.prem.put(f"/traces/{pk}", {"score": 0.9, "feedback": "good"})
    score = faces.scores(pk)
    faces.prem.delete(f"/traces/{pk}")

    assert (read["input"], read["output"]) == ('{"q":"hello"}', '{"a":"hi"}')
    assert (score["value"], score["reason"], score["source"]) == (0.9, "good", "sdk")
    assert faces.opik.get(f"/traces/{pk}").status_code == 404


def test_pages_verdict_is_read_through_both(faces: Faces, pk: str) -> None:
    faces.judge(pk, score="0.4", feedback="Wrong\r\nterm")

    assert faces.seen(pk) == (0.4, "Wrong\nterm")
    assert (faces.scores(pk)["value"], faces.scores(pk)["source"]) == (0.4, "ui")


def test_newest_verdict_of_two_people_counts_everywhere(faces: Faces, pk: str) -> None:
    workspace = Workspace.objects.get(memberships__user=faces.person)
    other = Faces(workspace, Role.MEMBER)
    faces.prem.put(f"/traces/{pk}", {"score": 0.2, "feedback": "bad"})
    other.judge(pk, score="0.8", feedback="fine")

    assert faces.seen(pk) == (0.8, "fine")
    assert faces.scores(pk)["value"] == 0.5


def test_deleting_the_newest_brings_the_older_back(faces: Faces, pk: str) -> None:
    workspace = Workspace.objects.get(memberships__user=faces.person)
    other = Faces(workspace, Role.MEMBER)
    faces.prem.put(f"/traces/{pk}", {"score": 0.2, "feedback": "bad"})
    other.judge(pk, score="0.8", feedback="fine")

    faces.opik.post(
        f"/traces/{pk}/feedback-scores/delete", {"name": VERDICT, "author": other.person.email}
    )

    assert faces.seen(pk) == (0.2, "bad")


@pytest.mark.parametrize("reason", [{}, {"reason": None}])
def test_absent_reason_through_opik_keeps_the_words_from_a_page(
    faces: Faces, pk: str, reason: dict[str, None]
) -> None:
    faces.judge(pk, score="0.4", feedback="kept")

    score = {"name": VERDICT, "value": 0.5, "source": "sdk"} | reason
    faces.opik.put(f"/traces/{pk}/feedback-scores", score)

    assert faces.seen(pk) == (0.5, "kept")


def test_absent_feedback_through_prem_keeps_it_and_null_clears(faces: Faces, pk: str) -> None:
    faces.judge(pk, score="0.4", feedback="kept")

    faces.prem.put(f"/traces/{pk}", {"score": 0.6})
    kept = faces.seen(pk)
    faces.prem.put(f"/traces/{pk}", {"feedback": None})

    assert kept == (0.6, "kept")
    assert faces.seen(pk) == (0.6, None)


def test_prems_null_score_removes_only_the_callers(faces: Faces, pk: str) -> None:
    workspace = Workspace.objects.get(memberships__user=faces.person)
    other = Faces(workspace, Role.MEMBER)
    other.judge(pk, score="0.8", feedback="fine")
    faces.prem.put(f"/traces/{pk}", {"score": 0.2})

    faces.prem.put(f"/traces/{pk}", {"score": None})

    assert faces.seen(pk) == (0.8, "fine")


def test_score_out_of_range_through_opik_moves_no_verdict(faces: Faces, pk: str) -> None:
    workspace = Workspace.objects.get(memberships__user=faces.person)
    other = Faces(workspace, Role.MEMBER)
    faces.judge(pk, score="0.4", feedback="mine")

    score = {"name": VERDICT, "value": 5, "source": "sdk"}
    other.opik.put(f"/traces/{pk}/feedback-scores", score)

    assert faces.seen(pk) == (0.4, "mine")
    assert faces.scores(pk)["value"] == 2.7


def test_feedback_alone_through_prem_becomes_the_reason_of_a_later_score(
    faces: Faces, pk: str
) -> None:
    faces.prem.put(f"/traces/{pk}", {"feedback": "words first"})
    alone = faces.seen(pk)

    faces.judge(pk, score="0.7", feedback="words first")

    assert alone == (None, "words first")
    assert faces.scores(pk)["reason"] == "words first"


def test_long_reason_through_opik_is_kept_whole_and_refused_elsewhere(
    faces: Faces, pk: str
) -> None:
    long = "x" * 3000
    score = {"name": VERDICT, "value": 0.5, "source": "sdk", "reason": long}
    faces.opik.put(f"/traces/{pk}/feedback-scores", score)

    refused = faces.prem.put(f"/traces/{pk}", {"feedback": long})
    page = faces.browser.post(reverse("trace-verdict", args=[pk]), {"feedback": long})

    assert (refused.status_code, page.status_code) == (400, 422)
    assert faces.seen(pk) == (0.5, long)


def test_withdrawn_in_a_page_it_is_gone_everywhere(faces: Faces, pk: str) -> None:
    faces.judge(pk, score="0.4", feedback="mine")

    faces.browser.post(reverse("trace-verdict-withdraw", args=[pk]))

    assert faces.seen(pk) == (None, None)
    assert faces.scores(pk) == {}


def test_dataset_reads_the_same_verdict(faces: Faces, pk: str) -> None:
    below = faces.prem.post(f"/traces/{pk}/addToDataset").json()
    faces.judge(pk, score="0.7", feedback="")

    above = faces.prem.post(f"/traces/{pk}/addToDataset").json()

    assert (below["status"], below["success"]) == ("failed", False)
    assert above["status"] == "added"
    stored = Trace.objects.get(pk=pk)
    assert (stored.score, stored.added_to_dataset) == (Decimal("0.7"), True)


def test_default_project_is_prems_null_and_opiks_missing_name(faces: Faces) -> None:
    pk = posted(faces)
    listed = faces.opik.get("/traces", project_name="Default Project").json()

    assert [each["id"] for each in listed["content"]] == [pk]
    assert faces.prem.get(f"/traces/{pk}").json()["projectId"] is None
