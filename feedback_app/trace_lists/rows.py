"""What a list shows of each trace: only that is fetched, and of long texts only the beginning."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Count, F, Q, Value, When
from django.db.models.functions import Left

from feedback_app.models import User
from feedback_app.reading.preview import preview
from feedback_app.trace_lists import cells
from feedback_app.trace_lists.cells import Cell, Texts
from feedback_app.trace_lists.columns import Column
from feedback_app.trace_lists.orders import Position
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import Comment, EntityType, Source, Trace
from traces_app.query.expressions import JsonText
from traces_app.query.traces import model_name

HEAD = 2000
"""Characters of an input or output that a preview is made from."""
_SHORT = 200
_TAGS = 2


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    pk: UUID
    position: Position
    project: str
    started: datetime
    input: str
    output: str
    score: Decimal | None
    author: str
    by_judge: bool
    state: str
    error: str
    comments: int
    tags: list[str]
    more_tags: list[str]
    thread: str
    model: str
    is_added: bool
    processing: str
    cells: list[Cell] = field(default_factory=list)
    """In the order of the list's columns."""


def fetch(
    *,
    access: Access,
    positions: Sequence[Position],
    names: dict[UUID, str],
    columns: Sequence[Column],
) -> list[Row]:
    """The rows of ``positions``, in their order; ``names`` of the list's projects. Three queries,
    and up to two for columns that are not usual.

    A trace that was deleted in between is left out.
    """
    ids = [position.pk for position in positions]
    inside = list(names)
    found = _traces(access, inside, ids)
    comments = _comments(access, inside, ids)
    people = User.objects.in_bulk(
        {values["verdict_by_id"] for values in found.values() if values["verdict_by_id"]}
    )
    rows = [
        _row(position, found[position.pk], names, comments.get(position.pk, 0), people)
        for position in positions
        if position.pk in found
    ]
    more = cells.fetch(access=access, inside=inside, ids=ids, columns=columns)
    return [_with_cells(row, columns, more.get(row.pk, {})) for row in rows]


def _with_cells(row: Row, columns: Sequence[Column], more: Texts) -> Row:
    texts = {"project": row.project, "thread": row.thread, "model": row.model, **more}
    return replace(row, cells=cells.of(columns, texts))


def _traces(access: Access, inside: list[UUID], ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    shown = Trace.objects.visible_to(access).filter(project_id__in=inside, pk__in=ids)
    has_error = Case(
        When(error_info__isnull=False, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    fetched = shown.values(
        "pk", "project_id", "start_time", "score", "verdict_source", "verdict_by_id", "tags",
        "added_to_dataset", "processing_status", "processing_error",
        input_head=Left("input", HEAD),
        output_head=Left("output", HEAD),
        thread=Left("thread_id", _SHORT),
        model=Left(model_name(inside), _SHORT),
        has_error=has_error,
        error=Left(JsonText(F("error_info"), ["message"]), _SHORT),
        is_running=Q(end_time__isnull=True, output__isnull=True),
    )  # fmt: skip
    return {values["pk"]: dict(values) for values in fetched}


def _comments(access: Access, inside: list[UUID], ids: list[UUID]) -> dict[UUID, int]:
    said = Comment.objects.visible_to(access).about(EntityType.TRACE, ids)
    counted = said.filter(project_id__in=inside).order_by().values("entity_id")
    return dict(counted.annotate(number=Count("pk")).values_list("entity_id", "number"))


def _row(
    position: Position,
    values: dict[str, Any],
    names: dict[UUID, str],
    comments: int,
    people: dict[UUID, User],
) -> Row:
    author = people.get(values["verdict_by_id"])
    tags = _tags(values["tags"])
    return Row(
        pk=position.pk,
        position=position,
        project=names[values["project_id"]],
        started=values["start_time"],
        input=preview(values["input_head"]),
        output=preview(values["output_head"], of_answer=True),
        score=values["score"],
        author=str(author or "somebody"),
        by_judge=values["verdict_source"] == Source.ONLINE_SCORING
        or bool(author and author.is_service),
        state=_state(values),
        error=values["error"] or "",
        comments=comments,
        tags=tags[:_TAGS],
        more_tags=tags[_TAGS:],
        thread=values["thread"] or "",
        model=values["model"] or "",
        is_added=values["added_to_dataset"],
        processing=values["processing_status"],
    )


def _state(values: dict[str, Any]) -> str:
    if values["has_error"]:
        return "failed"
    return "running" if values["is_running"] else ""


def _tags(stored: str | None) -> list[str]:
    tags: Iterable[Any] = normal_form.load(stored) if stored else []
    return [tag for tag in tags if isinstance(tag, str)]
