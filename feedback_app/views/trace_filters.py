"""The fields of one filter, once it is chosen what it is about."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from feedback_app.forms.trace_lists import TraceListForm
from feedback_app.http import PageRequest, signed_in
from feedback_app.trace_lists import drafts
from feedback_app.trace_lists.asked import Asked
from feedback_app.views.trace_lists import DRAFTED, places


@require_safe
@signed_in
def trace_filter(request: PageRequest) -> HttpResponse:
    """Operators and suggestions for a field; what was said of another field is forgotten."""
    _, _, inside = places(request)
    form = TraceListForm(request.GET)
    asked = form.asked() if form.is_valid() else Asked()
    chosen = QueryDict(mutable=True)
    chosen.update({name: request.GET.get(name, "") for name in DRAFTED})
    draft = drafts.read(chosen, asked)
    offered = drafts.offered(request.access, draft.form, [each.pk for each in inside])
    shown = {"draft": draft, "offered": offered, "form": form}
    part = "feedback_app/trace_lists/_draft.html"
    return render(request, part, shown, status=422 if draft.form.errors else 200)
