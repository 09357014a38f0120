"""Who belongs to a workspace, and as what. A workspace always keeps an owner."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from feedback_app.models import ApiKey, User
from feedback_app.services import users
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import Face, Membership, Role, Workspace
from traces_app.services import events
from traces_app.services.events import Change


@dataclass(frozen=True, slots=True)
class Added:
    """A membership; ``password`` is set when it was generated, to be shown this once."""

    membership: Membership
    password: str | None


@transaction.atomic
def add(*, access: Access, email: str, role: str) -> Added:
    """Take somebody into the workspace; an unknown e-mail gets an account and a password.

    Raises Forbidden, Conflict (a member already) and Invalid (e-mail, role, deactivated).
    """
    access.must_administer()
    _lock(access.workspace_id)
    user, password = _user(email, "")
    if Membership.objects.filter(workspace_id=access.workspace_id, user=user).exists():
        raise Conflict(f"{user.email} is a member already.")
    membership = Membership.objects.create(
        workspace_id=access.workspace_id, user=user, role=_role(role)
    )
    events.record(access, [_change("member.add", membership, after=_facts(membership))])
    return Added(membership, password)


@transaction.atomic
def put(*, workspace: Workspace, email: str, role: str, password: str = "") -> Added:
    """As the operator on the command line: add somebody or change the role, and set a password.

    Raises Conflict (the last owner) and Invalid (e-mail, role, password, deactivated).
    """
    _lock(workspace.pk)
    user, generated = _user(email, password)
    membership = Membership.objects.filter(workspace=workspace, user=user).first()
    before = _facts(membership) if membership else {}
    if membership is None:
        membership = Membership(workspace=workspace, user=user)
    elif role != Role.OWNER:
        _keep_an_owner(membership)
    membership.role = _role(role)
    membership.save()
    events.record_one(
        workspace_id=workspace.pk,
        actor_id=None,
        face=Face.COMMAND,
        action="member.set_role" if before else "member.add",
        entity_type="member",
        entity_id=membership.pk,
        before=before,
        after=_facts(membership),
    )
    return Added(membership, generated)


@transaction.atomic
def set_role(*, access: Access, membership_id: UUID, role: str) -> Membership:
    """Give a member another role. Raises Forbidden, NotFound, Invalid, Conflict (last owner)."""
    membership = _member(access, membership_id)
    before = _facts(membership)
    if role != Role.OWNER:
        _keep_an_owner(membership)
    membership.role = _role(role)
    membership.save(update_fields=["role"])
    change = _change("member.set_role", membership, before=before, after=_facts(membership))
    events.record(access, [change])
    return membership


@transaction.atomic
def remove(*, access: Access, membership_id: UUID) -> User:
    """Take a member out and revoke the keys that they have here; what they wrote stays.

    Answers with who it was. Raises Forbidden, NotFound and Conflict (last owner).
    """
    membership = _member(access, membership_id)
    _keep_an_owner(membership)
    keys = ApiKey.objects.filter(
        user_id=membership.user_id, workspace_id=access.workspace_id, revoked_at__isnull=True
    )
    changes = [_change("member.remove", membership, before=_facts(membership))]
    changes += [
        Change("api_key.revoke", "api_key", key.pk, before={"name": key.name, "prefix": key.prefix})
        for key in keys
    ]
    keys.update(revoked_at=timezone.now())
    membership.delete()
    events.record(access, changes)
    return membership.user


def _user(email: str, password: str) -> tuple[User, str | None]:
    """The person, made when unknown, and the password if one had to be generated."""
    user = users.person(email)
    if user is None:
        generated = None if password else users.generate_password()
        return users.create_person(email=email, password=password or generated or ""), generated
    if not user.is_active:
        raise Invalid(f"The account of {user.email} is deactivated.")
    if password and not user.check_password(password):
        users.set_password(user=user, password=password)
    return user, None


def _member(access: Access, membership_id: UUID) -> Membership:
    access.must_administer()
    _lock(access.workspace_id)
    members = Membership.objects.select_related("user").filter(workspace_id=access.workspace_id)
    membership = members.filter(pk=membership_id).first()
    if membership is None:
        raise NotFound("There is no such member.")
    return membership


def _lock(workspace_id: UUID) -> None:
    # Two owners who remove each other at once must not both succeed.
    Workspace.objects.select_for_update().get(pk=workspace_id)


def _keep_an_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(
        workspace_id=membership.workspace_id, role=Role.OWNER, user__is_active=True
    )
    if membership.role == Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise Conflict("A workspace keeps at least one owner; make somebody else one first.")


def _role(role: str) -> Role:
    if role not in Role.values:
        raise Invalid(f"The role must be one of {', '.join(Role.values)}.")
    return Role(role)


def _facts(membership: Membership) -> dict[str, object]:
    return {"user": membership.user.email, "role": str(membership.role)}


def _change(
    action: str,
    membership: Membership,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> Change:
    return Change(action, "member", membership.pk, before=before or {}, after=after or {})
