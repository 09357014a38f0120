"""Annotation queues: made, changed, deleted."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import (
    AnnotationQueue,
    AuditEvent,
    QueueItem,
    QueueQuestion,
    QueueReviewer,
    Reservation,
    Role,
    Score,
    Workspace,
)
from traces_app.services import queues, reservations
from traces_app.services.queues import NewQueue, Question, Wishes

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> Access:
    return factories.access()


@pytest.fixture
def project_id(access: Access) -> UUID:
    return factories.project(Workspace.objects.get()).pk


def names(queue: AnnotationQueue) -> list[str]:
    rows = QueueQuestion.objects.filter(project_id=queue.project_id, queue=queue)
    return list(rows.order_by("position").values_list("name", flat=True))


def test_new_queue_has_opiks_defaults(access: Access, project_id: UUID) -> None:
    queue = factories.queue(access, project_id)

    assert (queue.annotators_per_item, queue.lock_timeout_seconds) == (1, 300)
    assert (queue.comments_enabled, queue.is_blind, queue.item_count) == (False, False, 0)
    assert queue.is_for_everyone


def test_queue_keeps_what_is_wished(access: Access, project_id: UUID) -> None:
    wishes: dict[str, Any] = {
        "name": " Finance ",
        "description": "d\0",
        "instructions": "# Read",
        "order": "newest",
        "is_blind": True,
        "comments_enabled": True,
        "corrections_enabled": True,
        "annotators_per_item": 3,
        "lock_timeout_seconds": 900,
        "automation": '{"enabled":true}',
    }

    queue = factories.queue(access, project_id, **wishes)

    assert {name: getattr(queue, name) for name in wishes} == wishes | {
        "name": "Finance",
        "description": "d\ufffd",
    }


@pytest.mark.parametrize("order", ["judge", "disagreement"])
def test_a_blind_queue_takes_no_order_by_scores(
    access: Access, project_id: UUID, order: str
) -> None:
    blind = factories.queue(access, project_id, is_blind=True)
    ordered = factories.queue(access, project_id, order=order)

    for queue, wishes in ((blind, Wishes(order=order)), (ordered, Wishes(is_blind=True))):
        with pytest.raises(Invalid, match="place would tell"):
            queues.edit(access=access, queue_id=queue.pk, wishes=wishes)
    queues.edit(access=access, queue_id=ordered.pk, wishes=Wishes(is_blind=True, order="random"))


def test_questions_stand_in_the_order_given_once_each(access: Access, project_id: UUID) -> None:
    wanted = [Question(name=name) for name in ("tone", "accuracy", "tone")]

    queue = factories.queue(access, project_id, questions=wanted)

    assert names(queue) == ["tone", "accuracy"]


def test_question_that_stays_keeps_its_help(access: Access, project_id: UUID) -> None:
    first = Question(name="tone", help="How kind?", is_required=True, show_if='{"a":1}')
    queue = factories.queue(access, project_id, questions=[first])

    wanted = [Question(name="new"), Question(name="tone")]
    queues.edit(access=access, queue_id=queue.pk, wishes=Wishes(questions=wanted))

    tone = QueueQuestion.objects.get(name="tone")
    assert names(queue) == ["new", "tone"]
    assert (tone.help, tone.is_required, tone.show_if) == ("How kind?", True, '{"a":1}')


def test_edit_changes_what_is_not_none_and_nothing_else(access: Access, project_id: UUID) -> None:
    queue = factories.queue(access, project_id, name="A", questions=[Question(name="tone")])

    queues.edit(access=access, queue_id=queue.pk, wishes=Wishes(name="B", comments_enabled=True))

    queue.refresh_from_db()
    assert (queue.name, queue.comments_enabled, queue.description) == ("B", True, "")
    assert names(queue) == ["tone"]


def test_empty_list_takes_all_questions_away(access: Access, project_id: UUID) -> None:
    queue = factories.queue(access, project_id, questions=[Question(name="tone")])

    queues.edit(access=access, queue_id=queue.pk, wishes=Wishes(questions=[]))

    assert names(queue) == []


def test_edit_tells_what_was_before_and_after(access: Access, project_id: UUID) -> None:
    queue = factories.queue(access, project_id, name="A")

    queues.edit(access=access, queue_id=queue.pk, wishes=Wishes(name="B"))

    event = AuditEvent.objects.get(action="queue.edit")
    assert normal_form.load(event.before) == {"name": "A"}
    assert normal_form.load(event.after) == {"name": "B"}


def test_edit_that_changes_nothing_tells_nothing(access: Access, project_id: UUID) -> None:
    queue = factories.queue(access, project_id, name="A")

    queues.edit(access=access, queue_id=queue.pk, wishes=Wishes(name="A"))

    assert not AuditEvent.objects.filter(action="queue.edit").exists()


def test_named_reviewers_are_members_of_the_workspace(access: Access, project_id: UUID) -> None:
    reviewer = factories.member(Workspace.objects.get(), Role.REVIEWER)
    stranger = factories.user()

    queue = factories.queue(access, project_id, reviewer_ids=[reviewer.pk])

    assert QueueReviewer.objects.get().user_id == reviewer.pk
    with pytest.raises(Invalid):
        queues.edit(access=access, queue_id=queue.pk, wishes=Wishes(reviewer_ids=[stranger.pk]))
    queues.edit(access=access, queue_id=queue.pk, wishes=Wishes(reviewer_ids=[]))
    assert not QueueReviewer.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "  "},
        {"name": "n" * 256},
        {"order": "best"},
        {"annotators_per_item": 0},
        {"annotators_per_item": 1001},
        {"lock_timeout_seconds": 0},
        {"lock_timeout_seconds": 3601},
        {"questions": [Question(name=" ")]},
        {"questions": [Question(name="n" * 256)]},
    ],
)
def test_bad_value_is_refused_and_nothing_is_made(
    access: Access, project_id: UUID, bad: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        factories.queue(access, project_id, **bad)

    assert not AnnotationQueue.objects.exists()


def test_queue_in_a_project_of_others_is_not_found(access: Access) -> None:
    theirs = factories.project()

    with pytest.raises(NotFound):
        factories.queue(access, theirs.pk)


def test_id_that_is_taken_is_a_conflict_and_makes_none(access: Access, project_id: UUID) -> None:
    taken = factories.queue(access, project_id).pk
    wanted = [
        NewQueue(project_id=project_id, scope="trace", wishes=Wishes(name="x"), id=pk)
        for pk in (uuid7(), taken)
    ]

    with pytest.raises(Conflict):
        queues.create(access=access, wanted=wanted)

    assert AnnotationQueue.objects.count() == 1


def test_one_id_twice_in_a_batch_is_a_conflict(access: Access, project_id: UUID) -> None:
    one = NewQueue(project_id=project_id, scope="trace", wishes=Wishes(name="x"), id=uuid7())

    with pytest.raises(Conflict):
        queues.create(access=access, wanted=[one, one])


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_reviewers_and_viewers_make_and_change_no_queues(
    access: Access, project_id: UUID, role: Role
) -> None:
    queue = factories.queue(access, project_id)
    other = factories.access(Workspace.objects.get(), role)

    with pytest.raises(Forbidden):
        factories.queue(other, project_id)
    with pytest.raises(Forbidden):
        queues.edit(access=other, queue_id=queue.pk, wishes=Wishes(name="x"))
    with pytest.raises(Forbidden):
        queues.delete(access=other, ids=[queue.pk])


def test_deleted_queue_takes_its_parts_and_leaves_the_scores(access: Access) -> None:
    trace = factories.trace(access)
    queue = factories.queue(
        access,
        trace.project_id,
        trace,
        questions=[Question(name="tone")],
        reviewer_ids=[access.user_id],
    )
    reservations.claim(access=access, queue_id=queue.pk, entity_id=trace.pk)
    factories.score(access, trace, 1, queue_id=queue.pk)

    assert queues.delete(access=access, ids=[queue.pk, uuid7()]) == 1

    for model in (AnnotationQueue, QueueItem, QueueQuestion, QueueReviewer, Reservation):
        assert not model._default_manager.exists()
    assert Score.objects.get().queue_id == queue.pk
    assert AuditEvent.objects.filter(action="queue.delete", entity_id=queue.pk).count() == 1


def test_deleting_leaves_other_queues_and_those_of_strangers(access: Access) -> None:
    trace = factories.trace(access)
    doomed, neighbour = (factories.queue(access, trace.project_id, trace) for _ in range(2))
    stranger = factories.access()
    theirs = factories.queue(stranger, factories.trace(stranger).project_id)

    assert queues.delete(access=access, ids=[doomed.pk, theirs.pk]) == 1

    left = set(AnnotationQueue.objects.values_list("pk", flat=True))
    assert left == {neighbour.pk, theirs.pk}
    assert QueueItem.objects.get().queue_id == neighbour.pk
