"""The job table: work is enqueued, claimed under a lease, and its outcome saved.

Who claims a job holds it by a token until the lease runs out. Only that token may renew the lease
or save the outcome, so an attempt that was overtaken changes nothing any more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, NotFound, Refusal
from traces_app.models import NIL, Job
from traces_app.services import events

CANDIDATES = 10
LONGEST_ERROR = 2000
LONGEST_BACKOFF = timedelta(hours=1)


class LeaseLost(Conflict):
    """The job is no longer ours: the lease ran out and another worker took it over."""


class CalledOff(Refusal):
    """Somebody has cancelled the job while it ran."""


def enqueue(
    *,
    kind: str,
    payload: Mapping[str, object],
    key: str | None = None,
    run_after: datetime | None = None,
    lane: Job.Lane = Job.Lane.SHORT,
    workspace_id: UUID = NIL,
    created_by_id: UUID | None = None,
) -> Job:
    """Ask for work in the caller's transaction; it is rolled back with it.

    ``key`` names the work: a second call with the same key gives the same job, whatever its state,
    until the purge takes it away.
    """
    asked = {
        "kind": kind,
        "payload": normal_form.dump(dict(payload)),
        "run_after": run_after or timezone.now(),
        "lane": lane,
        "workspace_id": workspace_id,
        "created_by_id": created_by_id,
    }
    if key is None:
        return Job.objects.create(**asked)
    job, _ = Job.objects.get_or_create(key=key, defaults=asked)
    return job


def enqueue_each(
    *,
    kind: str,
    payloads: Sequence[Mapping[str, object]],
    lane: Job.Lane,
    max_attempts: int,
    workspace_id: UUID,
    created_by_id: UUID,
) -> list[Job]:
    """Ask for one job a payload, in their order, with one statement."""
    now = timezone.now()
    return Job.objects.bulk_create(
        Job(
            kind=kind,
            payload=normal_form.dump(dict(payload)),
            lane=lane,
            max_attempts=max_attempts,
            run_after=now,
            workspace_id=workspace_id,
            created_by_id=created_by_id,
        )
        for payload in payloads
    )


def cancel(*, key: str) -> None:
    """Take back work that nobody has begun."""
    Job.objects.filter(key=key, state=Job.State.WAITING).delete()


@transaction.atomic
def call_off(*, access: Access, job_id: UUID) -> None:
    """Cancel a job that somebody asked for: at once, or at its next step if it has begun.

    Own ones, or as an owner any. What it has done stays; one that has ended is left alone. Raises
    Forbidden, NotFound.
    """
    visible = Job.objects.visible_to(access)
    if not access.may_administer:
        visible = visible.filter(created_by_id=access.user_id)
    job = visible.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no such job of yours.")
    if job.state == Job.State.WAITING:
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.CANCELLED, finished_at=timezone.now(), is_called_off=True
        )
    elif job.state == Job.State.RUNNING and not job.is_called_off:
        Job.objects.filter(pk=job.pk).update(is_called_off=True)
    else:
        return
    events.record(access, [events.Change("job.cancel", "job", job.pk)])


def schedule(*, periodic: Mapping[str, timedelta]) -> None:
    """Make the one row of each periodic kind, and remove those of kinds that are gone."""
    now = timezone.now()
    with transaction.atomic():
        Job.objects.filter(every_seconds__isnull=False).exclude(kind__in=periodic).delete()
        Job.objects.bulk_create(
            [Job(kind=kind, key=f"every:{kind}", run_after=now) for kind in sorted(periodic)],
            ignore_conflicts=True,
        )
        for kind, every in periodic.items():
            Job.objects.filter(key=f"every:{kind}").update(every_seconds=every.total_seconds())


def hurry(*, kind: str) -> None:
    """Let periodic work come at once. In the caller's transaction.

    An attempt that is just ending is waited for. So whoever leaves work and then hurries is not
    missed by one that ends, and then looks whether any was left, in one transaction.
    """
    now = timezone.now()
    for job in Job.objects.select_for_update().filter(key=f"every:{kind}"):
        if job.state == Job.State.WAITING and job.run_after > now:
            Job.objects.filter(pk=job.pk).update(run_after=now)


def claim(*, lane: str) -> Job | None:
    """Take the next job that is due, or whose lease ran out. The attempt is counted here.

    So a job that kills its process is over after ``max_attempts``. Of a lane that
    ``JOBS_AT_ONCE`` names, all workers together run so many at most.
    """
    now = timezone.now()
    in_lane = Job.objects.filter(lane=lane)
    expired = in_lane.filter(state=Job.State.RUNNING, lease_until__lte=now)
    due = in_lane.filter(state=Job.State.WAITING, run_after__lte=now)
    # In the index's own order: a long line is not sorted for the few at its head.
    candidates: list[Job] = [*expired[:CANDIDATES], *due.order_by("run_after")[:CANDIDATES]]
    for job in candidates:
        is_spent = job.attempts >= job.max_attempts
        if not _has_place(job) or not _take(job, now):
            continue
        if not is_spent:
            return job
        fail(job=job, error="Each attempt ended without a word: its worker was killed or lost.")
    return None


def _has_place(job: Job) -> bool:
    """Choose a free place in a lane that has only so many; one whose lease ran out keeps its own.

    Two workers may choose the same one: ``job_place_is_held_once`` lets one of them take it.
    """
    most = settings.JOBS_AT_ONCE.get(job.lane)
    if most is None or job.place is not None:
        return True
    running = Job.objects.filter(lane=job.lane, place__isnull=False)
    free = set(range(most)) - set(running.values_list("place", flat=True))
    job.place = min(free, default=None)
    return job.place is not None


def _take(job: Job, now: datetime) -> bool:
    """Compare and set: nobody else has touched the row since ``job`` was read."""
    unchanged = Job.objects.filter(
        pk=job.pk,
        state=job.state,
        run_after=job.run_after,
        lease_token=job.lease_token,
        lease_until=job.lease_until,
    )
    job.state = Job.State.RUNNING
    job.attempts = min(job.attempts + 1, job.max_attempts)
    job.lease_token = uuid4()
    job.lease_until = _lease_end(now)
    job.started_at = now
    taken = ("state", "attempts", "lease_token", "lease_until", "started_at", "place")
    try:
        with transaction.atomic():
            return bool(unchanged.update(**{name: getattr(job, name) for name in taken}))
    except IntegrityError:  # another worker took the place
        return False


def renew(*, job: Job) -> None:
    """Hold the job for another lease. Raises LeaseLost, as everything below that writes to it."""
    _write(job, lease_until=_lease_end(timezone.now()))


def report(*, job: Job, done: int, total: int | None) -> None:
    """Save how far the job is, and renew its lease."""
    until = _lease_end(timezone.now())
    _write(job, lease_until=until, progress_done=done, progress_total=total)


def save_checkpoint(*, job: Job, checkpoint: str, done: int, total: int | None) -> None:
    """Save how far the job came, in the transaction of what it did since the last time.

    So a later attempt goes on from there, and each part counts once. An attempt that comes further
    is a first one: only those that get nowhere are counted towards giving up.
    """
    _write(
        job,
        checkpoint=checkpoint,
        progress_done=done,
        progress_total=total,
        attempts=1,
        lease_until=_lease_end(timezone.now()),
    )
    job.checkpoint, job.attempts = checkpoint, 1


def is_called_off(*, job: Job) -> bool:
    """Whether somebody has cancelled it by now."""
    return Job.objects.filter(pk=job.pk, is_called_off=True).exists()


def finish(*, job: Job, result: str = "") -> None:
    """The work is done; ``result`` is JSON text. Periodic work waits for its next time."""
    _end(job, Job.State.DONE, result=result, error="")


def fail(*, job: Job, error: str, is_final: bool = False, after: timedelta = timedelta(0)) -> None:
    """The attempt failed: try again later, unless it was the last one or ``is_final``.

    It waits as long as others do that failed as often, and at least ``after``.
    """
    error = normal_form.clean_text(error)[:LONGEST_ERROR]
    if is_final or job.attempts >= job.max_attempts:
        _end(job, Job.State.FAILED, error=error)
        return
    first = timedelta(seconds=settings.JOB_BACKOFF_SECONDS)
    wait = min(max(first * 2 ** (job.attempts - 1), after), LONGEST_BACKOFF)
    _let_go(job, state=Job.State.WAITING, run_after=timezone.now() + wait, error=error)


def end_called_off(*, job: Job) -> None:
    """The attempt stopped because the job was cancelled."""
    _end(job, Job.State.CANCELLED, error="")


def release(*, job_id: UUID, token: UUID) -> None:
    """Give back a job that a stopping worker cut short; the attempt does not count."""
    job = Job(pk=job_id, lease_token=token)
    _let_go(job, state=Job.State.WAITING, run_after=timezone.now(), attempts=F("attempts") - 1)


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _end(job: Job, state: Job.State, **outcome: Any) -> None:
    now = timezone.now()
    if job.every_seconds is not None:
        state = Job.State.WAITING
        outcome |= {"run_after": now + timedelta(seconds=job.every_seconds), "attempts": 0}
    _let_go(job, state=state, finished_at=now, **outcome)


def _let_go(job: Job, **changes: Any) -> None:
    _write(job, lease_token=NIL, lease_until=None, place=None, **changes)


def _write(job: Job, **changes: Any) -> None:
    held = Job.objects.filter(pk=job.pk, lease_token=job.lease_token, state=Job.State.RUNNING)
    if not held.update(**changes):
        raise LeaseLost("Another worker has taken this job over.")
