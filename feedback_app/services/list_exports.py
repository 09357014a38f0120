"""Exports of the list of traces: at once when they are small, else made by a job.

A job writes its file into the storage of attachments, whose guard removes it after a day; one that
is killed leaves nothing that the next attempt would meet.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce, Length
from django.http import QueryDict
from django.utils import timezone

from feedback_app.forms.trace_lists import TraceListForm
from feedback_app.list_files import rows
from feedback_app.list_files.formats import FORMS
from feedback_app.list_files.rows import Row
from feedback_app.models import ListExport
from feedback_app.services.asked_jobs import access_of
from feedback_app.snapshot_files.downloads import has_parquet
from feedback_app.trace_lists import found
from feedback_app.trace_lists.found import Listing
from feedback_app.trace_lists.orders import Sort
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Forbidden, Invalid, NotFound
from traces_app.models import EntityType, Job, Project, Trace
from traces_app.query import score_names
from traces_app.services import attachment_files, events, jobs

KIND = "traces.export"
KEPT = attachment_files.GRACE
"""How long the file is there."""
REMEMBERED = timedelta(days=7)
AT_ONCE = 500
"""More traces than this are exported by a job."""
PAGE = 200
BYTES = 8 * 1024 * 1024
"""Of input and output in memory at a time, beside one trace."""
MOST_NAMES = 100
"""Scores with a column of their own; the others stand in the column of all."""
NO_EXPORT = "Export not found"
State = ListExport.State
Finish = Callable[[object], None]


def forms() -> list[tuple[str, str]]:
    """The forms that can be written here, with what they are."""
    return [(name, form.words) for name, form in FORMS.items() if _is_written(name)]


def find(*, access: Access, export_id: UUID) -> ListExport:
    """One of the caller's own. Raises NotFound."""
    made = ListExport.objects.visible_to(access).filter(pk=export_id).first()
    if made is None:
        raise NotFound(NO_EXPORT)
    return made


def small(*, access: Access, query: str, form: str) -> Iterator[bytes] | None:
    """The file itself, when the list is short and soon found; else None.

    Raises NotFound for a form that is none, Invalid for an address that cannot be read.
    """
    _must_be(form)
    listing, projects = _listing(access, query)
    met = listing.walk(None, limit=AT_ONCE + 1, seconds=found.SECONDS)
    if len(met.positions) > AT_ONCE or met.stopped_at is not None:
        return None
    ids = [position.pk for position in met.positions]
    names = _names(access, projects)
    _tell(access, query, form)
    return FORMS[form].written(_rows(access, ids), names)


@transaction.atomic
def ask(*, access: Access, query: str, form: str, token: UUID) -> ListExport:
    """Have the file made; the same ``token`` is the same export. Raises as ``small``."""
    _must_be(form)
    _listing(access, query)
    made = ListExport(
        workspace_id=access.workspace_id,
        query=query,
        form=form,
        created_by_id=access.user_id,
    )
    job = jobs.enqueue(
        kind=KIND,
        payload={"export": str(made.pk), "form": form},
        key=f"{KIND}:{access.user_id}:{token}",
        lane=Job.Lane.LONG,
        workspace_id=access.workspace_id,
        created_by_id=access.user_id,
    )
    asked_for = UUID(normal_form.load(job.payload)["export"])
    if asked_for != made.pk:
        return find(access=access, export_id=asked_for)
    made.job_id = job.pk
    made.save(force_insert=True)
    _tell(access, query, form)
    return made


