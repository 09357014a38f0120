"""Every kind of job that people ask for, wired to the function that puts it into words.

A new kind is one line here, and one in ``feedback_app.jobs``.
"""

from collections.abc import Callable
from typing import Any

from feedback_app.job_page import bulk_words
from feedback_app.job_page.told import Told
from feedback_app.services import bulk_jobs
from traces_app.services import removals


def _removal(payload: dict[str, Any], progress: dict[str, Any]) -> Told:
    return Told("Remove what was in a deleted project")


KINDS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Told]] = {
    bulk_jobs.KIND: bulk_words.tell,
    removals.KIND: _removal,
}
"""Each takes what the job was asked for, and its result or how far it has come."""
CANCELLABLE = frozenset({bulk_jobs.KIND})
"""Those that ask between their steps whether to go on (``JobRun.go_on``)."""
