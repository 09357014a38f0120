"""What the caller was told of: listed, opened, marked as read."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from feedback_app.http import PageRequest, came_from, signed_in
from feedback_app.my_work import notices as told
from traces_app.services import notices


@require_safe
@signed_in
def shelf(request: PageRequest) -> HttpResponse:
    """All of it, newest first."""
    filled = {
        "page": told.page(request.access, request.GET),
        "unread": told.unread(request.access),
    }
    return render(request, "feedback_app/notices/list.html", filled)


@require_GET
@signed_in
def follow(request: PageRequest, notice_id: UUID) -> HttpResponse:
    """To the comment itself; following is reading."""
    notice = notices.read(access=request.access, notice_id=notice_id)
    return redirect(told.place(request.access, notice.comment))


@require_POST
@signed_in
def read(request: PageRequest, notice_id: UUID) -> HttpResponse:
    """Mark one as read, and back to where that was asked."""
    notices.read(access=request.access, notice_id=notice_id)
    return redirect(came_from(request) or "home-notices")


@require_POST
@signed_in
def read_all(request: PageRequest) -> HttpResponse:
    """Mark all as read, and back to where that was asked."""
    number = notices.read_all(access=request.access)
    messages.success(request, f"Marked {number} as read." if number else "All of it was read.")
    return redirect(came_from(request) or "home-notices")
