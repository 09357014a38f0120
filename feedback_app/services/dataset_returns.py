"""What was added to datasets at once, taken out again unless somebody has changed it since."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from feedback_app.models import Datapoint
from feedback_app.services import datapoints, marked_traces, named_datasets
from feedback_app.services.datasets import Added
from traces_app.access import Access


def made(*, access: Access, results: Iterable[Added]) -> dict[UUID, tuple[UUID, datetime]]:
    """By trace the datapoints that are new, and the time that they carry."""
    new = {each.datapoint_id: each.trace_id for each in results if each.is_new}
    points = Datapoint.objects.visible_to(access).filter(pk__in=list(new))
    return {new[pk]: (pk, at) for pk, at in points.values_list("pk", "last_updated_at")}


def take_out(*, access: Access, made_at: Mapping[UUID, datetime]) -> int:
    """Delete datapoints for good that still carry the time of their making; how many went.

    In the caller's transaction. Raises Forbidden.
    """
    access.must_write()
    points = Datapoint.objects.visible_to(access).filter(pk__in=list(made_at))
    marked_traces.lock(access=access, trace_ids=set(points.values_list("trace_id", flat=True)))
    number = 0
    for dataset_id in sorted(set(points.values_list("dataset_id", flat=True))):
        # Whoever changes a datapoint holds its dataset.
        named_datasets.locked(access=access, dataset_id=dataset_id)
        times = points.filter(dataset_id=dataset_id).values_list("pk", "last_updated_at")
        same = [pk for pk, at in times if at == made_at[pk]]
        gone = datapoints.delete(access=access, ids=same, dataset_id=dataset_id, is_final=True)
        number += gone.number
    return number
