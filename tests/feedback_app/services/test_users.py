from typing import Any

import pytest

from feedback_app.models import User
from feedback_app.services import users
from tests import factories
from traces_app.errors import Conflict, Invalid
from traces_app.models import AuditEvent

pytestmark = pytest.mark.django_db


def test_person_signs_in_with_the_given_password() -> None:
    user = users.create_person(email=" Ann@Example.com ", password="a long sentence 42")

    assert user.email == "ann@example.com"
    assert user.check_password("a long sentence 42")
    assert not user.is_staff


def test_operator_opens_the_admin() -> None:
    user = users.create_person(
        email="op@example.com", password=users.generate_password(), is_operator=True
    )

    assert user.is_staff
    assert user.is_superuser


@pytest.mark.parametrize("password", ["", "short", "password", "1234567890123"])
def test_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid):
        users.create_person(email="ann@example.com", password=password)

    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["", "ann", "ann@", "ann@service.invalid"])
def test_what_is_no_persons_email_is_refused(email: str) -> None:
    with pytest.raises(Invalid):
        users.create_person(email=email, password=users.generate_password())


def test_taken_email_is_refused_without_regard_to_case() -> None:
    factories.user("ann@example.com")

    with pytest.raises(Invalid, match="already"):
        users.create_person(email="ANN@example.com", password=users.generate_password())


def test_service_account_is_found_again_and_cannot_sign_in() -> None:
    account = users.service_account(name="judge-v2")

    assert users.service_account(name="Judge-V2") == account
    assert account.is_service
    assert not account.has_usable_password()


@pytest.mark.parametrize("name", ["", "x" * 256, "judge@example.com", "Ann Lee"])
def test_service_account_cannot_take_a_persons_name(name: str) -> None:
    factories.user("ann@example.com", name="ann lee")

    with pytest.raises(Invalid):
        users.service_account(name=name)


def edited(user: User, by: User | None = None, **changes: Any) -> User:
    said: dict[str, Any] = {
        "email": user.email,
        "name": user.name,
        "is_active": True,
        "is_operator": False,
    }
    by = by or factories.user(is_staff=True)
    return users.edit(by=by, user_id=user.pk, **(said | changes))


def test_edited_account_is_on_record_with_before_and_after() -> None:
    user = factories.user("ann@example.com")

    edited(user, email=" Bea@Example.com ", is_operator=True)

    event = AuditEvent.objects.get(action="user.edit")
    user.refresh_from_db()
    assert (user.email, user.is_staff, user.is_superuser) == ("bea@example.com", True, True)
    assert ("ann@" in event.before, "bea@" in event.after) == (True, True)


def test_email_of_somebody_else_is_refused_without_regard_to_case() -> None:
    factories.user("ann@example.com")

    with pytest.raises(Invalid, match="has an account already"):
        edited(factories.user(), email="ANN@example.com")


def test_service_account_is_deactivated_and_nothing_else() -> None:
    account = users.service_account(name="judge-v2")

    assert not edited(account, is_active=False).is_active
    with pytest.raises(Invalid):
        edited(account, name="judge-v3")
    with pytest.raises(Invalid):
        edited(account, is_operator=True)


def test_operator_keeps_own_access() -> None:
    operator = factories.user(is_staff=True)

    with pytest.raises(Conflict):
        edited(operator, by=operator, is_operator=False)
    with pytest.raises(Conflict):
        edited(operator, by=operator, is_operator=True, is_active=False)
