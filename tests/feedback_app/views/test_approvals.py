"""Generated answers approved, rejected and asked for again, on both pages; and by whom."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client, override_settings
from uuid_utils.compat import uuid7

from feedback_app.models import Datapoint, SnapshotItem
from feedback_app.services import approvals, corrections, snapshots, splits
from feedback_app.services.snapshots import Asked
from tests.chat_endpoint import ChatEndpoint
from tests.feedback_app.desk import HTMX, Desk, words
from tests.feedback_app.generator.asked import add, low, state, work
from traces_app.errors import Invalid
from traces_app.models import AuditEvent, Role, Trace

pytestmark = pytest.mark.django_db


def generated(desk: Desk) -> tuple[Trace, Datapoint]:
    trace = low(desk)
    add(desk, trace)
    work()
    return trace, Datapoint.objects.get(trace_id=trace.pk)


def decide(desk: Desk, point: Datapoint | UUID, do: str, **fields: str) -> Any:
    pk = point.pk if isinstance(point, Datapoint) else point
    return desk.browser.post(f"/datapoints/{pk}/approval", {"do": do} | fields)


def test_pages_show_that_it_waits_and_how_it_differs(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace, point = generated(desk)

    for page in (desk.open(trace), desk.browser.get(f"/datapoints/{point.pk}")):
        assert "waits for approval" in words(page)
        assert "<del>Yes</del>" in page.text
        assert 'value="approve"' in page.text
    listed = desk.browser.get(f"/datasets/{point.dataset_id}?state=waiting")
    assert "waits for approval" in words(listed)
    assert str(point.pk) in listed.text


def test_approved_it_is_in_the_next_snapshot_and_before_that_in_none(
    endpoint: ChatEndpoint,
) -> None:
    desk = Desk()
    _, point = generated(desk)
    with pytest.raises(Invalid, match="waits for approval"):
        snapshots.create(access=desk.access, dataset_id=point.dataset_id, asked=Asked())

    answer = decide(desk, point, "approve", digest=point.digest)

    point.refresh_from_db()
    assert (answer.status_code, point.is_waiting, point.source) == (302, False, "generated")
    snapshots.create(access=desk.access, dataset_id=point.dataset_id, asked=Asked())
    assert SnapshotItem.objects.get().datapoint_id == point.pk
    assert AuditEvent.objects.filter(action="datapoint.approve").count() == 1


def test_a_split_leaves_it_where_it_is(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    _, point = generated(desk)

    splits.split(access=desk.access, dataset_id=point.dataset_id, percent=80, generated_too=True)

    point.refresh_from_db()
    assert point.bucket == "uncategorized"


def test_rejected_it_leaves_and_the_trace_says_why(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace, point = generated(desk)

    answer = decide(desk, point, "reject", words="Invented a clause.")

    assert not Datapoint.objects.exists()
    assert f"/datasets/{point.dataset_id}?deletion=" in answer["Location"]
    added, status, reason = state(trace)
    assert (added, status) == (False, "failed")
    assert "Invented a clause." in reason


def test_restored_after_a_rejection_it_waits_again(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace, point = generated(desk)
    gone = approvals.reject(access=desk.access, datapoint_id=point.pk, reason="No.")

    desk.browser.post(f"/datasets/{point.dataset_id}/restore/{gone.id}")

    assert Datapoint.objects.get().is_waiting
    assert state(trace) == (True, "none", "")


def test_a_rejection_without_a_reason_is_refused(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    _, point = generated(desk)

    decide(desk, point, "reject", words="  ")

    assert Datapoint.objects.get().is_waiting
    assert approvals.WHY in words(desk.browser.get(f"/datapoints/{point.pk}"))


def test_asked_again_with_a_wish_the_answer_is_replaced_and_waits(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace, point = generated(desk)
    endpoint.text = "The best answer."

    desk.post(trace, f"dataset/{point.pk}/approval", do="again", words="Name the clause.")
    assert "Another answer is being written" in words(desk.open(trace))
    work()

    fresh = Datapoint.objects.get()
    assert (fresh.pk, fresh.is_waiting) == (point.pk, True)
    assert "The best answer." in fresh.content
    told = endpoint.asked[-1]["messages"][-1]["content"]
    assert "Name the clause." in told
    assert "The better answer." in told
    assert state(trace) == (True, "none", "")


def test_what_a_person_edited_meanwhile_is_not_written_over(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace, point = generated(desk)
    approvals.ask_again(access=desk.access, datapoint_id=point.pk)
    mine = json.dumps({"messages": [{"role": "user", "content": "mine"}]})
    approvals.approve(access=desk.access, datapoint_id=point.pk, content=mine)

    work()

    point.refresh_from_db()
    assert ("mine" in point.content, point.is_waiting) == (True, False)
    assert "left as it is" in state(trace)[2]


def test_what_a_person_approved_meanwhile_is_not_written_over(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace, point = generated(desk)
    approvals.ask_again(access=desk.access, datapoint_id=point.pk)
    endpoint.text = "Another answer."
    approvals.approve(access=desk.access, datapoint_id=point.pk, digest=point.digest)

    work()

    fresh = Datapoint.objects.get()
    assert (fresh.digest, fresh.is_waiting) == (point.digest, False)
    assert "left as it is" in state(trace)[2]


def test_edited_and_approved_in_one_go(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    _, point = generated(desk)
    chat = {"role": ["user", "assistant"], "content": ["Covered?", "In year one."]}

    desk.browser.post(f"/datapoints/{point.pk}", chat | {"do": "approve", "digest": point.digest})

    point.refresh_from_db()
    assert ("In year one." in point.content, point.is_waiting) == (True, False)


def test_what_changed_since_it_was_read_is_not_approved(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    _, point = generated(desk)

    decide(desk, point, "approve", digest="of another content")

    assert Datapoint.objects.get().is_waiting


def test_htmx_gets_the_section_of_the_trace(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace, point = generated(desk)

    url = f"/traces/{trace.pk}/dataset/{point.pk}/approval"
    answer = desk.browser.post(url, {"do": "approve", "digest": point.digest}, headers=HTMX)

    assert answer.text.lstrip().startswith('<section class="section" id="dataset"')
    assert "Approved" in words(answer)


def test_only_writers_of_the_workspace_decide(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace, point = generated(desk)
    beside = f"/traces/{trace.pk}/dataset/{point.pk}/approval"
    expected = {Role.REVIEWER: 404, Role.VIEWER: 403}

    for role, status in expected.items():
        colleague = desk.colleague(role)
        assert decide(colleague, point, "approve").status_code == status
        assert colleague.browser.post(beside, {"do": "approve"}).status_code == status
    assert decide(Desk(), point, "approve").status_code == 404
    assert Client().post(beside, {"do": "approve"})["Location"].startswith("/sign-in")
    assert Datapoint.objects.get().is_waiting


@pytest.mark.parametrize(
    "fields",
    [{}, {"do": "x"}, {"do": "approve", "digest": "\0"}, {"do": "reject", "words": "x" * 9000}],
)
def test_bad_input_changes_nothing(endpoint: ChatEndpoint, fields: dict[str, str]) -> None:
    desk = Desk()
    _, point = generated(desk)

    assert desk.browser.post(f"/datapoints/{point.pk}/approval", fields).status_code == 302
    assert decide(desk, uuid7(), "approve").status_code == 404
    assert Datapoint.objects.get().is_waiting


def test_a_datapoint_of_another_trace_is_not_found_beside_this_one(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    _, point = generated(desk)

    answer = desk.post(low(desk), f"dataset/{point.pk}/approval", do="approve")

    assert answer.status_code == 404


def test_without_an_endpoint_nothing_is_asked_again(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    _, point = generated(desk)

    with override_settings(GENERATOR=None):
        page = desk.browser.get(f"/datapoints/{point.pk}")
        decide(desk, point, "again")

    assert 'value="again"' not in page.text
    assert len(endpoint.asked) == 1


def test_a_changed_correction_is_offered_on_both_pages_and_marked_in_the_list() -> None:
    desk = Desk()
    trace = low(desk)
    corrections.submit(access=desk.access, trace_id=trace.pk, output="In year one.")
    add(desk, trace)
    (point,) = Datapoint.objects.all()
    corrections.submit(access=desk.access, trace_id=trace.pk, output="In the first year.")

    listed = desk.browser.get(f"/datasets/{point.dataset_id}?state=differs")
    for page in (desk.open(trace), desk.browser.get(f"/datapoints/{point.pk}")):
        assert "The correction has changed since it was added." in words(page)
        now = page.text.split('name="now" value="')[1].split('"')[0]
        assert 'value="update"' in page.text
    assert "differs from its trace" in words(listed)
    desk.post(trace, f"dataset/{point.pk}/approval", do="update", digest=point.digest, now=now)

    assert "In the first year." in Datapoint.objects.get().content
    assert "differs from its trace" not in words(
        desk.browser.get(f"/datasets/{point.dataset_id}")
    ).replace("Differs from its trace", "")
