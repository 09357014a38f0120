"""Traces leave: for another project, or for good."""

import sqlite3
from uuid import UUID

import pytest
from django.db import connection
from uuid_utils.compat import uuid7

from feedback_app.models import Correction, Datapoint, Dataset
from tests import factories
from tests.factories import NOON, sent_trace
from traces_app.access import Access
from traces_app.errors import Forbidden, NotFound
from traces_app.models import (
    Attachment,
    AuditEvent,
    Comment,
    EntityType,
    OutboxRow,
    Project,
    Role,
    Score,
    ScoreMean,
    Span,
    Thread,
    Trace,
    Workspace,
)
from traces_app.models.project_rows import ProjectRow
from traces_app.services import comments, traces

pytestmark = pytest.mark.django_db

HANGING: list[type[ProjectRow]] = [
    Score,
    ScoreMean,
    Comment,
    Attachment,
    Span,
    Correction,
    OutboxRow,
]


def furnished(access: Access) -> Trace:
    """A trace with one of everything that can hang on it."""
    trace = factories.trace(access, thread_id="t")
    span = factories.span(access, trace)
    for on in (trace, span):
        factories.score(access, on, 1)
        kind = EntityType.TRACE if on is trace else EntityType.SPAN
        comments.add(access=access, entity_type=kind, entity_id=on.pk, text="remark")
        factories.attachment(access, on)
    Correction.objects.create(
        project_id=trace.project_id,
        trace=trace,
        author_id=access.author_id,
        output='"better"',
        created_at=NOON,
        last_updated_at=NOON,
    )
    dataset, _ = Dataset.objects.get_or_create(project_id=trace.project_id, name="d")
    Datapoint.objects.create(
        project_id=trace.project_id, dataset=dataset, trace_id=trace.pk, content="{}"
    )
    return trace


def hanging(project_id: UUID) -> dict[str, int]:
    return {
        model.__name__: model._default_manager.filter(project_id=project_id).count()
        for model in HANGING
    }


ALL = {
    "Score": 2,
    "ScoreMean": 2,
    "Comment": 2,
    "Attachment": 2,
    "Span": 1,
    "Correction": 1,
    "OutboxRow": 4,  # it arrived, its span came, both were scored
}


def elsewhere(access: Access) -> Project:
    project = factories.project(Workspace.objects.get(pk=access.workspace_id))
    access.knows_project(project.pk)
    return project


def test_deleted_trace_takes_all_that_hangs_on_it_but_its_datapoints() -> None:
    access = factories.access()
    trace = furnished(access)
    assert hanging(trace.project_id) == ALL

    gone = traces.delete(access=access, ids=[trace.pk])

    assert gone == [trace.pk]
    assert hanging(trace.project_id) == dict.fromkeys(ALL, 0)
    assert not Trace.objects.exists()
    assert Datapoint.objects.get().trace_id == trace.pk


def test_deleting_one_trace_leaves_its_neighbour_whole() -> None:
    access = factories.access()
    doomed, neighbour = furnished(access), furnished(access)

    traces.delete(access=access, ids=[doomed.pk])

    assert hanging(neighbour.project_id) == ALL
    assert Project.objects.get().trace_count == 1


def same_ids_elsewhere(trace: Trace) -> UUID:
    """Rows of another project that name the same ids, as a distributed database allows them."""
    other = factories.project().pk
    for score in list(Score.objects.all()):
        for model, fields in (
            (Score, {"author_id": score.author_id, "value": 1, "source": "sdk"}),
            (ScoreMean, {"name_key": "quality", "value": 1, "count": 1, "newest_at": NOON}),
        ):
            times = {"created_at": NOON, "last_updated_at": NOON} if model is Score else {}
            model._default_manager.create(
                project_id=other,
                entity_type=score.entity_type,
                entity_id=score.entity_id,
                name="quality",
                **fields,
                **times,
            )
    return other


def test_rows_of_another_project_with_the_same_ids_stay() -> None:
    access = factories.access()
    trace = furnished(access)
    other = same_ids_elsewhere(trace)
    before = hanging(other)

    traces.move(access=access, trace_id=trace.pk, to=elsewhere(access))
    traces.delete(access=access, ids=[trace.pk])

    assert before["Score"] == before["ScoreMean"] == 2
    assert hanging(other) == before


def test_deleting_skips_what_is_unknown_or_a_strangers() -> None:
    access = factories.access()
    mine, theirs = factories.trace(access), furnished(factories.access())

    gone = traces.delete(access=access, ids=[theirs.pk, uuid7(), mine.pk])

    assert gone == [mine.pk]
    assert hanging(theirs.project_id) == ALL
    assert Project.objects.get(pk=theirs.project_id).trace_count == 1


def test_deleting_in_one_project_skips_the_others() -> None:
    access = factories.access()
    one, two = (factories.trace(access, elsewhere(access)) for _ in range(2))

    gone = traces.delete(access=access, ids=[one.pk, two.pk], project_id=two.project_id)

    assert gone == [two.pk]
    assert Project.objects.get(pk=one.project_id).trace_count == 1
    assert Project.objects.get(pk=two.project_id).trace_count == 0


