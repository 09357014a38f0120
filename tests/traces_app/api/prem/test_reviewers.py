"""What a reviewer's key reads through Prem's dialect: own items, and where blind own words."""

from uuid import UUID

import pytest

from tests import factories
from tests.traces_app.api.prem.studio import Studio, studio
from traces_app.access import Access
from traces_app.models import Role, Trace, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return factories.workspace()


@pytest.fixture
def owner(workspace: Workspace) -> Access:
    return factories.access(workspace)


def judged(workspace: Workspace) -> Trace:
    pk = studio(workspace).create(score=0.9, feedback="the owner's words")
    return Trace.objects.get(pk=UUID(pk))


def reviewer_of(owner: Access, workspace: Workspace, trace: Trace, *, is_blind: bool) -> Studio:
    factories.queue(owner, trace.project_id, trace, is_blind=is_blind)
    return studio(workspace, Role.REVIEWER)


def test_reviewer_reads_own_items_alone(workspace: Workspace, owner: Access) -> None:
    mine, other = judged(workspace), judged(workspace)
    client = reviewer_of(owner, workspace, mine, is_blind=False)

    page = client.read("get", "traces")

    assert ([row["id"] for row in page["results"]], page["total"]) == ([str(mine.pk)], 1)
    assert page["results"][0]["score"] == 0.9
    assert client.call("get", f"traces/{other.pk}").status_code == 404
    assert client.call("put", f"traces/{other.pk}", {"score": 0}).status_code == 404


def test_blind_reviewer_reads_no_score_and_no_words_of_others(
    workspace: Workspace, owner: Access
) -> None:
    trace = judged(workspace)
    client = reviewer_of(owner, workspace, trace, is_blind=True)

    one = client.read("get", f"traces/{trace.pk}")
    (listed,) = client.read("get", "traces")["results"]

    assert (one["score"], one["feedback"], one["feedbacks"]) == (None, None, [])
    assert (listed["score"], listed["feedback"]) == (None, None)


def test_why_a_trace_is_in_no_dataset_is_hidden_from_blind_reviewers(
    workspace: Workspace, owner: Access
) -> None:
    trace = judged(workspace)
    Trace.objects.filter(pk=trace.pk).update(
        processing_status=Trace.ProcessingStatus.FAILED, processing_error="It has the score 0.9."
    )
    client = reviewer_of(owner, workspace, trace, is_blind=True)

    one = client.read("get", f"traces/{trace.pk}")

    assert (one["processingStatus"], one["processingError"]) == ("none", "")
    assert client.call("get", "traces", processingStatus="failed").status_code == 403
    assert studio(workspace).read("get", f"traces/{trace.pk}")["processingStatus"] == "failed"


def test_blind_reviewer_reads_own_verdict_back(workspace: Workspace, owner: Access) -> None:
    trace = judged(workspace)
    client = reviewer_of(owner, workspace, trace, is_blind=True)

    answer = client.read("put", f"traces/{trace.pk}", {"score": 0.25, "feedback": "mine"})
    studio(workspace).read("put", f"traces/{trace.pk}", {"score": 1})

    one = client.read("get", f"traces/{trace.pk}")
    assert (answer["score"], answer["feedback"]) == (0.25, "mine")
    assert (one["score"], one["feedback"], len(one["feedbacks"])) == (0.25, "mine", 1)


@pytest.mark.parametrize(
    "asked", [{"minScore": "0"}, {"maxScore": "1"}, {"hasFeedback": "true"}, {"sortBy": "score"}]
)
def test_blind_reviewer_may_not_ask_for_scores(
    workspace: Workspace, owner: Access, asked: dict[str, str]
) -> None:
    client = reviewer_of(owner, workspace, judged(workspace), is_blind=True)

    assert client.call("get", "traces", **asked).status_code == 403
    assert studio(workspace).call("get", "traces", **asked).status_code == 200
