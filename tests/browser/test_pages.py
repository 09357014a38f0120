"""Every page as axe sees it, on a desk and a phone; and that no page is left out."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from feedback_app.models import Snapshot
from tests import factories
from tests.browser.test_trace_lists import violations
from tests.browser.test_trace_page import PHONE, WIDE, sign_in
from tests.feedback_app.desk import Desk
from tests.feedback_app.rules import Filling, run_jobs
from tests.feedback_app.views.test_dataset_imports import uploaded
from tests.feedback_app.views.test_deletions import delete, deletion
from tests.feedback_app.views.test_jobs import ask as ask_for_tag
from tests.feedback_app.views.test_list_exports import ask as ask_for_file
from tests.feedback_app.views.test_list_exports import long as long_export
from traces_app.models import VERDICT, Job, Notice
from traces_app.services import queues
from traces_app.services.queues import Question, Wishes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COVERED_ELSEWHERE = {
    "signed-out": "test_frame",
    "sign-in": "test_frame",
    "change-password": "test_frame",
    "api-keys": "test_trace_lists",
    "members": "test_trace_lists",
    "traces": "test_trace_lists",
    "trace": "test_trace_page",
    "trace-peek": "test_peeks",
    "dataset": "test_datasets",
    "datapoint": "test_datasets",
    "queues": "test_queues",
    "queue-new": "test_queues",
    "queue": "test_queues",
    "queue-setup": "test_queues",
    "queue-pair-new": "test_pairs",
    "queue-pair-setup": "test_pairs",
    "queue-rule-choose": "test_queue_rules",
    "queue-rule-new": "test_queue_rules",
    "queue-rules": "test_queue_rules",
}
NO_PAGES = {
    # parts of a page, files, ways to a page, and what is not ours
    *(
        "trace-filter",
        "trace-count",
        "trace-arrivals",
        "trace-row",
        "trace-people",
        "trace-thread-people",
    ),
    *("trace-writing", "dataset-writing", "datapoint-writing"),
    *("queue-rule-count", "queue-rule-run", "review-turns", "review-ahead"),
    *("export-file", "dataset-export", "dataset-import-mistakes", "dataset-snapshot-file"),
    *("queue-export", "attachment", "home-notice", "saved-view", "trace-thread-of"),
    *("review-start", "opik-link", "api-schema", "api-docs"),
}


class Office:
    """A workspace in which every page has something to show."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = desk = Desk()
        self.filling = filling = Filling(desk)
        self.traces = [filling.trace(thread_id="t", name=f"Grinder {n}") for n in range(4)]
        self.export = long_export(desk, monkeypatch)
        ask_for_file(desk, "?tag=hot", "csv")
        self.dataset = factories.dataset(filling.project, "grinders")
        for number in range(3):
            factories.datapoint(self.dataset, str(number))
        desk.browser.post(f"/datasets/{self.dataset.pk}/snapshots", {"percent": "50"})
        factories.datapoint(self.dataset, "later")
        desk.browser.post(f"/datasets/{self.dataset.pk}/snapshots", {"percent": "50"})
        self.task = uploaded(desk, self.dataset)
        self.rule = filling.rule()
        filling.backfill(self.rule)
        self.judge()
        delete(desk, str(self.traces[3].pk))
        self.job = ask_for_tag(desk)
        run_jobs(Job.Lane.LONG)

    def judge(self) -> None:
        """A guide that was read and has changed since; an item judged, one open, a mention."""
        desk, first = self.desk, self.traces[0]
        queue = factories.queue(
            desk.access, first.project_id, *self.traces[:2], instructions="Read *this*."
        )
        self.queue = queue
        desk.browser.post(f"/queues/{queue.pk}/briefing", {"guideline": "1"})
        path = f"/queues/{queue.pk}/items/{first.pk}/submit"
        desk.browser.post(path, {"q0": "0.4", "feedback": "Two years, not one. " * 9})
        asked = [Question(name=VERDICT, help="From 0 to 1."), Question(name="Tone")]
        wishes = Wishes(questions=asked, instructions="Read *that*, and the order record.")
        queues.edit(access=desk.access, queue_id=queue.pk, wishes=wishes)
        other = desk.colleague()
        other.post(first, "comments", text=f"@{desk.person.email} is this so? " * 3)
        assert Notice.objects.exists()

    @property
    def pages(self) -> dict[str, str]:
        """Addresses by the names of their routes."""
        first = self.traces[0]
        newest, older = Snapshot.objects.order_by("-pk")
        ids = {
            "home": [],
            "home-history": [],
            "home-notices": [],
            "exports": [],
            "export": [self.export.pk],
            "trace-thread": [factories.thread_of(first).pk],
            "datasets": [],
            "project-settings": [first.project_id],
            "dataset-imports": [self.dataset.pk],
            "dataset-import": [self.task.pk],
            "dataset-snapshots": [self.dataset.pk],
            "dataset-snapshot": [newest.pk],
            "dataset-snapshot-diff": [newest.pk],
            "queue-rule": [self.filling.queue.pk, self.rule.pk],
            "jobs": [],
            "job": [self.job.pk],
            "trash": [],
            "trash-deletion": [deletion().pk],
            "review-briefing": [self.queue.pk],
            "review-finished": [self.queue.pk],
            "review-item": [self.queue.pk, self.traces[1].pk],
            "review-aside": [self.queue.pk, self.traces[1].pk],
        }
        found = {name: reverse(name, args=args) for name, args in ids.items()}
        found["dataset-snapshot-diff"] += f"?with={older.pk}"
        return found


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(monkeypatch)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_a_phone(
    live_server: LiveServer, page: Page, office: Office, scheme: str
) -> None:
    sign_in(page.context, office.desk, live_server.url)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    found: list[object] = []
    page.on("console", lambda line: found.extend([line.text] if line.type == "error" else []))
    page.on("pageerror", lambda error: found.append(str(error)))
    for name, address in office.pages.items():
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        answer = page.goto(f"{live_server.url}{address}")
        assert answer, name
        assert answer.status == 200, name
        found += violations(page)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{name} scrolls sideways on a phone")
    page.goto("about:blank")  # an item's page gives it back here, before the tables are gone

    assert not found


def test_no_page_is_left_out(office: Office) -> None:
    open_ = {
        name
        for name, kwargs in routes(get_resolver().url_patterns)
        if office.desk.browser.get(reverse(name, kwargs=kwargs)).status_code != 405
    }

    assert open_ == {*office.pages, *COVERED_ELSEWHERE, *NO_PAGES}


def routes(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, dict[str, UUID | str]]]:
    """The named routes of pages, with made-up values for what stands in their addresses."""
    for each in patterns:
        if isinstance(each, URLResolver):
            if not str(each.pattern):
                yield from routes(each.url_patterns)
        elif each.name:
            values: dict[str, UUID | str] = {
                name: uuid4() if type(kind).__name__ == "UUIDConverter" else "x"
                for name, kind in each.pattern.converters.items()
            }
            yield each.name, values
