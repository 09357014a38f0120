"""Background jobs that people asked for: how far each is, what came of it, and its end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from feedback_app.http import PageRequest, signed_in
from feedback_app.job_page import pages
from feedback_app.services import bulk_returns
from traces_app.errors import Conflict, NotFound
from traces_app.services import jobs


@require_safe
@signed_in
def shelf(request: PageRequest) -> HttpResponse:
    """What the workspace's people asked for, newest first."""
    if request.access.sees_queues_only:
        raise NotFound("There is no such page.")
    shown = pages.page(request.access, _before(request.GET.get("before", "")))
    return render(request, "feedback_app/jobs/list.html", {"page": shown})


@require_safe
@vary_on_headers("HX-Request")
@signed_in
def job(request: PageRequest, job_id: UUID) -> HttpResponse:
    """One job: the whole page, or for HTMX the part that changes while it runs."""
    part = "_job.html" if request.htmx else "job.html"
    shown = {"job": pages.find(request.access, job_id)}
    return render(request, f"feedback_app/jobs/{part}", shown)


@require_POST
@signed_in
def cancel(request: PageRequest, job_id: UUID) -> HttpResponse:
    """End it at its next step; what it has done stays."""
    pages.must_be_cancellable(request.access, job_id)
    jobs.call_off(access=request.access, job_id=job_id)
    messages.success(request, "Cancelled. What was done until now stays.")
    return redirect("job", job_id)


@require_POST
@signed_in
def take_back(request: PageRequest, job_id: UUID) -> HttpResponse:
    """Undo what a job changed, by a job of its own."""
    if request.access.sees_queues_only:
        raise NotFound("There is no such page.")
    try:
        job = bulk_returns.ask(access=request.access, job_id=job_id)
    except Conflict as refusal:
        messages.error(request, str(refusal))
        return redirect("job", job_id)
    return redirect("job", job.pk)


def _before(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound("There is no such page.") from error
