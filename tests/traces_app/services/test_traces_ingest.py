"""Batches: where their rows go, and what goes along."""

from uuid import UUID

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import sent_trace
from traces_app.access import Access
from traces_app.errors import Forbidden, Invalid
from traces_app.models import AuditEvent, OutboxRow, Project, Role, Trace, Workspace
from traces_app.services import traces

pytestmark = pytest.mark.django_db


def colleague(access: Access, role: Role = Role.OWNER) -> Access:
    return factories.access(Workspace.objects.get(pk=access.workspace_id), role)


def count(name: str) -> int:
    return Project.objects.values_list("trace_count", flat=True).get(name=name)


def home(pk: UUID) -> str:
    return Trace.objects.values_list("project__name", flat=True).get(pk=pk)


def test_rows_go_to_the_projects_they_name() -> None:
    access = factories.access()
    rows = [sent_trace(name) for name in ("b", "a", None, "B ", "a")]

    assert traces.ingest(access=access, sent=rows) == set()

    assert [home(row.id) for row in rows] == ["b", "a", "Default Project", "b", "a"]
    assert (count("a"), count("b"), count("Default Project")) == (2, 2, 1)


def test_default_project_is_the_one_of_that_name_in_any_case() -> None:
    access = factories.access()
    factories.project(Workspace.objects.get(pk=access.workspace_id), "default project")

    traces.ingest(access=access, sent=[sent_trace(None), sent_trace("DEFAULT PROJECT")])

    assert count("default project") == 2


def test_unstorable_characters_in_a_project_name_are_replaced() -> None:
    traces.ingest(access=factories.access(), sent=[sent_trace("a\x00\ud800")])

    assert count("a\ufffd\ufffd") == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 256])
def test_project_without_a_usable_name_refuses_the_batch(name: str) -> None:
    with pytest.raises(Invalid):
        traces.ingest(access=factories.access(), sent=[sent_trace("good"), sent_trace(name)])

    assert not Trace.objects.exists()


def test_empty_batch_does_nothing() -> None:
    assert traces.ingest(access=factories.access(), sent=[]) == set()
    assert not AuditEvent.objects.exists()


def test_rows_are_written_sorted_by_id() -> None:
    access = factories.access()
    rows = [sent_trace() for _ in range(5)]

    traces.ingest(access=access, sent=[*rows[2:], *rows[:2]])

    place = "ctid" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM traces_app_trace ORDER BY {place}")  # noqa: S608
        written = [UUID(str(pk)) for (pk,) in cursor.fetchall()]
    assert written == [row.id for row in rows]


def test_counter_is_exact_over_duplicates_replays_and_stubs() -> None:
    access, pk = factories.access(), uuid7()
    traces.patch(access=access, trace_id=pk, values={"name": "stub"}, project=("p", None))
    assert count("p") == 1

    rows = [sent_trace("p", pk=pk), sent_trace("p"), sent_trace("p")]
    for _ in range(2):
        traces.ingest(access=access, sent=[*rows, rows[1]])

    assert count("p") == 3 == Trace.objects.count()


def test_project_remembers_when_the_last_new_trace_came() -> None:
    access = factories.access()
    row = sent_trace("p")
    traces.ingest(access=access, sent=[row])
    first = Project.objects.get(name="p").last_trace_at

    traces.ingest(access=access, sent=[row])
    assert Project.objects.get(name="p").last_trace_at == first

    traces.ingest(access=access, sent=[sent_trace("p")])
    assert first is not None
    assert (Project.objects.get(name="p").last_trace_at or first) > first


