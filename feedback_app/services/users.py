"""Making accounts: people, who sign in, and service accounts, which only lend their name."""

import secrets
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from feedback_app.models import User
from feedback_app.models.users import SERVICE_DOMAIN
from traces_app.errors import Conflict, Invalid
from traces_app.models import NIL, Face
from traces_app.services import events

MAX_NAME = 255
# Without the letters and digits that are read for one another: it is copied from a terminal.
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_PASSWORD_LENGTH = 18


def generate_password() -> str:
    """A password that is shown once to whoever made the account."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_PASSWORD_LENGTH))


def person(email: str) -> User | None:
    """The person who signs in as ``email``, active or not."""
    return User.objects.filter(email__iexact=email.strip(), is_service=False).first()


@transaction.atomic
def create_person(
    *,
    email: str,
    password: str,
    name: str = "",
    is_operator: bool = False,
    by: User | None = None,
) -> User:
    """A new person. An operator also opens the Django admin, which shows every workspace.

    ``by`` is the operator who asked in the admin; other faces record what the person was made
    for. Raises Invalid for a malformed or taken e-mail and for a weak password.
    """
    email = email.strip().lower()
    check_email(email)
    if person(email) is not None:
        raise Invalid(f"{email} has an account already.")
    user = User(email=email, name=name.strip(), is_staff=is_operator, is_superuser=is_operator)
    set_password(user=user, password=password)
    if by is not None:
        _record(by, "user.create", user, {}, _facts(user))
    return user


@transaction.atomic
def edit(
    *, by: User, user_id: UUID, email: str, name: str, is_active: bool, is_operator: bool
) -> User:
    """Change an account as the operator. Deactivating ends its sessions and its keys' use.

    Raises Invalid (e-mail, name, a service account as operator) and Conflict: nobody locks
    themselves out.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    before = _facts(user)
    if user.pk == by.pk and not (is_active and is_operator):
        raise Conflict("You cannot take away your own access; let another operator do it.")
    if user.is_service:
        if is_operator or (email, name) != (user.email, user.name):
            raise Invalid("Of a service account only whether it is active can be changed.")
    else:
        user.email, user.name = _free_email(email, user), name.strip()
    user.is_active, user.is_staff, user.is_superuser = is_active, is_operator, is_operator
    after = _facts(user)
    if after != before:
        user.save()
        _record(by, "user.edit", user, before, after)
    return user


def record_password_change(*, by: User, user: User) -> None:
    """Put on record that the operator gave ``user`` another password, or none."""
    _record(by, "user.set_password", user, {}, {"has_password": user.has_usable_password()})


def set_password(*, user: User, password: str) -> None:
    """Give ``user`` a password, after Django's validators; raises Invalid with their reasons."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    user.set_password(password)
    user.save()


def _free_email(email: str, user: User) -> str:
    email = email.strip().lower()
    if email != user.email:
        check_email(email)
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise Invalid(f"{email} has an account already.")
    return email


def _facts(user: User) -> dict[str, object]:
    return {
        "email": user.email,
        "name": user.name,
        "is_active": user.is_active,
        "is_operator": user.is_staff,
    }


def _record(
    by: User, action: str, user: User, before: dict[str, object], after: dict[str, object]
) -> None:
    # An account belongs to no workspace.
    events.record_one(
        workspace_id=NIL,
        actor_id=by.pk,
        face=Face.ADMIN,
        action=action,
        entity_type="user",
        entity_id=user.pk,
        before=before,
        after=after,
    )


def check_email(email: str) -> None:
    """Raises Invalid unless ``email`` can be a person's."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(f"“{email}” is not an e-mail address.") from error
    if email.endswith(f"@{SERVICE_DOMAIN}"):
        raise Invalid(f"Addresses at {SERVICE_DOMAIN} are kept for service accounts.")


def service_account(*, name: str) -> User:
    """The account that scores under ``name``; made when missing.

    Raises Invalid for a name that is, or looks like, a person's: their scores must stay apart.
    """
    name = name.strip()
    if not name or len(name) > MAX_NAME:
        raise Invalid(f"Give the service account a name of at most {MAX_NAME} characters.")
    if "@" in name:
        raise Invalid(f"“{name}” looks like an e-mail; the name of a service account has no @.")
    if User.objects.filter(is_service=False, name__iexact=name).exists():
        raise Invalid(f"“{name}” is the name of a person; choose another for a service account.")
    return User.objects.service_account(name)


def set_appearance(*, user: User, theme: str = "", typeface: str = "") -> None:
    """Remember the theme and the typeface of judged text; an empty one stays as it is."""
    if theme:
        user.theme = User.Theme(theme)
    if typeface:
        user.typeface = User.Typeface(typeface)
    user.save(update_fields=["theme", "typeface"])
