"""The closing table of ``make test``: nothing that did not run may pass for having passed."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from tests import run, servers
from tests.run import Line


def test_totals_stand_alone_on_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    one = Line("tests on SQLite", "passed", tests=Counter(passed=3, skipped=1))
    other = Line("tests on PostgreSQL", "passed", tests=Counter(passed=4))

    assert run.report([one, other], require_all=True) == 0

    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 0 failed, 1 skipped"


def test_failed_check_fails_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [Line("mypy", "failed"), Line("tests", "passed", tests=Counter(passed=1))]

    assert run.report(lines, require_all=False) == 1

    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


@pytest.mark.parametrize(("require_all", "word"), [(False, "skipped"), (True, "failed")])
def test_what_is_missing_is_named_and_fails_where_all_is_required(
    capsys: pytest.CaptureFixture[str], require_all: bool, word: str
) -> None:
    missing = Line("tests in Chromium", "missing", run.NO_CHROMIUM)

    assert run.report([missing], require_all=require_all) == int(require_all)

    line = next(line for line in capsys.readouterr().out.splitlines() if "in Chromium" in line)
    assert word in line
    assert run.NO_CHROMIUM in line


def test_results_and_reasons_are_read_from_pytests_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        "<testsuites><testsuite><testcase/><testcase><failure/></testcase><testcase><error/>"
        '</testcase><testcase><skipped message="no sun"/></testcase></testsuite></testsuites>',
        encoding="utf-8",
    )

    tests, reasons = run.read(report)

    assert tests == {"passed": 1, "failed": 2, "skipped": 1}
    assert reasons == {"no sun": 1}


def test_run_without_a_report_has_no_tests(tmp_path: Path) -> None:
    assert not run.read(tmp_path / "missing.xml")[0]


def test_run_of_no_test_is_a_failure(tmp_path: Path) -> None:
    line = run.run_pytest(
        tmp_path / "report.xml", (__file__, "-k", "no_test_has_this_name"), run.environment()
    )

    assert (line.outcome, line.note) == ("failed", "no test ran")


def test_what_takes_too_long_is_ended_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "MOST_SECONDS", 1)
    endless = (sys.executable, "-c", "import signal; signal.pause()")

    assert run._call([*endless], run.environment()) == run.TOOK_TOO_LONG

    assert "was ended" in capsys.readouterr().out


TOGETHER = """
import os
from pathlib import Path
import pytest
@pytest.mark.parametrize("number", range(8))
@pytest.mark.xdist_group("one")
def test_member(number): Path(__file__).with_name(os.environ["PYTEST_XDIST_WORKER"]).touch()
"""


def test_one_worker_runs_all_of_a_group(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:opik", encoding="utf-8")
    (tmp_path / "test_group.py").write_text(TOGETHER, encoding="utf-8")
    words = ("--rootdir", str(tmp_path), str(tmp_path), *run.ON_SQLITE)

    line = run.run_pytest(tmp_path / "report.xml", words, run.environment())

    assert line.tests == {"passed": 8}
    assert len(list(tmp_path.glob("gw*"))) == 1


HANGING = """
import subprocess, threading
from pathlib import Path
import pytest
from greenlet import greenlet
def hang(): threading.Event().wait()
@pytest.fixture
def endless():
    yield
    hang()
def test_call():
    left = subprocess.Popen(["sleep", "600"], start_new_session=True)
    Path(__file__).with_name("left").write_text(str(left.pid))
    greenlet(hang).switch()
def test_teardown(endless): assert False
def test_other(): pass
"""


def test_tests_that_hang_fail_by_name_and_the_others_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_hanging.py").write_text(HANGING, encoding="utf-8")
    ours = (f"--rootdir={run.ROOT}", f"-c{run.ROOT / 'pyproject.toml'}", "-p", "tests.hangs")
    words = (*ours, str(tmp_path), "-n", "1", "-o", "timeout=2")

    line = run.run_pytest(tmp_path / "report.xml", words, run.environment())

    assert line.tests == Counter(passed=1, failed=2)
    said = capfd.readouterr().err
    assert "::test_call has hung for 2 seconds" in said
    assert "greenlet(hang).switch()" in said  # not the greenlet that runs, but the test's own
    assert "::test_teardown has hung for 2 seconds" in said  # of a test that had failed already
    left = int((tmp_path / "left").read_text(encoding="ascii"))
    servers.wait_until(lambda: not servers.alive(left))
