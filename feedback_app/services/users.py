"""Making accounts: people, who sign in, and service accounts, which only lend their name."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from feedback_app.models import User
from feedback_app.models.users import SERVICE_DOMAIN
from traces_app.errors import Invalid

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
def create_person(*, email: str, password: str, name: str = "", is_operator: bool = False) -> User:
    """A new person. An operator also opens the Django admin, which shows every workspace.

    Raises Invalid for a malformed or taken e-mail and for a weak password.
    """
    email = email.strip().lower()
    check_email(email)
    if person(email) is not None:
        raise Invalid(f"{email} has an account already.")
    user = User(email=email, name=name.strip(), is_staff=is_operator, is_superuser=is_operator)
    set_password(user=user, password=password)
    return user


def set_password(*, user: User, password: str) -> None:
    """Give ``user`` a password, after Django's validators; raises Invalid with their reasons."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    user.set_password(password)
    user.save()


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
