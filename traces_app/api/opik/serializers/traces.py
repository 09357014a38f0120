"""Traces as Opik's clients send them (opik.md §1)."""

from typing import Any

from django.utils import timezone
from msgspec import Struct
from msgspec.json import Decoder
from uuid_utils.compat import uuid7

from traces_app import normal_form
from traces_app.api.opik import checks
from traces_app.api.opik.serializers.runs import RunUpdate, RunWrite
from traces_app.services.sent_traces import SentTrace


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

    def changes(self) -> dict[str, Any]:
        """The columns to write, but for the tags. Raises Unprocessable, Malformed."""
        rules = checks.Rules()
        self.check(rules)
        rules.thread_id("threadId", self.thread_id)
        rules.enforce()
        return self.values() | {"thread_id": _thread(self.thread_id)}


TRACE = Decoder(TraceWrite)
TRACE_BATCH = Decoder(TraceBatch)
TRACE_UPDATE = Decoder(TraceUpdate)


def _thread(thread_id: str | None) -> str | None:
    return normal_form.clean_text(thread_id) if thread_id and thread_id.strip() else None
