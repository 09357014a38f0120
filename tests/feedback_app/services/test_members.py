from uuid import UUID

import pytest

from feedback_app.models import ApiKey, User
from feedback_app.services import api_keys, members
from tests import factories
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import AuditEvent, Face, Membership, Role, Workspace

pytestmark = pytest.mark.django_db


def membership(workspace: Workspace, role: Role = Role.MEMBER) -> Membership:
    return Membership.objects.get(workspace=workspace, user=factories.member(workspace, role))


def test_adding_an_unknown_email_makes_an_account_with_a_password_shown_once() -> None:
    access = factories.access()

    added = members.add(access=access, email="New@example.com", role="reviewer")

    user = User.objects.get(email="new@example.com")
    assert added.password is not None
    assert user.check_password(added.password)
    assert added.membership.role == Role.REVIEWER


def test_adding_a_known_user_leaves_the_password_alone() -> None:
    access = factories.access()
    person = factories.user(password="kept as it was")

    added = members.add(access=access, email=person.email, role="viewer")

    person.refresh_from_db()
    assert added.password is None
    assert person.check_password("kept as it was")


def test_adding_a_member_again_is_a_conflict() -> None:
    workspace = factories.workspace()
    access = factories.access(workspace)
    person = factories.member(workspace)

    with pytest.raises(Conflict):
        members.add(access=access, email=person.email, role="owner")


def test_adding_a_deactivated_user_is_refused() -> None:
    person = factories.user(is_active=False)

    with pytest.raises(Invalid, match="deactivated"):
        members.add(access=factories.access(), email=person.email, role="viewer")


def test_unknown_role_is_refused_and_leaves_no_account() -> None:
    access = factories.access()

    with pytest.raises(Invalid, match="owner, member, reviewer, viewer"):
        members.add(access=access, email="new@example.com", role="boss")

    assert not User.objects.filter(email="new@example.com").exists()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.REVIEWER, Role.VIEWER])
def test_only_owners_manage_members(role: Role) -> None:
    workspace = factories.workspace()
    access = factories.access(workspace, role)
    other = membership(workspace)

    with pytest.raises(Forbidden):
        members.add(access=access, email="new@example.com", role="viewer")
    with pytest.raises(Forbidden):
        members.set_role(access=access, membership_id=other.pk, role="viewer")
    with pytest.raises(Forbidden):
        members.remove(access=access, membership_id=other.pk)


def test_role_change_is_on_record_with_before_and_after() -> None:
    workspace = factories.workspace()
    access = factories.access(workspace, face=Face.PAGE)
    other = membership(workspace)

    members.set_role(access=access, membership_id=other.pk, role="owner")

    event = AuditEvent.objects.get(action="member.set_role")
    assert (event.actor_id, event.face) == (access.user_id, "page")
    assert ('"member"' in event.before, '"owner"' in event.after) == (True, True)


def test_last_owner_is_neither_demoted_nor_removed() -> None:
    workspace = factories.workspace()
    access = factories.access(workspace)
    own = Membership.objects.get(user_id=access.user_id)

    with pytest.raises(Conflict):
        members.set_role(access=access, membership_id=own.pk, role="member")
    with pytest.raises(Conflict):
        members.remove(access=access, membership_id=own.pk)
    with pytest.raises(Conflict):
        members.put(workspace=workspace, email=own.user.email, role="viewer")


def test_deactivated_owner_does_not_count_as_one() -> None:
    workspace = factories.workspace()
    access = factories.access(workspace)
    factories.member(workspace, Role.OWNER, factories.user(is_active=False))
    own = Membership.objects.get(user_id=access.user_id)

    with pytest.raises(Conflict):
        members.remove(access=access, membership_id=own.pk)


def test_one_of_two_owners_may_go() -> None:
    workspace = factories.workspace()
    access = factories.access(workspace)
    other = membership(workspace, Role.OWNER)

    members.remove(access=access, membership_id=other.pk)

    assert not Membership.objects.filter(pk=other.pk).exists()


def test_removed_members_keys_are_revoked_in_this_workspace_only() -> None:
    here, there = factories.workspace(), factories.workspace()
    person = factories.member(here)
    factories.member(there, person=person)
    keys = [
        api_keys.create(user=person, workspace=workspace, name="k", by=None)[0]
        for workspace in (here, there)
    ]

    members.remove(
        access=factories.access(here), membership_id=person.memberships.get(workspace=here).pk
    )

    revoked = ApiKey.objects.filter(revoked_at__isnull=False)
    assert [key.pk for key in revoked] == [keys[0].pk]
    assert AuditEvent.objects.filter(action="api_key.revoke", entity_id=keys[0].pk).count() == 1


def test_members_of_another_workspace_are_not_found() -> None:
    access = factories.access()
    stranger = membership(factories.workspace())

    for missing in (stranger.pk, UUID(int=1)):
        with pytest.raises(NotFound, match="There is no such member"):
            members.set_role(access=access, membership_id=missing, role="viewer")
        with pytest.raises(NotFound, match="There is no such member"):
            members.remove(access=access, membership_id=missing)
