from typing import Any

import pytest
from django.utils import timezone

from feedback_app.jobs import REGISTRY
from tests import admin_rows, factories
from traces_app.models import Job, Project, Trace
from traces_app.models.project_rows import ProjectRow
from traces_app.services import jobs, projects, removals, traces
from traces_app.work import attempts

pytestmark = pytest.mark.django_db


def filled_project() -> Project:
    """A project with a row in every table below it."""
    rows = admin_rows.fill()
    project = rows[Project]
    assert isinstance(project, Project)
    assert sorted(left(project)) == sorted(
        model.__name__ for model in rows if issubclass(model, ProjectRow)
    )
    return project


def delete(project: Project) -> None:
    projects.delete(access=factories.access(project.workspace), ids=[project.pk])


def run_job() -> Job:
    job = jobs.claim(lane=Job.Lane.LONG)
    assert job is not None
    attempts.run(job, REGISTRY.handlers, lambda: None)
    job.refresh_from_db()
    return job


def left(project: Project) -> dict[str, int]:
    tables: list[type[Any]] = list(removals.tables())
    numbers = {
        model.__name__: model._base_manager.filter(project_id=project.pk).count()
        for model in tables
    }
    return {name: number for name, number in numbers.items() if number}


def test_every_table_below_a_project_is_emptied_of_it_alone() -> None:
    project, other = filled_project(), filled_project()
    before = left(other)

    delete(project)
    job = run_job()

    assert left(project) == {}
    assert left(other) == before
    assert (job.state, job.progress_done) == (Job.State.DONE, job.progress_total)


def test_children_go_before_what_they_point_at() -> None:
    tables = removals.tables()

    assert issubclass(tables[0], ProjectRow)
    for model in tables:
        parents = {field.related_model for field in model._meta.concrete_fields}
        assert all(
            tables.index(other) >= tables.index(model) for other in tables if other in parents
        )


def test_work_that_was_cut_short_goes_on() -> None:
    project = filled_project()
    delete(project)
    at_once = sum(left(project).values())

    first = next(removals.remove(project_id=project.pk))

    assert sum(left(project).values()) == at_once - first > 0
    run_job()
    assert left(project) == {}


def test_progress_goes_on_where_an_attempt_was_cut() -> None:
    project = filled_project()
    rows = sum(left(project).values())
    delete(project)
    Job.objects.update(progress_done=1_000, attempts=1)

    job = run_job()

    assert job.progress_done == 1_000 + rows


def test_no_step_takes_more_than_the_largest_batch() -> None:
    access = factories.access()
    sent = [factories.sent_trace("many") for _ in range(removals.LARGEST_BATCH + 100)]
    traces.ingest(access=access, sent=sent)
    project = Project.objects.get()

    steps = list(removals.remove(project_id=project.pk))

    assert not Trace.objects.exists()
    assert steps[0] <= removals.FIRST_BATCH
    assert max(steps) <= removals.LARGEST_BATCH


def test_what_was_written_while_the_project_went_is_taken_by_a_last_look() -> None:
    project = filled_project()
    delete(project)
    run_job()
    admin_rows.trace(project)

    assert jobs.claim(lane=Job.Lane.LONG) is None  # not yet
    Job.objects.filter(state=Job.State.WAITING).update(run_after=timezone.now())
    run_job()

    assert left(project) == {}
    assert not Job.objects.filter(kind=removals.KIND, state=Job.State.WAITING).exists()


def test_what_is_left_is_seen_by_nobody() -> None:
    project = factories.project()
    access = factories.access(project.workspace)
    trace = factories.trace(access, project)
    factories.span(access, trace)
    delete(project)
    later = factories.access(project.workspace)

    assert not Trace.objects.visible_to(later).exists()
    assert traces.delete(access=later, ids=[trace.pk]) == []
    assert Trace.objects.filter(pk=trace.pk).exists()


def test_ids_come_free_when_the_job_has_run() -> None:
    workspace = factories.workspace()
    sent = factories.sent_trace("again")
    traces.ingest(access=factories.access(workspace), sent=[sent])
    delete(Project.objects.get())

    before = traces.ingest(access=factories.access(workspace), sent=[sent])
    run_job()
    after = traces.ingest(access=factories.access(workspace), sent=[sent])

    assert (before, after) == ({sent.id}, set())
