"""Exporting the list of traces in pages."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from feedback_app.jobs import REGISTRY
from feedback_app.models import ListExport
from feedback_app.services import list_exports
from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import Job, Role
from traces_app.services import jobs
from traces_app.work import attempts

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def long(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> ListExport:
    """An export that is made by a job, which has not run yet."""
    monkeypatch.setattr(list_exports, "AT_ONCE", 0)
    desk.trace()
    answer = ask(desk)
    made = ListExport.objects.get()
    assert answer["Location"] == f"/exports/{made.pk}"
    return made


def ask(desk: Desk, query: str = "", form: str = "jsonl") -> Any:
    return desk.browser.post(f"/traces/exports{query}", {"form": form, "token": str(uuid4())})


def make(made: ListExport) -> None:
    list_exports.make(
        export_id=made.pk, report=lambda done, total: None, finish=lambda outcome: None
    )


def sent(answer: Any) -> bytes:
    content = b"".join(answer.streaming_content)
    answer.close()
    return content


def test_list_offers_the_forms_under_its_own_filter(desk: Desk) -> None:
    desk.trace(tags='["vip"]')

    text = words(desk.browser.get("/traces?tag=vip"))

    assert 'action="/traces/exports?tag=vip"' in text
    assert all(f'name="form" value="{name}"' in text for name in ("jsonl", "csv", "parquet"))


def test_short_list_is_downloaded_at_once(desk: Desk) -> None:
    trace = desk.trace(tags='["vip"]')
    desk.trace()

    answer = ask(desk, "?tag=vip")

    assert answer["Content-Disposition"].startswith('attachment; filename="traces-')
    assert [json.loads(line)["id"] for line in sent(answer).splitlines()] == [str(trace.pk)]


def test_long_list_leads_to_a_page_that_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = long(desk, monkeypatch)

    going = words(desk.browser.get(f"/exports/{made.pk}"))
    assert desk.browser.get(f"/exports/{made.pk}/file").status_code == 404
    make(made)
    over = words(desk.browser.get(f"/exports/{made.pk}", headers=HTMX))

    assert "being made" in going
    assert "hx-trigger" in going
    assert "1 trace," in over
    assert "hx-trigger" not in over
    assert json.loads(sent(desk.browser.get(f"/exports/{made.pk}/file")))["output"] == "Yes."


def test_job_that_gave_up_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = long(desk, monkeypatch)
    Job.objects.update(state=Job.State.FAILED, error="Its process died.")

    text = words(desk.browser.get(f"/exports/{made.pk}"))

    assert "Its process died. Export the list again." in text
    assert "hx-trigger" not in text.partition('id="export"')[2].partition(">")[0]


@pytest.mark.parametrize("owner_of_it", [True, False])
def test_export_stands_among_the_jobs_and_only_its_owner_is_led_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, owner_of_it: bool
) -> None:
    made = long(desk, monkeypatch)
    reader = desk if owner_of_it else desk.colleague(Role.OWNER)

    listed = words(reader.browser.get("/jobs"))
    going = reader.browser.get(f"/jobs/{made.job_id}").text
    job = jobs.claim(lane=Job.Lane.LONG)
    assert job is not None
    attempts.run(job, REGISTRY.handlers, lambda: None)
    over = words(reader.browser.get(f"/jobs/{made.job_id}"))

    assert "Export traces: JSON lines, everything nested" in listed
    assert "Cancel</button>" in going
    assert (f'href="/exports/{made.pk}"' in going) is owner_of_it
    assert "1 trace, " in over


def test_cancelled_before_it_began_it_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = long(desk, monkeypatch)

    desk.browser.post(f"/jobs/{made.job_id}/cancel")

    text = words(desk.browser.get(f"/exports/{made.pk}", headers=HTMX))
    assert "It was cancelled. Export the list again." in text
    assert "hx-trigger" not in text


def test_forgetting_leads_back_to_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = long(desk, monkeypatch)

    assert desk.browser.post(f"/exports/{made.pk}/forget")["Location"] == "/exports"

    assert "Exports will be listed here" in words(desk.browser.get("/exports"))


def test_unreadable_filter_and_unknown_form_are_refused(desk: Desk) -> None:
    desk.trace()

    assert ask(desk, "?min=x").status_code == 422
    assert ask(desk, "", "xlsx").status_code == 404


def test_only_who_sees_the_list_exports_it_and_only_the_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = long(desk, monkeypatch)

    for other in (Desk(), desk.colleague(), desk.colleague(Role.REVIEWER)):
        for path in ("", "/file"):
            assert other.browser.get(f"/exports/{made.pk}{path}").status_code == 404
        assert other.browser.post(f"/exports/{made.pk}/forget").status_code == 404
    assert ask(desk.colleague(Role.REVIEWER)).status_code == 404
    assert desk.colleague(Role.REVIEWER).browser.get("/exports").status_code == 404
    assert ask(desk.colleague(Role.VIEWER)).status_code == 302
    assert Client().post("/traces/exports")["Location"].startswith("/sign-in")


def test_stranger_exports_an_own_empty_list(desk: Desk) -> None:
    factories.trace(desk.access)

    assert sent(ask(Desk())) == b""
