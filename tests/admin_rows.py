"""Rows of every model, for the pages that show them all."""

from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from feedback_app.models import (
    ApiKey,
    BulkChange,
    Correction,
    CorrectionVersion,
    Datapoint,
    Dataset,
    DatasetImport,
    DefaultView,
    DeletedDatapoint,
    Generation,
    GuidelineRead,
    ListExport,
    QueueCandidate,
    QueueRule,
    QueueRuleRun,
    Review,
    SavedView,
    Snapshot,
    SnapshotItem,
    User,
)
from tests import factories
from traces_app.models import (
    AnnotationQueue,
    Attachment,
    AuditEvent,
    Comment,
    DeletedRows,
    DeletedTrace,
    Deletion,
    Environment,
    FeedbackDefinition,
    Job,
    Membership,
    Notice,
    OutboxRow,
    Project,
    QueueGuideline,
    QueueItem,
    QueueQuestion,
    QueueReviewer,
    Reservation,
    Score,
    ScoreMean,
    Span,
    Thread,
    Trace,
    WaitingScore,
    Workspace,
)

AWKWARD = '{"q":"<script>alert(1)</script>","n":[1,2]}'


def models() -> list[type[Model]]:
    """Every model of both apps."""
    return [
        model
        for label in ("traces_app", "feedback_app")
        for model in apps.get_app_config(label).get_models()
    ]


def fill(number: int = 1) -> dict[type[Model], Model]:
    """``number`` rows of every model, each in a workspace of its own; the last of each."""
    rows: dict[type[Model], Model] = {}
    for _ in range(number):
        rows = _one_of_each()
    return rows


def trace(project: Project, **fields: Any) -> Trace:
    now, by = timezone.now(), factories.user()
    whose = {"created_by": by, "last_updated_by": by, "created_at": now, "last_updated_at": now}
    sent = {"sent_project_id": project.pk, "start_time": now, "input": AWKWARD}
    return Trace.objects.create(project=project, **(whose | sent | fields))


def score(about: Trace, value: str = "0.5", author: User | None = None) -> Score:
    now = timezone.now()
    return Score.objects.create(
        project=about.project,
        entity_type="trace",
        entity_id=about.pk,
        name="accuracy",
        author=author or factories.user(),
        value=value,
        source="ui",
        created_at=now,
        last_updated_at=now,
    )


def comment(about: Trace, text: str = "said") -> Comment:
    now, by = timezone.now(), factories.user()
    return Comment.objects.create(
        project=about.project,
        entity_type="trace",
        entity_id=about.pk,
        text=text,
        created_at=now,
        created_by=by,
        last_updated_at=now,
        last_updated_by=by,
    )


def notice(comment: Comment, reader: User) -> Notice:
    return Notice.objects.create(
        project=comment.project,
        comment=comment,
        reader=reader,
        kind="mention",
        words="reader",
        created_at=timezone.now(),
    )


def _one_of_each() -> dict[type[Model], Model]:
    workspace = factories.workspace()
    person = factories.member(workspace)
    project = factories.project(workspace)
    here = trace(project, name="a trace", thread_id="a thread", score=Decimal("0.7"))
    remark = comment(here)
    rows: list[Model] = [workspace, person, project, here, score(here), remark]
    rows.append(notice(remark, person))
    rows += [Membership.objects.get(user=person), *_of_workspace(workspace, person)]
    rows += _in_trash(project, person)
    rows += [*_on_trace(here, person), *_of_project(project, here, person)]
    rows += _of_queue(here, person)
    return {type(row): row for row in rows}


def _of_workspace(workspace: Workspace, person: User) -> list[Model]:
    now = timezone.now()
    factories.key(workspace, person=person)
    return [
        ApiKey.objects.get(user=person),
        FeedbackDefinition.objects.create(
            workspace=workspace, name="tone", type="numerical", details='{"min":0,"max":1}'
        ),
        Environment.objects.create(workspace=workspace, name="production", position=0),
        WaitingScore.objects.create(
            workspace=workspace,
            entity_type="trace",
            entity_id=uuid7(),
            name="late",
            author=person,
            value="1",
            source="sdk",
            created_at=now,
        ),
        AuditEvent.objects.create(
            workspace_id=workspace.pk,
            actor=person,
            face="page",
            action="thing.do",
            after=AWKWARD,
            created_at=now,
        ),
        Job.objects.create(kind="sweep", payload=AWKWARD, run_after=now),
    ]


def _on_trace(about: Trace, person: User) -> list[Model]:
    now = timezone.now()
    return [
        ScoreMean.objects.create(
            project=about.project,
            entity_type="trace",
            entity_id=about.pk,
            name="accuracy",
            name_key="accuracy",
            value="0.5",
            count=1,
            newest_at=now,
        ),
        Span.objects.create(
            project=about.project,
            trace_id=about.pk,
            sent_project_id=about.project_id,
            start_time=now,
            input=AWKWARD,
            created_at=now,
            created_by=person,
            last_updated_at=now,
            last_updated_by=person,
        ),
        CorrectionVersion.objects.create(
            project=about.project, trace=about, author=person, output=AWKWARD, submitted_at=now
        ),
        Correction.objects.create(
            project=about.project,
            trace=about,
            author=person,
            output=AWKWARD,
            created_at=now,
            last_updated_at=now,
        ),
        Review.objects.create(
            project=about.project,
            queue_id=uuid7(),
            judged_id=about.pk,
            trace=about,
            author=person,
            draft=AWKWARD,
            created_at=now,
            last_updated_at=now,
        ),
        OutboxRow.objects.create(project=about.project, trace_id=about.pk),
        Attachment.objects.create(
            project=about.project,
            entity_type="trace",
            entity_id=about.pk,
            file_name=AWKWARD,
            mime_type="text/html",
            size=3,
            storage_name=f"ab/{uuid7().hex}",
            created_at=now,
            created_by=person,
        ),
    ]


