from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import sent_trace
from traces_app.access import Access
from traces_app.errors import Forbidden, NotFound
from traces_app.models import AuditEvent, QueueItem, Role, Score, Thread, Workspace
from traces_app.services import judged_threads, threads, traces, workspaces
from traces_app.services.judged_threads import SaidOfThread
from traces_app.services.tags import TagChange

pytestmark = pytest.mark.django_db
HERE = ("p", None)


@pytest.fixture
def access() -> Access:
    return factories.access()


def send(access: Access, *names: str, now: datetime | None = None) -> None:
    rows = [sent_trace("p", thread_id=name) for name in names]
    traces.ingest(access=access, sent=rows, now=now)


def active() -> list[str]:
    rows = Thread.objects.filter(status="active").order_by("thread_id")
    return list(rows.values_list("thread_id", flat=True))


def ago(minutes: float) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def test_threads_rest_15_minutes_after_their_newest_trace(access: Access) -> None:
    send(access, "old", "woken", now=ago(15.1))
    send(access, "new", now=ago(14.9))
    send(access, "woken")

    assert threads.close_idle() == 1
    assert active() == ["new", "woken"]


def test_resting_changes_neither_the_last_update_nor_who_made_it(access: Access) -> None:
    send(access, "t", now=ago(60))
    before = Thread.objects.get()

    threads.close_idle()

    after = Thread.objects.get()
    assert (after.status, after.last_updated_at) == ("inactive", before.last_updated_at)


def test_replays_and_tags_keep_no_thread_awake(access: Access) -> None:
    row = sent_trace("p", thread_id="t")
    traces.ingest(access=access, sent=[row], now=ago(60))
    traces.ingest(access=access, sent=[row])
    threads.tag(access=access, pk=Thread.objects.get().pk, change=TagChange(["x"]))

    assert threads.close_idle() == 1


def test_opened_thread_rests_again_after_as_long(access: Access) -> None:
    send(access, "t", now=ago(60))
    threads.close_idle()

    threads.open(access=access, place=HERE, thread_id="t")

    assert threads.close_idle() == 0
    assert threads.close_idle(now=timezone.now() + timedelta(minutes=16)) == 1


def test_each_workspace_says_how_long(access: Access) -> None:
    other = factories.access()
    workspaces.let_threads_rest(access=other, minutes=120)
    send(access, "ours", now=ago(60))
    send(other, "theirs", now=ago(60))

    assert threads.close_idle() == 1
    assert active() == ["theirs"]


def test_more_threads_than_fit_a_batch_are_all_closed(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "CLOSED_AT_ONCE", 3)
    send(access, *(f"t{number}" for number in range(10)), now=ago(60))

    assert threads.close_idle() == 10


@pytest.mark.parametrize("minutes", [0, -1, 43_201])
def test_threads_rest_within_a_month(access: Access, minutes: int) -> None:
    with pytest.raises(Exception, match="1 to 43,200 minutes"):
        workspaces.let_threads_rest(access=access, minutes=minutes)


def test_only_owners_say_how_long_and_it_is_on_record(access: Access) -> None:
    workspace = Workspace.objects.get(pk=access.workspace_id)
    with pytest.raises(Forbidden):
        workspaces.let_threads_rest(access=factories.access(workspace, Role.MEMBER), minutes=5)

    workspaces.let_threads_rest(access=access, minutes=5)

    event = AuditEvent.objects.get(action="workspace.let_threads_rest")
    assert (event.before, event.after) == ('{"minutes":15}', '{"minutes":5}')


def test_reopening_deletes_nothing(access: Access) -> None:
    send(access, "t")
    judged_threads.record(
        access=access, said=[SaidOfThread("t", factories.said(uuid4(), 1), project_name="p")]
    )
    threads.close(access=access, place=HERE, thread_ids=["t"])

    threads.open(access=access, place=HERE, thread_id="t")

    assert Score.objects.count() == 1
    assert active() == ["t"]


def test_what_people_do_is_on_record_once(access: Access) -> None:
    send(access, "a", "b")
    for _ in range(2):
        threads.close(access=access, place=HERE, thread_ids=["a", "b"])
        threads.tag(access=access, pk=Thread.objects.get(thread_id="a").pk, change=TagChange(["x"]))

    actions = AuditEvent.objects.filter(action__startswith="thread.").values_list(
        "action", flat=True
    )
    assert sorted(actions) == ["thread.close", "thread.close", "thread.tag"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_who_may_not_write_changes_no_thread(access: Access, role: Role) -> None:
    send(access, "t")
    reader = factories.access(Workspace.objects.get(pk=access.workspace_id), role)
    pk = Thread.objects.get().pk

    attempts: list[Callable[[], object]] = [
        lambda: threads.open(access=reader, place=HERE, thread_id="t"),
        lambda: threads.close(access=reader, place=HERE, thread_ids=["t"]),
        lambda: threads.delete(access=reader, place=HERE, thread_ids=["t"]),
        lambda: threads.tag(access=reader, pk=pk, change=TagChange(["x"])),
        lambda: threads.tag_all(access=reader, pks=[pk], change=TagChange(["x"])),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()


def test_stranger_finds_no_thread(access: Access) -> None:
    send(access, "t")
    stranger, pk = factories.access(), Thread.objects.get().pk

    with pytest.raises(NotFound):
        threads.tag(access=stranger, pk=pk, change=TagChange(["x"]))
    threads.tag_all(access=stranger, pks=[pk], change=TagChange(["x"]))
    threads.delete(access=stranger, place=(None, Thread.objects.get().project_id), thread_ids=["t"])
    assert Thread.objects.get().tags is None


def test_delete_takes_a_thread_out_of_its_queues(access: Access) -> None:
    send(access, "t", "kept")
    rows = list(Thread.objects.all())
    factories.queue(access, rows[0].project_id, *rows, scope="thread")

    threads.delete(access=access, place=HERE, thread_ids=["t"])

    assert QueueItem.objects.get().entity_id == Thread.objects.get().pk


def test_delete_of_a_thread_of_many_traces_takes_all(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "DELETED_AT_ONCE", 2)
    send(access, *["t"] * 5)

    threads.delete(access=access, place=HERE, thread_ids=["t"])

    assert not Thread.objects.exists()


def test_unknown_ids_of_tags_are_left_out(access: Access) -> None:
    threads.tag_all(access=access, pks=[uuid7()], change=TagChange(["x"]))

    assert not AuditEvent.objects.filter(action="thread.tag").exists()
