"""What the operator changes in the admin goes through the services, and on record."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from feedback_app.models import User
from tests import admin_rows, factories
from tests.admin_rows import url
from traces_app.models import (
    AnnotationQueue,
    AuditEvent,
    Comment,
    EntityType,
    FeedbackDefinition,
    Job,
    Project,
    QueueItem,
    Score,
    ScoreMean,
    Trace,
    Workspace,
)
from traces_app.services import scores, workspaces
from traces_app.services.scores import Said

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    return admin_rows.operator()


@pytest.fixture
def client(operator: User) -> Client:
    return admin_rows.operator_client(operator)


def the_event(action: str) -> tuple[AuditEvent, dict[str, Any], dict[str, Any]]:
    event = AuditEvent.objects.get(action=action)
    return event, json.loads(event.before), json.loads(event.after)


def test_trace_is_deleted_with_what_hangs_on_it_and_one_event(
    client: Client, operator: User
) -> None:
    row = admin_rows.fill()[Trace]

    client.post(url(Trace, "delete", row), {"post": "yes"})

    event, *_ = the_event("trace.delete")
    assert (event.entity_id, event.actor, event.face) == (row.pk, operator, "admin")
    assert [each.objects.count() for each in (Trace, Score, Comment)] == [0, 0, 0]


def test_ticked_traces_of_two_workspaces_are_deleted_with_an_event_each(client: Client) -> None:
    traces = [admin_rows.trace(factories.project()) for _ in range(2)]
    ticked = {"action": "delete_selected", "_selected_action": [row.pk for row in traces]}

    asked = client.post(url(Trace), ticked)
    client.post(url(Trace), ticked | {"post": "yes"})

    events = AuditEvent.objects.filter(action="trace.delete")
    assert all(str(row.pk) in asked.content.decode() for row in traces)
    assert not Trace.objects.exists()
    assert {event.workspace_id for event in events} == {row.project.workspace_id for row in traces}


def test_deleting_a_score_takes_its_mean_along(client: Client) -> None:
    workspace = factories.workspace()
    trace = admin_rows.trace(factories.project(workspace))
    said = [Said(trace.pk, "tone", Decimal("0.5"))]
    access = factories.access(workspace)
    scores.record(access=access, entity_type=EntityType.TRACE, said=said)

    client.post(url(Score, "delete", Score.objects.get()), {"post": "yes"})

    _, before, _ = the_event("score.delete")
    assert (before["name"], before["value"]) == ("tone", 0.5)
    assert [each.objects.count() for each in (Score, ScoreMean)] == [0, 0]


def test_comment_is_edited_with_both_texts_on_record(client: Client, operator: User) -> None:
    row = admin_rows.comment(admin_rows.trace(factories.project()), "rude")

    client.post(url(Comment, "change", row), {"text": "polite"})

    row.refresh_from_db()
    _, before, after = the_event("comment.edit")
    assert (row.text, row.last_updated_by) == ("polite", operator)
    assert (before, after) == ({"text": "rude"}, {"text": "polite"})


def test_comment_is_deleted_on_record(client: Client) -> None:
    row = admin_rows.comment(admin_rows.trace(factories.project()), "rude")

    client.post(url(Comment, "delete", row), {"post": "yes"})

    _, before, _ = the_event("comment.delete")
    assert before == {"text": "rude"}
    assert not Comment.objects.exists()


def test_queue_is_edited_on_record(client: Client) -> None:
    row = admin_rows.fill()[AnnotationQueue]
    new = {
        "name": "finance",
        "description": "",
        "instructions": "# Read",
        "order": "newest",
        "is_blind": "on",
        "annotators_per_item": "2",
        "double_percent": "0",
        "lock_timeout_seconds": "900",
    }

    client.post(url(AnnotationQueue, "change", row), new)

    _, before, after = the_event("queue.edit")
    assert (before["name"], after["name"]) == ("to judge", "finance")
    assert (after["is_blind"], after["is_for_everyone"]) == (True, False)
    assert AnnotationQueue.objects.get().item_count == 1


def test_queue_is_deleted_with_its_items_on_record(client: Client) -> None:
    row = admin_rows.fill()[AnnotationQueue]

    client.post(url(AnnotationQueue, "delete", row), {"post": "yes"})

    event, *_ = the_event("queue.delete")
    assert event.entity_id == row.pk
    assert [each.objects.count() for each in (AnnotationQueue, QueueItem)] == [0, 0]


def test_item_is_taken_out_of_its_queue_on_record(client: Client) -> None:
    rows = admin_rows.fill()

    client.post(url(QueueItem, "delete", rows[QueueItem]), {"post": "yes"})

    event, before, _ = the_event("queue.remove")
    assert event.entity_id == rows[Trace].pk
    assert before == {"queue": str(rows[AnnotationQueue].pk)}
    assert AnnotationQueue.objects.get().item_count == 0


def test_project_is_edited_and_still_found_by_its_new_name(client: Client) -> None:
    row = factories.project(name="Old")
    Project.objects.filter(pk=row.pk).update(trace_count=7)
    new = {"name": " Straße ", "description": "d", "dataset_threshold": "0.25"}

    client.post(url(Project, "change", row), new)

    event, before, after = the_event("project.edit")
    assert Project.objects.named("STRASSE").get().trace_count == 7
    assert (before["name"], after["name"], after["dataset_threshold"]) == ("Old", "Straße", 0.25)
    assert event.project_id == row.pk


def test_project_is_deleted_on_record_and_emptied_by_a_job(client: Client) -> None:
    row = admin_rows.fill()[Project]

    client.post(url(Project, "delete", row), {"post": "yes"})

    event, before, _ = the_event("project.delete")
    assert (event.entity_id, event.face) == (row.pk, "admin")
    assert before["dataset_threshold"] == 0.7
    assert not Project.objects.exists()
    assert Job.objects.filter(kind="projects.remove", state="waiting").count() == 1


def test_refusal_is_shown_and_nothing_changes(client: Client) -> None:
    workspace = factories.workspace()
    row, other = factories.project(workspace, "one"), factories.project(workspace, "two")
    new = {"name": other.name.upper(), "description": "", "dataset_threshold": "0.5"}

    page = client.post(url(Project, "change", row), new, follow=True)

    row.refresh_from_db()
    assert "There is a project called “TWO” already." in page.content.decode()
    assert row.name == "one"
    assert not AuditEvent.objects.exists()


def test_workspace_is_made_with_its_built_in_definition(client: Client, operator: User) -> None:
    client.post(url(Workspace, "add"), {"name": "Team", "thread_idle_minutes": 15})

    event, _, after = the_event("workspace.create")
    made = Workspace.objects.get(name="Team")
    assert (event.actor, event.entity_id, after) == (operator, made.pk, {"name": "Team"})
    assert [each.name for each in made.definitions.all()] == ["User feedback"]


def test_workspace_is_renamed_on_record(client: Client) -> None:
    row = factories.workspace("before")
    wanted = {"name": "after", "thread_idle_minutes": 15}

    client.post(url(Workspace, "change", row), wanted)

    _, before, after = the_event("workspace.rename")
    assert (before, after) == ({"name": "before"}, {"name": "after"})


def test_how_long_threads_stay_active_is_set_on_record(client: Client) -> None:
    row = factories.workspace("team")

    client.post(url(Workspace, "change", row), {"name": "team", "thread_idle_minutes": 60})

    _, before, after = the_event("workspace.let_threads_rest")
    assert (before, after) == ({"minutes": 15}, {"minutes": 60})


def test_definition_is_made_and_edited_on_record(client: Client, operator: User) -> None:
    workspace = factories.workspace()
    new = {"workspace": workspace.pk, "name": "tone", "type": "numerical", "description": ""}

    client.post(url(FeedbackDefinition, "add"), new | {"details": '{"min": 1, "max": 5}'})
    made = FeedbackDefinition.objects.get()
    client.post(url(FeedbackDefinition, "change", made), new | {"details": '{"min": 0, "max": 5}'})

    _, before, after = the_event("definition.edit")
    assert (made.workspace, made.created_by) == (workspace, operator)
    assert (before["details"], after["details"]) == ({"min": 1, "max": 5}, {"min": 0, "max": 5})
    assert AuditEvent.objects.filter(action="definition.create", face="admin").count() == 1


def test_built_in_definition_is_only_read(client: Client) -> None:
    row = workspaces.get_or_create(name="w").definitions.get()

    answer = client.post(url(FeedbackDefinition, "change", row), {"name": "mine"})

    assert answer.status_code == 403
    assert client.get(url(FeedbackDefinition, "change", row)).status_code == 200


def test_failed_jobs_are_retried_on_record(client: Client) -> None:
    row = admin_rows.fill()[Job]
    Job.objects.update(state="failed", error="boom")

    client.post(url(Job), {"action": "retry", "_selected_action": [row.pk]})

    _, before, _ = the_event("job.retry")
    assert (Job.objects.get().state, before) == ("waiting", {"error": "boom"})
