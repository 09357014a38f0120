"""Feedback definitions: made, changed and deleted. The built-in one of the verdict is not."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeGuard
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from uuid_utils.compat import uuid7

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import VERDICT, FeedbackDefinition
from traces_app.models.scores import BILLION, VALUE_LIMIT
from traces_app.services import events, guidelines

Type = FeedbackDefinition.Type
EXISTS = "Feedback already exists"
MAX_NAME = 255
LEAST_STEP = Decimal(1) / BILLION  # scores are no finer
_SHAPES: dict[str, str] = {
    Type.NUMERICAL: '{"min": 0, "max": 1}, the lesser number first; '
    'a "step", if there is one, divides the range',
    Type.CATEGORICAL: '{"categories": {"good": 1, "bad": 0}}, two or more',
    Type.BOOLEAN: '{"true_label": "Yes", "false_label": "No"}',
    Type.MULTIPLE: '{"categories": {"late": 1, "rude": 1}}, two or more, each chosen or not',
    Type.TEXT: "{}",
}


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition as somebody wants it; ``details`` is JSON text of the type's shape."""

    name: str
    type: str
    details: str
    description: str = ""


@transaction.atomic
def create(
    *, access: Access, said: Definition, definition_id: UUID | None = None
) -> FeedbackDefinition:
    """A new definition. Raises Forbidden, Invalid and Conflict (the name or the id is taken)."""
    access.must_write()
    definition = FeedbackDefinition(
        id=definition_id or uuid7(),
        workspace_id=access.workspace_id,
        created_by_id=access.author_id,
    )
    _write(access, definition, said)
    guidelines.note_all_asking(access=access, names={definition.name})
    change = _change("definition.create", definition, {}, _facts(definition))
    events.record(access, [change])
    return definition


@transaction.atomic
def edit(*, access: Access, definition_id: UUID, said: Definition) -> FeedbackDefinition:
    """Change a definition; scores that were given under it stay as they are.

    Raises Forbidden, NotFound, Invalid and Conflict (the built-in one, the name is taken).
    """
    access.must_write()
    definition = _locked(access, [definition_id]).first()
    if definition is None:
        raise NotFound("Feedback definition not found")
    _must_not_be_built_in(definition)
    before = _facts(definition)
    old_name = definition.name
    _write(access, definition, said)
    guidelines.note_all_asking(access=access, names={old_name, definition.name})
    change = _change("definition.edit", definition, before, _facts(definition))
    events.record(access, [change])
    return definition


@transaction.atomic
def delete(*, access: Access, ids: Collection[UUID]) -> None:
    """Delete definitions; scores that were given under them stay. Unknown ids are no error.

    Raises Forbidden, and Conflict when the built-in one is among them: then none is deleted.
    """
    access.must_write()
    doomed = list(_locked(access, ids))
    for definition in doomed:
        _must_not_be_built_in(definition)
    FeedbackDefinition.objects.filter(pk__in=[each.pk for each in doomed]).delete()
    guidelines.note_all_asking(access=access, names={each.name for each in doomed})
    changes = [_change("definition.delete", each, _facts(each), {}) for each in doomed]
    events.record(access, changes)


def _locked(access: Access, ids: Collection[UUID]) -> QuerySet[FeedbackDefinition]:
    visible = FeedbackDefinition.objects.visible_to(access).filter(pk__in=ids)
    return visible.order_by("pk").select_for_update()


def _must_not_be_built_in(definition: FeedbackDefinition) -> None:
    if definition.name == VERDICT:
        raise Conflict(f"The definition “{VERDICT}” is built in and stays as it is.")


def _write(access: Access, definition: FeedbackDefinition, said: Definition) -> None:
    name = normal_form.clean_text(said.name.strip())
    if not name or len(name) > MAX_NAME:
        raise Invalid(f"A definition's name has 1 to {MAX_NAME} characters.")
    definition.name, definition.type = name, said.type
    definition.description = normal_form.clean_text(said.description.strip())
    if len(definition.description) > MAX_NAME:
        raise Invalid(f"A definition's description has at most {MAX_NAME} characters.")
    definition.details = _checked(said)
    definition.last_updated_by_id = access.author_id
    try:
        with transaction.atomic():
            definition.save()
    except IntegrityError as error:
        raise Conflict(EXISTS) from error


def _checked(said: Definition) -> str:
    try:
        details = normal_form.load(said.details)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The details are not JSON: {error}") from error
    fits = _FITS.get(said.type)
    if fits is None:
        raise Invalid(f"The type must be one of {', '.join(Type.values)}.")
    if not isinstance(details, dict) or not fits(details):
        raise Invalid(f"The details of a {said.type} definition look like {_SHAPES[said.type]}.")
    return normal_form.dump(details)


def _is_range(details: dict[str, Any]) -> bool:
    least, most = details.get("min"), details.get("max")
    if not (_is_number(least) and _is_number(most) and least < most):
        return False
    step = details.get("step")
    return step is None or (_is_number(step) and _divides(step, most, least))


def _divides(step: float, most: float, least: float) -> bool:
    """Whether one comes from end to end in steps: both ends can be answered then."""
    each, reach = Decimal(str(step)), Decimal(str(most)) - Decimal(str(least))
    return LEAST_STEP <= each <= reach and reach % each == 0


def _is_choice(details: dict[str, Any]) -> bool:
    labels = details.get("categories")
    if not isinstance(labels, dict) or len(labels) < 2:
        return False
    return all(_is_number(value) for value in labels.values())


def _is_several(details: dict[str, Any]) -> bool:
    """All options at once are a score, too."""
    return _is_choice(details) and sum(map(abs, details["categories"].values())) <= VALUE_LIMIT


def _is_nothing(details: dict[str, Any]) -> bool:
    return not details


def _is_yes_or_no(details: dict[str, Any]) -> bool:
    return all(isinstance(details.get(key), str) for key in ("true_label", "false_label"))


def _is_number(value: Any) -> TypeGuard[float]:
    # No score can be further out.
    is_a_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_a_number and -VALUE_LIMIT <= value <= VALUE_LIMIT


_FITS: dict[str, Callable[[dict[str, Any]], bool]] = {
    Type.NUMERICAL: _is_range,
    Type.CATEGORICAL: _is_choice,
    Type.BOOLEAN: _is_yes_or_no,
    Type.MULTIPLE: _is_several,
    Type.TEXT: _is_nothing,
}


def _facts(definition: FeedbackDefinition) -> dict[str, object]:
    return {
        "name": definition.name,
        "type": str(definition.type),
        "description": definition.description,
        "details": normal_form.load(definition.details),
    }


def _change(
    action: str,
    definition: FeedbackDefinition,
    before: dict[str, object],
    after: dict[str, object],
) -> events.Change:
    return events.Change(action, "definition", definition.pk, before=before, after=after)
