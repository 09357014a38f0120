"""Setting up queues of pairs: one question, and the definition that it may be without."""

from uuid import UUID

from django.db import transaction

from feedback_app.services import queue_setups
from feedback_app.services.queue_setups import Setup
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import VERDICT, AnnotationQueue, FeedbackDefinition
from traces_app.services.definitions import Definition
from traces_app.services.queues import Wishes

NOT_THE_VERDICT = f"“{VERDICT}” is the verdict on one trace: ask for a pair under another name."


@transaction.atomic
def create(*, access: Access, project_id: UUID, wishes: Wishes) -> AnnotationQueue:
    """Make the queue, and a definition for what it asks where there is none; all or none.

    Raises Forbidden, NotFound for the project, Invalid for a question that no preference answers.
    """
    setup = _setup(access, wishes)
    scope = AnnotationQueue.Scope.PAIR
    return queue_setups.create(access=access, project_id=project_id, scope=scope, setup=setup)


@transaction.atomic
def edit(*, access: Access, queue_id: UUID, wishes: Wishes) -> AnnotationQueue:
    """Change the queue as ``create`` makes it. Raises as it does, NotFound for the queue."""
    setup = _setup(access, wishes)
    return queue_setups.edit(access=access, queue_id=queue_id, setup=setup)


def _setup(access: Access, wishes: Wishes) -> Setup:
    (asked,) = wishes.questions or ()
    name = normal_form.clean_text(asked.name.strip())
    if name == VERDICT:
        raise Invalid(NOT_THE_VERDICT)
    known = FeedbackDefinition.objects.filter(workspace_id=access.workspace_id, name=name).first()
    if known is None:
        kind = FeedbackDefinition.Type.NUMERICAL
        return Setup(wishes=wishes, definitions=[Definition(name, kind, '{"min":0,"max":1}')])
    if not _holds_preferences(known):
        raise Invalid(f"The definition “{name}” is not a number from 0 to 1: take another name.")
    return Setup(wishes=wishes)


def _holds_preferences(known: FeedbackDefinition) -> bool:
    details = normal_form.load(known.details)
    is_number = known.type == FeedbackDefinition.Type.NUMERICAL
    return is_number and details["min"] <= 0 and details["max"] >= 1
