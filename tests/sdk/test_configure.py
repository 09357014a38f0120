"""``opik configure`` and ``opik healthcheck``, the real commands, each in a home of its own."""

import configparser
import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.servers import Server

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]

CONFIGURE = """
import opik
opik.configure(
    api_key={key!r}, workspace={workspace!r}, url_override={url!r}, use_local={use_local!r},
    force=True, automatic_approvals=True,
)
"""
SEND_AND_READ = """
import opik
client = opik.Opik()
trace = client.trace(name="configured", input={"q": 1}, output={"a": 2})
client.flush()
found = client.search_traces(filter_string='name = "configured"', wait_for_at_least=1)
print("found", [each.id == trace.id for each in found])
client.end()
"""


@dataclass(frozen=True)
class Home:
    """A user's home, and what the commands find in their surroundings."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "opik.config"

    def run(self, *command: str, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run Python with ``command``; at a terminal when something is ``typed``."""
        inherited = {name: text for name, text in os.environ.items() if "OPIK" not in name}
        ours = {
            "HOME": str(self.folder),
            "OPIK_CONFIG_PATH": str(self.config),
            "OPIK_SENTRY_ENABLE": "false",
            "OPIK_ANALYTICS_ENABLE": "false",
        }
        keyboard, terminal = pty.openpty()
        os.write(keyboard, typed.encode())
        done = subprocess.run(
            [sys.executable, *command],
            env=inherited | ours | more,
            stdin=terminal if typed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        os.close(keyboard)
        os.close(terminal)
        return done

    def configure(
        self, url: str, key: str | None, workspace: str | None = None, *, use_local: bool = False
    ) -> subprocess.CompletedProcess[str]:
        script = CONFIGURE.format(key=key, workspace=workspace, url=url, use_local=use_local)
        return self.run("-c", script)

    def configured(self) -> dict[str, str]:
        parser = configparser.ConfigParser()
        parser.read(self.config)
        return dict(parser["opik"])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_configured_with_a_key_the_sdk_sends_and_reads(server: Server, home: Home) -> None:
    configured = home.configure(server.base_url, server.key, "default")

    sent = home.run("-c", SEND_AND_READ, OPIK_PROJECT_NAME="configured with a key")
    assert configured.returncode == 0, configured.stdout
    assert home.configured()["url_override"] == f"{server.base_url}/opik/api/"
    assert "found [True]" in sent.stdout, sent.stdout


def test_workspace_that_is_not_named_is_the_keys(server: Server, home: Home) -> None:
    home.configure(server.base_url, server.key)

    assert home.configured()["workspace"] == "default"


@pytest.mark.parametrize(
    ("key", "workspace", "words"),
    [("wrong", None, "API key is incorrect"), (None, "elsewhere", "`elsewhere` is incorrect")],
)
def test_wrong_key_or_workspace_is_not_configured(
    server: Server, home: Home, key: str | None, workspace: str | None, words: str
) -> None:
    refused = home.configure(server.base_url, key or server.key, workspace)

    assert words in refused.stdout
    assert not home.config.exists()


def test_healthcheck_finds_workspace_and_permissions(server: Server, home: Home) -> None:
    home.configure(server.base_url, server.key, "default")

    healthy = home.run("-m", "opik.cli", "healthcheck", "--check-permissions", "default")

    assert healthy.returncode == 0, healthy.stdout
    lines = [" ".join(line.split()) for line in healthy.stdout.splitlines()]
    assert "Backend workspace available: yes" in lines, healthy.stdout
    assert "Workspace: default" in lines
    assert [line for line in lines if "manage_workspace" in line and "True" in line]


def test_configure_use_local_asks_for_the_address_and_takes_it(server: Server, home: Home) -> None:
    asked = home.run(
        *("-m", "opik.cli", "configure", "--use_local", "-y"),
        *("--no-install-mcp", "--no-install-skills"),
        typed=f"{server.base_url}\n",
    )

    sent = home.run(
        "-c", SEND_AND_READ, OPIK_API_KEY=server.key, OPIK_PROJECT_NAME="configured as local"
    )
    assert asked.returncode == 0, asked.stdout
    assert home.configured()["url_override"] == f"{server.base_url}/api/"
    assert "found [True]" in sent.stdout, sent.stdout


def test_configure_function_takes_a_local_server(server: Server, home: Home) -> None:
    configured = home.configure(server.base_url, None, use_local=True)

    assert configured.returncode == 0, configured.stdout
    assert home.configured()["url_override"] == f"{server.base_url}/api/"


@pytest.mark.parametrize("prefix", ["/api", "/opik/api", ""])
def test_no_address_redirects(server: Server, prefix: str) -> None:
    base = f"{server.base_url}{prefix}/v1/private"
    headers = {"Authorization": server.key}

    answers = [
        httpx.post(f"{base}/traces/batch", headers=headers, json={"traces": []}),
        httpx.post(f"{base}/traces/batch/", headers=headers, json={"traces": []}),
        httpx.get(f"{base}/projects/", headers=headers),
        httpx.get(f"{server.base_url}{prefix}/is-alive/ping/"),
    ]

    assert [answer.status_code for answer in answers] == [422, 404, 404, 404]
