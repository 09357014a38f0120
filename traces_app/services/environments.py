"""Environments of a workspace: made, changed and deleted."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from uuid_utils.compat import uuid7

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import Environment
from traces_app.services import events

MAX_NAME = 150
MAX_DESCRIPTION = 1_000
MAX_COLOR = 30
MAX_POSITION = 2**31 - 1
AT_MOST = 100
"""In a workspace: Opik's clients read them all at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What somebody wants of an environment; None keeps, in a new one it is the default."""

    name: str | None = None
    description: str | None = None
    color: str | None = None
    position: int | None = None


def find(*, access: Access, environment_id: UUID) -> Environment:
    """One environment of the workspace. Raises NotFound."""
    environment = Environment.objects.visible_to(access).filter(pk=environment_id).first()
    if environment is None:
        raise NotFound(f"Environment id: {environment_id} not found")
    return environment


@transaction.atomic
def create(*, access: Access, wishes: Wishes, environment_id: UUID | None = None) -> Environment:
    """A new environment, last in the list unless its position says otherwise.

    Raises Forbidden, Invalid (also over 100 in a workspace), Conflict (name or id is taken).
    """
    access.must_write()
    others = Environment.objects.filter(workspace_id=access.workspace_id)
    number = others.count()
    if number >= AT_MOST:
        raise Invalid(f"A workspace has at most {AT_MOST} environments.")
    environment = Environment(
        id=environment_id or uuid7(),
        workspace_id=access.workspace_id,
        created_by_id=access.author_id,
        name="",
        position=number,
    )
    _write(access, environment, wishes)
    change = _change("environment.create", environment, {}, _facts(environment))
    events.record(access, [change])
    return environment


@transaction.atomic
def edit(*, access: Access, environment_id: UUID, wishes: Wishes) -> Environment:
    """Change an environment. Raises Forbidden, NotFound, Invalid and Conflict (name is taken)."""
    access.must_write()
    environment = _locked(access, [environment_id]).first()
    if environment is None:
        raise NotFound(f"Environment id: {environment_id} not found")
    before = _facts(environment)
    _write(access, environment, wishes)
    change = _change("environment.edit", environment, before, _facts(environment))
    events.record(access, [change])
    return environment


@transaction.atomic
def delete(*, access: Access, ids: Collection[UUID]) -> None:
    """Delete environments; traces keep the name. Unknown ids are no error. Raises Forbidden."""
    access.must_write()
    doomed = list(_locked(access, ids))
    Environment.objects.filter(pk__in=[each.pk for each in doomed]).delete()
    changes = [_change("environment.delete", each, _facts(each), {}) for each in doomed]
    events.record(access, changes)


def _locked(access: Access, ids: Collection[UUID]) -> QuerySet[Environment]:
    visible = Environment.objects.visible_to(access).filter(pk__in=ids)
    return visible.order_by("pk").select_for_update()


def _write(access: Access, environment: Environment, wishes: Wishes) -> None:
    for each in fields(wishes):
        wish = getattr(wishes, each.name)
        if wish is not None:
            is_text = isinstance(wish, str)
            setattr(
                environment, each.name, normal_form.clean_text(wish.strip()) if is_text else wish
            )
    _check(environment)
    environment.last_updated_by_id = access.author_id
    try:
        with transaction.atomic():
            environment.save()
    except IntegrityError as error:
        raise Conflict("Environment already exists") from error


def _check(environment: Environment) -> None:
    if not 1 <= len(environment.name) <= MAX_NAME:
        raise Invalid(f"An environment's name has 1 to {MAX_NAME} characters.")
    if len(environment.description) > MAX_DESCRIPTION:
        raise Invalid(f"An environment's description has at most {MAX_DESCRIPTION} characters.")
    if len(environment.color) > MAX_COLOR:
        raise Invalid(f"A colour has at most {MAX_COLOR} characters.")
    if not 0 <= environment.position <= MAX_POSITION:
        raise Invalid(f"A position is a whole number from 0 to {MAX_POSITION}.")


def _facts(environment: Environment) -> dict[str, object]:
    return {each.name: getattr(environment, each.name) for each in fields(Wishes)}


def _change(
    action: str,
    environment: Environment,
    before: dict[str, object],
    after: dict[str, object],
) -> events.Change:
    return events.Change(action, "environment", environment.pk, before=before, after=after)
