"""Run every check and test that this machine can run, and say in a table what ran.

Started by ``make test``, with the standard library alone. REQUIRE_ALL=1 makes a failure of
whatever would be skipped because something is missing. TEST_DATABASE_URL names a PostgreSQL to
use, whose user may create databases; CHROMIUM names a browser.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import uuid4

from tests import browsers, postgresql

ROOT = Path(__file__).resolve().parent.parent
CHECKS = {
    "ruff check": ("-m", "ruff", "check", "."),
    "ruff format": ("-m", "ruff", "format", "--check", "."),
    "mypy": ("-m", "mypy", "."),
    "makemigrations --check": ("manage.py", "makemigrations", "--check", "--dry-run"),
    "check --deploy": ("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
}
# By folder and not by mark: collecting what is not run takes half a minute.
WITHOUT_BROWSER = ("--ignore=tests/browser", "--dist", "loadgroup", "-n")
ON_SQLITE = (*WITHOUT_BROWSER, "2")
# One more than there are cores: a worker waits while PostgreSQL works.
ON_POSTGRESQL = (*WITHOUT_BROWSER, "3", "-m", "database")
BROWSER_ONLY = ("tests/browser", "-n", "2")
NO_POSTGRESQL = "PostgreSQL's programs were not found; set TEST_DATABASE_URL or install postgresql"
CHROMIUM = "tests in Chromium"
NO_CHROMIUM = "Chromium was not found; install it or set CHROMIUM"
MOST_SECONDS = 25 * 60
"""For one line of the table. A test that hangs ends before, see ``timeout`` in pyproject.toml."""
TOOK_TOO_LONG = 124
MARK = "MARGINALIA_TEST_RUN"
"""The variable by which all that a command has started is known."""


@dataclass(slots=True)
class Line:
    """One line of the closing table."""

    what: str
    outcome: str
    note: str = ""
    seconds: float = 0.0
    tests: Counter[str] | None = None
    reasons: Counter[str] = field(default_factory=Counter)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="marginalia-run-") as name:
        lines = [*_checks(name), *_tests(Path(name))]
    return report(lines, require_all=os.environ.get("REQUIRE_ALL", "") not in {"", "0"})


def _checks(folder: str) -> Iterator[Line]:
    for name, words in CHECKS.items():
        yield _timed(name, partial(_check, words, folder))


def _check(words: tuple[str, ...], folder: str) -> Line:
    given = environment(DATA_DIR=folder, BASE_URL="https://example.org")
    code = _call([sys.executable, *words], given)
    return Line("", "failed" if code else "passed")


def _tests(folder: Path) -> Iterator[Line]:
    sqlite = environment()
    yield _timed("tests on SQLite", partial(run_pytest, folder / "sqlite.xml", ON_SQLITE, sqlite))
    with _postgresql() as url:
        if url is None:
            yield Line("tests on PostgreSQL", "missing", NO_POSTGRESQL)
        else:
            there = environment(DATABASE_URL=url)
            yield _timed(
                "tests on PostgreSQL",
                partial(run_pytest, folder / "postgresql.xml", ON_POSTGRESQL, there),
            )
    if browsers.chromium() is None:
        yield Line(CHROMIUM, "missing", NO_CHROMIUM)
        return
    yield _timed(CHROMIUM, partial(run_pytest, folder / "browser.xml", BROWSER_ONLY, sqlite))


@contextmanager
def _postgresql() -> Iterator[str | None]:
    given = os.environ.get("TEST_DATABASE_URL", "")
    programs = postgresql.binaries()
    if given or programs is None:
        yield given or None
        return
    with postgresql.throwaway(programs) as url:
        yield url


def run_pytest(xml: Path, words: tuple[str, ...], given: dict[str, str]) -> Line:
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={xml}", *words]
    code = _call(command, given)
    tests, reasons = read(xml)
    if code == TOOK_TOO_LONG:
        tests["failed"] = tests["failed"] or 1
        return Line("", "failed", "took too long and was ended", tests=tests, reasons=reasons)
    if not tests["passed"] + tests["failed"]:
        return Line("", "failed", "no test ran", tests=Counter(failed=1), reasons=reasons)
    if code and not tests["failed"]:
        return Line("", "failed", f"pytest ended with code {code}", tests=tests, reasons=reasons)
    return Line("", "failed" if code else "passed", tests=tests, reasons=reasons)


def read(xml: Path) -> tuple[Counter[str], Counter[str]]:
    """How many tests passed, failed and were skipped, and the reasons of the skipped ones."""
    tests: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    if not xml.exists():
        return tests, reasons
    for case in ET.parse(xml).iter("testcase"):
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            tests["failed"] += 1
        elif skipped is not None:
            tests["skipped"] += 1
            reasons[skipped.get("message", "")] += 1
        else:
            tests["passed"] += 1
    return tests, reasons


def report(lines: list[Line], *, require_all: bool) -> int:
    """Print the table and the totals; the exit code."""
    total: Counter[str] = Counter()
    say(f"\n{'what':<24}{'result':<10}{'time':>7}  {'passed':>7}{'failed':>7}{'skipped':>8}  note")
    for line in lines:
        if line.outcome == "missing":
            line.outcome = "failed" if require_all else "skipped"
        tests = line.tests
        total.update(tests or {})
        names = ("passed", "failed", "skipped")
        counts = [str(tests[name]) if tests is not None else "" for name in names]
        say(
            f"{line.what:<24}{line.outcome:<10}{line.seconds:>6.0f}s  "
            f"{counts[0]:>7}{counts[1]:>7}{counts[2]:>8}  {line.note}".rstrip()
        )
        for reason, number in line.reasons.items():
            say(f"{'':<24}{number} skipped: {reason}")
    say("The browser tests run once, on SQLite; so does what reaches no database.\n")
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    say(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return int(any(line.outcome == "failed" for line in lines))


def _timed(what: str, run: Callable[[], Line]) -> Line:
    say(f"\n== {what}")
    began = time.monotonic()
    line = run()
    line.what, line.seconds = what, time.monotonic() - began
    return line


def environment(**changes: str) -> dict[str, str]:
    """Ours, on SQLite unless told; what one process has compiled, the next need not."""
    unwanted = {"DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}
    inherited = {name: text for name, text in os.environ.items() if name not in unwanted}
    return inherited | changes


def _call(command: list[str], environment: dict[str, str]) -> int:
    mark = uuid4().hex
    marked = environment | {MARK: mark}
    process = subprocess.Popen(command, cwd=ROOT, env=marked, stdin=subprocess.DEVNULL)
    try:
        return process.wait(timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired:
        say(f"It took longer than {MOST_SECONDS // 60} minutes, and was ended.")
        _end(process)
        return TOOK_TOO_LONG
    except BaseException:
        _end(process)
        raise
    finally:
        _end_what_is_left(mark)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let it tidy up, with what it has started, before we do."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_what_is_left(mark: str) -> None:
    """Servers and workers outlive a test that was ended, and whoever reads our output waits for
    them. They have sessions of their own, so they are known by their environment; on Linux alone.
    """
    wanted = f"{MARK}={mark}".encode()
    for _ in range(3):  # a supervisor may have started another one meanwhile
        for place in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):  # it has ended, or is another user's
                if wanted in place.read_bytes().split(b"\0"):
                    os.kill(int(place.parent.name), signal.SIGKILL)


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
