"""``opik export`` and ``opik import``: traces out of one project and into another."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import opik
import pytest
from opik import Attachment

from tests.sdk import clients
from tests.servers import Server

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]

Command = Callable[..., str]


@pytest.fixture
def command(server: Server, tmp_path: Path) -> Command:
    """Runs the package's own command in an empty folder; what it prints."""
    told = {
        "HOME": str(tmp_path),
        "OPIK_URL_OVERRIDE": f"{server.base_url}/api",
        "OPIK_API_KEY": server.key,
        "OPIK_WORKSPACE": "default",
    }

    def run(*words: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-m", "opik.cli", *words],
            cwd=tmp_path,
            env=os.environ | told,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        assert ran.returncode == 0, ran.stdout
        return ran.stdout

    return run


def test_exported_traces_are_imported_as_they_were(
    client: opik.Opik, project: str, command: Command, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Größe", encoding="utf-8")
    trace = client.trace(
        name="whole",
        input={"q": "Größe?"},
        output={"a": 1},
        tags=["a"],
        thread_id="talk",
        attachments=[Attachment(data=str(note), content_type="text/plain")],
    )
    outer = trace.span(name="outer", input={"o": 1})
    outer.span(name="inner", type="llm", model="m-1", output={"i": 1})
    trace.log_feedback_score("quality", 0.5, reason="r")
    client.flush()

    command("export", "default", project, "traces")
    command("import", "default", project, "traces", "--to-project", f"{project}-2")

    (read,) = client.search_traces(f"{project}-2")
    spans = client.search_spans(f"{project}-2")
    names = {span.id: span.name for span in spans}
    attached = client.get_attachment_client().get_attachment_list(
        f"{project}-2", str(read.id), "trace"
    )
    assert (read.name, read.input, read.output) == ("whole", {"q": "Größe?"}, {"a": 1})
    assert (read.tags, read.thread_id) == (["a"], "talk")
    assert clients.scores(read) == {"quality": (0.5, None, "r")}
    assert {span.name: names.get(span.parent_span_id) for span in spans} == {
        "outer": None,
        "inner": "outer",
    }
    assert [(one.file_name, one.file_size) for one in attached] == [("note.txt", 7)]


def test_filter_chooses_what_is_exported(
    client: opik.Opik, project: str, command: Command, tmp_path: Path
) -> None:
    for name in ("wanted", "other"):
        client.trace(name=name).span(name=f"step of {name}")
    client.flush()

    command("export", "default", project, "traces", "--filter", 'name = "wanted"')

    texts = [file.read_text(encoding="utf-8") for file in tmp_path.rglob("trace_*.json")]
    assert len(texts) == 1
    assert "step of wanted" in texts[0]
