"""Clients of the real package, and what they read in a form that can be compared."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import opik

from tests.servers import Server


@contextmanager
def connected(
    server: Server, project: str, *, key: str | None = None, batching: bool = True
) -> Iterator[opik.Opik]:
    """A client of the server, with the owner's key unless told, ended at the end."""
    made = opik.Opik(
        host=f"{server.base_url}/api",
        api_key=key or server.key,
        workspace="default",
        project_name=project,
        batching=batching,
    )
    try:
        yield made
    finally:
        made.end()


def fields(read: Any, sent: Iterable[str]) -> dict[str, Any]:
    """The named fields of what was read as plain values; tags, a set, in order."""
    plain = {name: getattr(read, name) for name in sent}
    if plain.get("error_info") is not None:
        plain["error_info"] = plain["error_info"].model_dump()
    if plain.get("tags") is not None:
        plain["tags"] = sorted(plain["tags"])
    return plain


def scores(read: Any) -> dict[str, tuple[float, str | None, str | None]]:
    """Value, category and reason of each score by its name."""
    return {
        score.name: (score.value, score.category_name, score.reason)
        for score in read.feedback_scores or ()
    }