def make(*, export_id: UUID, report: Callable[[int, int | None], None], finish: Finish) -> None:
    """Write the file, for a job that may be run again at any time.

    ``finish`` is called in the transaction that makes it ready. Raises Forbidden, NotFound when
    the one who asked has left, Invalid for an address that cannot be read any more, and what
    ``report`` raises when the job was cancelled.
    """
    made = ListExport.objects.filter(pk=export_id, state=State.MAKING).first()
    if made is None:
        return
    try:
        access = access_of(workspace_id=made.workspace_id, user_id=made.created_by_id)
        listing, projects = _listing(access, made.query)
        batches = _counted(_walked(access, listing), listing.count(), made, report)
        written = FORMS[made.form].written(batches, _names(access, projects))
        received = attachment_files.receive(written)
    except (Forbidden, NotFound, Invalid, jobs.CalledOff) as refusal:
        made.state, made.error, made.ended_at = State.FAILED, str(refusal), timezone.now()
        made.save(update_fields=["state", "error", "ended_at"])
        raise
    with transaction.atomic():
        made.state, made.ended_at = State.READY, timezone.now()
        made.storage_name, made.size = received.storage_name, received.size
        made.save(update_fields=["state", "ended_at", "storage_name", "size", "rows"])
        finish({"rows": made.rows, "size": made.size})


def forget(*, access: Access, export_id: UUID) -> None:
    """Remove an export with its file. Raises NotFound."""
    made = find(access=access, export_id=export_id)
    with transaction.atomic():
        made.delete()
        if made.storage_name:
            attachment_files.release([made.storage_name])


def purge() -> int:
    """Forget exports whose file is long gone; how many."""
    old = ListExport.objects.filter(created_at__lt=timezone.now() - REMEMBERED)
    return old.delete()[0]


def _listing(access: Access, query: str) -> tuple[Listing, list[UUID]]:
    form = TraceListForm(QueryDict(query))
    if access.sees_queues_only:
        raise NotFound("There is no such page.")
    if not form.is_valid():
        raise Invalid("The filters of this list cannot be read.")
    # From the newest on: what arrives meanwhile is not run after.
    asked = replace(form.asked(), sort=Sort.NEWEST, after=None, before=None)
    visible = Project.objects.visible_to(access).values_list("pk", flat=True)
    projects = [pk for pk in visible if asked.project in (None, pk)]
    return found.listing(access=access, asked=asked, projects=projects), projects


def _walked(access: Access, listing: Listing) -> Iterator[list[Row]]:
    start = None
    while True:
        met = listing.walk(start, limit=PAGE, seconds=found.SECONDS)
        yield from _rows(access, [position.pk for position in met.positions])
        start = met.stopped_at or (met.positions[-1] if len(met.positions) >= PAGE else None)
        if start is None:
            return
        if not met.positions:
            yield []  # a sign of life


def _rows(access: Access, ids: list[UUID]) -> Iterator[list[Row]]:
    """The rows, as many at a time as fit into memory."""
    length = Coalesce(Length("input"), 0) + Coalesce(Length("output"), 0)
    visible = Trace.objects.visible_to(access).filter(pk__in=ids)
    sizes = dict(visible.annotate(length=length).values_list("pk", "length"))
    together: list[UUID] = []
    size = 0
    for pk in ids:
        if together and size + sizes.get(pk, 0) > BYTES:
            yield rows.of(access, together)
            together, size = [], 0
        together.append(pk)
        size += sizes.get(pk, 0)
    if together:
        yield rows.of(access, together)


def _counted(
    batches: Iterator[list[Row]],
    total: int | None,
    made: ListExport,
    report: Callable[[int, int | None], None],
) -> Iterator[list[Row]]:
    made.rows = 0
    known = total if total is not None and total <= found.COUNTED else None
    for batch in batches:
        yield batch
        made.rows += len(batch)
        report(made.rows, known)


def _names(access: Access, projects: list[UUID]) -> list[str]:
    return score_names.names(access, EntityType.TRACE, projects)[:MOST_NAMES]


def _is_written(form: str) -> bool:
    return form in FORMS and (form != "parquet" or has_parquet())


def _must_be(form: str) -> None:
    if not _is_written(form):
        raise NotFound("There is no such form.")


def _tell(access: Access, query: str, form: str) -> None:
    change = events.Change("traces.export", "workspace", access.workspace_id)
    told: dict[str, Any] = {"query": query, "form": form}
    change.after.update(told)
    events.record(access, [change])
