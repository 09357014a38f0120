"""What is to be read of an item, apart from all that is asked about it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from feedback_app.focus import conversation
from feedback_app.focus.conversation import Talk
from feedback_app.reading.preview import preview
from feedback_app.trace_page import corrections
from feedback_app.trace_page.corrections import Corrections
from traces_app.access import Access
from traces_app.models import AnnotationQueue, Trace


@dataclass(frozen=True)
class Reading:
    """An item's turns, and the caller's own correction where the queue asks for one."""

    judged_id: UUID
    talk: Talk
    corrected: Corrections | None

    @property
    def last(self) -> Trace:
        return self.talk.shown[-1].trace

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
        parts: list[object] = [self.talk.total, self.talk.earlier, self.talk.is_past]
        for turn in self.talk.shown:
            row = turn.trace
            parts += [turn.number, turn.own]
            parts += [row.pk, row.model_id, row.start_time, row.error_info, row.input, row.output]
        mine = self.corrected
        if mine is not None:
            parts += [mine.text, mine.has_draft, mine.has_own, mine.lines, mine.versions]
        return parts


def of(
    access: Access, queue: AnnotationQueue, judged_id: UUID, before: UUID | None = None
) -> Reading:
    """Who sees the queue sees its items; of a conversation the turns ``before`` one, or the
    newest. Raises NotFound."""
    talk = conversation.of(access, queue, judged_id, before)
    corrected = None
    if queue.corrections_enabled and queue.scope == AnnotationQueue.Scope.TRACE:
        corrected = corrections.of(access, talk.shown[0].trace, own_only=True)
    return Reading(judged_id, talk, corrected)


def title(queue: AnnotationQueue, reading: Reading) -> str:
    first = reading.talk.shown[0].trace
    if queue.takes_pairs:  # a name may tell the model
        return preview(first.input, 80) or "A pair"
    if queue.scope == AnnotationQueue.Scope.THREAD:
        return first.thread_id or "Thread"
    return first.name or preview(first.input, 80) or f"Trace {first.pk}"
