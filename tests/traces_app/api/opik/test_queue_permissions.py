"""What each key may do with Opik's annotation queues."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik
from tests.traces_app.api.opik.queues import ADDRESS, made, queue, read, sent_traces
from traces_app.models import AnnotationQueue, QueueItem, Role, Workspace
from traces_app.services import queues
from traces_app.services.queues import Wishes

pytestmark = pytest.mark.django_db


def calls(queue_id: str, item: str, project_id: str) -> list[tuple[str, str, Any]]:
    """Every endpoint, as (method, path, body); what changes most comes last."""
    here, ids = f"{ADDRESS}/{queue_id}", {"ids": [item]}
    return [
        ("GET", ADDRESS, None),
        ("GET", here, None),
        ("GET", f"{here}/locks", None),
        ("POST", f"{here}/items/search", ids),
        ("PUT", f"{here}/items/{item}/lock", None),
        ("POST", ADDRESS, queue(project_id)),
        ("POST", f"{ADDRESS}/batch", {"annotation_queues": [queue(project_id)]}),
        ("PATCH", here, {"name": "x"}),
        ("POST", f"{here}/items/add", ids),
        ("POST", f"{here}/items/delete", ids),
        ("POST", f"{ADDRESS}/delete", {"ids": [queue_id]}),
    ]


@pytest.fixture
def everything(opik: Opik, project_id: str) -> list[tuple[str, str, Any]]:
    (item,) = sent_traces(opik, 1)
    queue_id = made(opik, project_id)
    opik.post(f"{ADDRESS}/{queue_id}/items/add", {"ids": [item]})
    return calls(queue_id, item, project_id)


def statuses(client: Opik, wanted: list[tuple[str, str, Any]]) -> list[int]:
    return [client.send(*call).status_code for call in wanted]


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        (Role.MEMBER, [200] * 5 + [201, 204, 204, 204, 204, 204]),
        (Role.REVIEWER, [200] * 5 + [403] * 6),
        (Role.VIEWER, [200] * 4 + [403] * 7),
    ],
)
def test_each_role_may_do_what_it_may(
    workspace: Workspace, everything: list[Any], role: Role, wanted: list[int]
) -> None:
    assert statuses(Opik(factories.key(workspace, role)), everything) == wanted


@pytest.mark.parametrize("prefix", ["/v1/private", "/api/v1/private"])
def test_without_a_key_everything_is_401_under_both_prefixes(
    everything: list[Any], prefix: str
) -> None:
    assert set(statuses(Opik(None, prefix=prefix), everything)) == {401}


def test_stranger_gets_what_unknown_ids_get_and_changes_nothing(
    everything: list[Any], project_id: str
) -> None:
    stranger = Opik(factories.key(factories.workspace()))
    nowhere = calls(str(uuid7()), str(uuid7()), str(uuid7()))

    theirs, unknown = statuses(stranger, everything), statuses(stranger, nowhere)

    assert theirs == unknown == [200, *[404] * 9, 204]
    assert stranger.get(ADDRESS).json()["total"] == 0
    assert AnnotationQueue.objects.get().item_count == 1


def test_reviewer_sees_own_queues_only(
    opik: Opik, workspace: Workspace, everything: list[Any], project_id: str
) -> None:
    hidden = AnnotationQueue.objects.get()
    access = factories.access(workspace)
    queues.edit(access=access, queue_id=hidden.pk, wishes=Wishes(is_for_everyone=False))
    own = made(opik, project_id, name="own")
    reviewer = Opik(factories.key(workspace, Role.REVIEWER))

    answers = statuses(reviewer, everything)

    assert [row["id"] for row in reviewer.get(ADDRESS).json()["content"]] == [own]
    assert answers == [200, 404, 404, 404, 404, *[403] * 6]


def test_reviewer_of_a_blind_queue_sees_no_averages(
    opik: Opik, workspace: Workspace, everything: list[Any]
) -> None:
    blind = AnnotationQueue.objects.get()
    access = factories.access(workspace)
    queues.edit(access=access, queue_id=blind.pk, wishes=Wishes(is_blind=True))
    item = QueueItem.objects.get().entity_id
    said = {"name": "tone", "value": 1, "source": "ui", "source_queue_id": str(blind.pk)}
    opik.put(f"/traces/{item}/feedback-scores", said)
    reviewer = Opik(factories.key(workspace, Role.REVIEWER))

    assert "feedback_scores" not in read(reviewer, str(blind.pk))
    assert "feedback_scores" not in reviewer.get(ADDRESS).json()["content"][0]
    assert read(opik, str(blind.pk))["feedback_scores"] == [{"name": "tone", "value": 1}]
