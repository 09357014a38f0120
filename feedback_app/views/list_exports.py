"""The list of traces as a file: asked for, waited for, downloaded."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from feedback_app.http import PageRequest, signed_in
from feedback_app.list_files.formats import FORMS
from feedback_app.models import ListExport
from feedback_app.services import list_exports
from traces_app import downloads
from traces_app.api.bodies import Busy
from traces_app.api.opik import streams
from traces_app.errors import Invalid, NotFound
from traces_app.models import Job
from traces_app.services import attachment_files

RECENT = 50
BUSY = "Too many downloads are running. Try again in a moment."


@require_POST
@signed_in
def ask(request: PageRequest) -> Any:
    """What the list's address finds: the file itself when it is short, else the page of its job."""
    query, form = request.GET.urlencode(), request.POST.get("form", "")
    try:
        parts = list_exports.small(access=request.access, query=query, form=form)
        if parts is None:
            made = list_exports.ask(
                access=request.access, query=query, form=form, token=_token(request)
            )
            return redirect("export", made.pk)
        answer = streams.answer_parts(parts, FORMS[form].content_type)
    except Invalid as refusal:
        return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
    except Busy:
        return HttpResponse(BUSY, status=429, content_type="text/plain; charset=utf-8")
    named = ListExport(form=form, created_at=timezone.localtime())
    answer["Content-Disposition"] = f'attachment; filename="{named.file_name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
@signed_in
def shelf(request: PageRequest) -> HttpResponse:
    """The caller's newest exports."""
    _must_see(request)
    mine = ListExport.objects.visible_to(request.access).order_by("-pk")[:RECENT]
    shown = {"exports": [(each, _is_there(each)) for each in mine]}
    return render(request, "feedback_app/list_exports/list.html", shown)


@require_safe
@vary_on_headers("HX-Request")
@signed_in
def one(request: PageRequest, export_id: UUID) -> HttpResponse:
    """How far an export is, and its file; for HTMX the part that waits for it."""
    made = list_exports.find(access=request.access, export_id=export_id)
    shown: dict[str, Any] = {"made": made, "is_there": _is_there(made)}
    if made.state == ListExport.State.MAKING:
        job = Job.objects.visible_to(request.access).filter(pk=made.job_id).first()
        shown |= {"job": job, "gave_up": _gave_up(job)}
    part = "_export.html" if request.htmx else "export.html"
    return render(request, f"feedback_app/list_exports/{part}", shown)


@require_safe
@signed_in
def download(request: PageRequest, export_id: UUID) -> HttpResponseBase:
    """The file. 404 before it is ready and after it is gone."""
    made = list_exports.find(access=request.access, export_id=export_id)
    if made.state != ListExport.State.READY:
        raise NotFound(list_exports.NO_EXPORT)
    return downloads.serve(request, made)


@require_POST
@signed_in
def forget(request: PageRequest, export_id: UUID) -> HttpResponse:
    """Remove an export with its file."""
    list_exports.forget(access=request.access, export_id=export_id)
    return redirect("exports")


def _must_see(request: PageRequest) -> None:
    if request.access.sees_queues_only:
        raise NotFound("There is no such page.")


def _is_there(made: ListExport) -> bool:
    is_young = made.created_at > timezone.now() - attachment_files.GRACE
    return made.state == ListExport.State.READY and is_young


def _gave_up(job: Job | None) -> str:
    """Why an export that is being made never will be, or nothing."""
    if job is None:
        return "The job that was making it is gone."
    if job.state == Job.State.CANCELLED:
        return "It was cancelled."
    return job.error if job.state == Job.State.FAILED else ""


def _token(request: PageRequest) -> UUID:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid4()
