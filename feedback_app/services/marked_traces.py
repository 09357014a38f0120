"""The mark on a trace that it is in a dataset, kept true while datapoints come and go."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Case, QuerySet, Value, When

from feedback_app.models import Datapoint
from feedback_app.models.datasets import DatapointQuerySet
from traces_app.access import Access
from traces_app.models import NIL, Trace
from traces_app.models.traces import TraceQuerySet
from traces_app.services import outbox
from traces_app.services.outbox import ChangedTrace


def lock(*, access: Access, trace_ids: Collection[UUID]) -> None:
    """Hold these traces, before any dataset: the order in which traces are taken in."""
    wanted = [pk for pk in trace_ids if pk != NIL]
    if wanted:
        visible = Trace.objects.visible_to(access).filter(pk__in=wanted)
        ordered = visible.order_by("project_id", "pk").select_for_update(no_key=True)
        list(ordered.values_list("pk", flat=True))


def mark(*, access: Access, trace_ids: Collection[UUID]) -> None:
    """They are in a dataset now, whatever kept them out before."""
    wanted = [pk for pk in trace_ids if pk != NIL]
    if wanted:
        visible = Trace.objects.visible_to(access).filter(pk__in=wanted)
        status = Trace.ProcessingStatus
        running = When(processing_status=status.PROCESSING, then=Value(status.PROCESSING))
        visible.update(
            added_to_dataset=True,
            processing_status=Case(running, default=Value(status.NONE)),
            processing_error="",
        )
        _tell(visible)


def settled(*, project_ids: Collection[UUID], trace_ids: Collection[UUID]) -> None:
    """They are in a dataset, and nothing more is to come of what was asked for them."""
    these = Trace.objects.filter(project_id__in=project_ids, pk__in=trace_ids)
    these.update(
        added_to_dataset=True,
        processing_status=Trace.ProcessingStatus.NONE,
        processing_error="",
    )
    _tell(these)


def unmark(
    *, access: Access, held: "QuerySet[Any, Any] | list[UUID]", elsewhere: DatapointQuerySet
) -> None:
    """Of the traces ``held``, those that no datapoint of ``elsewhere`` holds are in none now."""
    visible = Trace.objects.visible_to(access).filter(pk__in=held, added_to_dataset=True)
    visible.exclude(pk__in=elsewhere.exclude(trace_id=NIL).values("trace_id")).update(
        added_to_dataset=False
    )


def unmark_orphans(*, access: Access, trace_ids: Collection[UUID]) -> None:
    """Of these traces, those that no datapoint holds any more are in no dataset."""
    held = [pk for pk in trace_ids if pk != NIL]
    there = Datapoint.objects.visible_to(access).filter(trace_id__in=held)
    unmark(access=access, held=held, elsewhere=there)


def _tell(marked: TraceQuerySet) -> None:
    """Whoever looks at changed traces may filter by the mark."""
    outbox.write_all(ChangedTrace(*pair) for pair in marked.values_list("project_id", "pk"))
