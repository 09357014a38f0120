"""One change of many traces."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from tests import factories
from traces_app.access import Access
from traces_app.errors import Forbidden, Invalid
from traces_app.models import AuditEvent, OutboxRow, Role, Thread, Trace, Workspace
from traces_app.services import traces
from traces_app.services.tags import TagChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> Access:
    return factories.access()


def change(access: Access, *ids: UUID, tags: TagChange | None = None, **values: Any) -> list[UUID]:
    return traces.patch_all(access=access, ids=ids, values=values, tags=tags or TagChange())


def tags_of(trace: Trace) -> list[str]:
    found: list[str] = json.loads(Trace.objects.get(pk=trace.pk).tags or "[]")
    return found


def test_all_named_traces_get_the_values_and_others_none(access: Access) -> None:
    workspace = Workspace.objects.get(pk=access.workspace_id)
    one, other = (factories.trace(access, factories.project(workspace)) for _ in range(2))
    left = factories.trace(access, name="left")

    done = change(access, one.pk, other.pk, name="new", output='{"a":1}')

    assert set(done) == {one.pk, other.pk}
    named = Trace.objects.filter(name="new", output='{"a":1}')
    assert set(named.values_list("pk", flat=True)) == {one.pk, other.pk}
    assert Trace.objects.get(pk=left.pk).name == "left"


def test_what_is_not_sent_stays(access: Access) -> None:
    trace = factories.trace(access, name="kept", tags='["kept"]', input="1")
    sent_at = trace.sent_at

    change(access, trace.pk, output="2")

    stored = Trace.objects.get(pk=trace.pk)
    assert (stored.name, stored.input, stored.output) == ("kept", "1", "2")
    assert (stored.tags, stored.sent_at) == ('["kept"]', sent_at)


def test_unknown_ids_leave_no_stub(access: Access) -> None:
    assert change(access, uuid7(), name="x") == []
    assert not Trace.objects.exists()
    assert not AuditEvent.objects.filter(action="trace.patch").exists()


def test_a_strangers_trace_counts_as_unknown(access: Access) -> None:
    trace = factories.trace(access, name="mine")

    assert change(factories.access(), trace.pk, name="stolen") == []
    assert Trace.objects.get().name == "mine"


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_reviewers_and_viewers_may_not(access: Access, role: Role) -> None:
    trace = factories.trace(access)
    workspace = Workspace.objects.get(pk=access.workspace_id)

    with pytest.raises(Forbidden):
        change(factories.access(workspace, role), trace.pk, name="x")


def test_tags_are_changed_from_what_each_trace_has(access: Access) -> None:
    one = factories.trace(access, tags='["a","b"]')
    other = factories.trace(access, tags='["b","c"]')

    change(access, one.pk, other.pk, tags=TagChange(add=["d", "a"], remove=["b"]))

    assert (tags_of(one), tags_of(other)) == (["a", "d"], ["c", "d", "a"])


def test_one_trace_over_the_limit_of_tags_changes_none(access: Access) -> None:
    full = factories.trace(access, tags=json.dumps([str(number) for number in range(50)]))
    other = factories.trace(access, tags='["a"]')

    with pytest.raises(Invalid, match="Tag limit exceeded: maximum 50 tags per item"):
        change(access, full.pk, other.pk, tags=TagChange(add=["x"]))

    assert tags_of(other) == ["a"]


def test_each_changed_trace_is_an_event_and_goes_to_the_outbox(access: Access) -> None:
    made = [factories.trace(access) for _ in range(2)]
    OutboxRow.objects.all().delete()

    change(access, *(trace.pk for trace in made), name="x")

    events = AuditEvent.objects.filter(action="trace.patch")
    assert {event.entity_id for event in events} == {trace.pk for trace in made}
    assert OutboxRow.objects.count() == 2


def test_a_thread_that_is_named_is_made(access: Access) -> None:
    trace = factories.trace(access)

    change(access, trace.pk, thread_id="talk")

    assert Thread.objects.get(thread_id="talk").project_id == trace.project_id


def test_as_many_queries_for_20_as_for_2(access: Access) -> None:
    made = [factories.trace(access) for _ in range(22)]
    counts = []
    for part in (made[:2], made[2:]):
        with CaptureQueriesContext(connection) as asked:
            change(access, *(trace.pk for trace in part), tags=TagChange(add=["x"]))
        counts.append(len(asked))

    assert counts[0] == counts[1]
