"""Spans as Opik's clients send them (opik.md §1, "Span")."""

from typing import Any, Literal
from uuid import UUID

from django.utils import timezone
from msgspec import Struct
from msgspec.json import Decoder
from uuid_utils.compat import uuid7

from traces_app import normal_form
from traces_app.api.opik import checks
from traces_app.api.opik.errors import Unprocessable
from traces_app.api.opik.serializers.runs import RunUpdate, RunWrite
from traces_app.models import NIL
from traces_app.services.spans import SentSpan
from traces_app.services.tags import TagChange

Types = Literal["general", "tool", "llm", "guardrail"]
Usage = dict[str, int | float | None]


class SpanWrite(RunWrite, kw_only=True):
    """A span to be created, alone or in a batch."""

    trace_id: UUID | None = None
    parent_span_id: UUID | None = None
    type: Types | None = None
    model: str | None = None
    provider: str | None = None
    usage: Usage | None = None
    total_estimated_cost: float | None = None

    def sent(self, path: str = "") -> SentSpan:
        """What the service takes. Raises Unprocessable, BadRequest, Malformed."""
        rules = checks.Rules(path)
        self.check(rules)
        _check_step(self, rules)
        rules.not_null("traceId", self.trace_id)
        rules.enforce()
        if self.id is not None:
            checks.must_be_version_7("Span", self.id)
        checks.must_be_version_7("Trace", self.trace_id or NIL)
        now = timezone.now()
        return SentSpan(
            self.id or uuid7(),
            self.trace_id or NIL,
            self.start_time or now,
            self.last_updated_at or now,
            self.project_name,
            self.values() | _step_values(self),
        )


class SpanBatch(Struct):
    """Up to 1,000 spans."""

    spans: list[SpanWrite] | None = None


class SpanUpdate(RunUpdate, kw_only=True):
    """What a PATCH changes of a span."""

    trace_id: UUID | None = None
    parent_span_id: UUID | None = None
    type: Types | None = None
    model: str | None = None
    provider: str | None = None
    usage: Usage | None = None
    total_estimated_cost: float | None = None

    def changes(self) -> dict[str, Any]:
        """The columns to write, but for the tags. Raises Unprocessable, BadRequest, Malformed."""
        rules = checks.Rules()
        self.check(rules)
        _check_step(self, rules)
        rules.not_null("traceId", self.trace_id)
        rules.enforce()
        checks.must_be_version_7("Trace", self.trace_id or NIL)
        return self.values() | _step_values(self)


class SpanUpdateBatch(Struct):
    """The same change of up to 1,000 spans."""

    ids: list[UUID] | None = None
    update: SpanUpdate | None = None
    merge_tags: bool | None = None

    def changes(self) -> tuple[dict[str, Any], TagChange]:
        """The columns to write and the change of tags; the spans' traces need no naming.

        Raises Unprocessable, Malformed.
        """
        checks.sized("ids", self.ids)
        if self.update is None:
            raise Unprocessable("update must not be null")
        rules = checks.Rules("update.")
        self.update.check(rules)
        _check_step(self.update, rules)
        rules.enforce()
        values = self.update.values() | _step_values(self.update)
        return values, self.update.tag_change(merge=bool(self.merge_tags))


SPAN = Decoder(SpanWrite)
SPAN_BATCH = Decoder(SpanBatch)
SPAN_UPDATE = Decoder(SpanUpdate)
SPAN_UPDATE_BATCH = Decoder(SpanUpdateBatch)


def _check_step(span: SpanWrite | SpanUpdate, rules: checks.Rules) -> None:
    rules.at_least_zero("totalEstimatedCost", span.total_estimated_cost)


def _step_values(span: SpanWrite | SpanUpdate) -> dict[str, Any]:
    text = normal_form.clean_text
    counts = {key: int(count) for key, count in (span.usage or {}).items() if count is not None}
    return {
        "parent_span_id": span.parent_span_id,
        "type": span.type,
        "model": None if span.model is None else text(span.model),
        "provider": None if span.provider is None else text(span.provider),
        "usage": None if span.usage is None else normal_form.dump(counts),
        "total_estimated_cost": span.total_estimated_cost,
    }
