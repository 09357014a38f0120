"""Files that belong to traces and spans: uploaded, replaced, deleted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import Conflict
from traces_app.models import Attachment, EntityType, Span, Trace
from traces_app.models.project_rows import BY_ID
from traces_app.services import attachment_files, events, jobs, projects
from traces_app.services.attachment_files import Received
from traces_app.services.trace_homes import ELSEWHERE

_MODELS: dict[str, type[Trace] | type[Span]] = {
    EntityType.TRACE: Trace,
    EntityType.SPAN: Span,
}


@dataclass(frozen=True, slots=True)
class Upload:
    """Which file a client wants to attach to what, in which project by name."""

    entity_type: EntityType
    entity_id: UUID
    file_name: str
    mime_type: str
    project_name: str | None = None


@transaction.atomic
def start(*, access: Access, upload: Upload) -> None:
    """Check that ``upload`` may come, and make its project when missing.

    Raises Forbidden, and Conflict when its trace or span is in a project that was not named.
    """
    access.must_write()
    _home(access, upload)


def store(*, access: Access, upload: Upload, parts: Iterable[bytes]) -> Attachment:
    """Take a file in; one of the same name on the same trace or span is replaced.

    Outside of a transaction: no lock is held while the client sends. Raises as ``start`` does,
    and whatever ``parts`` raises; then nothing is stored.
    """
    start(access=access, upload=upload)
    return _keep(access, upload, attachment_files.receive(parts))


@transaction.atomic
def delete(
    *, access: Access, entity_type: EntityType, entity_id: UUID, file_names: Collection[str]
) -> int:
    """Delete what the caller sees of the named files; how many there were."""
    access.must_write()
    doomed = Attachment.objects.visible_to(access).about(entity_type, {entity_id})
    rows = list(doomed.filter(file_name__in=file_names).select_for_update().order_by(BY_ID))
    attachment_files.release([row.storage_name for row in rows])
    for project_id in sorted({row.project_id for row in rows}):
        pks = [row.pk for row in rows if row.project_id == project_id]
        Attachment.objects.filter(project_id=project_id, pk__in=pks).delete()
    events.record(access, [_change("attachment.delete", row) for row in rows])
    return len(rows)


@transaction.atomic
def _keep(access: Access, upload: Upload, received: Received) -> Attachment:
    home = _home(access, upload)
    told = {
        "mime_type": upload.mime_type,
        "picture_type": received.picture_type,
        "size": received.size,
        "storage_name": received.storage_name,
        "created_at": timezone.now(),
        "created_by_id": access.author_id,
    }
    row: Attachment
    row, is_new = Attachment.objects.select_for_update().get_or_create(
        project_id=home,
        entity_type=upload.entity_type,
        entity_id=upload.entity_id,
        file_name=upload.file_name,
        defaults=told,
    )
    if not is_new:
        attachment_files.release([row.storage_name])
        for name, value in told.items():
            setattr(row, name, value)
        row.save(update_fields=list(told))
    jobs.cancel(key=received.guard)
    events.record(access, [_change("attachment.upload", row)])
    return row


def _home(access: Access, upload: Upload) -> UUID:
    """Where the file goes: to its trace or span, or under the named project until that comes.

    The trace or span is locked: a move or a delete that came in between would miss the file.
    """
    named = projects.get_or_create(access=access, name=upload.project_name).pk
    model = _MODELS[upload.entity_type]
    visible = model.objects.visible_to(access).filter(pk=upload.entity_id)
    places = visible.select_for_update(no_key=True).values_list("project_id", "sent_project_id")
    place = places.first()
    if place is None:
        return named
    if named not in place:
        raise Conflict(ELSEWHERE)
    return place[0]


def _change(action: str, row: Attachment) -> events.Change:
    change = events.Change(action, row.entity_type, row.entity_id, row.project_id)
    facts = change.after if action == "attachment.upload" else change.before
    facts |= {"file_name": row.file_name, "size": row.size}
    return change
