"""SQL functions of our own, the same on both databases: none of them ever raises."""

import sqlite3
from typing import Any


def register_on_sqlite(connection: Any, **_: Any) -> None:
    """Give a new SQLite connection the functions that PostgreSQL has from a migration."""
    if connection.vendor != "sqlite":
        return
    raw: sqlite3.Connection = connection.connection
    raw.create_function("marginalia_lower", 1, _lower, deterministic=True)


def _lower(text: object) -> str | None:
    return None if text is None else str(text).lower()
