"""Fixtures that every test may use."""

import os
from typing import Any

import pytest

from tests import browsers
from tests.run import NO_CHROMIUM


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's own Chromium; inside a container it has neither sandbox nor much /dev/shm."""
    return browser_type_launch_args | {
        "executable_path": browsers.chromium(),
        "args": ["--no-sandbox", "--disable-dev-shm-usage"],
    }


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser, unless everything is required."""
    needing = [item for item in items if item.get_closest_marker("browser")]
    if not needing or browsers.chromium() is not None:
        return
    if os.environ.get("REQUIRE_ALL", "") not in {"", "0"}:
        raise pytest.UsageError(f"{NO_CHROMIUM}.")
    for item in needing:
        item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let Django touch the database where browser tests are among the chosen ones.

    Playwright's synchronous API runs an event loop in the tests' thread, also while the session
    sets up and drops the database; nothing is awaited there, so nothing can be interleaved.
    """
    if any(item.get_closest_marker("browser") for item in session.items):
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
