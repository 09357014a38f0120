import pytest
from django.contrib.auth.models import AnonymousUser

from tests import factories
from traces_app.access import admin_access
from traces_app.errors import Forbidden
from traces_app.models import Face, Role

pytestmark = pytest.mark.django_db


def test_operator_is_an_owner_in_every_workspace_through_the_admin() -> None:
    operator, workspace = factories.user(is_staff=True), factories.workspace()

    access = admin_access(operator, workspace)

    assert (access.workspace_id, access.author_id) == (workspace.pk, operator.pk)
    assert (access.role, access.face) == (Role.OWNER, Face.ADMIN)


def test_nobody_else_has_admin_access() -> None:
    workspace = factories.workspace()
    owner = factories.member(workspace, Role.OWNER)
    former = factories.user(is_staff=True, is_active=False)

    for stranger in (owner, former, AnonymousUser()):
        with pytest.raises(Forbidden):
            admin_access(stranger, workspace)
