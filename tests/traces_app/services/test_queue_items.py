"""What stands in queues: added once, taken out, gone with what it is."""

from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from traces_app.access import Access
from traces_app.errors import Forbidden, NotFound
from traces_app.models import (
    AnnotationQueue,
    AuditEvent,
    EntityType,
    Face,
    QueueItem,
    Reservation,
    Role,
    Workspace,
)
from traces_app.services import queue_items, queues, reservations, scores, traces
from traces_app.services.queues import Wishes

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> Access:
    return factories.access()


def count(queue: AnnotationQueue) -> tuple[int, int]:
    """Items as the counter has them, and as they are."""
    queue.refresh_from_db()
    return queue.item_count, QueueItem.objects.filter(queue=queue).count()


def test_adding_twice_adds_once(access: Access) -> None:
    one, two = factories.trace(access), factories.trace(access)
    queue = factories.queue(access, one.project_id)
    ids = [one.pk, one.pk, two.pk]

    first = queue_items.add(access=access, queue_id=queue.pk, entity_ids=ids[:2])
    second = queue_items.add(access=access, queue_id=queue.pk, entity_ids=ids)

    assert (first, second) == (1, 1)
    assert count(queue) == (2, 2)


def test_thread_is_added_by_its_model_id(access: Access) -> None:
    trace = factories.trace(access, thread_id="t")
    thread = factories.thread_of(trace)

    queue = factories.queue(access, trace.project_id, thread, scope="thread")

    item = QueueItem.objects.get()
    assert (item.entity_type, item.entity_id) == ("thread", thread.pk)
    assert count(queue) == (1, 1)


def test_unknown_hidden_and_misplaced_ids_are_not_found_and_nothing_is_added(
    access: Access,
) -> None:
    mine = factories.trace(access, thread_id="t")
    elsewhere = factories.trace(access, project=factories.project(Workspace.objects.get()))
    theirs = factories.trace(factories.access())
    queue = factories.queue(access, mine.project_id)

    for bad in (uuid7(), elsewhere.pk, theirs.pk, factories.thread_of(mine).pk):
        with pytest.raises(NotFound, match=f"^Trace id: {bad} not found$"):
            queue_items.add(access=access, queue_id=queue.pk, entity_ids=[mine.pk, bad])

    assert count(queue) == (0, 0)


def test_queue_of_strangers_is_not_found(access: Access) -> None:
    trace = factories.trace(access)
    queue = factories.queue(access, trace.project_id, trace)
    stranger = factories.access()

    with pytest.raises(NotFound):
        queue_items.add(access=stranger, queue_id=queue.pk, entity_ids=[trace.pk])
    with pytest.raises(NotFound):
        queue_items.remove(access=stranger, queue_id=queue.pk, entity_ids=[trace.pk])

    assert count(queue) == (1, 1)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_reviewers_and_viewers_change_no_items(access: Access, role: Role) -> None:
    trace = factories.trace(access)
    queue = factories.queue(access, trace.project_id, trace)
    other = factories.access(Workspace.objects.get(), role)

    with pytest.raises(Forbidden):
        queue_items.add(access=other, queue_id=queue.pk, entity_ids=[trace.pk])
    with pytest.raises(Forbidden):
        queue_items.remove(access=other, queue_id=queue.pk, entity_ids=[trace.pk])


def test_removed_item_frees_who_holds_it_and_leaves_its_neighbours(access: Access) -> None:
    one, two = factories.trace(access), factories.trace(access)
    queue = factories.queue(access, one.project_id, one, two)
    for trace in (one, two):
        reservations.claim(access=access, queue_id=queue.pk, entity_id=trace.pk)

    gone = queue_items.remove(access=access, queue_id=queue.pk, entity_ids=[one.pk, uuid7()])

    assert gone == 1
    assert count(queue) == (1, 1)
    assert Reservation.objects.get().item.entity_id == two.pk


def test_adding_in_a_page_tells_of_each_item_through_an_api_of_all(access: Access) -> None:
    one, two = factories.trace(access), factories.trace(access)
    member = factories.user()
    factories.member(Workspace.objects.get(), Role.MEMBER, member)
    in_page = factories.access(Workspace.objects.get(), Role.MEMBER, member, Face.PAGE)

    factories.queue(access, one.project_id, one, two)
    factories.queue(in_page, one.project_id, one, two)

    actions = AuditEvent.objects.filter(action__startswith="queue.add")
    assert sorted(actions.values_list("action", flat=True)) == [
        "queue.add",
        "queue.add",
        "queue.add_items",
    ]


def test_item_is_reviewed_by_each_author_once(access: Access) -> None:
    trace = factories.trace(access)
    queue = factories.queue(access, trace.project_id, trace, annotators_per_item=2)
    colleague = factories.access(Workspace.objects.get())

    for name in ("tone", "accuracy"):
        factories.score(access, trace, 1, name, queue_id=queue.pk)
    first = QueueItem.objects.values_list("review_count", "is_done").get()
    factories.score(colleague, trace, 0, "tone", queue_id=queue.pk)

    assert first == (1, False)
    assert QueueItem.objects.values_list("review_count", "is_done").get() == (2, True)


def test_scores_outside_of_the_queue_are_no_reviews(access: Access) -> None:
    trace = factories.trace(access)
    queue = factories.queue(access, trace.project_id, trace)
    other = factories.queue(access, trace.project_id)

    factories.score(access, trace, 1)
    factories.score(access, trace, 1, queue_id=other.pk)

    item = QueueItem.objects.get(queue=queue)
    assert (item.review_count, item.is_done) == (0, False)


