"""My work: the first page after signing in."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from feedback_app.focus import mine
from feedback_app.http import PageRequest, signed_in
from feedback_app.my_work import notices


@require_safe
@signed_in
def home(request: PageRequest) -> HttpResponse:
    """The queues that wait for the caller, and what the caller was told; who has neither and may
    see traces goes to those."""
    assigned = mine.queues(request.access)
    told = notices.newest(request.access)
    if not assigned and not told and not request.access.sees_queues_only:
        return redirect("traces")
    filled = {
        "assigned": assigned,
        "left": sum(each.left for each in assigned),
        "stopped": mine.stopped_at(request.access),
        "judged": mine.judged(request.access),
        "told": told,
        "unread": notices.unread(request.access) if told else 0,
    }
    return render(request, "feedback_app/home/home.html", filled)


@require_safe
@signed_in
def history(request: PageRequest) -> HttpResponse:
    """What the caller has judged, newest first, to be found and changed."""
    words = request.GET.get("q", "")
    found = mine.judged(request.access, search=words, most=200)
    return render(request, "feedback_app/home/history.html", {"judged": found, "words": words})
