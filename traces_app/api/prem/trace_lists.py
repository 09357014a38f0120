"""The list of traces: its filters as querysets, its total, and one page of it (prem.md §4.1)."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce

from traces_app.access import Access
from traces_app.api.prem.representation import LAST_SPAN_MODEL, TracePage, in_order, represent
from traces_app.api.prem.serializers.trace_queries import TraceQuery
from traces_app.models import Project, Trace
from traces_app.models.projects import DEFAULT_PROJECT, name_key
from traces_app.models.traces import TraceQuerySet
from traces_app.query import merged, search, windows
from traces_app.query.expressions import JsonText


class _Project(NamedTuple):
    pk: UUID
    name_key: str
    trace_count: int


def page(*, access: Access, query: TraceQuery) -> TracePage:
    """One page in the order asked for, and how many match over all pages.

    Raises Forbidden where the caller judges blind and asks for scores.
    """
    rows = Project.objects.visible_to(access).values_list("pk", "name_key", "trace_count")
    everywhere = [_Project(*row) for row in rows]
    inside = [row for row in everywhere if query.project_id in (None, row.pk)]
    unassigned = [row.pk for row in everywhere if row.name_key == name_key(DEFAULT_PROJECT)]
    if query.asks_for_scores:
        access.must_see_scores([row.pk for row in inside])
    visible = Trace.objects.visible_to(access)
    found = matching(visible, query).filter(project_id__in=[row.pk for row in inside])
    counted = query.is_filtered or access.sees_queues_only
    total = found.count() if counted else sum(row.trace_count for row in inside)
    ids = _page_of_ids(found, [row.pk for row in inside], query) if query.offset < total else []
    default = next(iter(unassigned), None)
    chosen = represent(visible.filter(pk__in=ids), access=access, unassigned=default)
    return TracePage(in_order(ids, chosen), total)


def matching(traces: TraceQuerySet, query: TraceQuery) -> TraceQuerySet:
    """Those of ``traces`` that the filters let through; the project is not among them."""
    wanted: dict[str, object] = {
        "score__gte": query.min_score,
        "score__lte": query.max_score,
        "added_to_dataset": query.added_to_dataset,
        "processing_status": query.processing_status,
    }
    found = traces.filter(**{name: value for name, value in wanted.items() if value is not None})
    found = windows.apply(found, from_time=query.since, to_time=query.until)
    found = search.apply(found, query.text)
    if query.has_feedback is not None:
        # "" cannot stand there: an empty feedback is stored as null.
        found = found.filter(feedback__isnull=not query.has_feedback)
    return _of_models(found, query.model_ids) if query.model_ids else found


def _of_models(traces: TraceQuerySet, model_ids: list[str]) -> TraceQuerySet:
    named = JsonText(F("metadata"), ["model"])
    printed = Coalesce(F("model_id"), LAST_SPAN_MODEL, named)
    return traces.alias(printed_model=printed).filter(printed_model__in=model_ids)


def _page_of_ids(found: TraceQuerySet, projects: list[UUID], query: TraceQuery) -> list[UUID]:
    sign, way = ("", "ASC") if query.ascending else ("-", "DESC")
    if len(projects) > merged.AT_MOST:
        places = [found]
    else:
        places = [found.filter(project_id=project_id) for project_id in projects]
    if not query.by_score:
        parts = [place.order_by(f"{sign}pk") for place in places]
        return merged.page_of_ids(
            parts, order=f"id {way}", offset=query.offset, limit=query.page_size
        )
    # Nulls stand last both ways: an index gives the scored and the unscored one by one.
    ordered = [place.order_by(f"{sign}score", f"{sign}pk") for place in places]
    parts = [part.filter(score__isnull=null) for part in ordered for null in (False, True)]
    return merged.page_of_ids(
        parts,
        columns=("id", "score"),
        order=f"score IS NULL, score {way}, id {way}",
        offset=query.offset,
        limit=query.page_size,
    )
