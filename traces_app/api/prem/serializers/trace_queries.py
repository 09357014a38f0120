"""The query parameters of Prem's list of traces (prem.md §4.1): its own and our extras."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

from traces_app import normal_form
from traces_app.api.prem.serializers.fields import Fields, uuid_of
from traces_app.models import Trace

T = TypeVar("T")
MAX_PAGE_SIZE = 100
MAX_PAGE = 10**9
MAX_MODELS = 100
MAX_TEXT = 1000


@dataclass(slots=True)
class TraceQuery:
    """Which traces, in which order, which page. None: not asked."""

    page: int
    page_size: int
    by_score: bool
    ascending: bool
    project_id: UUID | None
    model_ids: list[str]
    min_score: Decimal | None
    max_score: Decimal | None
    has_feedback: bool | None
    added_to_dataset: bool | None
    processing_status: str | None
    since: datetime | None
    until: datetime | None
    text: str | None

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.page_size

    @property
    def asks_for_scores(self) -> bool:
        """Whether the rows found, or their order, tell of scores."""
        # A trace is refused for its dataset because of its score.
        told = (self.min_score, self.max_score, self.has_feedback, self.processing_status)
        return self.by_score or any(value is not None for value in told)

    @property
    def is_filtered(self) -> bool:
        """Whether more than the project narrows it."""
        return bool(self.model_ids) or any(
            value is not None
            for value in (
                self.min_score,
                self.max_score,
                self.has_feedback,
                self.added_to_dataset,
                self.processing_status,
                self.since,
                self.until,
                self.text,
            )
        )


def trace_query(params: QueryDict) -> TraceQuery:
    """The parameters as sent; empty ones count as absent. Raises InvalidFields."""
    read = _Params(params)
    query = TraceQuery(
        page=read.get("page", _whole(MAX_PAGE)) or 1,
        page_size=read.get("pageSize", _whole(MAX_PAGE_SIZE)) or settings.PREM_PAGE_SIZE,
        by_score=read.get("sortBy", _one_of("createdAt", "score")) == "score",
        ascending=read.get("sortOrder", _one_of("asc", "desc")) == "asc",
        project_id=read.get("projectId", _uuid),
        model_ids=read.get("modelIds", _texts) or [],
        min_score=read.get("minScore", _score),
        max_score=read.get("maxScore", _score),
        has_feedback=read.get("hasFeedback", _flag),
        added_to_dataset=read.get("addedToDataset", _flag),
        processing_status=read.get("processingStatus", _one_of(*Trace.ProcessingStatus.values)),
        since=read.get("from", _time(time.min)),
        until=read.get("to", _time(time.max)),
        text=read.get("q", _text),
    )
    read.fields.check()
    return query


class _Params:
    def __init__(self, params: QueryDict) -> None:
        self.params = params
        self.fields = Fields({})

    def get(self, name: str, read: Callable[[str], T]) -> T | None:
        sent = normal_form.clean_text(self.params.get(name) or "").strip()
        if not sent:
            return None
        try:
            return read(sent)
        except ValueError as error:
            self.fields.refuse(name, str(error))
            return None


def _whole(most: int) -> Callable[[str], int]:
    def read(sent: str) -> int:
        if not (sent.isascii() and sent.isdigit()) or not 1 <= int(sent[:12]) <= most:
            raise ValueError(f"Send a whole number from 1 to {most}.")
        return int(sent)

    return read


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(sent: str) -> str:
        if sent not in choices:
            raise ValueError(f"Send one of {', '.join(choices)}.")
        return sent

    return read


def _uuid(sent: str) -> UUID:
    found = uuid_of(sent)
    if found is None:
        raise ValueError("Send a UUID.")
    return found


def _texts(sent: str) -> list[str]:
    found = [part.strip() for part in sent.split(",") if part.strip()]
    if not found or len(found) > MAX_MODELS:
        raise ValueError(f"Send 1 to {MAX_MODELS} model ids with commas between them.")
    return found


def _score(sent: str) -> Decimal:
    try:
        value = Decimal(sent)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= 1:
        raise ValueError("Send a number from 0 to 1.")
    return value


def _flag(sent: str) -> bool:
    if sent.lower() not in ("true", "false", "1", "0"):
        raise ValueError("Send true or false.")
    return sent.lower() in ("true", "1")


def _time(of_a_day: time) -> Callable[[str], datetime]:
    def read(sent: str) -> datetime:
        day = parse_date(sent) if len(sent) <= len("2026-11-23") else None
        # A plus in an address that was not escaped arrives as a space.
        found = datetime.combine(day, of_a_day) if day else parse_datetime(_with_plus(sent))
        if found is None:
            raise ValueError("Send an ISO 8601 date or time, such as 2026-11-23T10:00:00Z.")
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    return read


def _with_plus(sent: str) -> str:
    return sent.replace(" ", "+") if "T" in sent else sent


def _text(sent: str) -> str:
    if len(sent) > MAX_TEXT:
        raise ValueError(f"Send at most {MAX_TEXT} characters.")
    return sent
