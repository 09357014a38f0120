"""Traces as Opik's clients send them (opik.md §1)."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from msgspec import Struct
from msgspec.json import Decoder
from uuid_utils.compat import uuid7

from traces_app import normal_form
from traces_app.api.opik import checks
from traces_app.api.opik.errors import Unprocessable
from traces_app.api.opik.serializers.runs import RunUpdate, RunWrite
from traces_app.services.sent_traces import SentTrace
from traces_app.services.tags import TagChange


class TraceWrite(RunWrite, kw_only=True):
    """A trace to be created, alone or in a batch."""

    thread_id: str | None = None

    def sent(self, path: str = "") -> SentTrace:
        """What the service takes. Raises Unprocessable, BadRequest, Malformed."""
        rules = checks.Rules(path)
        self.check(rules)
        rules.thread_id("threadId", self.thread_id)
        rules.enforce()
        if self.id is not None:
            checks.must_be_version_7("Trace", self.id)
        now = timezone.now()
        return SentTrace(
            self.id or uuid7(),
            self.start_time or now,
            self.last_updated_at or now,
            self.project_name,
            self.values() | {"thread_id": _thread(self.thread_id)},
        )


class TraceBatch(Struct):
    """Up to 1,000 traces."""

    traces: list[TraceWrite] | None = None


class TraceUpdate(RunUpdate, kw_only=True):
    """What a PATCH changes of a trace."""

    thread_id: str | None = None

    def changes(self, path: str = "") -> dict[str, Any]:
        """The columns to write, but for the tags. Raises Unprocessable, Malformed."""
        rules = checks.Rules(path)
        self.check(rules)
        rules.thread_id("threadId", self.thread_id)
        rules.enforce()
        return self.values() | {"thread_id": _thread(self.thread_id)}


class TraceBatchUpdate(Struct):
    """One change of up to 1,000 traces."""

    ids: list[UUID] | None = None
    update: TraceUpdate | None = None
    merge_tags: bool | None = None

    def change(self) -> tuple[dict[str, Any], TagChange]:
        """The columns to write, and what becomes of the tags. Raises Unprocessable, Malformed."""
        checks.sized("ids", self.ids)
        if self.update is None:
            raise Unprocessable("update must not be null")
        return self.update.changes("update."), self.update.tag_change(merge=bool(self.merge_tags))


TRACE = Decoder(TraceWrite)
TRACE_BATCH = Decoder(TraceBatch)
TRACE_UPDATE = Decoder(TraceUpdate)
TRACE_BATCH_UPDATE = Decoder(TraceBatchUpdate)


def _thread(thread_id: str | None) -> str | None:
    return normal_form.clean_text(thread_id) if thread_id and thread_id.strip() else None
