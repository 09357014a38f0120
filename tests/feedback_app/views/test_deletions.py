"""Deleting traces in pages, and the trash."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from feedback_app.jobs import REGISTRY
from feedback_app.models import Datapoint
from feedback_app.services import datapoints, datasets, deleted_traces
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app import normal_form
from traces_app.models import Deletion, Job, Role, Trace
from traces_app.services import jobs
from traces_app.work import attempts
from traces_app.work.registry import JobRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    for name in ("first", "second", "third"):
        desk.trace(name=name)
    return desk


def ids() -> list[str]:
    return [str(pk) for pk in Trace.objects.order_by("pk").values_list("pk", flat=True)]


def delete(desk: Desk, *some: str, **fields: Any) -> Any:
    return desk.browser.post("/traces/do", {"do": "delete", "id": some} | fields)


def deletion() -> Deletion:
    return Deletion.objects.latest("pk")


def run_all() -> None:
    while job := jobs.claim(lane=Job.Lane.LONG):
        attempts.run(job, REGISTRY.handlers, lambda: None)


def test_picked_rows_are_deleted_and_brought_back_by_undo(desk: Desk) -> None:
    first, second, _ = ids()

    shown = words(desk.browser.get(delete(desk, first, second)["Location"]))
    path = f"/trash/undo/{deletion().batch}"
    left = len(ids())
    back = desk.browser.post(path, {"next": "/traces?tag=x"})

    assert "2 traces deleted." in shown
    assert f'action="{path}"' in shown
    assert (left, len(ids()), back["Location"]) == (1, 3, "/traces?tag=x")
    assert "2 traces restored." in words(desk.browser.get("/traces"))


def test_htmx_gets_the_list_with_the_undo(desk: Desk) -> None:
    sent = {"do": "delete", "id": ids()[0]}

    part = desk.browser.post("/traces/do", sent, headers=HTMX, follow=True)

    assert f'action="/trash/undo/{deletion().batch}"' in part.text
    assert part.text.count("data-pick>") == 2


def test_all_that_match_are_deleted_by_a_job_after_a_question(desk: Desk) -> None:
    token = str(uuid4())

    asked = words(delete(desk, all="1", token=token))
    unasked = Job.objects.exists()
    delete(desk, all="1", token=token, confirmed="1")
    run_all()

    assert "Delete: 3 traces?" in asked
    assert not unasked
    assert (ids(), deletion().number) == ([], 3)
    assert "3 matched: 3 deleted." in words(
        desk.browser.get(f"/jobs/{Job.objects.latest('pk').pk}")
    )


def test_a_large_deletion_is_restored_by_a_job(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deleted_traces, "AT_ONCE", 2)
    delete(desk, *ids())

    answer = desk.browser.post(f"/trash/{deletion().pk}/restore")
    run_all()

    job = Job.objects.get(kind=deleted_traces.KIND)
    assert answer["Location"] == f"/jobs/{job.pk}"
    assert normal_form.load(job.result)["back"] == len(ids()) == 3
    assert "3 restored." in words(desk.browser.get(answer["Location"]))


def test_a_cancelled_restore_may_be_asked_for_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deleted_traces, "AT_ONCE", 2)
    delete(desk, *ids())
    path = f"/trash/{deletion().pk}/restore"
    cancelled = desk.browser.post(path)["Location"]
    desk.browser.post(f"{cancelled}/cancel")

    again = [desk.browser.post(path)["Location"] for _ in range(2)]
    run_all()

    assert (again[0] == again[1], again[0] == cancelled) == (True, False)
    assert len(ids()) == 3


def test_undo_brings_back_what_was_deleted_last_and_nothing_before(desk: Desk) -> None:
    first, second, third = ids()
    token = str(uuid4())  # the page was gone back to
    delete(desk, first, token=token)
    delete(desk, second, token=token)

    desk.browser.post(f"/trash/undo/{deletion().batch}")

    assert ids() == [second, third]


def test_a_restoring_job_goes_on_where_it_was_cut(desk: Desk) -> None:
    delete(desk, *ids())
    job = deleted_traces.ask(access=desk.access, deletion_id=deletion().pk)
    claimed = jobs.claim(lane=Job.Lane.LONG)
    assert claimed is not None
    deleted_traces._step(JobRun(claimed), desk.access, 2)
    Job.objects.update(state=Job.State.WAITING, lease_until=None, run_after=job.created_at)

    run_all()

    job.refresh_from_db()
    assert (normal_form.load(job.result)["back"], len(ids())) == (3, 3)


def test_one_is_deleted_from_its_page(desk: Desk) -> None:
    trace = ids()[0]

    offered = desk.browser.get(f"/traces/{trace}").text
    answer = desk.browser.post(f"/traces/{trace}/delete?tag=x")

    assert f'action="/traces/{trace}/delete' in offered
    assert answer["Location"] == "/traces?tag=x"
    assert "1 trace deleted." in words(desk.browser.get("/traces"))
    assert desk.browser.get(f"/traces/{trace}").status_code == 404


def test_the_trash_lists_and_restores_one_or_all(desk: Desk) -> None:
    first, second, _ = ids()
    delete(desk, first, second)
    path = f"/trash/{deletion().pk}"

    listed, opened = words(desk.browser.get("/trash")), words(desk.browser.get(path))
    one = desk.browser.post(f"{path}/restore", {"trace": first})
    rest = desk.browser.post(f"{path}/restore")

    assert "2 traces</b>" in listed
    assert f'href="{path}"' in listed
    assert "second" in opened
    assert (one["Location"], rest["Location"]) == (path, "/trash")
    assert len(ids()) == 3
    assert "The trash is empty" in words(desk.browser.get("/trash"))


def test_readers_see_the_trash_and_restore_nothing(desk: Desk) -> None:
    delete(desk, *ids())
    one, path = deletion(), f"/trash/{deletion().pk}"
    viewer, reviewer, stranger = desk.colleague(Role.VIEWER), desk.colleague(Role.REVIEWER), Desk()

    seen = [[each.browser.get(at).status_code for at in ("/trash", path)] for each in
            (viewer, reviewer, stranger)]  # fmt: skip
    restored = [
        each.browser.post(f"{path}/restore").status_code for each in (viewer, reviewer, stranger)
    ]
    undone = [
        each.browser.post(f"/trash/undo/{one.batch}").status_code for each in (viewer, reviewer)
    ]

    assert seen == [[200, 200], [404, 404], [200, 404]]
    assert (restored, undone) == ([403, 404, 404], [403, 403])
    assert "Restore" not in viewer.browser.get(path).text
    stranger.browser.post(f"/trash/undo/{one.batch}")
    assert not ids()


def test_readers_and_strangers_delete_nothing(desk: Desk) -> None:
    trace = ids()[0]
    viewer, reviewer, stranger = desk.colleague(Role.VIEWER), desk.colleague(Role.REVIEWER), Desk()

    from_page = [
        each.browser.post(f"/traces/{trace}/delete").status_code
        for each in (viewer, reviewer, stranger)
    ]
    from_list = [delete(each, trace).status_code for each in (viewer, reviewer)]
    delete(stranger, trace)

    assert (from_page[0], from_page[2], from_list) == (403, 404, [403, 404])
    assert from_page[1] in (403, 404)
    assert len(ids()) == 3
    assert "/delete" not in viewer.browser.get(f"/traces/{trace}").text


def test_nobody_is_sent_to_sign_in(desk: Desk) -> None:
    delete(desk, *ids())
    path = f"/trash/{deletion().pk}"
    desk.browser.logout()

    answers = [desk.browser.get("/trash"), desk.browser.get(path)]
    answers += [
        desk.browser.post(at)
        for at in (f"{path}/restore", f"/trash/undo/{uuid4()}", f"/traces/{uuid4()}/delete")
    ]

    assert all(each["Location"].startswith("/sign-in") for each in answers)


@pytest.mark.parametrize("text", ["zz", "a\x00"])
def test_ids_that_are_none_are_not_found(desk: Desk, text: str) -> None:
    delete(desk, *ids())
    path = f"/trash/{deletion().pk}"

    assert desk.browser.get("/trash", {"before": text}).status_code == 404
    assert desk.browser.get(path, {"before": text}).status_code == 404
    assert desk.browser.post(f"{path}/restore", {"trace": text}).status_code == 404
    assert desk.browser.get(f"/trash/{UUID(int=5)}").status_code == 404


def test_the_mark_of_a_dataset_is_true_after_a_restore(desk: Desk) -> None:
    for pk in ids()[:2]:
        desk.score(Trace.objects.get(pk=pk), "0.9")
        datasets.add_trace(access=desk.access, trace_id=UUID(pk))
    delete(desk, *ids())
    point = Datapoint.objects.earliest("pk")
    datapoints.delete(access=desk.access, ids=[point.pk], dataset_id=point.dataset_id)

    desk.browser.post(f"/trash/{deletion().pk}/restore")

    marked = Trace.objects.filter(added_to_dataset=True).values_list("pk", flat=True)
    assert list(marked) == [Datapoint.objects.get().trace_id]
