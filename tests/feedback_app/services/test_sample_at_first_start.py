import pytest

from feedback_app.models import User
from feedback_app.services import api_keys, sample
from tests import factories
from traces_app.errors import Invalid
from traces_app.models import Face, Role, Trace, Workspace

pytestmark = pytest.mark.django_db


def test_first_start_gives_a_way_in() -> None:
    started = sample.first_start()

    assert started is not None
    owner = User.objects.get(email=started.email)
    access = api_keys.access_of(started.key, Face.OPIK)
    assert owner.check_password(started.password)
    assert owner.is_staff
    assert access is not None
    assert (access.workspace_name, access.role) == ("default", Role.OWNER)


def test_second_start_touches_nothing() -> None:
    sample.first_start()
    before = User.objects.count(), Trace.objects.count()

    assert sample.first_start() is None
    assert (User.objects.count(), Trace.objects.count()) == before


def test_owner_who_has_an_account_gets_the_password_that_was_asked_for() -> None:
    owner = factories.user(sample.OWNER, password="an older one, long")

    started = sample.first_start(password="a newer one, longer")

    owner.refresh_from_db()
    assert started is not None
    assert owner.check_password("a newer one, longer")


def test_weak_password_leaves_nothing_behind() -> None:
    with pytest.raises(Invalid):
        sample.first_start(password="1234")

    assert not Workspace.objects.exists()
    assert not User.objects.exists()
