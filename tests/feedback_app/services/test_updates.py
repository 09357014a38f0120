"""Datapoints whose trace changed: found in SQL as in Python, updated or kept by a person."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from feedback_app.models import Datapoint, SnapshotItem
from feedback_app.services import answers, corrections, datapoints, datasets, snapshots, updates
from feedback_app.services.snapshots import Asked
from feedback_app.trace_page import changes
from tests.chat_endpoint import ChatEndpoint
from tests.feedback_app.desk import Desk
from tests.feedback_app.generator.asked import add, low, work
from traces_app.errors import Conflict, Forbidden, NotFound
from traces_app.models import AuditEvent, Project, Role, Trace

pytestmark = pytest.mark.django_db


def correct(desk: Desk, trace: Trace, text: str) -> None:
    corrections.submit(access=desk.access, trace_id=trace.pk, output=text)


def corrected(desk: Desk) -> tuple[Trace, Datapoint]:
    trace = low(desk)
    correct(desk, trace, "In year one.")
    add(desk, trace)
    return trace, Datapoint.objects.get(trace_id=trace.pk)


def decided(desk: Desk, trace: Trace, point: Datapoint) -> dict[str, object]:
    """What the page sends when a person decides about the difference that it shows."""
    point.refresh_from_db()
    trace = Trace.objects.get(pk=trace.pk)
    now = answers.now(trace)
    return {"access": desk.access, "datapoint_id": point.pk, "digest": point.digest, "now": now}


def differ() -> list[Datapoint]:
    return list(Datapoint.objects.all().differing())


def raise_threshold(desk: Desk, trace: Trace) -> None:
    Project.objects.update(dataset_threshold=Decimal(1))


Deed = Callable[[Desk, Trace], object]
DEEDS: dict[str, Deed] = {
    "has changed": lambda desk, trace: correct(desk, trace, "In the first year."),
    "taken back": lambda desk, trace: corrections.undo(access=desk.access, trace_id=trace.pk),
    "reached the threshold": lambda desk, trace: desk.score(trace, "0.9"),
}


def test_a_fresh_datapoint_of_each_kind_does_not_differ(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    corrected(desk)
    good, written = desk.trace(), low(desk)
    desk.score(good, "1")
    add(desk, good)
    add(desk, written)
    work()

    assert set(Datapoint.objects.values_list("source", flat=True)) == {
        "output",
        "correction",
        "generated",
    }
    assert differ() == []


@pytest.mark.parametrize("said", DEEDS)
def test_a_change_after_a_correction_is_found_in_sql_and_told_in_words(said: str) -> None:
    desk = Desk()
    trace, point = corrected(desk)

    DEEDS[said](desk, trace)

    assert differ() == [point]
    trace = Trace.objects.get(pk=trace.pk)
    assert said in changes.of([point], trace)[point.pk].words


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (lambda desk, trace: desk.score(trace, "0.1"), "nobody has corrected"),
        (raise_threshold, "nobody has corrected"),
        (lambda _, trace: Trace.objects.filter(pk=trace.pk).update(output='"No."'), "has changed"),
        (lambda _, trace: Trace.objects.filter(pk=trace.pk).update(output=None), "has changed"),
    ],
)
def test_a_change_after_a_good_output_is_found_as_well(deed: Deed, said: str) -> None:
    desk = Desk()
    trace = desk.trace(output='"Ja, größer 🙂"')
    desk.score(trace, "0.9")
    add(desk, trace)
    (point,) = Datapoint.objects.all()
    assert differ() == []

    deed(desk, trace)

    assert differ() == [point]
    trace = Trace.objects.get(pk=trace.pk)
    assert said in changes.of([point], trace)[point.pk].words


def test_a_correction_of_a_generated_answer_is_offered(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)
    work()
    correct(desk, trace, "By a person.")
    (point,) = differ()

    updates.update(**decided(desk, trace, point))  # type: ignore[arg-type]

    point.refresh_from_db()
    assert (point.source, point.is_waiting) == ("correction", False)
    assert "By a person." in point.content


def test_update_takes_the_new_answer_and_leaves_snapshots_alone() -> None:
    desk = Desk()
    trace, point = corrected(desk)
    snapshots.create(access=desk.access, dataset_id=point.dataset_id, asked=Asked())
    correct(desk, trace, "In the first year.")

    updates.update(**decided(desk, trace, point))  # type: ignore[arg-type]

    point.refresh_from_db()
    assert "In the first year." in point.content
    assert "In year one." in SnapshotItem.objects.get().content
    assert differ() == []
    assert AuditEvent.objects.filter(action="datapoint.update", entity_id=point.pk).count() == 1


def test_kept_it_is_not_offered_again_until_the_next_change() -> None:
    desk = Desk()
    trace, point = corrected(desk)
    correct(desk, trace, "In the first year.")

    updates.keep(**decided(desk, trace, point))  # type: ignore[arg-type]

    point.refresh_from_db()
    assert "In year one." in point.content
    assert differ() == []
    correct(desk, trace, "Never.")
    assert differ() == [point]


def test_an_edit_by_hand_is_not_written_over_without_a_word() -> None:
    desk = Desk()
    trace, point = corrected(desk)
    datapoints.edit(access=desk.access, datapoint_id=point.pk, content='{"mine": 1}')
    correct(desk, trace, "In the first year.")
    asked = decided(desk, trace, point)

    with pytest.raises(Conflict, match="edited this datapoint by hand"):
        updates.update(**asked)  # type: ignore[arg-type]
    updates.update(**asked, over_edits=True)  # type: ignore[arg-type]

    assert "In the first year." in Datapoint.objects.get().content


@pytest.mark.parametrize("stale", ["digest", "now"])
def test_what_changed_since_it_was_looked_at_is_not_decided(stale: str) -> None:
    desk = Desk()
    trace, point = corrected(desk)
    correct(desk, trace, "In the first year.")

    for verb in (updates.update, updates.keep):
        with pytest.raises(Conflict):
            verb(**decided(desk, trace, point) | {stale: "another"})  # type: ignore[arg-type]


def test_without_an_answer_there_is_nothing_to_update_from() -> None:
    desk = Desk()
    trace, point = corrected(desk)
    corrections.undo(access=desk.access, trace_id=trace.pk)

    with pytest.raises(Conflict, match="no answer by now"):
        updates.update(**decided(desk, trace, point))  # type: ignore[arg-type]


def test_only_writers_of_the_workspace_decide() -> None:
    desk = Desk()
    trace, point = corrected(desk)
    asked = decided(desk, trace, point)
    by = {Desk().access: NotFound, desk.colleague(Role.VIEWER).access: Forbidden}

    for access, refusal in by.items():
        with pytest.raises(refusal):
            updates.keep(**asked | {"access": access})  # type: ignore[arg-type]


def test_what_came_from_no_trace_or_from_clients_never_differs() -> None:
    desk = Desk()
    trace, point = corrected(desk)
    Datapoint.objects.update(taken="")
    correct(desk, trace, "In the first year.")
    assert differ() == []

    Datapoint.objects.update(taken=point.taken)
    Trace.objects.filter(pk=trace.pk).delete()
    assert differ() == []


def test_restored_it_still_knows_what_it_was_made_of() -> None:
    desk = Desk()
    trace, point = corrected(desk)
    gone = datapoints.delete(access=desk.access, dataset_id=point.dataset_id, ids=[point.pk])
    datapoints.restore(access=desk.access, dataset_id=point.dataset_id, deletion=gone.id)
    correct(desk, trace, "In the first year.")

    assert [each.pk for each in differ()] == [point.pk]
    assert datasets.add_trace(access=desk.access, trace_id=trace.pk).datapoint_id == point.pk
