"""The real opik package, unmodified, as its users configure it."""

import os
from collections.abc import Iterator

# Before the package is imported: nothing may leave this machine.
os.environ["OPIK_SENTRY_ENABLE"] = "false"
os.environ["OPIK_ANALYTICS_ENABLE"] = "false"
os.environ["OPIK_CONSOLE_LOGGING_LEVEL"] = "ERROR"
os.environ["OPIK_SUPPRESS_BATCHING_UPDATE_WARNING"] = "true"

import opik
import pytest
from opik import context_storage
from opik.api_objects import opik_client
from uuid_utils.compat import uuid7

from tests import servers
from tests.sdk import clients, steps_of_three, three
from tests.servers import Server

MAKE_KEYS = """
import io
from django.core.management import call_command
for email, workspace in ("colleague@example.com", "default"), ("stranger@example.com", "elsewhere"):
    said = io.StringIO()
    call_command("add_member", email, "--workspace", workspace, "--role", "member", stdout=said)
    call_command("create_api_key", email, "--workspace", workspace)
call_command("create_api_key", "owner@example.com", "--workspace", "default", "--as", "judge-v2")
"""


@pytest.fixture
def project() -> str:
    """A project name of the test's own: the server is shared."""
    return f"sdk-{uuid7()}"


@pytest.fixture
def client(server: Server, project: str) -> Iterator[opik.Opik]:
    with clients.connected(server, project) as made:
        yield made


@pytest.fixture(params=["in batches", "one by one"])
def either_client(
    server: Server, project: str, request: pytest.FixtureRequest
) -> Iterator[opik.Opik]:
    """A client that batches, and one that sends everything at once."""
    with clients.connected(server, project, batching=request.param == "in batches") as made:
        yield made


@pytest.fixture
def tracking(client: opik.Opik) -> Iterator[opik.Opik]:
    """The client that ``@opik.track`` sends through."""
    opik.set_global_client(client)
    yield client
    opik_client.reset_global_client(end_client=False)
    context_storage.clear_all()


@pytest.fixture(scope="session")
def searchable(server: Server) -> Iterator[opik.Opik]:
    """A client whose project holds the three traces of ``tests.sdk.three``, only to be read."""
    with clients.connected(server, f"search-{uuid7()}") as made:
        three.send(made)
        yield made


@pytest.fixture(scope="session")
def steps(server: Server) -> Iterator[opik.Opik]:
    """A client whose project holds one trace with the spans of ``tests.sdk.steps``."""
    with clients.connected(server, f"steps-{uuid7()}") as made:
        steps_of_three.send(made)
        yield made


@pytest.fixture(scope="session")
def keys(server: Server) -> dict[str, str]:
    """The keys of all but the owner, made by one process: each takes seconds to start."""
    made = servers.manage(server, "shell", "--no-imports", "-c", MAKE_KEYS).split()
    return dict(zip(("colleague", "stranger", "judge"), made, strict=True))


@pytest.fixture(scope="session")
def colleague_key(keys: dict[str, str]) -> str:
    """The key of a second person in the same workspace."""
    return keys["colleague"]


@pytest.fixture(scope="session")
def judge_key(keys: dict[str, str]) -> str:
    """A key of the owner whose scores stand under the name ``judge-v2``."""
    return keys["judge"]


@pytest.fixture(scope="session")
def stranger_key(keys: dict[str, str]) -> str:
    """The key of somebody in another workspace."""
    return keys["stranger"]