def _of_project(project: Project, about: Trace, person: User) -> list[Model]:
    now = timezone.now()
    dataset = Dataset.objects.create(project=project, name="best", created_by=person)
    thread = Thread.objects.create(
        project=project,
        thread_id="a thread",
        created_at=now,
        created_by=person,
        last_updated_at=now,
        last_updated_by=person,
    )
    datapoint = Datapoint.objects.create(
        project=project, dataset=dataset, trace_id=about.pk, content=AWKWARD, source="output"
    )
    return [
        dataset,
        thread,
        datapoint,
        *_frozen_and_deleted(datapoint, person),
        *_worked_on(dataset, about, person),
    ]


def _worked_on(dataset: Dataset, about: Trace, person: User) -> list[Model]:
    project, room = dataset.project, dataset.project.workspace
    view = SavedView.objects.create(workspace=room, owner=person, name="mine", query="q=x")
    return [
        view,
        DefaultView.objects.create(workspace=room, user=person, view=view),
        ListExport.objects.create(workspace=room, form="csv", query=AWKWARD, created_by=person),
        DatasetImport.objects.create(
            project=project,
            dataset=dataset,
            file_name=AWKWARD,
            storage_name=f"ab/{uuid7().hex}",
            size=3,
            form="csv",
            created_by=person,
        ),
        BulkChange.objects.create(project=project, trace=about, job_id=uuid7(), before=AWKWARD),
        Generation.objects.create(
            project=project,
            trace=about,
            note=AWKWARD,
            job_id=uuid7(),
            workspace_id=room.pk,
            user_id=person.pk,
            author_id=person.pk,
            asked_at=timezone.now(),
        ),
    ]


def _frozen_and_deleted(datapoint: Datapoint, person: User) -> list[Model]:
    now = timezone.now()
    project, dataset = datapoint.project, datapoint.dataset
    snapshot = Snapshot.objects.create(
        project=project,
        dataset_id=dataset.pk,
        dataset_name=dataset.name,
        number=1,
        name="v1",
        revision=0,
        created_at=now,
        created_by=person,
    )
    item = SnapshotItem.objects.create(
        project=project,
        snapshot=snapshot,
        datapoint_id=datapoint.pk,
        trace_id=datapoint.trace_id,
        source="output",
        bucket="training",
        content=AWKWARD,
        digest=datapoint.digest,
    )
    deleted = DeletedDatapoint.objects.create(
        project=project,
        deletion=uuid7(),
        dataset_id=dataset.pk,
        row=AWKWARD,
        deleted_at=now,
        deleted_by_id=person.pk,
    )
    return [snapshot, item, deleted]


def _in_trash(project: Project, person: User) -> list[Model]:
    deletion = Deletion.objects.create(
        project=project, batch=uuid7(), number=1, deleted_at=timezone.now(), deleted_by=person
    )
    gone = DeletedTrace.objects.create(
        project=project, deletion=deletion, trace_id=uuid7(), input_head=AWKWARD
    )
    rows = DeletedRows.objects.create(
        project=project, trace_id=gone.trace_id, model="traces_app.trace", rows=AWKWARD
    )
    return [deletion, gone, rows]


def _of_queue(item: Trace, person: User) -> list[Model]:
    now = timezone.now()
    queue = AnnotationQueue.objects.create(
        project=item.project,
        name="to judge",
        scope="trace",
        item_count=1,
        created_at=now,
        created_by=person,
        last_updated_at=now,
        last_updated_by=person,
    )
    of_queue = {"project": item.project, "queue": queue}
    queued = QueueItem.objects.create(
        **of_queue,
        entity_type="trace",
        entity_id=item.pk,
        position=1,
        added_at=now,
        added_by=person,
    )
    return [
        queue,
        queued,
        QueueQuestion.objects.create(**of_queue, name="tone", position=0, option_help=AWKWARD),
        QueueReviewer.objects.create(**of_queue, user=person),
        QueueGuideline.objects.create(
            **of_queue, number=1, questions="[]", created_at=now, created_by=person
        ),
        GuidelineRead.objects.create(**of_queue, user=person, number=1, read_at=now),
        *_of_rules(queue, item, person),
        Reservation.objects.create(
            **of_queue, item=queued, holder=person, created_at=now, expires_at=now
        ),
    ]


def _of_rules(queue: AnnotationQueue, about: Trace, person: User) -> list[Model]:
    now = timezone.now()
    of_queue = {"project": queue.project, "queue": queue}
    rule = QueueRule.objects.create(
        **of_queue,
        query="scored=no",
        created_at=now,
        created_by=person,
        last_updated_at=now,
        last_updated_by=person,
    )
    return [
        rule,
        QueueRuleRun.objects.create(**of_queue, rule=rule, day=now.date(), looked_at=3),
        QueueCandidate.objects.create(project=queue.project, trace=about),
    ]


def operator(**fields: Any) -> User:
    return factories.user(is_staff=True, **fields)


def operator_client(person: User | None = None) -> Client:
    """The browser of an operator who has signed in."""
    client = Client()
    client.force_login(person or operator())
    return client


def url(model: type[Model], page: str = "changelist", row: Model | None = None) -> str:
    """The address of an admin page of ``model``, or of one row of it."""
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    if page == "changelist":
        return base
    return f"{base}add/" if row is None else f"{base}{row.pk}/{page}/"


def registered() -> set[type[Model]]:
    return set(admin.site._registry)
