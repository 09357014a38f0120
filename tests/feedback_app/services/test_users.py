import pytest

from feedback_app.models import User
from feedback_app.services import users
from tests import factories
from traces_app.errors import Invalid

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
