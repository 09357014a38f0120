"""The guide of a queue: read before the first item, and taken note of when it has changed."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from feedback_app.focus import guide, questions
from feedback_app.http import PageRequest, signed_in
from feedback_app.reading.marked_up import as_html
from feedback_app.services import guideline_reads
from feedback_app.views.asides import keep_along
from traces_app.services import guidelines, queues


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def briefing(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """The whole guide, with what changed last; a POST says that it was read, and starts."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    if request.method == "POST":
        number = guide.number_of(request.POST.get("guideline", ""))
        guideline_reads.take_note(access=request.access, queue=queue, number=number)
        return redirect("review-start", queue_id)
    newest = guidelines.current(queue)
    before = guidelines.version(queue, newest.number - 1) if newest else None
    shown = {
        "queue": queue,
        "guide": as_html(queue.instructions) if queue.instructions.strip() else "",
        "asked": questions.of(request.access, queue),
        "newest": newest,
        "change": guide.change_between(before, newest) if before and newest else None,
    }
    return render(request, "feedback_app/reviews/briefing.html", shown)


@require_POST
@signed_in
def noted(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """The caller knows what has changed. Without script the form comes along and is kept."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    number = guide.number_of(request.POST.get("guideline", ""))
    guideline_reads.take_note(access=request.access, queue=queue, number=number)
    if request.htmx:
        return HttpResponse()
    keep_along(request, queue, judged_id)
    return redirect("review-item", queue_id, judged_id)
