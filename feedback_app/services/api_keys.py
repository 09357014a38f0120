"""Making, finding and revoking API keys."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from feedback_app.models import ApiKey, User
from feedback_app.services import users
from traces_app.access import Access
from traces_app.errors import Forbidden, Invalid, NotFound
from traces_app.models import Face, Membership, Role, Workspace
from traces_app.services import events

SCHEME = "mg"
PREFIX_BYTES = 6
PREFIX_LENGTH = len(SCHEME) + 1 + 2 * PREFIX_BYTES
SECRET_BYTES = 32
USED_EVERY = timedelta(minutes=1)


@transaction.atomic
def create(
    *, user: User, workspace: Workspace, name: str, author: User | None = None, by: Access | None
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is shown this once and not stored.

    ``by`` is who asked in a page; None when the operator did on the command line.
    """
    name = name.strip()
    if not name or len(name) > 255:
        raise Invalid("Give the key a name of at most 255 characters.")
    if not Membership.objects.filter(user=user, workspace=workspace).exists():
        raise Invalid("Only a member of the workspace can have a key in it.")
    prefix = f"{SCHEME}_{secrets.token_hex(PREFIX_BYTES)}"
    secret = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    key = ApiKey.objects.create(
        user=user,
        workspace=workspace,
        author=author,
        name=name,
        prefix=prefix,
        digest=digest(secret),
    )
    events.record_one(
        workspace_id=workspace.pk,
        actor_id=by.user_id if by else user.pk,
        face=by.face if by else Face.COMMAND,
        action="api_key.create",
        entity_type="api_key",
        entity_id=key.pk,
        after={
            "name": name,
            "prefix": prefix,
            "user": user.email,
            "author": (author or user).author_name,
        },
    )
    return key, secret


@transaction.atomic
def create_own(*, access: Access, name: str, write_as: str = "") -> tuple[ApiKey, str]:
    """A key for whoever asks, which may write under the name of a service account.

    Raises Invalid (name, account) and Forbidden: a reviewer has no keys in pages, and only who
    may write may write as somebody else.
    """
    if access.sees_queues_only:
        raise Forbidden("Reviewers have no API keys.")
    author = None
    if write_as.strip():
        access.must_write()
        author = users.service_account(name=write_as)
    return create(
        user=User.objects.get(pk=access.user_id),
        workspace=Workspace.objects.get(pk=access.workspace_id),
        name=name,
        author=author,
        by=access,
    )


def digest(secret: str) -> str:
    """SHA-256: the secret is long and random, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def access_of(secret: str, face: Face) -> Access | None:
    """The access that ``secret`` gives, or None when it is unknown, revoked or its user gone."""
    key = (
        ApiKey.objects.select_related("user", "workspace")
        .filter(prefix=secret[:PREFIX_LENGTH], revoked_at__isnull=True, user__is_active=True)
        .first()
    )
    if key is None or not secrets.compare_digest(key.digest, digest(secret)):
        return None
    role = (
        Membership.objects.filter(user_id=key.user_id, workspace_id=key.workspace_id)
        .values_list("role", flat=True)
        .first()
    )
    if role is None:
        return None
    _mark_used(key)
    return Access(
        user_id=key.user_id,
        author_id=key.author_id or key.user_id,
        workspace_id=key.workspace_id,
        workspace_name=key.workspace.name,
        role=Role(role),
        face=face,
    )


def _mark_used(key: ApiKey) -> None:
    # In a statement of its own and at most once a minute: a key in heavy use writes nothing.
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


@transaction.atomic
def revoke(*, access: Access, key_id: UUID) -> ApiKey:
    """Revoke an own key; an owner may revoke anyone's in the workspace."""
    keys = ApiKey.objects.visible_to(access).select_for_update(of=("self",))
    key = keys.filter(pk=key_id).first()
    if key is None:
        raise NotFound("There is no such key.")
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        events.record_one(
            workspace_id=access.workspace_id,
            actor_id=access.user_id,
            face=access.face,
            action="api_key.revoke",
            entity_type="api_key",
            entity_id=key.pk,
            before={"name": key.name, "prefix": key.prefix},
        )
    return key
