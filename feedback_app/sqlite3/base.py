"""Django's SQLite, but with writers of one process that take turns.

SQLite has one writer. One that comes while another is at work looks again now and then, with pauses
of up to a tenth of a second, and whoever looks at the right moment is next: with many threads the
file lies idle between them, and one of them may be passed over until its patience has ended. Here
they queue up, and the next one begins as soon as the last one has ended. Other processes, such as
the background worker, are met as before.

Statements are told apart by their text, and those that come again are rewritten to SQLite's marks
once and not each time.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from functools import lru_cache
from threading import Event, Lock
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

_KEPT_STATEMENTS = 512
_LONGEST_KEPT = 10_000  # characters; lists of many values come in each length once
_PATIENCE = 5.0  # seconds; what Python's sqlite3 has without a word from the settings


class Turns:
    """Whose turn it is to write: in the order in which they came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Event] = deque()
        self._is_taken = False

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def take(self, seconds: float) -> bool:
        """Wait for one's turn; False when it did not come in time."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = Event()
            self._waiting.append(mine)
        if mine.wait(seconds):
            return True
        with self._lock:
            if mine.is_set():  # just now
                return True
            self._waiting.remove(mine)
            return False

    def give(self) -> None:
        """Let the next one begin."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


TURNS: defaultdict[str, Turns] = defaultdict(Turns)
"""By the database's file."""


class Cursor(base.SQLiteCursorWrapper):
    """Django's, which looks for the marks of a statement only when it is new."""

    def convert_query(self, query: str, *, param_names: Sequence[str] | None = None) -> str:
        """``query`` with the marks that SQLite knows."""
        if param_names is None and len(query) <= _LONGEST_KEPT:
            return _with_marks(query)
        return str(super().convert_query(query, param_names=param_names))


@lru_cache(_KEPT_STATEMENTS)
def _with_marks(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn before it begins a transaction."""

    # Django's backends are made to be extended so; its stubs leave these methods out.

    _turns: Turns | None = None

    def create_cursor(self, name: str | None = None) -> Cursor:
        """What Django wraps."""
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        turns = TURNS[str(self.settings_dict["NAME"])]
        if not turns.take(self.settings_dict["OPTIONS"].get("timeout", _PATIENCE)):
            raise OperationalError("database is locked")
        self._turns = turns
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give()
            raise

    def _commit(self) -> Any:
        # One that fails is rolled back.
        result = super()._commit()  # type: ignore[misc]
        self._give()
        return result

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._give()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._give()

    def _give(self) -> None:
        turns, self._turns = self._turns, None
        if turns is not None:
            turns.give()