def test_deleted_scores_are_no_reviews_any_more(access: Access) -> None:
    trace = factories.trace(access)
    queue = factories.queue(access, trace.project_id, trace)
    factories.score(access, trace, 1, queue_id=queue.pk)

    scores.delete(
        access=access,
        entity_type=EntityType.TRACE,
        entity_id=trace.pk,
        names=["quality"],
        queue_id=queue.pk,
    )

    assert QueueItem.objects.values_list("review_count", "is_done").get() == (0, False)


def test_item_that_comes_back_remembers_its_reviews(access: Access) -> None:
    trace = factories.trace(access)
    queue = factories.queue(access, trace.project_id, trace)
    factories.score(access, trace, 1, queue_id=queue.pk)

    queue_items.remove(access=access, queue_id=queue.pk, entity_ids=[trace.pk])
    queue_items.add(access=access, queue_id=queue.pk, entity_ids=[trace.pk])

    assert QueueItem.objects.values_list("review_count", "is_done").get() == (1, True)


def test_needing_more_reviews_opens_items_again(access: Access) -> None:
    trace = factories.trace(access)
    queue = factories.queue(access, trace.project_id, trace)
    factories.score(access, trace, 1, queue_id=queue.pk)

    done = []
    for needed in (2, 1):
        wishes = Wishes(annotators_per_item=needed)
        queues.edit(access=access, queue_id=queue.pk, wishes=wishes)
        done.append(QueueItem.objects.get().is_done)

    assert done == [False, True]


def test_deleted_trace_leaves_every_queue(access: Access) -> None:
    doomed, neighbour = factories.trace(access), factories.trace(access)
    ours = [factories.queue(access, doomed.project_id, doomed, neighbour) for _ in range(2)]
    reservations.claim(access=access, queue_id=ours[0].pk, entity_id=doomed.pk)

    traces.delete(access=access, ids=[doomed.pk])

    assert [count(queue) for queue in ours] == [(1, 1), (1, 1)]
    assert not Reservation.objects.exists()
    removed = AuditEvent.objects.filter(action="queue.remove", entity_id=doomed.pk)
    assert removed.count() == 2


def test_moved_trace_leaves_every_queue_of_its_old_project(access: Access) -> None:
    trace = factories.trace(access)
    queue = factories.queue(access, trace.project_id, trace)
    reservations.claim(access=access, queue_id=queue.pk, entity_id=trace.pk)
    elsewhere = factories.project(Workspace.objects.get())
    access.knows_project(elsewhere.pk)

    traces.move(access=access, trace_id=trace.pk, to=elsewhere)

    assert count(queue) == (0, 0)
    assert not Reservation.objects.exists()
    event = AuditEvent.objects.get(action="queue.remove")
    assert (event.entity_id, event.project_id) == (trace.pk, queue.project_id)


def test_thread_leaves_its_queues_with_its_last_trace(access: Access) -> None:
    one, two = (factories.trace(access, thread_id="t") for _ in range(2))
    other = factories.trace(access, thread_id="other")
    threads = [factories.thread_of(trace) for trace in (one, other)]
    queue = factories.queue(access, one.project_id, *threads, scope="thread")

    counts = []
    for trace in (one, two):
        traces.delete(access=access, ids=[trace.pk])
        counts.append(count(queue))

    assert counts == [(2, 2), (1, 1)]
    assert QueueItem.objects.get().entity_id == threads[1].pk


@pytest.mark.parametrize(("order", "backwards"), [("oldest", False), ("newest", True)])
def test_items_stand_by_the_time_of_what_they_are(
    access: Access, order: str, backwards: bool
) -> None:
    first, second = (factories.trace(access, pk=UUID(int=n << 80 | 7 << 76)) for n in (5, 6))

    factories.queue(access, first.project_id, second, first, order=order)

    items = QueueItem.objects.order_by("position").values_list("entity_id", flat=True)
    assert list(items) == ([second.pk, first.pk] if backwards else [first.pk, second.pk])


def test_changed_order_moves_every_item(access: Access) -> None:
    first, second = (factories.trace(access, pk=UUID(int=n << 80 | 7 << 76)) for n in (5, 6))
    queue = factories.queue(access, first.project_id, second, first)

    positions = {}
    for order in ("newest", "random"):
        queues.edit(access=access, queue_id=queue.pk, wishes=Wishes(order=order))
        rows = QueueItem.objects.order_by("position").values_list("entity_id", "position")
        positions[order] = list(rows)

    assert positions["newest"] == [(second.pk, -6), (first.pk, -5)]
    assert all(place > 10 for _, place in positions["random"])


def test_thread_leaves_its_queues_when_its_last_trace_moves(access: Access) -> None:
    trace = factories.trace(access, thread_id="t")
    queue = factories.queue(access, trace.project_id, factories.thread_of(trace), scope="thread")
    elsewhere = factories.project(Workspace.objects.get())
    access.knows_project(elsewhere.pk)

    traces.move(access=access, trace_id=trace.pk, to=elsewhere)

    assert count(queue) == (0, 0)


def test_thread_without_traces_is_not_found(access: Access) -> None:
    trace = factories.trace(access, thread_id="t")
    thread = factories.thread_of(trace)
    traces.delete(access=access, ids=[trace.pk])
    queue = factories.queue(access, trace.project_id, scope="thread")

    with pytest.raises(NotFound, match=f"^Thread id: {thread.pk} not found$"):
        queue_items.add(access=access, queue_id=queue.pk, entity_ids=[thread.pk])
