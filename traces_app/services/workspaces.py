"""Making workspaces. Each has the built-in definition of the verdict from its first moment."""

from django.db import IntegrityError, transaction

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid
from traces_app.models import VERDICT, Face, FeedbackDefinition, Workspace
from traces_app.models.workspaces import MAX_IDLE_MINUTES
from traces_app.services import events

DEFAULT_WORKSPACE = "default"
"""The workspace of the first start, and the one that the opik SDK names unasked."""

MAX_NAME = 255


def get_or_create(*, name: str) -> Workspace:
    """The workspace called ``name``, without regard to case; made when missing.

    Raises Invalid when the name is empty or too long.
    """
    name = _checked(name)
    existing = Workspace.objects.filter(name__iexact=name).first()
    if existing is not None:
        return existing
    try:
        return _create(name)
    except IntegrityError:  # somebody else made it since we looked
        return Workspace.objects.get(name__iexact=name)


@transaction.atomic
def create(*, by: Access, name: str) -> Workspace:
    """A new workspace, made by the operator. Raises Invalid, and Conflict when it is there."""
    name = _checked(name)
    _must_be_free(name)
    return _create(name, by)


@transaction.atomic
def rename(*, access: Access, name: str) -> Workspace:
    """Call the caller's workspace ``name``. Raises Forbidden, Invalid and Conflict (taken).

    The workspace of the first start keeps its name: the SDK and every start look it up by it.
    """
    access.must_administer()
    name = _checked(name)
    workspace = Workspace.objects.select_for_update().get(pk=access.workspace_id)
    before, workspace.name = workspace.name, name
    if before == name:
        return workspace
    if before == DEFAULT_WORKSPACE:
        raise Conflict(f"The workspace “{DEFAULT_WORKSPACE}” keeps its name.")
    _must_be_free(name, besides=workspace)
    workspace.save(update_fields=["name"])
    change = events.Change("workspace.rename", "workspace", workspace.pk)
    change.before["name"], change.after["name"] = before, name
    events.record(access, [change])
    return workspace


@transaction.atomic
def let_threads_rest(*, access: Access, minutes: int) -> Workspace:
    """After how many minutes without a new trace threads are closed. Raises Forbidden, Invalid.

    Those that are closed already stay so.
    """
    access.must_administer()
    if not 1 <= minutes <= MAX_IDLE_MINUTES:
        raise Invalid(f"Threads rest after 1 to {MAX_IDLE_MINUTES:,} minutes.")
    workspace = Workspace.objects.select_for_update().get(pk=access.workspace_id)
    before, workspace.thread_idle_minutes = workspace.thread_idle_minutes, minutes
    if before == minutes:
        return workspace
    workspace.save(update_fields=["thread_idle_minutes"])
    change = events.Change("workspace.let_threads_rest", "workspace", workspace.pk)
    change.before["minutes"], change.after["minutes"] = before, minutes
    events.record(access, [change])
    return workspace


def _checked(name: str) -> str:
    name = normal_form.clean_text(name.strip())
    if not name or len(name) > MAX_NAME:
        raise Invalid(f"Give the workspace a name of at most {MAX_NAME} characters.")
    return name


def _must_be_free(name: str, besides: Workspace | None = None) -> None:
    others = Workspace.objects.exclude(pk=besides.pk) if besides else Workspace.objects.all()
    if others.filter(name__iexact=name).exists():
        raise Conflict(f"There is a workspace called “{name}” already.")


@transaction.atomic
def _create(name: str, by: Access | None = None) -> Workspace:
    workspace = Workspace.objects.create(name=name)
    FeedbackDefinition.objects.create(
        workspace=workspace,
        name=VERDICT,
        type=FeedbackDefinition.Type.NUMERICAL,
        details=normal_form.dump({"min": 0, "max": 1}),
    )
    events.record_one(
        workspace_id=workspace.pk,
        actor_id=by.user_id if by else None,
        face=by.face if by else Face.COMMAND,
        action="workspace.create",
        entity_type="workspace",
        entity_id=workspace.pk,
        after={"name": name},
    )
    return workspace
