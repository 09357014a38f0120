import io
import json
import sys
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from uuid_utils.compat import uuid7

from tests import factories
from traces_app.models import Role, Trace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop() -> None:
    factories.member(factories.workspace("shop"), Role.OWNER)


def opik(number: int = 1) -> str:
    sent = {"id": str(uuid7()), "start_time": "2026-11-01T10:00:00Z", "name": f"trace {number}"}
    return json.dumps(sent)


def prem() -> str:
    return json.dumps({"modelId": "m", "input": "in", "output": "out", "score": 0.8})


def file(folder: Path, *lines: str) -> str:
    path = folder / "traces.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def import_traces(name: str, project: str = "imported") -> str:
    out = StringIO()
    call_command("import_traces", name, project=project, workspace="shop", stdout=out)
    return out.getvalue()


def test_both_shapes_are_imported_from_one_file(tmp_path: Path) -> None:
    said = import_traces(file(tmp_path, opik(), prem()))

    assert said == "Imported 2 traces into “imported” of shop.\n"
    assert set(Trace.objects.values_list("project__name", "name")) == {
        ("imported", "trace 1"),
        ("imported", None),
    }


def test_bad_lines_are_reported_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = file(tmp_path, opik(1), "{", opik(2), "[]", opik(3))

    with pytest.raises(CommandError, match="2 lines could not be taken"):
        import_traces(name)

    reported = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in reported] == ["Line 2", "Line 4"]
    assert Trace.objects.count() == 3


def test_command_error_is_exit_code_1() -> None:
    assert CommandError("x").returncode == 1


def test_many_lines_go_in_batches(tmp_path: Path) -> None:
    name = file(tmp_path, *(opik(number) for number in range(1201)))

    assert import_traces(name).startswith("Imported 1,201 traces")
    assert Trace.objects.count() == 1201


def test_taken_ids_are_said_to_be_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = file(tmp_path, opik())
    import_traces(name, project="first")

    said = import_traces(name, project="second")

    assert said.splitlines()[1] == "1 new id, for those that are taken elsewhere."
    assert "is taken elsewhere; its trace is" in capsys.readouterr().err
    assert Trace.objects.count() == 2


def test_importing_the_same_file_again_adds_nothing(tmp_path: Path) -> None:
    name = file(tmp_path, opik())

    import_traces(name)
    import_traces(name)

    assert Trace.objects.count() == 1


def test_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = io.BytesIO(opik().encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=sent))

    assert import_traces("-").startswith("Imported 1 trace into")


def test_empty_file_is_no_error(tmp_path: Path) -> None:
    assert import_traces(file(tmp_path, "")).startswith("Imported 0 traces")


def test_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"cannot be read: No such file or directory\.$"):
        import_traces(str(tmp_path / "nothing.jsonl"))
    with pytest.raises(CommandError, match=r"cannot be read: Is a directory\.$"):
        import_traces(str(tmp_path))


def test_unknown_workspace_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no workspace nowhere"):
        call_command("import_traces", file(tmp_path, opik()), project="p", workspace="nowhere")
