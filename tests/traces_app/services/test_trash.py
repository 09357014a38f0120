"""Traces deleted into the trash, and brought back as they were."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import models
from django.utils import timezone

from feedback_app.services import corrections
from tests import factories
from traces_app.access import Access
from traces_app.errors import Forbidden, NotFound
from traces_app.models import (
    VERDICT,
    AnnotationQueue,
    Comment,
    DeletedRows,
    DeletedTrace,
    Deletion,
    EntityType,
    Face,
    Job,
    Project,
    QueueItem,
    Role,
    Score,
    ScoreMean,
    Span,
    Thread,
    Trace,
)
from traces_app.services import (
    attachment_files,
    comments,
    kept_rows,
    queue_items,
    scores,
    traces,
    trash,
)
from traces_app.services.trash import Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> Access:
    return factories.access()


def full_trace(access: Access) -> Trace:
    """One with something in every table that hangs on it."""
    trace = factories.trace(access, input='"hi"', output='"ho"', thread_id="t-1", tags='["a"]')
    span = factories.span(access, trace, input='"step"')
    for about, pk in ((EntityType.TRACE, trace.pk), (EntityType.SPAN, span.pk)):
        said = [factories.said(pk, "0.25"), factories.said(pk, "0.5", VERDICT)]
        scores.record(access=access, entity_type=about, said=said)
        comments.add(access=access, entity_type=about, entity_id=pk, text="Look.")
    corrections.submit(access=access, trace_id=trace.pk, output="better")
    factories.attachment(access, trace)
    thread = factories.thread_of(trace)
    factories.queue(access, trace.project_id, trace)
    factories.queue(access, trace.project_id, thread, scope="thread")
    return trace


def delete(access: Access, *ids: UUID) -> Deletion:
    traces.delete(access=access, ids=ids, batch=uuid4())
    return Deletion.objects.latest("pk")


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows that a trace may lose, and the counters beside them."""
    tables: list[type[models.Model]] = [*kept_rows.tables(), Thread]
    rows = {each._meta.label: list(each._base_manager.order_by("pk").values()) for each in tables}
    for row in rows["traces_app.Thread"]:
        del row["woken_at"], row["last_updated_at"], row["last_updated_by_id"]
    counters: list[tuple[type[models.Model], str]] = [
        (Project, "trace_count"),
        (AnnotationQueue, "item_count"),
    ]
    for model, name in counters:
        rows[name] = list(model._base_manager.order_by("pk").values("pk", name))
    return rows


def test_all_that_hung_on_it_is_back_as_it_was(access: Access) -> None:
    trace = full_trace(access)
    before = everything()

    deletion = delete(access, trace.pk)
    gone = everything()
    trash.restore(access=access, deletion_id=deletion.pk)

    assert everything() == before
    empty = {name for name, rows in gone.items() if not rows}
    assert empty >= {"traces_app.Trace", "traces_app.Span", "traces_app.Score"}
    assert not any(model.objects.exists() for model in (DeletedTrace, DeletedRows))


def test_one_of_many_is_restored_alone(access: Access) -> None:
    first, second = full_trace(access), factories.trace(access)

    deletion = delete(access, first.pk, second.pk)
    restored = trash.restore(access=access, deletion_id=deletion.pk, wanted=Wanted(only=second.pk))

    assert restored.back == [second.pk]
    assert list(Trace.objects.values_list("pk", flat=True)) == [second.pk]
    deletion.refresh_from_db()
    assert deletion.number == 1


def test_what_came_back_meanwhile_is_not_overwritten(access: Access) -> None:
    trace = full_trace(access)
    deletion = delete(access, trace.pk)
    factories.trace(access, pk=trace.pk, output='"anew"')

    restored = trash.restore(access=access, deletion_id=deletion.pk)

    assert (restored.back, restored.taken) == ([], 1)
    assert Trace.objects.get().output == '"anew"'
    assert DeletedTrace.objects.count() == 1


def test_a_span_that_was_sent_again_stays_and_its_means_are_right(access: Access) -> None:
    trace = full_trace(access)
    span = Span.objects.get()
    deletion = delete(access, trace.pk)
    factories.span(access, trace, pk=span.pk, output='"anew"')
    other = factories.access(Project.objects.get(pk=trace.project_id).workspace)
    said = [factories.said(span.pk, "0.75")]
    scores.record(access=other, entity_type=EntityType.SPAN, said=said)

    trash.restore(access=access, deletion_id=deletion.pk)

    mean = ScoreMean.objects.get(entity_id=span.pk, name=said[0].name)
    assert (Span.objects.get().output, mean.count) == ('"anew"', 2)
    assert mean.value == (said[0].value + factories.said(span.pk, "0.25").value) / 2


