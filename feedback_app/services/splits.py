"""Splitting a dataset's uncategorized datapoints into training and validation."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from feedback_app.models import Datapoint
from feedback_app.models.datasets import DatapointQuerySet
from feedback_app.services import named_datasets
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.services import events

LEAST, MOST = 1, 99
BAD_SHARE = f"The share for training is a whole number from {LEAST} to {MOST}."
_BEYOND = "g"  # no digest begins with it


@dataclass(frozen=True, slots=True)
class Split:
    """How many datapoints went where."""

    training: int
    validation: int


@transaction.atomic
def split(*, access: Access, dataset_id: UUID, percent: int, generated_too: bool) -> Split:
    """Put ``percent`` of the uncategorized datapoints into training, the others into validation.

    Generated ones all go into training unless ``generated_too`` lets them be split as well; those
    that wait for approval stay where they are.
    Raises Forbidden, NotFound, Invalid.
    """
    access.must_write()
    check(percent)
    dataset = named_datasets.locked(access=access, dataset_id=dataset_id)
    inside = Datapoint.objects.filter(project_id=dataset.project_id, dataset_id=dataset.pk)
    pool = inside.splittable(generated_too=generated_too)
    cut = border(pool, percent)
    now = timezone.now()
    validation = pool.filter(digest__gte=cut).update(
        bucket=Datapoint.Bucket.VALIDATION, last_updated_at=now
    )
    training = (
        inside.approved()
        .filter(bucket=Datapoint.Bucket.UNCATEGORIZED)
        .update(bucket=Datapoint.Bucket.TRAINING, last_updated_at=now)
    )
    named_datasets.changed(project_id=dataset.project_id, dataset_ids=[dataset.pk])
    change = events.Change("dataset.split", "dataset", dataset.pk, dataset.project_id)
    change.after.update({"percent": percent, "training": training, "validation": validation})
    events.record(access, [change])
    return Split(training, validation)


def border(pool: DatapointQuerySet, percent: int) -> str:
    """Below this digest a datapoint is for training, from it on for validation.

    Digests are as good as random, so the first ``percent`` of them are a fair draw, the same each
    time; and what has the same content lands on the same side.
    """
    first_of_validation = (pool.count() * percent + 50) // 100
    ordered = pool.order_by("digest").values_list("digest", flat=True)
    return next(iter(ordered[first_of_validation : first_of_validation + 1]), _BEYOND)


def check(percent: int) -> None:
    """Raises Invalid for a share that leaves nothing for one side."""
    if not LEAST <= percent <= MOST:
        raise Invalid(BAD_SHARE)
