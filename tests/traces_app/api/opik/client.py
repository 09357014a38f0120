"""A small client of Opik's dialect for tests."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.test import Client
from uuid_utils.compat import uuid7

NOW = datetime(2026, 11, 22, 23, 12, 16, 376317, tzinfo=UTC)


class Opik:
    """Sends JSON with a key, as the SDK does; ``prefix`` is one of the two."""

    def __init__(
        self, key: str | None, *, workspace: str = "default", prefix: str = "/api/v1/private"
    ) -> None:
        self.prefix = prefix
        self.headers = {"Comet-Workspace": workspace}
        if key is not None:
            self.headers["Authorization"] = key
        self.http = Client(raise_request_exception=False)

    def send(self, method: str, path: str, body: Any = None, **extra: Any) -> Any:
        data = b"" if body is None else json.dumps(body).encode()
        return self.raw(method, path, data, **extra)

    def raw(self, method: str, path: str, data: bytes, **extra: str) -> Any:
        headers = self.headers | extra
        return self.http.generic(
            method, self.prefix + path, data, "application/json", headers=headers
        )

    def gzipped(self, method: str, path: str, body: Any) -> Any:
        packed = gzip.compress(json.dumps(body).encode())
        return self.raw(method, path, packed, **{"Content-Encoding": "gzip"})

    def get(self, path: str, **query: str) -> Any:
        return self.http.get(self.prefix + path, query, headers=self.headers)

    def post(self, path: str, body: Any = None) -> Any:
        return self.send("POST", path, body)

    def put(self, path: str, body: Any = None) -> Any:
        return self.send("PUT", path, body)

    def patch(self, path: str, body: Any = None) -> Any:
        return self.send("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self.send("DELETE", path)


def trace(pk: UUID | None = None, **fields: Any) -> dict[str, Any]:
    """A trace as the SDK sends it."""
    return {
        "id": str(pk or uuid7()),
        "project_name": "rec proj",
        "name": "t1",
        "start_time": "2026-11-22T23:12:16.376317Z",
        "end_time": "2026-11-22T23:12:17.376317Z",
        "input": {"q": "hello"},
        "output": {"a": "hi"},
        "metadata": {"m": 1},
        "tags": ["a"],
        "last_updated_at": "2026-11-22T23:12:16.376328Z",
        "thread_id": "thr-1",
        "source": "sdk",
    } | fields


def span(trace_id: UUID | str, pk: UUID | None = None, **fields: Any) -> dict[str, Any]:
    """A span as the SDK sends it."""
    return {
        "id": str(pk or uuid7()),
        "trace_id": str(trace_id),
        "project_name": "rec proj",
        "name": "s1",
        "type": "llm",
        "start_time": "2026-11-22T23:12:16.376696Z",
        "end_time": "2026-11-22T23:12:16.876696Z",
        "input": {"p": 1},
        "output": {"o": 2},
        "metadata": {"m": 1},
        "tags": ["a"],
        "model": "gpt-4o",
        "provider": "openai",
        "usage": {"prompt_tokens": 1, "total_tokens": 3, "original_usage.total_tokens": 3},
        "total_estimated_cost": 0.25,
        "last_updated_at": "2026-11-22T23:12:16.377697Z",
        "source": "sdk",
    } | fields
