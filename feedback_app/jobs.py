"""Every kind of background job, wired to the function that does it."""

from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction

from feedback_app.services import (
    bulk_changes,
    bulk_jobs,
    bulk_returns,
    datapoints,
    dataset_imports,
    deleted_traces,
    generations,
    import_runs,
    list_exports,
    queue_candidates,
    queue_rules,
    rule_runs,
    saved_views,
    snapshots,
    take_backs,
    written_answers,
)
from traces_app.services import (
    attachment_files,
    ended_jobs,
    removals,
    threads,
    trash,
    waiting_scores,
)
from traces_app.work.registry import JobRun, Registry, at_need

LOOK_SECONDS = 5
"""How long a look at candidates may keep other short jobs waiting."""


def purge(job_run: JobRun) -> dict[str, int]:
    """Remove jobs that ended long ago."""
    return {"removed": ended_jobs.purge()}


def sweep_waiting_scores(job_run: JobRun) -> dict[str, int]:
    """Expire scores that waited too long for their trace."""
    return {"waiting": waiting_scores.sweep()}


def remove_project(job_run: JobRun) -> dict[str, int]:
    """Remove what was under a deleted project; its progress goes on where an attempt was cut."""
    project_id = UUID(job_run.payload["project"])
    done = job_run.job.progress_done + saved_views.forget_project(project_id=project_id)
    total = done + removals.count(project_id=project_id)
    for number in removals.remove(project_id=project_id):
        done += number
        job_run.report(done, max(done, total))
    if not job_run.payload.get("is_last"):
        removals.look_again(after=job_run.job, project_id=project_id)
    return {"removed": done}


def purge_deleted_datapoints(job_run: JobRun) -> dict[str, int]:
    """Forget the datapoints that were deleted so long ago that nobody may restore them."""
    return {"removed": datapoints.purge()}


def purge_bulk_changes(job_run: JobRun) -> dict[str, int]:
    """Forget what jobs changed so long ago that nobody may take it back."""
    return {"removed": bulk_changes.purge()}


def purge_trash(job_run: JobRun) -> dict[str, int]:
    """Forget the traces that were deleted so long ago that nobody may restore them."""
    return {"removed": trash.purge()}


def sweep_attachments(job_run: JobRun) -> dict[str, int]:
    """Remove the files of attachments that are gone."""
    return {"removed": attachment_files.sweep(job_run.payload["names"])}


def sweep_uploads(job_run: JobRun) -> dict[str, int]:
    """Remove what broken uploads left behind."""
    return {"removed": attachment_files.sweep_uploads()}


def close_idle_threads(job_run: JobRun) -> dict[str, int]:
    """Close conversations that had no new trace for as long as their workspace says."""
    return {"closed": threads.close_idle()}


def make_snapshot(job_run: JobRun) -> None:
    """Copy a large dataset into its snapshot."""
    snapshots.make(
        snapshot_id=UUID(job_run.payload["snapshot"]),
        report=lambda done: job_run.report(done),
        finish=job_run.finish,
    )


def sweep_snapshots(job_run: JobRun) -> dict[str, int]:
    """Give up snapshots that no job makes any more."""
    return {"given_up": snapshots.sweep()}


def import_examples(job_run: JobRun) -> None:
    """Check a file of examples, or bring it into its dataset."""
    asked = job_run.payload
    import_runs.run(
        workspace_id=job_run.job.workspace_id,
        user_id=UUID(asked["user"]),
        import_id=UUID(asked["import"]),
        number=asked["run"],
        report=job_run.report,
        finish=job_run.finish,
    )


def export_traces(job_run: JobRun) -> None:
    """Write the file of an export."""

    def report(done: int, total: int | None) -> None:
        job_run.go_on()
        job_run.report(done, total)

    list_exports.make(
        export_id=UUID(job_run.payload["export"]), report=report, finish=job_run.finish
    )


def purge_exports(job_run: JobRun) -> dict[str, int]:
    """Forget exports whose file is long gone."""
    return {"removed": list_exports.purge()}


def sweep_answers(job_run: JobRun) -> dict[str, int]:
    """Give up answers that no job works on any more."""
    return {"given_up": written_answers.sweep()}


def look_at_candidates(job_run: JobRun) -> None:
    """Show changed traces to the rules of queues; what is left after a while waits its turn."""
    until, looked_at = monotonic() + LOOK_SECONDS, 0
    while number := queue_candidates.look():
        looked_at += number
        job_run.report(looked_at)
        if monotonic() > until:
            break
    with transaction.atomic():
        job_run.finish({"looked_at": looked_at})
        queue_candidates.look_again()


def backfill_rule(job_run: JobRun) -> dict[str, int]:
    """Show a rule all traces that are there; it goes on where an attempt was cut."""
    asked = job_run.payload
    run = rule_runs.backfill(
        project_id=UUID(asked["project"]),
        rule_id=UUID(asked["rule"]),
        job_id=job_run.job.pk,
        report=job_run.report,
    )
    return {"looked_at": run.looked_at, "matched": run.matched, "added": run.added}


def purge_rule_runs(job_run: JobRun) -> dict[str, int]:
    """Forget what rules did long ago."""
    return {"removed": rule_runs.purge()}


REGISTRY = Registry(
    handlers={
        "datapoints.purge": purge_deleted_datapoints,
        attachment_files.SWEEP: sweep_attachments,
        "attachments.sweep_uploads": sweep_uploads,
        dataset_imports.KIND: import_examples,
        take_backs.KIND: take_backs.run,
        snapshots.KIND: make_snapshot,
        "snapshots.sweep": sweep_snapshots,
        list_exports.KIND: export_traces,
        "exports.purge": purge_exports,
        bulk_jobs.KIND: bulk_jobs.run,
        bulk_returns.KIND: bulk_returns.run,
        "bulk_changes.purge": purge_bulk_changes,
        deleted_traces.KIND: deleted_traces.run,
        "trash.purge": purge_trash,
        generations.KIND: at_need("feedback_app.generator.asking.write_answer"),
        "answers.sweep": sweep_answers,
        queue_candidates.KIND: look_at_candidates,
        queue_rules.BACKFILL: backfill_rule,
        "queue_rules.purge": purge_rule_runs,
        "jobs.purge": purge,
        "threads.close_idle": close_idle_threads,
        "waiting_scores.sweep": sweep_waiting_scores,
        removals.KIND: remove_project,
    },
    periodic={
        "answers.sweep": timedelta(minutes=1),
        "bulk_changes.purge": timedelta(hours=6),
        "datapoints.purge": timedelta(hours=1),
        "snapshots.sweep": timedelta(minutes=1),
        "trash.purge": timedelta(hours=1),
        "attachments.sweep_uploads": timedelta(hours=6),
        "exports.purge": timedelta(hours=6),
        queue_candidates.KIND: timedelta(minutes=1),
        "queue_rules.purge": timedelta(hours=6),
        "jobs.purge": timedelta(hours=1),
        "threads.close_idle": timedelta(minutes=1),
        "waiting_scores.sweep": timedelta(minutes=10),
    },
    consumers=(queue_candidates.take_in,),
)
