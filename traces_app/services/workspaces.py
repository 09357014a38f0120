"""Making workspaces. Each has the built-in definition of the verdict from its first moment."""

from django.db import IntegrityError, transaction

from traces_app import normal_form
from traces_app.errors import Invalid
from traces_app.models import VERDICT, Face, FeedbackDefinition, Workspace
from traces_app.services import events

DEFAULT_WORKSPACE = "default"
"""The workspace of the first start, and the one that the opik SDK names unasked."""

MAX_NAME = 255


def get_or_create(*, name: str) -> Workspace:
    """The workspace called ``name``, without regard to case; made when missing.

    Raises Invalid when the name is empty or too long.
    """
    name = normal_form.clean_text(name.strip())
    if not name or len(name) > MAX_NAME:
        raise Invalid(f"Give the workspace a name of at most {MAX_NAME} characters.")
    existing = Workspace.objects.filter(name__iexact=name).first()
    if existing is not None:
        return existing
    try:
        return _create(name)
    except IntegrityError:  # somebody else made it since we looked
        return Workspace.objects.get(name__iexact=name)


@transaction.atomic
def _create(name: str) -> Workspace:
    workspace = Workspace.objects.create(name=name)
    FeedbackDefinition.objects.create(
        workspace=workspace,
        name=VERDICT,
        type=FeedbackDefinition.Type.NUMERICAL,
        details=normal_form.dump({"min": 0, "max": 1}),
    )
    events.record_one(
        workspace_id=workspace.pk,
        actor_id=None,
        face=Face.COMMAND,
        action="workspace.create",
        entity_type="workspace",
        entity_id=workspace.pk,
        after={"name": name},
    )
    return workspace
