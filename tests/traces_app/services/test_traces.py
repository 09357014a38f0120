"""One trace at a time: created, patched."""

from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import sent_trace
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import AuditEvent, OutboxRow, Project, Role, Trace, Workspace
from traces_app.services import traces
from traces_app.services.tags import TagChange
from traces_app.services.trace_homes import ELSEWHERE
from traces_app.services.traces import EXISTS

pytestmark = pytest.mark.django_db


def project_of(access: Access, name: str) -> Project:
    return factories.project(Workspace.objects.get(pk=access.workspace_id), name)


def fresh(access: Access) -> Access:
    """The same caller in the next request."""
    return Access(
        user_id=access.user_id,
        author_id=access.author_id,
        workspace_id=access.workspace_id,
        workspace_name=access.workspace_name,
        role=access.role,
        face=access.face,
    )


def tags_of(pk: UUID) -> list[str]:
    tags: list[str] = normal_form.load(Trace.objects.get(pk=pk).tags or "[]")
    return tags


def moved(access: Access, pk: UUID, to: str) -> None:
    project = project_of(access, to)
    traces.move(access=fresh(access), trace_id=pk, to=project)


def test_created_trace_is_counted_announced_and_recorded() -> None:
    access = factories.access()
    row = sent_trace("p", name="one")

    traces.create(access=access, sent=row)

    assert Project.objects.get(name="p").trace_count == 1
    assert OutboxRow.objects.get().trace_id == row.id
    assert AuditEvent.objects.filter(action="trace.create", entity_id=row.id).count() == 1


def test_trace_that_has_arrived_is_not_created_again() -> None:
    access = factories.access()
    row = sent_trace("p", name="first")
    traces.create(access=access, sent=row)

    with pytest.raises(Conflict, match=EXISTS):
        traces.create(access=access, sent=sent_trace("p", pk=row.id, minutes=5, name="second"))

    assert Trace.objects.get().name == "first"
    assert Project.objects.get().trace_count == 1


@pytest.mark.parametrize("same_workspace", [True, False])
def test_id_that_lives_elsewhere_is_refused_alike_and_leaves_no_project(
    same_workspace: bool,
) -> None:
    access = factories.access()
    owner = fresh(access) if same_workspace else factories.access()
    theirs = factories.trace(owner, name="theirs")

    with pytest.raises(Conflict, match=ELSEWHERE):
        traces.create(access=access, sent=sent_trace("mine", pk=theirs.pk, minutes=1, name="x"))

    assert Trace.objects.get().name == "theirs"
    assert not Project.objects.filter(name="mine").exists()


def test_completed_stub_is_counted_once() -> None:
    access, pk = factories.access(), uuid7()
    traces.patch(access=access, trace_id=pk, values={"name": "stub"}, project=("p", None))

    traces.create(access=access, sent=sent_trace("p", pk=pk))

    assert Project.objects.get().trace_count == 1
    with pytest.raises(Conflict, match=EXISTS):
        traces.create(access=access, sent=sent_trace("p", pk=pk))


def test_stub_that_was_moved_is_completed_where_it_is() -> None:
    access, pk = factories.access(), uuid7()
    traces.patch(access=access, trace_id=pk, values={"output": '"x"'}, project=("old", None))
    moved(access, pk, "new")

    traces.create(access=fresh(access), sent=sent_trace("old", pk=pk, name="arrived"))

    trace = Trace.objects.get()
    assert (trace.name, trace.output, trace.project.name) == ("arrived", '"x"', "new")
    with pytest.raises(Conflict, match=EXISTS):
        traces.create(access=fresh(access), sent=sent_trace("old", pk=pk))


def test_patch_of_an_unknown_id_leaves_a_stub_in_the_named_project() -> None:
    access, pk = factories.access(), uuid7()

    traces.patch(access=access, trace_id=pk, values={"name": "early"}, project=("p", None))

    stub = Trace.objects.get()
    assert (stub.pk, stub.name, stub.sent_at, stub.project.name) == (pk, "early", None, "p")
    assert stub.sent_project_id == stub.project_id
    assert OutboxRow.objects.get().trace_id == pk


def test_patch_of_an_unknown_id_that_names_nothing_goes_to_the_default_project() -> None:
    traces.patch(access=factories.access(), trace_id=uuid7(), values={})

    assert Trace.objects.get().project.name == "Default Project"


def test_patch_that_names_no_project_means_where_the_trace_is() -> None:
    access = factories.access()
    trace = factories.trace(access, project_of(access, "p"))

    traces.patch(access=access, trace_id=trace.pk, values={"name": "patched"})

    trace.refresh_from_db()
    assert (trace.name, trace.project.name) == ("patched", "p")
    assert Project.objects.count() == 1


