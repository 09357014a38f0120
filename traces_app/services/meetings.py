"""Requests that PostgreSQL stops because they meet: done once more, a moment later.

Two inserts of one id may break the second unique key of a table before the first one is looked at,
and requests over several projects may wait for each other. Nothing of the one that was stopped is
stored, so it is simply run again.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection

Given = ParamSpec("Given")
Result = TypeVar("Result")

TRIES = 4
_STOPPED = ("40P01", "40001")  # a deadlock, a serialization failure
_TAKEN = "23505"
_IN_ONE_PROJECT = "_is_in_one_project"  # how the keys beside the primary ones end


def survives_meeting(service: Callable[Given, Result]) -> Callable[Given, Result]:
    """A service in a transaction of its own, begun anew when it was stopped for another's sake."""

    @wraps(service)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        for _ in range(TRIES - 1):
            try:
                return service(*args, **kwargs)
            except (OperationalError, IntegrityError) as error:
                if connection.in_atomic_block or not _was_stopped(error):
                    raise
        return service(*args, **kwargs)

    return run


def _was_stopped(error: Exception) -> bool:
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    key = getattr(getattr(cause, "diag", None), "constraint_name", None) or ""
    return state in _STOPPED or (state == _TAKEN and key.endswith(_IN_ONE_PROJECT))
