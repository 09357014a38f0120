"""Which rows a list, a search or the stats are about, in whichever form they are asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request

from traces_app.access import Access
from traces_app.api.opik import params
from traces_app.api.opik.serializers.shown import Shown
from traces_app.models import Project, Span
from traces_app.models.spans import SpanQuerySet
from traces_app.query import blind, filters, from_queues, search, sorting, windows
from traces_app.query.fields import Registry
from traces_app.query.filters import Filter
from traces_app.query.sorting import Sorting

Rows = TypeVar("Rows", bound="QuerySet[Any]")


@dataclass(frozen=True)
class Asked:
    """A question about the rows of one project that the registry knows."""

    access: Access
    registry: Registry
    project: Project
    clauses: list[Filter]
    words: str = ""
    from_time: datetime | None = None
    to_time: datetime | None = None
    queue_id: UUID | None = None

    @property
    def shown(self) -> Shown:
        """Which scores and comments are read beside the rows."""
        return Shown(self.access, self.queue_id)

    def among(self, rows: Rows) -> Rows:
        """Those of ``rows`` that are asked for.

        Raises BadWindow, and Forbidden where the caller may not ask for scores.
        """
        projects = [self.project.pk]
        blind.check(access=self.access, projects=projects, clauses=self.clauses)
        found = rows.filter(project=self.project)
        found = from_queues.within(found, self.registry.entity, self.queue_id, access=self.access)
        found = filters.apply(found, self.clauses, projects=projects, registry=self.registry)
        found = search.apply(found, self.words, registry=self.registry, projects=projects)
        return windows.apply(found, from_time=self.from_time, to_time=self.to_time)

    def in_order(self, found: Rows, order: Sorting | None) -> Rows:
        """``found`` in the order asked for. Raises Forbidden as ``among``."""
        projects = [self.project.pk]
        blind.check(access=self.access, projects=projects, clauses=(), order=order)
        return sorting.apply(found, order, projects=projects, registry=self.registry)

    def total(self, found: "QuerySet[Any]", everything: int | None = None) -> int:
        """How many ``found`` are, exactly (architecture §3), read from the least that tells it.

        ``everything`` is the number of the project's rows, where that is known.
        """
        if self.words or self.from_time or self.to_time or self.queue_id:
            return found.count()
        if self.access.sees_queues_only:
            return found.count()  # the other figures are of the whole project
        if not self.clauses and everything is not None:
            return everything
        projects = [self.project.pk]
        counted = filters.count(self.clauses, projects=projects, registry=self.registry)
        return found.count() if counted is None else counted


def in_address(request: Request, access: Access, registry: Registry) -> Asked:
    """What query parameters ask. Raises BadFilter, BadRequest, NotFound, Http404."""
    earliest, latest = params.window(request)
    clauses = filters.parse(request.query_params.get("filters"), registry=registry)
    return Asked(
        access,
        registry,
        params.project(request, access),
        clauses,
        request.query_params.get("search", "").strip(),
        earliest,
        latest,
        params.queue_id(request),
    )


def of_spans(request: Request, spans: SpanQuerySet) -> SpanQuerySet:
    """Those of the trace and type that the query parameters name. Raises Http404."""
    trace_id = request.query_params.get("trace_id")
    kind = params.one_of(request, "type", Span.Type.values)
    found = spans.filter(trace_id=params.uuid(trace_id)) if trace_id else spans
    return found.filter(type=kind) if kind else found
