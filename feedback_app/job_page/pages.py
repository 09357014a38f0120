"""The jobs that people of a workspace asked for: listed, and each on a page of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from feedback_app.job_page.kinds import CANCELLABLE, KINDS, OWN
from feedback_app.job_page.told import Told
from feedback_app.models import User
from feedback_app.services import bulk_returns
from feedback_app.services.bulk_returns import Standing
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import Job

SIZE = 50


@dataclass(frozen=True)
class Shown:
    """One job as its page shows it."""

    pk: UUID
    told: Told
    state: str
    by: str
    asked_at: datetime
    ended_at: datetime | None
    done: int
    total: int | None
    error: str
    is_called_off: bool
    may_cancel: bool
    returns: Standing = bulk_returns.NOTHING
    """Only on a job's own page."""

    @property
    def is_over(self) -> bool:
        return self.state not in (Job.State.WAITING, Job.State.RUNNING)


@dataclass(frozen=True)
class Page:
    """Newest first; ``older_url`` is empty at the end."""

    jobs: list[Shown]
    older_url: str


def find(access: Access, job_id: UUID) -> Shown:
    """Raises NotFound."""
    job = Job.objects.visible_to(access).filter(pk=job_id, kind__in=KINDS).first()
    if job is None:
        raise NotFound("There is no such job; those that ended are forgotten after a while.")
    return replace(_shown(access, [job])[0], returns=bulk_returns.standing(access, job))


def must_be_cancellable(access: Access, job_id: UUID) -> None:
    """Raises NotFound, also for a job that must come to its end, such as a removal."""
    visible = Job.objects.visible_to(access).filter(pk=job_id)
    if not visible.filter(kind__in=CANCELLABLE).exists():
        raise NotFound("There is no such job that can be cancelled.")


def page(access: Access, before: UUID | None) -> Page:
    """What was asked for, and by whom; two queries."""
    visible = Job.objects.visible_to(access).filter(kind__in=KINDS)
    if before is not None:
        visible = visible.filter(pk__lt=before)
    found = list(visible.order_by("-pk")[: SIZE + 1])
    older = f"?before={found[SIZE - 1].pk}" if len(found) > SIZE else ""
    return Page(_shown(access, found[:SIZE]), older)


def running(access: Access) -> list[UUID]:
    """The caller's own jobs that have not ended, newest first; a few of them."""
    mine = Job.objects.visible_to(access).unfinished().filter(created_by_id=access.user_id)
    return list(mine.filter(kind__in=KINDS).order_by("-pk").values_list("pk", flat=True)[:5])


def _shown(access: Access, jobs: Sequence[Job]) -> list[Shown]:
    people = User.objects.in_bulk([job.created_by_id for job in jobs if job.created_by_id])
    return [
        Shown(
            pk=job.pk,
            told=_told(access, job),
            state=job.state,
            by=str(people.get(job.created_by_id) or "Somebody") if job.created_by_id else "",
            asked_at=job.created_at,
            ended_at=job.finished_at,
            done=job.progress_done,
            total=job.progress_total,
            error=job.error,
            is_called_off=job.is_called_off,
            may_cancel=job.kind in CANCELLABLE
            and not job.finished_at
            and (access.may_administer or job.created_by_id == access.user_id),
        )
        for job in jobs
    ]


def _told(access: Access, job: Job) -> Told:
    result = normal_form.load(job.result or job.checkpoint or "{}") or {}
    told = KINDS[job.kind](normal_form.load(job.payload), result)
    if job.kind in OWN and job.created_by_id != access.user_id:
        return replace(told, links=())
    return told