@pytest.mark.parametrize("same_workspace", [True, False])
def test_ids_that_live_elsewhere_are_left_alone_and_the_rest_is_stored(
    same_workspace: bool,
) -> None:
    access = factories.access()
    owner = colleague(access) if same_workspace else factories.access()
    theirs = sent_trace("theirs", name="untouched", thread_id="t")
    traces.ingest(access=owner, sent=[theirs])
    OutboxRow.objects.all().delete()
    mine = [sent_trace("mine"), sent_trace("mine")]

    intruder = sent_trace("mine", pk=theirs.id, minutes=1, name="stolen", thread_id="new")
    refused = traces.ingest(access=access, sent=[mine[0], intruder, mine[1]])

    assert refused == {theirs.id}
    assert Trace.objects.get(pk=theirs.id).name == "untouched"
    assert (home(theirs.id), count("theirs"), count("mine")) == ("theirs", 1, 2)
    assert set(OutboxRow.objects.values_list("trace_id", flat=True)) == {r.id for r in mine}


def test_one_id_under_two_names_in_a_batch_lives_in_one_project() -> None:
    access, pk = factories.access(), uuid7()

    refused = traces.ingest(access=access, sent=[sent_trace("a", pk=pk), sent_trace("b", pk=pk)])

    assert refused == {pk}
    assert count("a") + count("b") == 1


def test_moved_trace_is_written_where_it_is_now() -> None:
    access = factories.access()
    row = sent_trace("old", name="first")
    traces.ingest(access=access, sent=[row])
    to = factories.project(Workspace.objects.get(pk=access.workspace_id), "new")
    mover = colleague(access)
    traces.move(access=mover, trace_id=row.id, to=to)

    for name, minutes in (("old", 1), ("new", 2)):
        again = sent_trace(name, pk=row.id, minutes=minutes, name=f"via {name}")
        other = sent_trace(name)
        assert traces.ingest(access=colleague(access), sent=[again, other]) == set()
        assert Trace.objects.get(pk=row.id).name == f"via {name}"

    assert home(row.id) == "new"
    assert (count("old"), count("new")) == (1, 2)


def test_trace_moved_away_is_not_found_under_a_third_project() -> None:
    access = factories.access()
    row = sent_trace("old", name="kept")
    traces.ingest(access=access, sent=[row])
    to = factories.project(Workspace.objects.get(pk=access.workspace_id), "new")
    traces.move(access=colleague(access), trace_id=row.id, to=to)

    refused = traces.ingest(access=access, sent=[sent_trace("third", pk=row.id, minutes=1)])

    assert refused == {row.id}
    assert (count("third"), count("new")) == (0, 1)


def test_stored_trace_remembers_the_project_it_was_sent_to() -> None:
    trace = factories.trace()

    assert trace.sent_project_id == trace.project_id


def test_outbox_hears_of_each_trace_once_a_batch() -> None:
    access = factories.access()
    rows = [sent_trace("a"), sent_trace("b")]

    traces.ingest(access=access, sent=[*rows, rows[0]])

    heard = OutboxRow.objects.values_list("trace_id", "project__name")
    assert sorted(heard) == sorted([(rows[0].id, "a"), (rows[1].id, "b")])


def test_batch_writes_one_event() -> None:
    access = factories.access()
    factories.project(Workspace.objects.get(pk=access.workspace_id), "a")

    traces.ingest(access=access, sent=[sent_trace("a") for _ in range(3)])

    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id, event.workspace_id) == (
        "trace.ingest",
        access.author_id,
        access.workspace_id,
    )
    assert event.after == '{"traces":3}'


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_reviewers_and_viewers_send_nothing(role: Role) -> None:
    with pytest.raises(Forbidden):
        traces.ingest(access=factories.access(role=role), sent=[sent_trace("new")])

    assert not Project.objects.exists()


def test_batch_of_a_thousand_costs_few_questions(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    access = factories.access()
    factories.trace(access, factories.project(Workspace.objects.get(), "p"))
    rows = [sent_trace("p", thread_id=f"t{number % 7}") for number in range(999)]

    with django_assert_max_num_queries(13):
        traces.ingest(access=access, sent=rows)

    assert count("p") == 1000
