"""Import traces from a file with one JSON object a line, in Opik's or Prem's trace shape.

Scores in the file are imported too, under the name of the workspace's first owner or of --as. A
line that cannot be taken is reported by its number, and the others go on.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback_app.api import lines
from feedback_app.management.progress import Progress
from feedback_app.services import imports
from feedback_app.services.imports import Row
from traces_app.access import Access
from traces_app.errors import Refusal
from traces_app.models import Project
from traces_app.services import projects

BATCH_ROWS = 500
BATCH_BYTES = 16 * 1024 * 1024
RENAMED_SHOWN = 20


@dataclass(slots=True)
class Outcome:
    """What came of a file so far; ``rows`` wait to be stored, with their size in bytes."""

    read: int = 0
    stored: int = 0
    bad: int = 0
    renamed: int = 0
    rows: list[Row] = field(default_factory=list)
    waiting: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= BATCH_ROWS or self.waiting >= BATCH_BYTES


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.jsonl", help="“-” reads standard input.")
        parser.add_argument(
            "--project", required=True, metavar="NAME", help="Where they go; made when missing."
        )
        parser.add_argument("--workspace", required=True, metavar="NAME")
        parser.add_argument(
            "--as",
            dest="author",
            metavar="AUTHOR",
            help="A service account under whose name they come in.",
        )

    def handle(self, *_: object, **options: Any) -> None:
        with _opened(options["file"]) as stream:
            try:
                access = imports.access_to(workspace=options["workspace"], author=options["author"])
                project = projects.get_or_create(access=access, name=options["project"])
            except Refusal as refusal:
                raise CommandError(str(refusal)) from refusal
            progress = Progress(sys.stderr, _size(stream), "traces")
            outcome = self._import(access, project, stream, progress)
            progress.clear()
        place = f"“{project}” of {access.workspace_name}"
        self.stdout.write(f"Imported {_count(outcome.stored, 'trace')} into {place}.")
        if outcome.renamed:
            renamed = _count(outcome.renamed, "new id")
            self.stdout.write(f"{renamed}, for those that are taken elsewhere.")
        if outcome.bad:
            raise CommandError(f"{_count(outcome.bad, 'line')} could not be taken; see above.")

    def _import(
        self, access: Access, project: Project, stream: BinaryIO, progress: Progress
    ) -> Outcome:
        outcome = Outcome()
        for line in lines.read(stream):
            outcome.read += line.size
            if line.row is not None:
                outcome.rows.append(line.row)
                outcome.waiting += line.size
            elif line.reason:
                outcome.bad += 1
                progress.say(f"Line {line.number}: {line.reason}")
            if outcome.is_full:
                _store(access, project, outcome, progress)
        _store(access, project, outcome, progress)
        return outcome


def _store(access: Access, project: Project, outcome: Outcome, progress: Progress) -> None:
    if outcome.rows:
        renamed = imports.store(access=access, project=project, rows=outcome.rows)
        for number, (old, new) in enumerate(renamed.items(), outcome.renamed + 1):
            if number <= RENAMED_SHOWN:
                progress.say(f"The id {old} is taken elsewhere; its trace is {new} here.")
        outcome.renamed += len(renamed)
        outcome.stored += len(outcome.rows)
        outcome.rows, outcome.waiting = [], 0
    progress.show(outcome.read, outcome.stored)


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = open(name, "rb")  # noqa: SIM115 - a read error later on is another story
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
    with stream:
        yield stream


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _size(stream: BinaryIO) -> int:
    """In bytes; 0 when it cannot be known, as of a pipe."""
    try:
        return os.fstat(stream.fileno()).st_size
    except OSError:
        return 0
