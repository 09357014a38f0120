"""While an item is open: its reservation is renewed, or claimed anew, and its form is kept."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from feedback_app.focus import judgement
from feedback_app.http import PageRequest, signed_in
from feedback_app.services import holds
from feedback_app.services.holds import Hold, Standing
from traces_app.errors import NotFound
from traces_app.models import AnnotationQueue
from traces_app.services import queues, reservations


@require_POST
@signed_in
def hold(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """Renew the reservation while the page is open; says so where it is lost."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    try:
        stands = holds.renew(access=request.access, queue=queue, judged_id=judged_id)
    except NotFound:
        if not request.htmx:
            raise
        stands = Hold(Standing.GONE)
    filled = _told(request, queue, judged_id, stands)
    return render(request, "feedback_app/reviews/_renewed.html", filled)


@require_POST
@signed_in
def draft(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """Keep the form as it stands; says also where the reservation is lost."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    return _saved(request, queue, judged_id, _kept(request, queue, judged_id, holds.keep_draft))


@require_POST
@signed_in
def claim(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """Reserve an item that was lost anew; the form comes along and is kept."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    stands = _kept(request, queue, judged_id, holds.claim)
    if not request.htmx:
        return redirect("review-item", queue_id, judged_id)
    return _saved(request, queue, judged_id, stands)


@require_POST
@signed_in
def release(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """Give the item back when the page is closed, unless another page has renewed it since: a page
    that is loaded anew comes before the old one goes."""
    reservations.release(
        access=request.access,
        queue_id=queue_id,
        entity_id=judged_id,
        until=_moment(request.POST.get("until", "")),
    )
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _kept(
    request: PageRequest, queue: AnnotationQueue, judged_id: UUID, keep: Callable[..., Hold]
) -> Hold:
    """How the caller stands to an item whose form was kept."""
    access = request.access
    sent = judgement.draft_of(access, queue, judged_id, request.POST)
    try:
        return keep(access=access, queue=queue, judged_id=judged_id, draft=sent)
    except NotFound:
        if not request.htmx:
            raise
        return Hold(Standing.GONE)


def _saved(
    request: PageRequest, queue: AnnotationQueue, judged_id: UUID, stands: Hold
) -> HttpResponse:
    filled = _told(request, queue, judged_id, stands) | {"saved_at": timezone.localtime()}
    # Refused, so that the browser goes on keeping what could not be kept here.
    is_gone = stands.standing is Standing.GONE
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_gone else HTTPStatus.OK
    return render(request, "feedback_app/reviews/_saved.html", filled, status=status)


def _moment(text: str) -> datetime | None:
    """A time as a page was told it; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _told(
    request: PageRequest, queue: AnnotationQueue, judged_id: UUID, stands: Hold
) -> dict[str, Any]:
    """What the parts take; what the page has said already is not said again."""
    return {
        "queue": queue,
        "judged_id": judged_id,
        "hold": stands,
        "is_news": request.POST.get("standing", Standing.MINE) != stands.standing,
    }
