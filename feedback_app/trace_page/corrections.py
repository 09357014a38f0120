"""The corrections of a trace as its page shows them: each against the output, and the editor."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from feedback_app.models import Correction, CorrectionVersion, User
from feedback_app.reading.differences import Piece, differences
from feedback_app.reading.editable import Editable, editable, same_part
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import Trace

MOST = 10
"""Corrections, and earlier versions, that a page shows; the newest."""


@dataclass(frozen=True)
class Line:
    """One submitted text beside the output."""

    author: str
    at: datetime
    is_mine: bool
    pieces: list[Piece]


@dataclass(frozen=True)
class Corrections:
    """What was submitted, newest first; the first one is the trace's.

    ``text`` is what the caller's editor holds; ``draft`` says that it was not submitted yet.
    """

    part: Editable
    lines: list[Line]
    text: str
    has_draft: bool
    has_own: bool
    versions: list[Line] = field(default_factory=list)
    error: str = ""

    @property
    def is_json(self) -> bool:
        return self.part.path is None

    @cached_property
    def pieces(self) -> list[Piece]:
        """What the caller's draft changes; only asked for when there is one."""
        return differences(self.part.text, self.text)


def of(
    access: Access,
    trace: Trace,
    *,
    text: str | None = None,
    error: str = "",
    own_only: bool = False,
) -> Corrections:
    """Three queries. ``text`` is what was sent with a mistake, ``error`` the mistake.

    ``own_only`` keeps others' corrections out, for who is to judge without knowing them.
    """
    part = editable(trace.output)
    rows = Correction.objects.visible_to(access).filter(
        project_id=trace.project_id, trace_id=trace.pk
    )
    mine = rows.filter(author_id=access.author_id).first()
    if own_only:
        rows = rows.filter(author_id=access.author_id) if mine else rows.none()
    submitted = list(rows.submitted().select_related("author").order_by("-submitted_at")[:MOST])
    versions = CorrectionVersion.objects.visible_to(access).filter(
        project_id=trace.project_id, trace_id=trace.pk, author_id=access.author_id
    )
    earlier = list(versions.select_related("author").order_by("-pk")[1 : MOST + 1]) if mine else []
    draft = text if text is not None else mine.draft if mine else None
    own = same_part(mine.output, part) if mine and mine.submitted_at else part.text
    return Corrections(
        part=part,
        lines=[_line(access, part, row) for row in submitted],
        text=own if draft is None else draft,
        has_draft=draft is not None,
        has_own=bool(mine and mine.submitted_at),
        versions=[_line(access, part, row) for row in earlier],
        error=error,
    )


def check(trace: Trace, text: str) -> object:
    """The corrected document. Raises Invalid where there is nothing to submit."""
    part = editable(trace.output)
    if not text.strip():
        raise Invalid("Write what the output should have been.")
    if text == part.text:
        raise Invalid("This is the output as it is: nothing is corrected.")
    return part.rewritten(text)


def _line(access: Access, part: Editable, row: Correction | CorrectionVersion) -> Line:
    author: User = row.author
    pieces = differences(part.text, same_part(row.output, part))
    at: datetime = row.submitted_at  # type: ignore[assignment]
    return Line(str(author), at, author.pk == access.author_id, pieces)
