"""Doing something to many traces: to picked rows at once, to all that a list finds by a job."""

from dataclasses import replace
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from feedback_app.forms.bulk_actions import BulkForm
from feedback_app.http import PageRequest, signed_in
from feedback_app.job_page import bulk_words
from feedback_app.services import bulk_actions, bulk_jobs
from feedback_app.services.bulk_actions import Action, Verb
from feedback_app.trace_lists import counts
from feedback_app.views import deletions
from traces_app.errors import Invalid, NotFound

PICKED_AT_MOST = 200
"""Rows that are done at once; a page of the list shows fewer."""
ASKS_FIRST = (Verb.SCORE, Verb.DELETE)
"""What is done to all that match only after a look at how many they are."""


@require_POST
@signed_in
def do(request: PageRequest) -> HttpResponse:
    """Do it to the picked rows and show the list again; or to all, for what weighs
    more after a question, and show the job."""
    if request.access.sees_queues_only:
        raise NotFound("There is no such page.")
    request.access.must_write()
    form = BulkForm(request.POST)
    try:
        if not form.is_valid():
            raise Invalid(form.mistake())
        if form.cleaned_data["all"]:
            return _do_to_all(request, form)
        _do_to_picked(request, form.action())
    except Invalid as refusal:
        messages.error(request, str(refusal))
    return redirect(_back(request))


def _do_to_picked(request: PageRequest, action: Action) -> None:
    ids = _ids(request.POST.getlist("id"))
    if not ids:
        raise Invalid("Pick at least one row.")
    if action.verb == Verb.DELETE:  # a page gone back to may delete more, to be undone by itself
        action = replace(action, target=uuid4())
    outcome = bulk_actions.perform(access=request.access, action=action, ids=ids)
    if not outcome.matched:
        raise Invalid("None of these is there any more.")
    name = bulk_actions.target_name(access=request.access, action=action)
    if action.verb == Verb.DELETE and action.target:
        words = f"{deletions.counted(outcome.done)} deleted."
        deletions.offer_undo(request, action.target, words)
        return
    level = messages.WARNING if outcome.refused else messages.SUCCESS
    messages.add_message(request, level, bulk_words.summary(action, name, outcome))


def _do_to_all(request: PageRequest, form: BulkForm) -> HttpResponse:
    action, query = form.action(), request.GET.urlencode()
    if action.verb in ASKS_FIRST and not form.cleaned_data["confirmed"]:
        here = bulk_jobs.listing(access=request.access, action=action, query=query)
        name = bulk_actions.target_name(access=request.access, action=action)
        shown = {
            "title": bulk_words.title(action, name),
            "number": counts.of(here),
            "is_deletion": action.verb == Verb.DELETE,
            "sent": form.sent(),
            "query": query,
            "back": _back(request),
        }
        part = "_confirm.html" if request.htmx else "confirm.html"
        return render(request, f"feedback_app/trace_lists/{part}", shown)
    job = bulk_jobs.ask(
        access=request.access, action=action, query=query, token=form.token_or_new()
    )
    url = reverse("job", args=[job.pk])
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _back(request: PageRequest) -> str:
    query = request.GET.urlencode()
    return f"{reverse('traces')}?{query}" if query else reverse("traces")


def _ids(sent: list[str]) -> list[UUID]:
    try:
        return [UUID(each) for each in sent[:PICKED_AT_MOST]]
    except ValueError as error:
        raise NotFound("There is no such trace.") from error