def test_each_deleted_trace_has_its_event() -> None:
    access = factories.access()
    ids = [factories.trace(access).pk for _ in range(2)]

    traces.delete(access=access, ids=[*ids, ids[0]])

    events = AuditEvent.objects.filter(action="trace.delete", actor_id=access.author_id)
    assert sorted(events.values_list("entity_id", flat=True)) == ids
    assert Project.objects.get().trace_count == 0


def test_more_spans_than_a_statement_takes_parameters_go_with_their_trace() -> None:
    access = factories.access()
    trace = factories.trace(access)
    factories.span(access, trace)
    template = Span.objects.values().get()
    Span.objects.bulk_create(Span(**template | {"id": uuid7()}) for _ in range(400))

    raw = connection.connection
    if connection.vendor == "sqlite":  # PostgreSQL gets its parameters within the text
        usual = raw.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 200)
    try:
        traces.delete(access=access, ids=[trace.pk])
    finally:
        if connection.vendor == "sqlite":
            raw.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, usual)

    assert not Span.objects.exists()


def test_moved_trace_takes_all_that_hangs_on_it_but_its_datapoints() -> None:
    access = factories.access()
    trace = furnished(access)
    home, to = trace.project_id, elsewhere(access)

    traces.move(access=access, trace_id=trace.pk, to=to)

    assert hanging(home) == dict.fromkeys(ALL, 0)
    assert hanging(to.pk) == ALL | {"OutboxRow": ALL["OutboxRow"] + 1}  # and it was moved
    assert Datapoint.objects.get().project_id == home


def test_moved_trace_keeps_verdict_and_where_it_was_sent() -> None:
    access = factories.access()
    trace = factories.trace(access)
    factories.score(access, trace, 1, "User feedback", reason="good")
    to = elsewhere(access)

    traces.move(access=access, trace_id=trace.pk, to=to)

    moved = Trace.objects.get()
    assert (moved.project_id, moved.sent_project_id) == (to.pk, trace.project_id)
    assert (moved.score, moved.feedback) == (1, "good")
    factories.score(access, moved, 0, "User feedback")
    moved.refresh_from_db()
    assert (moved.score, ScoreMean.objects.get().project_id) == (0, to.pk)


def test_move_keeps_both_counters_exact_and_leaves_an_event() -> None:
    access = factories.access()
    trace, to = factories.trace(access), elsewhere(access)

    for _ in range(2):  # the second one finds it there
        traces.move(access=access, trace_id=trace.pk, to=to)

    counts = dict(Project.objects.values_list("pk", "trace_count"))
    assert counts == {trace.project_id: 0, to.pk: 1}
    event = AuditEvent.objects.get(action="trace.move")
    assert (str(trace.project_id) in event.before, str(to.pk) in event.after) == (True, True)


def test_thread_of_a_moved_trace_is_found_or_made_where_it_goes() -> None:
    access = factories.access()
    to = elsewhere(access)
    there = factories.trace(access, to, thread_id="t")
    Thread.objects.update(status=Thread.Status.INACTIVE)
    for thread in ("t", "u", None):
        trace = factories.trace(access, thread_id=thread)
        traces.move(access=access, trace_id=trace.pk, to=to)

    threads = Thread.objects.filter(project=to).values_list("thread_id", "status")
    assert sorted(threads) == [("t", "inactive"), ("u", "active")]
    assert there.thread_id == "t"


@pytest.mark.parametrize("what", ["unknown trace", "stranger's trace", "stranger's project"])
def test_nothing_moves_from_or_to_what_is_not_visible(what: str) -> None:
    access = factories.access()
    mine, theirs = factories.trace(access), factories.trace()
    pk = {"unknown trace": uuid7(), "stranger's trace": theirs.pk}.get(what, mine.pk)
    to = theirs.project if what == "stranger's project" else elsewhere(access)

    with pytest.raises(NotFound, match=f"Trace id: {pk} not found"):
        traces.move(access=access, trace_id=pk, to=to)

    for trace in (mine, theirs):
        assert Trace.objects.get(pk=trace.pk).project_id == trace.project_id


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_reviewers_and_viewers_neither_delete_nor_move(role: Role) -> None:
    owner = factories.access()
    trace, to = factories.trace(owner), elsewhere(owner)
    access = factories.access(Workspace.objects.get(pk=owner.workspace_id), role)

    with pytest.raises(Forbidden):
        traces.delete(access=access, ids=[trace.pk])
    with pytest.raises(Forbidden):
        traces.move(access=access, trace_id=trace.pk, to=to)
    assert Trace.objects.get().project_id == trace.project_id


def test_id_of_a_deleted_trace_may_come_again() -> None:
    access = factories.access()
    trace = furnished(access)
    traces.delete(access=access, ids=[trace.pk])

    traces.create(access=access, sent=sent_trace(pk=trace.pk))

    assert Project.objects.get().trace_count == 1
    assert not Score.objects.exists()