@pytest.mark.parametrize("named", ["old", "new", "OLD ", "id of old", "id of new"])
def test_moved_trace_answers_to_its_present_and_its_sent_project(named: str) -> None:
    access = factories.access()
    trace = factories.trace(access, project_of(access, "old"))
    moved(access, trace.pk, "new")
    by_id = named.startswith("id of ")
    place = Project.objects.get(name=named.removeprefix("id of ")).pk if by_id else None

    traces.patch(
        access=fresh(access),
        trace_id=trace.pk,
        values={"name": "patched"},
        project=(None if by_id else named, place),
    )

    assert Trace.objects.values_list("name", "project__name").get() == ("patched", "new")


@pytest.mark.parametrize("exists", [True, False])
def test_patch_that_names_another_project_is_refused(exists: bool) -> None:
    access = factories.access()
    trace = factories.trace(access, name="kept")
    if exists:
        project_of(access, "other")

    with pytest.raises(Conflict, match=ELSEWHERE):
        traces.patch(
            access=fresh(access),
            trace_id=trace.pk,
            values={"name": "x"},
            project=("other", None),
        )

    trace.refresh_from_db()
    assert trace.name == "kept"
    assert Project.objects.filter(name="other").exists() == exists


def test_patch_by_the_id_of_another_project_is_refused() -> None:
    access = factories.access()
    other, trace = project_of(access, "other"), factories.trace(access)

    with pytest.raises(Conflict, match=ELSEWHERE):
        traces.patch(access=access, trace_id=trace.pk, values={}, project=("p", other.pk))


@pytest.mark.parametrize("stored", [True, False])
def test_patch_by_an_unknown_project_id_or_a_strangers_is_not_found(stored: bool) -> None:
    access = factories.access()
    pk = factories.trace(access).pk if stored else uuid7()

    for project_id in (uuid7(), factories.project().pk):
        with pytest.raises(NotFound, match=f"Project id: {project_id} not found"):
            traces.patch(access=access, trace_id=pk, values={}, project=(None, project_id))

    assert Trace.objects.count() == stored


def test_patch_of_a_strangers_trace_is_refused_and_leaves_nothing() -> None:
    theirs = factories.trace(name="theirs")

    with pytest.raises(Conflict, match=ELSEWHERE):
        traces.patch(access=factories.access(), trace_id=theirs.pk, values={"name": "x"})

    theirs.refresh_from_db()
    assert theirs.name == "theirs"
    assert Project.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (TagChange(replace=["x", "y", "x"]), ["x", "y"]),
        (TagChange(replace=[]), []),
        (TagChange(), ["a", "b"]),
        (TagChange(add=["c", "a"]), ["a", "b", "c"]),
        (TagChange(remove=["a", "z"]), ["b"]),
        (TagChange(add=["a"], remove=["a"]), ["b", "a"]),
        (TagChange(replace=["x"], add=["c"]), ["a", "b", "c"]),
        (TagChange(remove=["a", "b"]), []),
    ],
)
def test_tags_are_replaced_or_added_to(change: TagChange, after: list[str]) -> None:
    access = factories.access()
    trace = factories.trace(access, tags='["a","b"]')

    traces.patch(access=access, trace_id=trace.pk, values={}, tags=change)

    assert tags_of(trace.pk) == after


def test_tags_added_before_the_trace_came_are_its_tags() -> None:
    access, pk = factories.access(), uuid7()

    traces.patch(access=access, trace_id=pk, values={}, tags=TagChange(add=["early"]))
    traces.ingest(access=access, sent=[sent_trace(pk=pk, tags='["late"]')])

    assert tags_of(pk) == ["early"]


def test_fifty_tags_are_kept_and_one_more_is_refused() -> None:
    access = factories.access()
    trace = factories.trace(access, tags=normal_form.dump([str(n) for n in range(49)]))
    traces.patch(access=access, trace_id=trace.pk, values={}, tags=TagChange(add=["49"]))

    with pytest.raises(Invalid, match="maximum 50 tags"):
        traces.patch(
            access=access, trace_id=trace.pk, values={"name": "x"}, tags=TagChange(add=["50"])
        )

    assert len(tags_of(trace.pk)) == 50
    assert Trace.objects.get().name is None


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_reviewers_and_viewers_write_no_trace(role: Role) -> None:
    workspace = factories.workspace()
    trace = factories.trace(factories.access(workspace), name="kept")
    access = factories.access(workspace, role)

    with pytest.raises(Forbidden):
        traces.create(access=access, sent=sent_trace())
    with pytest.raises(Forbidden):
        traces.patch(access=access, trace_id=trace.pk, values={"name": "x"})
    assert Trace.objects.get().name == "kept"
