"""Trying out the form of a queue before it is saved."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from feedback_app.forms import question_rows
from feedback_app.http import PageRequest, signed_in
from feedback_app.queue_page import setup, trials
from feedback_app.views.queues import must_see
from traces_app.services.scores import MAX_FEEDBACK


@require_POST
@signed_in
def trial(request: PageRequest) -> HttpResponse:
    """The reviewers' form of what stands in the setup's form by now; nothing is stored."""
    must_see(request.access)
    request.access.must_write()
    rows, known = question_rows.sent(request.POST), setup.definitions(request.access)
    shown = {"trial": trials.of(rows, known, request.POST), "most_feedback": MAX_FEEDBACK}
    return render(request, "feedback_app/queues/_trial.html", shown)
