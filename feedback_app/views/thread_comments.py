"""Comments on a thread in its page: added, edited, deleted."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from feedback_app.forms.comments import CommentForm
from feedback_app.http import PageRequest, came_from, signed_in
from feedback_app.trace_page import sections
from feedback_app.views import threads
from feedback_app.views.comments import must_be_own, say_untold
from traces_app.models import EntityType, Thread
from traces_app.services import comments


@require_POST
@signed_in
def add(request: PageRequest, thread_model_id: UUID) -> HttpResponse:
    """A new comment under the caller's name."""
    thread = threads.visible(request.access, thread_model_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _answer(request, thread, 422, comment_form=form)
    added = comments.add(
        access=request.access,
        entity_type=EntityType.THREAD,
        entity_id=thread.pk,
        text=form.cleaned_data["text"],
        anchor=form.cleaned_data["anchor"],
    )
    say_untold(request, added)
    return _answer(request, thread)


@require_POST
@signed_in
def edit(request: PageRequest, thread_model_id: UUID, comment_id: UUID) -> HttpResponse:
    """New words for one of the caller's own comments."""
    thread = threads.visible(request.access, thread_model_id)
    must_be_own(request.access, thread, comment_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _answer(request, thread, 422, edited_id=comment_id, edit_form=form)
    edited = comments.edit(
        access=request.access,
        comment_id=comment_id,
        text=form.cleaned_data["text"],
        entity_type=EntityType.THREAD,
    )
    say_untold(request, edited)
    return _answer(request, thread)


@require_POST
@signed_in
def delete(request: PageRequest, thread_model_id: UUID, comment_id: UUID) -> HttpResponse:
    """Delete one of the caller's own comments."""
    thread = threads.visible(request.access, thread_model_id)
    must_be_own(request.access, thread, comment_id)
    comments.delete(access=request.access, ids=[comment_id], entity_type=EntityType.THREAD)
    messages.success(request, "The comment was deleted.")
    return _answer(request, thread)


def _answer(request: PageRequest, thread: Thread, status: int = 200, **filled: Any) -> HttpResponse:
    """The comments again, or without HTMX the page that one came from, or with what is wrong."""
    if request.htmx:
        context = threads.remarks_on(request, thread, **filled)
        return sections.answer(request, ("comments",), context, status)
    if filled:
        return threads.page(request, thread.pk, status, **filled)
    address = reverse("trace-thread", args=[thread.pk])
    return redirect(came_from(request) or f"{address}{sections.kept(request)}#comments")
