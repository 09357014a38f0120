"""Orders that follow what is said of the items."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from traces_app.access import Access
from traces_app.models import AnnotationQueue, EntityType, Face, QueueItem, Role, Source, Trace
from traces_app.services import definitions, queue_items, queues, scores
from traces_app.services.queues import Wishes

pytestmark = pytest.mark.django_db
JUDGE, DISAGREEMENT = AnnotationQueue.Order.JUDGE, AnnotationQueue.Order.DISAGREEMENT


class Room:
    """A queue of four traces in one order, and judges that send scores."""

    def __init__(self, order: str) -> None:
        self.lead = factories.access()
        self.traces = [factories.trace(self.lead) for _ in range(4)]
        home = self.traces[0].project_id
        self.queue = factories.queue(self.lead, home, *self.traces, order=order)

    def judge(self) -> Access:
        workspace = self.traces[0].project.workspace
        return factories.access(workspace, Role.MEMBER, face=Face.OPIK)

    def order(self) -> list[int]:
        """The numbers of the traces as they are handed out."""
        numbers = {trace.pk: number for number, trace in enumerate(self.traces)}
        rows = QueueItem.objects.filter(queue=self.queue).order_by("position", "pk")
        return [numbers[pk] for pk in rows.values_list("entity_id", flat=True)]

    def score(self, number: int, value: float, by: Access | None = None, **said: Any) -> Trace:
        trace = self.traces[number]
        factories.score(by or self.lead, trace, value, **said)
        return trace


def test_lowest_judge_score_comes_first_and_what_was_not_judged_last() -> None:
    room = Room(JUDGE)

    room.score(0, 0.9)
    room.score(2, 0.2)
    room.score(3, 0.5)

    assert room.order() == [2, 3, 0, 1]


def test_what_people_say_is_no_judge_score() -> None:
    room = Room(JUDGE)
    room.score(0, 0.4)

    room.score(1, 0.1, source=Source.UI.value)
    room.score(2, 0.1, queue_id=room.queue.pk)

    assert room.order() == [0, 1, 2, 3]


def test_each_name_counts_once_as_a_share_of_its_range() -> None:
    room = Room(JUDGE)
    said = definitions.Definition("grade", "numerical", '{"min":0,"max":10}')
    definitions.create(access=room.lead, said=said)

    room.score(0, 5, name="grade")
    room.score(1, 2, name="grade")
    for judge in (room.judge(), room.judge()):
        room.score(1, 1, judge, name="kind")  # the mean of 0.2 and 1
    room.score(2, 0.55)

    assert room.order() == [0, 2, 1, 3]


def test_a_score_that_goes_takes_its_place_with_it() -> None:
    room = Room(JUDGE)
    trace = room.score(3, 0.1)
    assert room.order() == [3, 0, 1, 2]

    scores.delete(
        access=room.lead, entity_type=EntityType.TRACE, entity_id=trace.pk, names=["quality"]
    )

    assert room.order() == [0, 1, 2, 3]


def test_most_disagreement_comes_first_and_what_one_alone_has_scored_last() -> None:
    room = Room(DISAGREEMENT)
    other = room.judge()

    for number, apart in ((1, 0.2), (2, 0.6), (3, 0.0)):
        room.score(number, 0.3)
        room.score(number, 0.3 + apart, other)
    room.score(0, 0.9)

    assert room.order() == [2, 1, 3, 0]


def test_disagreement_is_a_share_of_the_range() -> None:
    room = Room(DISAGREEMENT)
    said = definitions.Definition("grade", "numerical", '{"min":0,"max":100}')
    definitions.create(access=room.lead, said=said)
    other = room.judge()

    for number, name, one, two in ((0, "grade", 40, 60), (1, "kind", 0.2, 0.9)):
        room.score(number, one, name=name)
        room.score(number, two, other, name=name)

    assert room.order() == [1, 0, 2, 3]


def test_order_is_right_after_it_was_changed_and_for_new_items() -> None:
    room = Room(AnnotationQueue.Order.OLDEST)
    late = factories.trace(room.lead, room.traces[0].project)
    room.traces.append(late)
    for number, value in ((1, 0.5), (4, 0.1)):
        room.score(number, value)

    queues.edit(access=room.lead, queue_id=room.queue.pk, wishes=Wishes(order=JUDGE))
    assert room.order() == [1, 0, 2, 3]
    queue_items.add(access=room.lead, queue_id=room.queue.pk, entity_ids=[late.pk])
    assert room.order() == [4, 1, 0, 2, 3]


def test_a_score_too_large_for_a_place_is_put_before_the_last() -> None:
    room = Room(JUDGE)
    said = definitions.Definition("tiny", "numerical", '{"min":0,"max":0.000001}')
    definitions.create(access=room.lead, said=said)

    room.score(2, 999_999_999, name="tiny")

    assert room.order() == [2, 0, 1, 3]


def test_without_such_a_queue_scores_cost_one_look() -> None:
    room = Room(AnnotationQueue.Order.OLDEST)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        room.score(0, 0.5)

    looks = [each["sql"] for each in asked if "annotationqueue" in each["sql"]]
    assert len(looks) == 1
