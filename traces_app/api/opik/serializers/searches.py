"""Bodies of the searches that stream (opik.md §2 and §3). Explicit nulls count as absent."""

from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.json import Decoder

from traces_app import normal_form
from traces_app.access import Access
from traces_app.api.opik import checks, params
from traces_app.api.opik.errors import BadRequest
from traces_app.api.opik.finding import Asked
from traces_app.api.opik.params import NO_PROJECT
from traces_app.api.opik.serializers.runs import Instant
from traces_app.api.opik.serializers.spans import Types
from traces_app.errors import NotFound
from traces_app.models import Project
from traces_app.models.threads import ThreadQuerySet
from traces_app.query import filters
from traces_app.query.fields import Registry
from traces_app.services import projects

MOST = 2000
USUAL = 500


class Search(Struct, kw_only=True):
    """What the searches of traces, spans and threads have in common."""

    project_name: str | None = None
    project_id: UUID | None = None
    filters: list[Any] | None = None
    limit: int | None = None
    truncate: bool | None = None
    strip_attachments: bool | None = None
    exclude: list[str] | None = None
    from_time: Instant | None = None
    to_time: Instant | None = None

    def most(self) -> int:
        """How many rows at most, 1 to 2,000. Raises Unprocessable."""
        limit = USUAL if self.limit is None else self.limit
        rules = checks.Rules()
        if limit < 1:
            rules.broken("limit", "must be greater than or equal to 1")
        if limit > MOST:
            rules.broken("limit", f"must be less than or equal to {MOST}")
        rules.enforce()
        return limit

    def asked(self, access: Access, registry: Registry) -> Asked:
        """Which rows. Raises BadFilter, NotFound, and BadRequest without a project."""
        clauses = filters.parse(self.filters, registry=registry)
        project = self._project(access)
        return Asked(
            access, registry, project, clauses, from_time=self.from_time, to_time=self.to_time
        )

    def excluded(self, excludable: frozenset[str]) -> frozenset[str]:
        """Raises BadRequest."""
        return params.excluded(self.exclude or (), excludable, self.exclude)

    def _project(self, access: Access) -> Project:
        if self.project_id is not None:
            return projects.find(access=access, project_id=self.project_id)
        if not (self.project_name or "").strip():
            raise BadRequest(NO_PROJECT)
        return projects.find(access=access, name=self.project_name)


class TraceSearch(Search, kw_only=True):
    """``POST /traces/search``; the cursor is the last trace that the caller has."""

    last_retrieved_id: UUID | None = None


class SpanSearch(Search, kw_only=True):
    """``POST /spans/search``; the cursor is the last span that the caller has."""

    trace_id: UUID | None = None
    type: Types | None = None
    last_retrieved_id: UUID | None = None


class ThreadSearch(Search, kw_only=True):
    """``POST /traces/threads/search``.

    The cursor is the last thread that the caller has, by its model id or by the id that was sent:
    the SDK sends the latter, which may well be some uuid, too.
    """

    last_retrieved_thread_model_id: str | None = None

    def cursor(self, threads: ThreadQuerySet, project: Project) -> UUID | None:
        """The model id of the last thread. Raises NotFound for a thread that is gone."""
        sent = normal_form.clean_text(self.last_retrieved_thread_model_id or "")
        if not sent.strip():
            return None
        named = threads.filter(project=project, thread_id=sent).values_list("pk", flat=True)
        found: UUID | None = named.first()
        if found is not None:
            return found
        try:
            return UUID(sent)
        except ValueError as error:
            raise NotFound(f"Trace Thread id: {sent} not found") from error


TRACE_SEARCH = Decoder(TraceSearch)
SPAN_SEARCH = Decoder(SpanSearch)
THREAD_SEARCH = Decoder(ThreadSearch)
