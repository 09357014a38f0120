"""The rules of opik.md on what may be sent; each broken one is a line in Java's words."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from traces_app.api.opik.errors import INVALID_UUID, BadRequest, Unprocessable

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_START = datetime(2262, 4, 11, 23, 47, 16, tzinfo=UTC)
LATEST_UPDATE = datetime(2300, 1, 1, tzinfo=UTC)
MAX_BATCH = 1000
MAX_TAGS = 50
MAX_TAG = 100
MAX_ENVIRONMENT = 150
MAX_THREAD_ID = 1000
MAX_INDEXED = 2600
"""Bytes; PostgreSQL's indexes take 2,704 a row."""
UUID_VERSION = 7


class Rules:
    """Collects broken rules under a path, then raises them all at once as one 422."""

    def __init__(self, path: str = "") -> None:
        self.path = path
        self.lines: list[str] = []

    def broken(self, field: str, rule: str) -> None:
        self.lines.append(f"{self.path}{field} {rule}")

    def not_null(self, field: str, value: object) -> None:
        if value is None:
            self.broken(field, "must not be null")

    def not_blank(self, field: str, value: str | None) -> None:
        if value is None or not value.strip():
            self.broken(field, "must not be blank")

    def blank_only_if_absent(self, field: str, value: str | None) -> None:
        if value is not None and not value.strip():
            self.broken(field, "must not be blank")

    def at_most(self, field: str, value: str | None, size: int) -> None:
        if value is not None and len(value) > size:
            self.broken(field, f"size must be between 0 and {size}")

    def thread_id(self, field: str, value: str | None) -> None:
        self.at_most(field, value, MAX_THREAD_ID)
        if value is not None and len(value.encode()) > MAX_INDEXED:
            self.broken(field, f"size must be between 0 and {MAX_INDEXED} bytes")

    def at_least_zero(self, field: str, value: float | None) -> None:
        if value is not None and not value >= 0:
            self.broken(field, "must be greater than or equal to 0")

    def within(self, field: str, value: datetime | None, before: datetime) -> None:
        if value is not None and not EARLIEST <= value < before:
            span = f"{EARLIEST:%Y-%m-%dT%H:%M:%SZ} and before {before:%Y-%m-%dT%H:%M:%SZ}"
            self.broken(field, f"must be after or equal {span}")

    def tags(self, field: str, tags: Sequence[str] | None, *, limited: bool) -> None:
        if limited and tags is not None and len(tags) > MAX_TAGS:
            self.broken(field, f"size must be between 0 and {MAX_TAGS}")
        for tag in tags or ():
            if limited and not tag.strip():
                self.broken(f"{field}[].<iterable element>", "must not be blank")
            elif len(tag) > MAX_TAG:
                self.broken(
                    f"{field}[].<iterable element>", f"size must be between 0 and {MAX_TAG}"
                )

    def enforce(self) -> None:
        if self.lines:
            raise Unprocessable(*self.lines)


def sized(field: str, items: Sequence[object] | None) -> None:
    """A list of 1 to 1,000. Raises Unprocessable."""
    if items is None:
        raise Unprocessable(f"{field} must not be null")
    if not 1 <= len(items) <= MAX_BATCH:
        raise Unprocessable(f"{field} size must be between 1 and {MAX_BATCH}")


def must_be_version_7(entity: str, value: UUID) -> None:
    """Ids of clients are UUIDv7 (opik.md §0.5). Raises BadRequest."""
    if value.version != UUID_VERSION:
        raise BadRequest(INVALID_UUID, f"{entity} id must be a version 7 UUID")
