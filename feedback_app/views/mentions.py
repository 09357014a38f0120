"""People to be named behind an @, as a part of the page in which a comment is written."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from feedback_app.http import PageRequest, signed_in
from feedback_app.trace_page import people, sections
from feedback_app.views import threads
from traces_app.models import Thread, Trace


@require_safe
@signed_in
def of_trace(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Who fits what is typed and sees comments on this trace."""
    return _offered(request, sections.visible(request.access, trace_id))


@require_safe
@signed_in
def of_thread(request: PageRequest, thread_model_id: UUID) -> HttpResponse:
    """Who fits what is typed and sees comments on this thread."""
    return _offered(request, threads.visible(request.access, thread_model_id))


def _offered(request: PageRequest, about: Trace | Thread) -> HttpResponse:
    request.access.must_judge()
    found = people.of(request.access, about, request.GET.get("q", ""))
    return render(request, "feedback_app/traces/_people.html", {"people": found})
