"""Every kind of job that people ask for, wired to the function that puts it into words.

A new kind is one line here, and one in ``feedback_app.jobs``.
"""

from collections.abc import Callable
from typing import Any

from feedback_app.job_page import bulk_words, file_words
from feedback_app.job_page.told import Told
from feedback_app.services import (
    bulk_jobs,
    bulk_returns,
    dataset_imports,
    deleted_traces,
    list_exports,
    take_backs,
)
from traces_app.services import removals


def _restoring(payload: dict[str, Any], progress: dict[str, Any]) -> Told:
    number, taken = progress.get("back", 0), progress.get("taken", 0)
    more = f", {taken:,} left in the trash since their id is taken again" if taken else ""
    return Told("Restore deleted traces", f"{number:,} restored{more}.")


def _removal(payload: dict[str, Any], progress: dict[str, Any]) -> Told:
    return Told("Remove what was in a deleted project")


KINDS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Told]] = {
    bulk_jobs.KIND: bulk_words.tell,
    bulk_returns.KIND: bulk_words.tell_return,
    deleted_traces.KIND: _restoring,
    removals.KIND: _removal,
    list_exports.KIND: file_words.export,
    dataset_imports.KIND: file_words.importing,
    take_backs.KIND: file_words.taking_back,
}
"""Each takes what the job was asked for, and its result or how far it has come."""
CANCELLABLE = frozenset({bulk_jobs.KIND, deleted_traces.KIND, list_exports.KIND, take_backs.KIND})
"""Those that ask between their steps whether to go on (``JobRun.go_on``)."""
OWN = frozenset({list_exports.KIND})
"""Those whose links lead to what only the one who asked may see."""
