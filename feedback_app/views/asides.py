"""What is said beside a judgement, for browsers without script: the judgement is kept meanwhile."""

from contextlib import suppress
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from feedback_app.focus import judgement, page
from feedback_app.http import PageRequest, signed_in
from feedback_app.services import reviews
from traces_app.errors import NotFound
from traces_app.models import AnnotationQueue
from traces_app.services import queues


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def aside(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """Comments, correction and dataset of an item without its judgement, which a POST keeps."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    request.access.must_judge()
    if request.method == "POST":
        keep_along(request, queue, judged_id)
        return redirect("review-aside", queue_id, judged_id)
    filled = page.aside(request.access, queue, judged_id)
    return render(request, "feedback_app/reviews/aside.html", filled)


def keep_along(request: PageRequest, queue: AnnotationQueue, judged_id: UUID) -> None:
    """Keep the form of the judgement where it came along with another button; what has left the
    queue meanwhile has no form."""
    access = request.access
    with suppress(NotFound):
        draft = judgement.sent_along(access, queue, judged_id, request.POST)
        if draft is not None:
            reviews.keep_draft(access=access, queue=queue, judged_id=judged_id, draft=draft)
