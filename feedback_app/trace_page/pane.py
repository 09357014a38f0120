"""What is read in the middle of the page: the trace's own content, or that of one of its spans."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.http import QueryDict

from feedback_app.reading.content import Content, read
from feedback_app.trace_page import remarks, scores
from feedback_app.trace_page.remarks import Remarks
from feedback_app.trace_page.scores import Named
from feedback_app.trace_page.spans import total_tokens
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import Span, Trace
from traces_app.models.upserts import EPOCH

CHOSEN, STEPS = "span", "steps"
"""Parameters of the page: the span that is read, and how many steps are drawn."""


@dataclass(frozen=True)
class Pane:
    """Input and output to read; a span brings what was said of it."""

    input: Content
    output: Content
    metadata: Content
    error: dict[str, str]
    has_failed: bool
    is_running: bool
    seconds: float | None
    span: Span | None = None
    tokens: int | None = None
    tags: tuple[str, ...] = ()
    names: tuple[Named, ...] = ()
    comments: Remarks | None = None

    @property
    def cost(self) -> str:
        """In dollars, to a millionth; empty when none was sent."""
        cost = self.span.total_estimated_cost if self.span else None
        return "" if cost is None else f"{cost:.6f}".rstrip("0").rstrip(".")


def of(access: Access, trace: Trace, asked: QueryDict) -> Pane:
    """The span that the address names if it is one of the trace's, else the trace itself."""
    span = _chosen(access, trace, asked.get(CHOSEN, ""))
    subject = trace if span is None else span
    has_failed = subject.error_info is not None
    shown = Pane(
        input=read(subject.input),
        output=read(subject.output),
        metadata=read(subject.metadata),
        error=_error(subject),
        has_failed=has_failed,
        is_running=subject.end_time is None and subject.output is None and not has_failed,
        seconds=_seconds(subject),
    )
    if span is None:
        return shown
    return replace(
        shown,
        span=span,
        tokens=total_tokens(span.usage),
        tags=tuple(normal_form.load(span.tags)) if span.tags else (),
        names=tuple(scores.of(access, span)),
        comments=remarks.of(access, span),
    )


def _chosen(access: Access, trace: Trace, asked: str) -> Span | None:
    try:
        pk = UUID(asked)
    except ValueError:
        return None
    spans = Span.objects.visible_to(access)
    return spans.filter(project_id=trace.project_id, trace_id=trace.pk, pk=pk).first()


def _error(subject: Trace | Span) -> dict[str, str]:
    error = normal_form.load(subject.error_info) if subject.error_info else {}
    return error if isinstance(error, dict) else {"message": str(error)}


def _seconds(subject: Trace | Span) -> float | None:
    if subject.end_time is None or subject.start_time == EPOCH:
        return None
    return (subject.end_time - subject.start_time).total_seconds()
