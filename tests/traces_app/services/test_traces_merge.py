"""How rows of one id become one trace: field by field, by the time they were sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import at, sent_trace
from traces_app.access import Access
from traces_app.models import Trace, Workspace
from traces_app.models.traces_sql import MERGED
from traces_app.models.upserts import EPOCH
from traces_app.services import traces
from traces_app.services.sent_traces import SentTrace

pytestmark = pytest.mark.django_db

FIRST: dict[str, Any] = {
    "name": "first",
    "end_time": at(1),
    "input": '{"a":1}',
    "output": '"one"',
    "metadata": "{}",
    "tags": '["x"]',
    "error_info": '{"message":"no"}',
    "ttft": 0.0,
    "thread_id": "thread-1",
    "source": "sdk",
    "environment": "test",
    "model_id": "m1",
}
SECOND: dict[str, Any] = {
    "name": "second",
    "end_time": at(2),
    "input": "[]",
    "output": '""',
    "metadata": '{"k":2}',
    "tags": "[]",
    "error_info": "{}",
    "ttft": 2.5,
    "thread_id": "thread-2",
    "source": "ui",
    "environment": "live",
    "model_id": "m2",
}
NOTHING: dict[str, Any] = dict.fromkeys(FIRST)


def stored(pk: UUID) -> dict[str, Any]:
    return dict(Trace.objects.values(*MERGED).get(pk=pk))


def times(pk: UUID) -> tuple[datetime, datetime | None]:
    return Trace.objects.values_list("start_time", "sent_at").get(pk=pk)


def test_every_merging_column_is_tried_here() -> None:
    assert set(FIRST) == set(SECOND) == set(MERGED)


@pytest.mark.parametrize("in_one_batch", [True, False])
@pytest.mark.parametrize("second", [SECOND, NOTHING, {}])
@pytest.mark.parametrize("first", [FIRST, NOTHING, {}])
@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_newer_row_wins_and_any_other_only_fills(
    minutes: int, first: dict[str, Any], second: dict[str, Any], in_one_batch: bool
) -> None:
    access, pk = factories.access(), uuid7()
    rows = [
        sent_trace(pk=pk, started=at(-10), **first),
        sent_trace(pk=pk, minutes=minutes, started=at(-20), **second),
    ]

    for batch in [rows] if in_one_batch else [rows[:1], rows[1:]]:
        traces.ingest(access=access, sent=batch)

    winner, loser = (second, first) if minutes > 0 else (first, second)
    expected = {
        name: loser.get(name) if winner.get(name) is None else winner[name] for name in MERGED
    }
    assert stored(pk) == expected
    assert times(pk) == (at(-20 if minutes > 0 else -10), at(max(minutes, 0)))


def test_an_empty_list_is_a_value_and_null_is_not() -> None:
    access = factories.access()
    trace = factories.trace(access, tags='["x"]', input='"kept"')

    factories.trace(access, pk=trace.pk, minutes=1, tags="[]", input=None)

    assert Trace.objects.values_list("tags", "input").get() == ("[]", '"kept"')


def test_newest_of_three_wins_in_whatever_order_they_come() -> None:
    access, pk = factories.access(), uuid7()

    for minutes in (2, 3, 1):
        row = sent_trace(pk=pk, minutes=minutes, started=at(minutes), name=f"at {minutes}")
        traces.ingest(access=access, sent=[row])

    assert stored(pk)["name"] == "at 3"
    assert times(pk) == (at(3), at(3))


@pytest.mark.parametrize("arrive", ["ingest", "create"])
def test_what_a_patch_said_before_the_trace_came_is_kept(arrive: str) -> None:
    access, pk = factories.access(), uuid7()
    traces.patch(access=access, trace_id=pk, values={"output": '"patched"', "name": None})
    assert times(pk) == (EPOCH, None)

    came = sent_trace(pk=pk, output='"sent"', name="sent", input='"in"')
    _arrive(arrive, access, came)

    got = stored(pk)
    assert (got["output"], got["name"], got["input"]) == ('"patched"', "sent", '"in"')
    assert times(pk) == (factories.NOON, factories.NOON)


def _arrive(how: str, access: Access, row: SentTrace) -> None:
    if how == "create":
        traces.create(access=access, sent=row)
    else:
        traces.ingest(access=access, sent=[row])


def test_stub_keeps_who_made_it_and_when() -> None:
    access, pk = factories.access(), uuid7()
    colleague = factories.access(Workspace.objects.get(pk=access.workspace_id))
    traces.patch(access=access, trace_id=pk, values={"name": "early"})
    made = Trace.objects.get(pk=pk)

    traces.ingest(access=colleague, sent=[sent_trace(pk=pk)])

    trace = Trace.objects.get(pk=pk)
    assert (trace.created_at, trace.created_by_id) == (made.created_at, access.author_id)
    assert trace.last_updated_by_id == colleague.author_id
    assert trace.last_updated_at > made.last_updated_at


def test_replay_of_a_batch_undoes_no_patch() -> None:
    access = factories.access()
    row = sent_trace(output='"sent"', tags='["a"]', end_time=at(1))
    traces.ingest(access=access, sent=[row])
    traces.patch(
        access=access, trace_id=row.id, values={"output": '"patched"', "tags": "[]", "name": "new"}
    )

    traces.ingest(access=access, sent=[sent_trace(pk=row.id, output='"sent"', tags='["a"]')])

    got = stored(row.id)
    assert (got["output"], got["tags"], got["name"]) == ('"patched"', "[]", "new")
    assert got["end_time"] == at(1)


def test_patch_moves_neither_start_nor_the_time_it_was_sent() -> None:
    access = factories.access()
    trace = factories.trace(access, started=at(-5))

    traces.patch(access=access, trace_id=trace.pk, values={"name": "patched"})

    assert times(trace.pk) == (at(-5), factories.NOON)


def test_patch_replaces_whole_values_and_keeps_what_it_does_not_name() -> None:
    access = factories.access()
    trace = factories.trace(access, metadata='{"a":1}', input='"in"')

    traces.patch(
        access=access, trace_id=trace.pk, values={"metadata": '{"b":2}', "input": None, "ttft": 1.0}
    )

    got = stored(trace.pk)
    assert (got["metadata"], got["input"], got["ttft"]) == ('{"b":2}', '"in"', 1.0)


def test_judging_does_not_make_the_stored_trace_newer() -> None:
    access = factories.access()
    trace = factories.trace(access, name="sent")
    factories.score(access, trace, 1, "User feedback")

    factories.trace(access, pk=trace.pk, minutes=0.01, name="sent again")

    trace.refresh_from_db()
    assert (trace.name, trace.score) == ("sent again", 1)


def test_batch_leaves_verdict_and_dataset_mark_alone() -> None:
    access = factories.access()
    trace = factories.trace(access)
    factories.score(access, trace, "0.5", "User feedback", reason="fair")
    Trace.objects.filter(pk=trace.pk).update(added_to_dataset=True)

    again = factories.trace(access, pk=trace.pk, minutes=9, name="later")

    assert (str(again.score), again.feedback, again.added_to_dataset) == (
        "0.500000000",
        "fair",
        True,
    )
