"""Which rows a list, a search or the stats are about, in whichever form they are asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet
from rest_framework.request import Request

from traces_app.access import Access
from traces_app.api.opik import params
from traces_app.models import Project
from traces_app.query import filters, search, windows
from traces_app.query.fields import Registry
from traces_app.query.filters import Clause

Rows = TypeVar("Rows", bound="QuerySet[Any]")


@dataclass(frozen=True)
class Asked:
    """A question about the rows of one project that the registry knows."""

    registry: Registry
    project: Project
    clauses: list[Clause]
    words: str = ""
    from_time: datetime | None = None
    to_time: datetime | None = None

    def among(self, rows: Rows) -> Rows:
        """Those of ``rows`` that are asked for. Raises BadWindow."""
        found = rows.filter(project=self.project)
        projects = [self.project.pk]
        found = filters.apply(found, self.clauses, projects=projects, registry=self.registry)
        found = search.apply(found, self.words, registry=self.registry)
        return windows.apply(found, from_time=self.from_time, to_time=self.to_time)

    def total(self, found: "QuerySet[Any]", everything: int | None = None) -> int:
        """How many ``found`` are, exactly (architecture §3), read from the least that tells it.

        ``everything`` is the number of the project's rows, where that is known.
        """
        if self.words or self.from_time or self.to_time:
            return found.count()
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
        registry,
        params.project(request, access),
        clauses,
        request.query_params.get("search", "").strip(),
        earliest,
        latest,
    )
