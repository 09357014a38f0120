"""Fixtures that every test may use."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests import browsers, servers, workers
from tests.run import NO_CHROMIUM
from traces_app.api.opik import streams

pytest_plugins = ["tests.hangs"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's own Chromium."""
    return browser_type_launch_args | {
        "executable_path": browsers.chromium(),
        "args": list(browsers.ARGUMENTS),
    }


def pytest_configure() -> None:
    """Look for cycles of garbage more seldom than Python does: tests leave few."""
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # before xdist reads the groups, and pytest the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Let one xdist worker run all that share the server, which is slow to start, and mark what
    reaches a database: the rest is the same on each. The long ones go first, lest one worker is
    left with them in the end."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "server" in fixtures:
            item.add_marker(pytest.mark.xdist_group("server"))
        marks = {mark.name for mark in item.iter_markers()}
        if fixtures & {"db", "transactional_db", "server"} or marks & {"django_db", "process"}:
            item.add_marker(pytest.mark.database)
    yield
    items.sort(key=lambda item: not _is_long(item))


def _is_long(item: pytest.Item) -> bool:
    served = "server" in getattr(item, "fixturenames", ())
    return served or item.get_closest_marker("long") is not None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a browser test where there is no browser; fail it if everything is required."""
    if item.get_closest_marker("browser") and browsers.chromium() is None:
        if os.environ.get("REQUIRE_ALL", "") not in {"", "0"}:
            pytest.fail(NO_CHROMIUM, pytrace=False)
        pytest.skip(NO_CHROMIUM)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let Django touch the database where browser tests are among the chosen ones.

    Playwright's synchronous API runs an event loop in the tests' thread, also while the session
    sets up and drops the database; nothing is awaited there, so nothing can be interleaved.
    """
    if any(item.get_closest_marker("browser") for item in session.items):
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    gc.freeze()  # thousands of tests and what they import, that no collection need walk again


@pytest.hookimpl(trylast=True)  # after the database is dropped; xdist's workers get no further
def pytest_sessionfinish() -> None:
    """Remove what ``tests.settings`` has made."""
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.fixture(autouse=True)
def _places_of_streams(request: pytest.FixtureRequest) -> Iterator[None]:
    """A stream that a test leaves unread keeps its place, and a later test would get a 429."""
    yield
    taken = 0
    while streams._streams._value < max(1, settings.THREADS // 4):
        streams._streams.release()
        taken += 1
    if taken and request.node.get_closest_marker("browser") is None:
        pytest.fail(f"{taken} streams were not read to their end")


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For what all tests of a module read: it stays in the database until the module is done.

    Each test's own transaction lies within, so what a test writes is gone at its end as ever.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """The product as ``make run`` starts it, filled by its first start, on a database of its own.

    Shared by all tests of the session: make what you need under names of your own.
    """
    folder: Path = tmp_path_factory.mktemp("server")
    with servers.fresh_database() as url, servers.running(folder, url) as running:
        yield running


@pytest.fixture
def start_worker(transactional_db: None) -> Iterator[workers.StartWorker]:
    """Starts workers as processes on the test database; ended with the test."""
    with workers.starting() as start:
        yield start
