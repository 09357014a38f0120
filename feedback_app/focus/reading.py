"""What is to be read of an item, apart from all that is asked about it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from feedback_app.reading.content import Content, read
from feedback_app.reading.preview import preview
from feedback_app.trace_page import corrections
from feedback_app.trace_page.corrections import Corrections
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import AnnotationQueue, Thread, Trace

MOST_TURNS = 20
"""Traces of a thread that are shown; the newest."""


@dataclass(frozen=True)
class Turn:
    """One trace to be read: the whole of a trace item, one exchange of a thread's."""

    trace: Trace

    @cached_property
    def input(self) -> Content:
        return read(self.trace.input)

    @cached_property
    def output(self) -> Content:
        return read(self.trace.output)


@dataclass(frozen=True)
class Reading:
    """An item's turns, and the caller's own correction where the queue asks for one."""

    judged_id: UUID
    turns: list[Turn]
    corrected: Corrections | None

    @property
    def last(self) -> Trace:
        return self.turns[-1].trace

    @cached_property
    def key(self) -> str:
        """The item, and a digest of all that is shown of it: what has the same key looks alike."""
        digest = hashlib.blake2b(digest_size=16)
        for part in self._shown():
            said = str(part).encode("utf-8", "surrogatepass")
            digest.update(len(said).to_bytes(8))
            digest.update(said)
        return f"{self.judged_id}-{digest.hexdigest()}"

    def _shown(self) -> Sequence[object]:
        parts: list[object] = []
        for turn in self.turns:
            row = turn.trace
            parts += [row.pk, row.model_id, row.start_time, row.error_info, row.input, row.output]
        mine = self.corrected
        if mine is not None:
            parts += [mine.text, mine.has_draft, mine.has_own, mine.lines, mine.versions]
        return parts


def of(access: Access, queue: AnnotationQueue, judged_id: UUID) -> Reading:
    """Who sees the queue sees its items. Raises NotFound."""
    turns = [Turn(row) for row in _traces(queue, judged_id)]
    if not turns:
        raise NotFound("There is no such item in this queue.")
    corrected = None
    if queue.corrections_enabled and queue.scope == AnnotationQueue.Scope.TRACE:
        corrected = corrections.of(access, turns[0].trace, own_only=True)
    return Reading(judged_id, turns, corrected)


def title(queue: AnnotationQueue, reading: Reading) -> str:
    first = reading.turns[0].trace
    if queue.scope == AnnotationQueue.Scope.THREAD:
        return first.thread_id or "Thread"
    return first.name or preview(first.input, 80) or f"Trace {first.pk}"


def _traces(queue: AnnotationQueue, judged_id: UUID) -> list[Trace]:
    traces = Trace.objects.filter(project_id=queue.project_id)
    if queue.scope == AnnotationQueue.Scope.TRACE:
        return list(traces.filter(pk=judged_id).select_related("project"))
    thread = Thread.objects.filter(project_id=queue.project_id, pk=judged_id)
    of_thread = traces.filter(thread_id__in=thread.values("thread_id"))
    return list(of_thread.order_by("-pk")[:MOST_TURNS])[::-1]
