import pytest

from tests import factories
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import AuditEvent, Environment, Role, Trace
from traces_app.services import environments
from traces_app.services.environments import Wishes

pytestmark = pytest.mark.django_db
LIVE = Wishes(name=" production ", description="d", color="#fff")


def test_new_ones_come_last_unless_told_otherwise() -> None:
    access = factories.access()

    for wishes in (Wishes(name="a"), Wishes(name="b"), Wishes(name="c", position=0)):
        environments.create(access=access, wishes=wishes)

    ordered = Environment.objects.visible_to(access).in_order()
    assert [(each.name, each.position) for each in ordered] == [("a", 0), ("c", 0), ("b", 1)]


def test_name_is_once_in_a_workspace() -> None:
    access = factories.access()
    environments.create(access=access, wishes=LIVE)

    with pytest.raises(Conflict, match="Environment already exists"):
        environments.create(access=access, wishes=Wishes(name="production"))
    environments.create(access=factories.access(), wishes=LIVE)


def test_edit_keeps_what_is_not_wished() -> None:
    access = factories.access()
    made = environments.create(access=access, wishes=LIVE)

    environments.edit(access=access, environment_id=made.pk, wishes=Wishes(color=""))

    made.refresh_from_db()
    assert (made.name, made.description, made.color) == ("production", "d", "")
    assert AuditEvent.objects.filter(action="environment.edit").count() == 1


def test_name_of_another_is_a_conflict_and_changes_nothing() -> None:
    access = factories.access()
    one, two = (environments.create(access=access, wishes=Wishes(name=name)) for name in "ab")

    with pytest.raises(Conflict):
        environments.edit(access=access, environment_id=two.pk, wishes=Wishes(name=one.name))

    two.refresh_from_db()
    assert two.name == "b"


@pytest.mark.parametrize(
    "wishes",
    [
        Wishes(),
        Wishes(name="  "),
        Wishes(name="x" * 151),
        Wishes(name="x", description="x" * 1001),
        Wishes(name="x", color="x" * 31),
        Wishes(name="x", position=-1),
        Wishes(name="x", position=2**31),
    ],
)
def test_what_no_column_holds_is_refused(wishes: Wishes) -> None:
    with pytest.raises(Invalid):
        environments.create(access=factories.access(), wishes=wishes)


def test_workspace_holds_a_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "AT_MOST", 1)
    access = factories.access()
    environments.create(access=access, wishes=LIVE)

    with pytest.raises(Invalid, match="at most 1"):
        environments.create(access=access, wishes=Wishes(name="other"))


def test_deletion_takes_the_callers_own_and_leaves_the_traces_text() -> None:
    access = factories.access()
    mine = environments.create(access=access, wishes=LIVE)
    stranger = environments.create(access=factories.access(), wishes=LIVE)
    factories.trace(access, environment="production")

    environments.delete(access=access, ids=[mine.pk, stranger.pk])

    assert Environment.objects.get() == stranger
    assert Trace.objects.get().environment == "production"
    assert AuditEvent.objects.get(action="environment.delete").entity_id == mine.pk


def test_environment_of_another_workspace_is_not_found() -> None:
    stranger = environments.create(access=factories.access(), wishes=LIVE)

    with pytest.raises(NotFound):
        environments.edit(access=factories.access(), environment_id=stranger.pk, wishes=LIVE)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_reviewers_and_viewers_write_none(role: Role) -> None:
    access = factories.access(role=role)

    with pytest.raises(Forbidden):
        environments.create(access=access, wishes=LIVE)
    with pytest.raises(Forbidden):
        environments.delete(access=access, ids=[])
