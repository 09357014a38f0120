"""Taking back what a job did to many traces: only what it changed, and nobody has changed since."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from feedback_app.models import BulkChange
from feedback_app.services import (
    asked_jobs,
    bulk_changes,
    bulk_jobs,
    dataset_returns,
    queue_returns,
)
from feedback_app.services.bulk_actions import Action, Verb
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, NotFound
from traces_app.models import NIL, Job
from traces_app.pace import Pace
from traces_app.services import jobs, score_returns, trace_tags
from traces_app.services.meetings import survives_meeting
from traces_app.services.score_returns import Earlier
from traces_app.work.registry import JobRun

KIND = "traces.take_back"


@dataclass
class Progress:
    """How many went back, and how many were left as they are, since somebody changed them;
    ``home`` is the project of the last ones."""

    back: int = 0
    left: int = 0
    home: str | None = None


@dataclass(frozen=True)
class Standing:
    """Whether the caller may take a job back, and the job that does so or did."""

    is_offered: bool = False
    returned_by: UUID | None = None


NOTHING = Standing()


def standing(access: Access, job: Job) -> Standing:
    """Two queries at most, and none for a job that cannot be taken back."""
    if not _is_kept(job):
        return NOTHING
    returned_by = Job.objects.filter(key=_key(job.pk)).values_list("pk", flat=True).first()
    if returned_by is not None or not _may(access, job):
        return Standing(returned_by=returned_by)
    return Standing(is_offered=bulk_changes.are_left(access=access, job_id=job.pk))


@transaction.atomic
def ask(*, access: Access, job_id: UUID) -> Job:
    """Let a job take back what another did, once. Raises Forbidden, NotFound, Conflict.

    A score is taken back by the one whose score it is, all else by owners too.
    """
    access.must_write()
    visible = Job.objects.visible_to(access).filter(pk=job_id, kind=bulk_jobs.KIND)
    done = visible.select_for_update().first()
    if done is None:
        raise NotFound("There is no such job; those that ended are forgotten after a while.")
    now = standing(access, done)
    if now.returned_by is not None:
        raise Conflict("This was taken back already.")
    if not now.is_offered:
        raise NotFound("There is nothing of this that you can take back.")
    asked = normal_form.load(done.payload)
    payload = {"job": str(done.pk), "total": _changed(done)}
    return jobs.enqueue(
        kind=KIND,
        payload=payload | {name: asked[name] for name in ("action", "target_name")},
        key=_key(done.pk),
        lane=Job.Lane.LONG,
        workspace_id=access.workspace_id,
        created_by_id=access.user_id,
    )


def run(job_run: JobRun) -> None:
    """Do the job, or the rest of it, by what the one who asked may do by now."""
    job = job_run.job
    pace = Pace(
        bulk_jobs.FIRST_BATCH,
        bulk_jobs.LARGEST_BATCH,
        least=bulk_jobs.FIRST_BATCH,
        brief=bulk_jobs.BRIEF,
        long=bulk_jobs.LONG,
    )
    while not job_run.is_finished:
        access = asked_jobs.access_of(workspace_id=job.workspace_id, user_id=job.created_by_id)
        with pace.step():
            _step(job_run, access, pace.size)


@survives_meeting
@transaction.atomic
def _step(job_run: JobRun, access: Access, size: int) -> None:
    access.must_write()
    so_far = Progress(**job_run.checkpoint)
    asked = job_run.payload
    home = UUID(so_far.home) if so_far.home else None
    changes = bulk_changes.first(access=access, job_id=UUID(asked["job"]), limit=size, home=home)
    if not changes:
        job_run.finish(asdict(so_far))
        return
    action = Action.read(asked["action"])
    number = _VERBS[action.verb](access, action, changes)
    bulk_changes.forget(changes)
    so_far.home = str(changes[0].project_id)
    so_far.back += number
    so_far.left += len(changes) - number
    job_run.save(asdict(so_far), so_far.back + so_far.left, asked["total"])


def _tag(access: Access, action: Action, changes: list[BulkChange]) -> int:
    ids = [change.trace_id for change in changes]
    is_taken_off = action.verb == Verb.TAG
    tagged = trace_tags.change(access=access, ids=ids, tag=action.tag, is_taken_off=is_taken_off)
    return len(tagged.changed)


def _score(access: Access, action: Action, changes: list[BulkChange]) -> int:
    earlier = {each.trace_id: Earlier.read(normal_form.load(each.before)) for each in changes}
    return len(score_returns.put_back(access=access, name=action.name, earlier=earlier))


def _take_out_of_queue(access: Access, action: Action, changes: list[BulkChange]) -> int:
    items = {each.trace_id: UUID(normal_form.load(each.before)["item"]) for each in changes}
    return queue_returns.take_out(access=access, queue_id=action.target or NIL, items=items)


def _take_out_of_dataset(access: Access, action: Action, changes: list[BulkChange]) -> int:
    kept = [normal_form.load(each.before) for each in changes]
    made_at = {UUID(each["datapoint"]): datetime.fromisoformat(each["at"]) for each in kept}
    return dataset_returns.take_out(access=access, made_at=made_at)


_VERBS: dict[str, Callable[[Access, Action, list[BulkChange]], int]] = {
    Verb.QUEUE: _take_out_of_queue,
    Verb.THREAD: _take_out_of_queue,
    Verb.PAIR: _take_out_of_queue,
    Verb.DATASET: _take_out_of_dataset,
    Verb.TAG: _tag,
    Verb.UNTAG: _tag,
    Verb.SCORE: _score,
}


def _is_kept(job: Job) -> bool:
    is_over = job.kind == bulk_jobs.KIND and job.finished_at is not None
    return is_over and normal_form.load(job.payload)["action"]["verb"] in _VERBS


def _may(access: Access, job: Job) -> bool:
    if job.created_by_id == access.user_id:
        return access.may_write
    verb = normal_form.load(job.payload)["action"]["verb"]
    return access.may_administer and verb != Verb.SCORE


def _changed(job: Job) -> int:
    came: dict[str, Any] = normal_form.load(job.result or job.checkpoint or "{}")
    return int(came.get("done", 0))


def _key(job_id: UUID) -> str:
    return f"{KIND}:{job_id}"
