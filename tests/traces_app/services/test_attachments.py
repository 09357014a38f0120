"""Files of traces and spans: where they go, who may send them, what goes with them."""

from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.services.test_attachment_files import breaking, stored, work
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden
from traces_app.models import Attachment, AuditEvent, EntityType, Project, Role, Workspace
from traces_app.services import attachments, traces
from traces_app.services.attachments import Upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def access(db: None) -> Access:
    return factories.access()


def upload(entity_id: UUID, project: str | None = None, name: str = "a.txt") -> Upload:
    return Upload(EntityType.TRACE, entity_id, name, "text/plain", project)


def test_file_lies_with_its_trace(access: Access) -> None:
    trace = factories.trace(access, factories.project(workspace_of(access)))

    kept = factories.attachment(access, trace, b"hello", "héllo.txt")

    assert (kept.project_id, kept.entity_id) == (trace.project_id, trace.pk)
    assert (kept.file_name, kept.size, kept.created_by_id) == ("héllo.txt", 5, access.author_id)


def test_file_of_a_trace_that_has_not_come_lies_in_the_named_project(access: Access) -> None:
    kept = attachments.store(access=access, upload=upload(uuid7(), "later"), parts=[b"x"])

    assert kept.project_id == Project.objects.get(name="later").pk


def test_file_follows_a_trace_that_was_moved(access: Access) -> None:
    trace = factories.trace(access)
    there = factories.project(workspace_of(access))
    access.knows_project(there.pk)
    early = factories.attachment(access, trace, name="early.txt")
    traces.move(access=access, trace_id=trace.pk, to=there)

    late = factories.attachment(access, trace, name="late.txt")

    early.refresh_from_db()
    assert {early.project_id, late.project_id} == {there.pk}


def test_project_that_is_not_the_traces_is_a_conflict(access: Access) -> None:
    trace = factories.trace(access)

    for call in (attachments.start, lambda **kw: attachments.store(parts=[b"x"], **kw)):
        with pytest.raises(Conflict):
            call(access=access, upload=upload(trace.pk, "another"))

    assert not Attachment.objects.exists()


def test_strangers_trace_is_an_unknown_one(access: Access) -> None:
    theirs = factories.trace(factories.access())

    kept = attachments.store(access=access, upload=upload(theirs.pk), parts=[b"x"])

    assert kept.project_id in access.project_ids
    assert kept.project_id != theirs.project_id


def test_same_name_replaces_the_file_and_the_old_one_goes(access: Access) -> None:
    trace = factories.trace(access)
    first = factories.attachment(access, trace, b"first")

    second = factories.attachment(access, trace, b"the second")

    assert (second.pk, second.size) == (first.pk, 10)
    work()
    assert first.storage_name not in stored()
    assert second.storage_name in stored()


def test_upload_that_breaks_off_leaves_the_file_of_that_name(access: Access) -> None:
    trace = factories.trace(access)
    first = factories.attachment(access, trace, name="a.txt")

    with pytest.raises(ConnectionError):
        attachments.store(access=access, upload=upload(trace.pk), parts=breaking())

    assert Attachment.objects.get().storage_name == first.storage_name


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_readers_send_and_delete_nothing(access: Access, role: Role) -> None:
    trace = factories.trace(access)
    factories.attachment(access, trace)
    reader = factories.access(workspace_of(access), role)

    with pytest.raises(Forbidden):
        attachments.store(access=reader, upload=upload(trace.pk), parts=breaking())
    with pytest.raises(Forbidden):
        delete(reader, trace.pk, "file.txt")
    assert Attachment.objects.count() == 1


def test_delete_takes_the_named_files_and_their_bytes(access: Access) -> None:
    trace = factories.trace(access)
    doomed = [factories.attachment(access, trace, name=name) for name in ("a", "b")]
    kept = factories.attachment(access, trace, name="c")

    assert delete(access, trace.pk, "a", "b", "unknown") == 2
    work()

    assert Attachment.objects.get() == kept
    assert not stored().intersection({row.storage_name for row in doomed})


def test_delete_of_a_stranger_takes_nothing(access: Access) -> None:
    trace = factories.trace(access)
    factories.attachment(access, trace)

    assert delete(factories.access(), trace.pk, "file.txt") == 0
    assert Attachment.objects.count() == 1


def test_files_of_a_trace_and_of_its_spans_go_with_it(access: Access) -> None:
    trace = factories.trace(access)
    rows = [factories.attachment(access, on) for on in (trace, factories.span(access, trace))]
    other = factories.attachment(access, factories.trace(access))

    traces.delete(access=access, ids=[trace.pk])
    work()

    assert Attachment.objects.get() == other
    assert not stored().intersection({row.storage_name for row in rows})
    assert other.storage_name in stored()


def test_upload_and_delete_are_in_the_audit_trail(access: Access) -> None:
    trace = factories.trace(access)
    factories.attachment(access, trace, b"hello")
    delete(access, trace.pk, "file.txt")

    told = AuditEvent.objects.filter(action__startswith="attachment").order_by("pk")

    facts = '{"file_name":"file.txt","size":5}'
    assert list(told.values_list("action", "entity_id", "before", "after")) == [
        ("attachment.upload", trace.pk, "{}", facts),
        ("attachment.delete", trace.pk, facts, "{}"),
    ]


def delete(access: Access, trace_id: UUID, *names: str) -> int:
    return attachments.delete(
        access=access, entity_type=EntityType.TRACE, entity_id=trace_id, file_names=names
    )


def workspace_of(access: Access) -> Workspace:
    return Workspace.objects.get(pk=access.workspace_id)
