"""Requests of people who do the same thing at one moment."""

import pytest

from feedback_app.models import User
from feedback_app.services import members, users
from tests import factories
from tests.traces_app.services.test_concurrency import at_once
from traces_app.errors import Conflict
from traces_app.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_who_add_the_same_person_is_told_so() -> None:
    access = factories.access()

    outcomes = at_once(
        *[lambda: members.add(access=access, email="new@example.com", role="viewer")] * 2
    )

    assert sorted(isinstance(one, Conflict) for one in outcomes) == [False, True]
    assert Membership.objects.filter(workspace=access.workspace_id).count() == 2


def test_service_account_is_made_once_by_many() -> None:
    outcomes = at_once(*[lambda: users.service_account(name="judge")] * 4)

    assert set(outcomes) == {User.objects.get(is_service=True)}
