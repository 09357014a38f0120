"""The turns of a conversation on the focus screen: earlier ones brought, single ones scored."""

from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from feedback_app.focus import conversation
from feedback_app.http import PageRequest, signed_in, uuid_of
from feedback_app.services import turns
from feedback_app.views.asides import keep_along
from traces_app.errors import Invalid, NotFound
from traces_app.models import AnnotationQueue
from traces_app.services import queues


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def earlier(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """The turns before the one that ``before`` names, as they stand above the others.

    A POST is the way there and back without script: it keeps the judgement's form.
    """
    queue = queues.find(access=request.access, queue_id=queue_id)
    conversation.item(queue, judged_id)
    if queue.scope != AnnotationQueue.Scope.THREAD:
        raise NotFound(conversation.NOT_THERE)
    before = uuid_of(request.GET.get("before", ""))
    if request.method == "POST":
        request.access.must_judge()
        keep_along(request, queue, judged_id)
        return redirect(_address(request, queue, judged_id))
    if before is None:
        raise NotFound(conversation.NOT_THERE)
    filled = {
        "talk": conversation.of(request.access, queue, judged_id, before),
        "queue": queue,
        "judged_id": judged_id,
        "access": request.access,
    }
    return render(request, "feedback_app/reviews/_turns.html", filled)


@require_POST
@signed_in
def score(request: PageRequest, queue_id: UUID, judged_id: UUID, trace_id: UUID) -> HttpResponse:
    """Score one turn; without script what stands in the judgement's form is kept as a draft."""
    access = request.access
    refusal = ""
    try:
        turns.score(
            access=access,
            queue_id=queue_id,
            judged_id=judged_id,
            trace_id=trace_id,
            value=_value(request.POST.get("turn", "")),
        )
    except Invalid as mistake:
        refusal = str(mistake)
    queue = queues.find(access=access, queue_id=queue_id)
    if not request.htmx:
        keep_along(request, queue, judged_id)
        if refusal:
            messages.error(request, refusal)
        return redirect(f"{_address(request, queue, judged_id)}#turn-{trace_id}")
    filled = {
        "turn": conversation.turn(access, queue, judged_id, trace_id),
        "queue": queue,
        "judged_id": judged_id,
        "access": access,
        "refusal": refusal,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
    return render(request, "feedback_app/reviews/_turn_score.html", filled, status=status)


def _value(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Invalid(turns.RANGE) from error


def _address(request: PageRequest, queue: AnnotationQueue, judged_id: UUID) -> str:
    """The page with the turns ``before`` the one that is named, else with the newest."""
    before = uuid_of(request.GET.get("before", ""))
    query = f"?{urlencode({'before': before})}" if before else ""
    return f"{reverse('review-item', args=[queue.pk, judged_id])}{query}"
