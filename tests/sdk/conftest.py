"""The real opik package, unmodified, as its users configure it."""

import os
from collections.abc import Iterator

# Before the package is imported: nothing may leave this machine.
os.environ["OPIK_SENTRY_ENABLE"] = "false"
os.environ["OPIK_ANALYTICS_ENABLE"] = "false"
os.environ["OPIK_CONSOLE_LOGGING_LEVEL"] = "ERROR"

import opik
import pytest
from uuid_utils.compat import uuid7

from tests.servers import Server


@pytest.fixture
def project() -> str:
    """A project name of the test's own: the server is shared."""
    return f"sdk-{uuid7()}"


@pytest.fixture
def client(server: Server, project: str) -> Iterator[opik.Opik]:
    made = opik.Opik(
        host=f"{server.base_url}/api", api_key=server.key, workspace="default", project_name=project
    )
    yield made
    made.end()
