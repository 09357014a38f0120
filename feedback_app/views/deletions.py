"""The trash: traces deleted in pages, restored one by one or together; and deleting one."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from feedback_app.http import PageRequest, came_from, signed_in
from feedback_app.services import deleted_traces
from feedback_app.trace_page import sections
from feedback_app.trash_page import pages
from traces_app.errors import Conflict, NotFound
from traces_app.services import traces
from traces_app.services.trash import Restored, Wanted

TAKEN = "What was sent again under the same id stays as it is; its copy stays in the trash."


@require_POST
@signed_in
def delete(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Delete one trace, from its page; then the list that led to it."""
    trace = sections.visible(request.access, trace_id)
    batch = uuid4()
    traces.delete(access=request.access, ids=[trace.pk], batch=batch)
    offer_undo(request, batch, f"{counted(1)} deleted.")
    query = request.GET.urlencode()
    return redirect(f"{reverse('traces')}?{query}" if query else reverse("traces"))


@require_safe
@signed_in
def shelf(request: PageRequest) -> HttpResponse:
    """What was deleted in the last 30 days."""
    if request.access.sees_queues_only:
        raise NotFound("There is no such page.")
    shown = {"shelf": pages.shelf(request.access, _before(request))}
    return render(request, "feedback_app/trash/list.html", shown)


@require_safe
@signed_in
def deletion(request: PageRequest, deletion_id: UUID) -> HttpResponse:
    """The traces that were deleted together."""
    found = deleted_traces.find(access=request.access, deletion_id=deletion_id)
    shown = {
        "deletion": found,
        "project": found.project,
        "page": pages.page(found, _before(request)),
    }
    return render(request, "feedback_app/trash/deletion.html", shown)


@require_POST
@signed_in
def restore(request: PageRequest, deletion_id: UUID) -> HttpResponse:
    """Bring back one trace of a deletion, or all: at once when they are few, else by a job."""
    found = deleted_traces.find(access=request.access, deletion_id=deletion_id)
    request.access.must_write()
    only = _uuid(request.POST["trace"]) if "trace" in request.POST else None
    if only is None and found.number > deleted_traces.AT_ONCE:
        job = deleted_traces.ask(access=request.access, deletion_id=found.pk)
        return redirect("job", job.pk)
    try:
        restored = deleted_traces.restore(
            access=request.access, deletion_id=found.pk, wanted=Wanted(only=only)
        )
    except Conflict as refusal:
        messages.error(request, str(refusal))
    else:
        _tell(request, restored)
    left = only is not None and found.number > 1
    return redirect("trash-deletion", found.pk) if left else redirect("trash")


@require_POST
@signed_in
def undo(request: PageRequest, batch: UUID) -> HttpResponse:
    """Bring back what was deleted just now, and go on where one was."""
    request.access.must_write()
    try:
        number = deleted_traces.undo(access=request.access, batch=batch)
    except (Conflict, NotFound) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{counted(number)} restored.")
    return redirect(came_from(request) or reverse("traces"))


def offer_undo(request: PageRequest, batch: UUID, words: str) -> None:
    """Say what was deleted, with a button that brings it back."""
    messages.success(request, words, extra_tags=reverse("trash-undo", args=[batch]))


def counted(number: int) -> str:
    return f"{number:,} {'trace' if number == 1 else 'traces'}"


def _tell(request: PageRequest, restored: Restored) -> None:
    if restored.back:
        messages.success(request, f"{counted(len(restored.back))} restored.")
    if restored.taken:
        messages.warning(request, f"{counted(restored.taken)} not restored. {TAKEN}")


def _before(request: PageRequest) -> UUID | None:
    text = request.GET.get("before", "")
    return _uuid(text) if text else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such trace in the trash.") from error
