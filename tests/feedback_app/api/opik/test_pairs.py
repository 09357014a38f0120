"""Opik's clients know traces and threads: a queue of pairs does not exist for them."""

import json
from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.feedback_app.pairing import Pairing
from traces_app.models import AnnotationQueue, QueueItem, Role

pytestmark = pytest.mark.django_db
HOME = "/api/v1/private"


class Caller:
    """The owner of a workspace with a queue of one pair, through the API."""

    def __init__(self, role: Role = Role.OWNER) -> None:
        self.room = Pairing()
        self.room.add(self.room.first, self.room.other)
        self.plain = factories.queue(self.room.lead, self.room.project.pk, self.room.first)
        key = factories.key(self.room.workspace, role)
        self.client = Client(headers={"Authorization": key})

    def get(self, path: str, **params: str) -> Any:
        return self.client.get(f"{HOME}{path}", params)

    def send(self, method: str, path: str, body: Any) -> Any:
        ask = getattr(self.client, method)
        return ask(f"{HOME}{path}", json.dumps(body), content_type="application/json")


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.mark.parametrize("role", [Role.OWNER, Role.REVIEWER])
def test_lists_and_totals_leave_queues_of_pairs_out(role: Role) -> None:
    caller = Caller(role)
    found = caller.get("/annotation-queues").json()

    assert found["total"] == 1
    assert [each["id"] for each in found["content"]] == [str(caller.plain.pk)]


def test_queue_of_pairs_is_not_found_by_its_id(caller: Caller) -> None:
    queue, item = caller.room.queue.pk, caller.room.first.pk
    path = f"/annotation-queues/{queue}"

    assert caller.get(path).status_code == 404
    assert caller.get(f"{path}/locks").status_code == 404
    assert caller.send("patch", path, {"name": "x"}).status_code == 404
    for act in ("add", "delete", "search"):
        sent = {"ids": [str(item)]}
        assert caller.send("post", f"{path}/items/{act}", sent).status_code == 404
    assert caller.send("put", f"{path}/items/{item}/lock", {}).status_code == 404
    assert QueueItem.objects.filter(queue_id=queue).count() == 1


def test_delete_passes_queues_of_pairs_by(caller: Caller) -> None:
    sent = {"ids": [str(caller.room.queue.pk)]}

    assert caller.send("post", "/annotation-queues/delete", sent).status_code == 204
    assert AnnotationQueue.objects.filter(pk=caller.room.queue.pk).exists()


def test_traces_do_not_name_queues_of_pairs(caller: Caller) -> None:
    project = str(caller.room.project.pk)
    asked = {"field": "annotation_queue_ids", "operator": "contains"}

    def total(queue: AnnotationQueue) -> int:
        wanted = json.dumps([asked | {"value": str(queue.pk)}])
        return int(caller.get("/traces", project_id=project, filters=wanted).json()["total"])

    assert (total(caller.room.queue), total(caller.plain)) == (0, 1)


def test_scope_pair_is_refused_as_any_other_word(caller: Caller) -> None:
    def refusal(scope: str) -> tuple[int, str]:
        sent = {"project_id": str(caller.room.project.pk), "name": "x", "scope": scope}
        answer = caller.send("post", "/annotation-queues", sent)
        return answer.status_code, answer.text.replace(scope, "")

    assert refusal("pair") == refusal("word")
    assert refusal("pair")[0] >= 400
