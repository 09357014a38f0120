from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import sent_trace
from traces_app.access import Access
from traces_app.models import Thread
from traces_app.services import thread_rows, traces
from traces_app.services.sent_traces import SentTrace

pytestmark = pytest.mark.django_db


def put_to_rest() -> None:
    Thread.objects.update(status=Thread.Status.INACTIVE)


def status() -> str:
    return str(Thread.objects.values_list("status", flat=True).get())


def send(access: Access, *rows: SentTrace) -> None:
    traces.ingest(access=access, sent=rows)


def test_first_trace_that_names_a_thread_makes_it() -> None:
    access = factories.access()

    send(access, sent_trace(thread_id="t", source="sdk", environment="live"), sent_trace())

    thread = Thread.objects.get()
    assert (thread.thread_id, thread.status, thread.created_by_id) == (
        "t",
        "active",
        access.author_id,
    )
    assert (thread.source, thread.environment) == ("sdk", "live")


def test_one_name_in_two_projects_is_two_threads() -> None:
    send(factories.access(), sent_trace("a", thread_id="t"), sent_trace("b", thread_id="t"))

    assert Thread.objects.count() == 2


def test_thread_is_as_old_as_its_first_trace() -> None:
    first = UUID("018bcfe5-6800-7000-8000-00000000000a")
    second = UUID("018bcfe6-eea0-7000-8000-00000000000b")

    send(factories.access(), *(sent_trace(pk=pk, thread_id="t") for pk in (second, first)))

    pk = Thread.objects.get().pk
    assert (pk.int >> 80, pk.version, pk.variant) == (first.int >> 80, 7, first.variant)
    assert pk not in (first, second)


def test_model_ids_are_versions_7_of_the_given_time_and_differ() -> None:
    made = {thread_rows.model_id(factories.NOON) for _ in range(1000)}

    assert len(made) == 1000
    assert {(pk.version, pk.int >> 80) for pk in made} == {(7, 1772366400000)}


def test_new_trace_wakes_its_thread() -> None:
    access = factories.access()
    send(access, sent_trace(thread_id="t"))
    before = Thread.objects.get()
    put_to_rest()

    send(access, sent_trace(thread_id="t", source="ui"))

    after = Thread.objects.get()
    assert (after.pk, after.status, after.source) == (before.pk, "active", None)
    assert after.last_updated_at > before.last_updated_at


def test_replay_and_patch_let_a_thread_rest() -> None:
    access = factories.access()
    row = sent_trace(thread_id="t")
    send(access, row)
    put_to_rest()

    send(access, row)
    traces.patch(access=access, trace_id=row.id, values={"thread_id": "t", "name": "x"})

    assert status() == "inactive"


def test_batch_of_old_and_new_traces_wakes_only_what_the_new_ones_name() -> None:
    access = factories.access()
    old = [sent_trace(thread_id=name) for name in ("a", "b", "c")]
    send(access, *old)
    put_to_rest()

    send(access, *old, sent_trace(thread_id="b"), sent_trace(thread_id="d"))

    awake = Thread.objects.filter(status="active").values_list("thread_id", flat=True)
    assert sorted(awake) == ["b", "d"]


@pytest.mark.parametrize("arrive", ["batch", "post"])
def test_trace_that_was_patched_before_it_came_wakes_its_thread(arrive: str) -> None:
    access, pk = factories.access(), uuid7()
    send(access, sent_trace(thread_id="t"))
    traces.patch(access=access, trace_id=pk, values={"output": '"x"'})
    put_to_rest()

    row = sent_trace(pk=pk, thread_id="t")
    if arrive == "batch":
        send(access, row)
    else:
        traces.create(access=access, sent=row)
    assert status() == "active"

    put_to_rest()
    send(access, row)
    assert status() == "inactive"


def test_patch_that_names_a_thread_makes_it() -> None:
    access = factories.access()
    trace = factories.trace(access)

    traces.patch(access=access, trace_id=trace.pk, values={"thread_id": "later"})

    assert Thread.objects.get().thread_id == "later"


def test_no_thread_is_made_for_rows_that_were_left_alone() -> None:
    theirs = factories.trace()

    send(factories.access(), sent_trace(pk=theirs.pk, thread_id="t"))

    assert not Thread.objects.exists()
