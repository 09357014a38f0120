"""The mark on a trace that it is in a dataset, kept true while datapoints come and go."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from feedback_app.models import Datapoint
from feedback_app.models.datasets import DatapointQuerySet
from traces_app.access import Access
from traces_app.models import NIL, Trace


def lock(*, access: Access, trace_ids: Collection[UUID]) -> None:
    """Hold these traces, before any dataset: the order in which traces are taken in."""
    wanted = [pk for pk in trace_ids if pk != NIL]
    if wanted:
        visible = Trace.objects.visible_to(access).filter(pk__in=wanted)
        ordered = visible.order_by("project_id", "pk").select_for_update(no_key=True)
        list(ordered.values_list("pk", flat=True))


def mark(*, access: Access, trace_ids: Collection[UUID]) -> None:
    """They are in a dataset now."""
    wanted = [pk for pk in trace_ids if pk != NIL]
    if wanted:
        visible = Trace.objects.visible_to(access).filter(pk__in=wanted)
        visible.update(added_to_dataset=True)


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
