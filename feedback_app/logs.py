"""How a line of the log looks; a traceback tells where, and not what people or models wrote."""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import TypeAlias

from django.template.base import VariableDoesNotExist

LONGEST_MESSAGE = 200

ExceptionInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class LineFormatter(logging.Formatter):
    """Cuts what exceptions say: a template's names its whole context, a database's the row."""

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802
        lines: list[str] = []
        for error in reversed(list(_chain(ei[1]))):
            lines += traceback.format_tb(error.__traceback__)
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}: {_said(error)}\n")
        return "".join(lines).rstrip("\n")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, then those that led to it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _said(error: BaseException) -> str:
    if isinstance(error, VariableDoesNotExist):
        return f"no {error.params[0]!r} in the context"[:LONGEST_MESSAGE]
    return str(error).partition("\n")[0][:LONGEST_MESSAGE]
