"""Plain functions that make what tests need."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from feedback_app.models import Datapoint, Dataset, User
from feedback_app.services import api_keys
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import (
    AnnotationQueue,
    Attachment,
    EntityType,
    Face,
    Membership,
    Project,
    Role,
    Score,
    Span,
    Thread,
    Trace,
    Workspace,
)
from traces_app.models.projects import name_key
from traces_app.services import attachments, queue_items, queues, scores, spans, traces
from traces_app.services.sent_traces import SentTrace

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

_numbers = count(1)


def workspace(name: str | None = None) -> Workspace:
    return Workspace.objects.create(name=name or f"workspace-{next(_numbers)}")


def user(email: str | None = None, **fields: Any) -> User:
    return User.objects.create_user(email or f"person-{next(_numbers)}@example.com", **fields)


def member(in_workspace: Workspace, role: Role = Role.MEMBER, person: User | None = None) -> User:
    person = person or user()
    Membership.objects.create(workspace=in_workspace, user=person, role=role)
    return person


def access(
    in_workspace: Workspace | None = None,
    role: Role = Role.OWNER,
    person: User | None = None,
    face: Face = Face.OPIK,
) -> Access:
    in_workspace = in_workspace or workspace()
    person = person or member(in_workspace, role)
    return Access(
        user_id=person.pk,
        author_id=person.pk,
        workspace_id=in_workspace.pk,
        workspace_name=in_workspace.name,
        role=role,
        face=face,
    )


def key(in_workspace: Workspace, role: Role = Role.OWNER, person: User | None = None) -> str:
    """The secret of a new key of ``person``, else of a new member with ``role``."""
    person = person or member(in_workspace, role)
    return api_keys.create(user=person, workspace=in_workspace, name="test", by=None)[1]


def project(in_workspace: Workspace | None = None, name: str | None = None) -> Project:
    in_workspace = in_workspace or workspace()
    name = name or f"project-{uuid7()}"
    return Project.objects.create(workspace=in_workspace, name=name, name_key=name_key(name))


def at(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def sent_trace(
    project_name: str | None = None,
    *,
    pk: UUID | None = None,
    minutes: float = 0,
    started: datetime = NOON,
    **values: Any,
) -> SentTrace:
    """A trace as a client sends it ``minutes`` after noon."""
    return SentTrace(pk or uuid7(), started, at(minutes), project_name, values)


def trace(by: Access | None = None, project: Project | None = None, **values: Any) -> Trace:
    """One stored trace, written as a batch of one."""
    by = by or access()
    sent = sent_trace(project.name if project else None, **values)
    assert not traces.ingest(access=by, sent=[sent])
    return Trace.objects.get(pk=sent.id)


def span(by: Access, of: Trace, *, pk: UUID | None = None, **values: Any) -> Span:
    """One stored span of a trace, in the trace's project."""
    sent = spans.SentSpan(pk or uuid7(), of.pk, NOON, NOON, of.project.name, values)
    assert not spans.ingest(access=by, sent=[sent])
    return Span.objects.get(pk=sent.id)


def thread_of(of: Trace) -> Thread:
    return Thread.objects.get(project_id=of.project_id, thread_id=of.thread_id)


def queue(
    by: Access, project_id: UUID, *items: Trace | Thread, scope: str = "trace", **wishes: Any
) -> AnnotationQueue:
    """A queue in a project with these items in it; ``wishes`` as ``queues.Wishes`` has them."""
    wanted = queues.Wishes(**{"name": f"queue-{next(_numbers)}"} | wishes)
    new = queues.NewQueue(project_id=project_id, scope=scope, wishes=wanted)
    (made,) = queues.create(access=by, wanted=[new])
    if items:
        queue_items.add(access=by, queue_id=made.pk, entity_ids=[item.pk for item in items])
    made.refresh_from_db()
    return made


def attachment(
    by: Access, on: Trace | Span, content: bytes = b"some bytes", name: str = "file.txt"
) -> Attachment:
    """One stored file of a trace or span, in its project."""
    kind = EntityType.TRACE if isinstance(on, Trace) else EntityType.SPAN
    upload = attachments.Upload(kind, on.pk, name, "text/plain", on.project.name)
    return attachments.store(access=by, upload=upload, parts=[content])


def said(entity_id: UUID, value: float | str, name: str = "quality", **rest: Any) -> scores.Said:
    return scores.Said(entity_id, name, Decimal(str(value)), **rest)


def score(
    by: Access, on: Trace | Span, value: float | str, name: str = "quality", **rest: Any
) -> Score:
    """One score by the author of ``by``, recorded through the service."""
    kind = EntityType.TRACE if isinstance(on, Trace) else EntityType.SPAN
    scores.record(access=by, entity_type=kind, said=[said(on.pk, value, name, **rest)])
    queue = {"queue_id": rest["queue_id"]} if "queue_id" in rest else {}
    return Score.objects.get(entity_id=on.pk, name=name, author_id=by.author_id, **queue)


def dataset(in_project: Project, name: str | None = None) -> Dataset:
    return Dataset.objects.create(project=in_project, name=name or f"dataset-{next(_numbers)}")


def datapoint(
    of: Dataset, answer: str = "Yes.", *, question: str = "Is it covered?", **fields: Any
) -> Datapoint:
    """One example of a dataset: a chat, unless ``content`` says otherwise."""
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    given = {"content": normal_form.dump({"messages": messages}), "source": "output"} | fields
    return Datapoint.objects.create(project_id=of.project_id, dataset=of, **given)
