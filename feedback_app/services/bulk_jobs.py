"""The same done to all that a list finds: by a job, a short transaction a batch."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self
from uuid import UUID

from django.db import transaction
from django.http import QueryDict

from feedback_app.forms.trace_lists import TraceListForm
from feedback_app.services import asked_jobs, bulk_actions, bulk_changes
from feedback_app.services.bulk_actions import Action, Outcome
from feedback_app.trace_lists import found, orders
from feedback_app.trace_lists.asked import Asked
from feedback_app.trace_lists.found import Found, Listing
from feedback_app.trace_lists.orders import Position, Sort
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import Job, Project
from traces_app.pace import Pace
from traces_app.services.meetings import survives_meeting
from traces_app.work.registry import JobRun

KIND = "traces.bulk"
FIRST_BATCH, LARGEST_BATCH = 20, 200
BRIEF, LONG = 0.015, 0.03
"""Seconds. On SQLite nobody else can write while a batch is done."""
TOLD = 20
"""Refused traces that the result names."""


@dataclass
class Progress:
    """How far a job is: saved with each batch, so that each trace counts once."""

    after: str = ""
    done: int = 0
    there: int = 0
    queued: int = 0
    refused: int = 0
    first_refused: list[list[str]] = field(default_factory=list)

    @property
    def matched(self) -> int:
        return self.done + self.there + self.queued + self.refused

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept)

    def add(self, outcome: Outcome) -> None:
        self.done += outcome.done
        self.there += outcome.there
        self.queued += outcome.queued
        self.refused += len(outcome.refused)
        room = TOLD - len(self.first_refused)
        self.first_refused += [[str(pk), why] for pk, why in [*outcome.refused.items()][:room]]


def read(query: str) -> Asked:
    """What a list's address asks for, from its newest on. Raises Invalid."""
    form = TraceListForm(QueryDict(query))
    if not form.is_valid():
        raise Invalid("The filters of this list cannot be read.")
    return replace(form.asked(), sort=Sort.NEWEST, after=None, before=None)


def listing(*, access: Access, action: Action, query: str) -> Listing:
    """What the action would be done to. Raises Forbidden, NotFound, Invalid."""
    asked, home = read(query), bulk_actions.check(access=access, action=action)
    if home is not None and asked.project not in (None, home):
        raise Invalid("This list is of another project than what it is to be added to.")
    wanted = home or asked.project
    projects = Project.objects.visible_to(access)
    if wanted is not None:
        projects = projects.filter(pk=wanted)
    inside = list(projects.values_list("pk", flat=True))
    return found.listing(access=access, asked=asked, projects=inside)


@transaction.atomic
def ask(*, access: Access, action: Action, query: str, token: UUID) -> Job:
    """Let a job do it to all that a list's address finds now: what arrives later is left alone.

    Raises Forbidden, NotFound, Invalid as ``listing``.
    """
    here = listing(access=access, action=action, query=query)
    number = here.count()
    payload = {
        "action": action.payload(),
        "target_name": bulk_actions.target_name(access=access, action=action),
        "query": query,
        "newest": _newest(here),
        "total": number if number is not None and number <= found.COUNTED else None,
    }
    return asked_jobs.enqueue(access=access, kind=KIND, payload=payload, token=token)


def run(job_run: JobRun) -> dict[str, object]:
    """Do the job, or the rest of it; what it comes to is that of all attempts together.

    The rights of the one who asked are looked up anew for each batch. Raises what they then do
    not allow as a Refusal; what was done stays.
    """
    action = Action.read(job_run.payload["action"])
    progress, pace = Progress.read(job_run.checkpoint), _pace()
    job, here = job_run.job, None
    start = _after(progress.after, job_run.payload["newest"])
    while start is not None:
        job_run.go_on()
        access = asked_jobs.access_of(workspace_id=job.workspace_id, user_id=job.created_by_id)
        if here is None:
            here = listing(access=access, action=action, query=job_run.payload["query"])
        size = pace.size
        met = here.walk(start, limit=size, seconds=found.SECONDS)
        start = _next(met, size)
        ids = [position.pk for position in met.positions]
        with pace.step():
            progress = _batch(job_run, access, ids, replace(progress, after=str(start or "")))
    return asdict(progress)


@survives_meeting
@transaction.atomic
def _batch(job_run: JobRun, access: Access, ids: Sequence[UUID], progress: Progress) -> Progress:
    so_far = replace(progress, first_refused=[*progress.first_refused])
    action = Action.read(job_run.payload["action"])
    if ids:
        outcome = bulk_actions.perform(access=access, action=action, ids=ids)
        bulk_changes.keep(job_id=job_run.job.pk, homes=outcome.homes, before=outcome.before)
        so_far.add(outcome)
    job_run.save(asdict(so_far), so_far.matched, job_run.payload["total"])
    if not so_far.after:
        job_run.finish(asdict(so_far))
    return so_far


def _pace() -> Pace:
    return Pace(FIRST_BATCH, LARGEST_BATCH, least=FIRST_BATCH, brief=BRIEF, long=LONG)


def _newest(here: Listing) -> str:
    met = orders.walk(here.places, Sort.NEWEST, limit=1) if here.places else []
    return str(met[0].pk) if met else ""


def _after(saved: str, newest: str) -> Position | None:
    """Where to begin: below what was done, at first so that the newest trace itself is met."""
    if saved:
        return Position.read(saved, Sort.NEWEST)
    return Position(UUID(int=UUID(newest).int + 1)) if newest else None


def _next(met: Found, size: int) -> Position | None:
    if met.stopped_at is not None:
        return met.stopped_at
    return met.positions[-1] if len(met.positions) >= size else None
