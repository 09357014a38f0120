"""What the trace list's page asks for once it stands: how many match, and what has come since."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from feedback_app.forms.trace_lists import TraceListForm
from feedback_app.http import PageRequest, signed_in
from feedback_app.trace_lists import counts
from feedback_app.trace_lists.counts import MOST_NEW, Arrived
from feedback_app.trace_lists.orders import Sort
from feedback_app.views.trace_lists import places


class SinceForm(forms.Form):
    """From where on arrivals are looked for, and how many were told of."""

    since = forms.UUIDField()
    number = forms.IntegerField(min_value=0, max_value=2 * MOST_NEW + 1)


@require_safe
@signed_in
def count(request: PageRequest) -> HttpResponse:
    _, _, inside = places(request)
    form = TraceListForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=422)
    asked = form.asked()
    shown: dict[str, Any] = {
        "words": counts.words(access=request.access, asked=asked, projects=inside),
        "query": asked.query(),
    }
    if asked.sort is Sort.NEWEST and not asked.after and not asked.before:
        shown["arrived"] = Arrived(0, counts.newest(access=request.access, projects=inside))
    return render(request, "feedback_app/trace_lists/_count.html", shown)


@require_safe
@signed_in
def arrivals(request: PageRequest) -> HttpResponse:
    """Asked again and again while the page is looked at; the rows stay as they are."""
    _, _, inside = places(request)
    form, since = TraceListForm(request.GET), SinceForm(request.GET)
    if not form.is_valid() or not since.is_valid():
        return HttpResponse(status=422)
    asked = form.asked()
    shown = {
        "arrived": counts.arrived(
            access=request.access,
            asked=asked,
            projects=inside,
            since=since.cleaned_data["since"],
            before=since.cleaned_data["number"],
        ),
        "query": asked.query(),
    }
    return render(request, "feedback_app/trace_lists/_arrivals.html", shown)