def test_a_score_that_came_meanwhile_is_given_to_it(access: Access) -> None:
    trace = factories.trace(access)
    deletion = delete(access, trace.pk)
    said = [factories.said(trace.pk, "0.5")]
    scores.record(access=access, entity_type=EntityType.TRACE, said=said, may_wait=True)

    trash.restore(access=access, deletion_id=deletion.pk)

    assert Score.objects.get().entity_id == trace.pk


def test_a_queue_that_is_gone_is_passed_over(access: Access) -> None:
    trace = factories.trace(access)
    queue = factories.queue(access, trace.project_id, trace)
    deletion = delete(access, trace.pk)
    queue.delete()

    trash.restore(access=access, deletion_id=deletion.pk)

    assert (Trace.objects.count(), QueueItem.objects.count()) == (1, 0)


def test_deleting_the_same_id_again_keeps_the_newer_copy(access: Access) -> None:
    trace = factories.trace(access, output='"old"')
    first = delete(access, trace.pk)
    factories.trace(access, pk=trace.pk, output='"new"')
    second = delete(access, trace.pk)

    trash.restore(access=access, deletion_id=second.pk)

    assert Trace.objects.get().output == '"new"'
    first.refresh_from_db()
    assert first.number == 0


def test_the_same_id_in_two_workspaces_keeps_two_copies(access: Access) -> None:
    trace, stranger = factories.trace(access), factories.access()
    mine = delete(access, trace.pk)
    factories.trace(stranger, pk=trace.pk)

    delete(stranger, trace.pk)

    assert trash.restore(access=access, deletion_id=mine.pk).back == [trace.pk]
    assert DeletedTrace.objects.count() == 1


def test_a_deletion_without_a_batch_is_final(access: Access) -> None:
    trace = full_trace(access)

    traces.delete(access=access, ids=[trace.pk])

    assert not Deletion.objects.exists()
    assert not DeletedRows.objects.exists()


def test_only_writers_of_the_workspace_restore(access: Access) -> None:
    trace = factories.trace(access)
    deletion = delete(access, trace.pk)
    room = Project.objects.get(pk=trace.project_id).workspace

    with pytest.raises(Forbidden):
        trash.restore(access=factories.access(room, Role.VIEWER), deletion_id=deletion.pk)
    with pytest.raises(NotFound):
        trash.restore(access=factories.access(), deletion_id=deletion.pk)

    assert not Trace.objects.exists()


def test_the_files_go_with_the_purge_and_not_before(access: Access) -> None:
    trace = full_trace(access)
    sweeps = Job.objects.filter(kind=attachment_files.SWEEP)
    before = sweeps.count()
    delete(access, trace.pk)
    young = (trash.purge(), sweeps.count())
    Deletion.objects.update(deleted_at=timezone.now() - timedelta(days=31))

    number = trash.purge()

    assert young == (0, before)
    assert (number, sweeps.count()) == (1, before + 1)
    assert not any(model.objects.exists() for model in (Deletion, DeletedTrace, DeletedRows))


def test_an_old_deletion_is_no_longer_restored(access: Access) -> None:
    deletion = delete(access, factories.trace(access).pk)
    Deletion.objects.update(deleted_at=timezone.now() - timedelta(days=30))

    with pytest.raises(NotFound):
        trash.restore(access=access, deletion_id=deletion.pk)


def test_deep_traces_are_copied_in_parts(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_rows, "AT_ONCE", 3)
    trace = factories.trace(access)
    spans = {factories.span(access, trace).pk for _ in range(7)}

    deletion = delete(access, trace.pk)
    parts = DeletedRows.objects.filter(model="traces_app.span").count()
    trash.restore(access=access, deletion_id=deletion.pk)

    assert parts == 3
    assert set(Span.objects.values_list("pk", flat=True)) == spans
    assert not Comment.objects.exists()


def test_a_pair_is_back_only_when_both_its_traces_are(access: Access) -> None:
    access = replace(access, face=Face.PAGE)  # the APIs know of no pairs
    first, second = factories.trace(access), factories.trace(access)
    queue = factories.queue(access, first.project_id, scope="pair")
    queue_items.add_pairs(access=access, queue_id=queue.pk, pairs={first.pk: second.pk})

    one = delete(access, second.pk)
    trash.restore(access=access, deletion_id=one.pk)
    was_back = QueueItem.objects.count()
    both = delete(access, first.pk, second.pk)
    trash.restore(access=access, deletion_id=both.pk, wanted=Wanted(only=first.pk))

    assert (was_back, QueueItem.objects.count()) == (1, 0)
