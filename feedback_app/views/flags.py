"""Items that a reviewer marks for whoever leads the queue, with a line that says why."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from feedback_app.http import PageRequest, signed_in
from feedback_app.services import flags
from feedback_app.views.asides import keep_along
from traces_app.errors import Invalid
from traces_app.services import queues


@require_POST
@signed_in
def flag(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """Mark the item, say why, or take the mark away."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    keep_along(request, queue, judged_id)
    try:
        review = flags.flag(
            access=request.access,
            queue=queue,
            judged_id=judged_id,
            is_flagged=request.POST.get("flag") == "1",
            note=request.POST.get("note"),
        )
    except Invalid as mistake:
        if request.htmx:
            plain = "text/plain; charset=utf-8"
            return HttpResponse(str(mistake), status=HTTPStatus.BAD_REQUEST, content_type=plain)
        messages.error(request, str(mistake))
        return redirect("review-item", queue_id, judged_id)
    if not request.htmx:
        return redirect("review-item", queue_id, judged_id)
    filled = {"queue": queue, "judged_id": judged_id, "review": review}
    return render(request, "feedback_app/reviews/_flagged.html", filled)
