"""Comments on a trace in a page: added, edited, deleted."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from feedback_app.forms.comments import CommentForm
from feedback_app.http import PageRequest, came_from, signed_in
from feedback_app.trace_page import sections
from feedback_app.trace_page.scores import kind_of
from feedback_app.views.traces import page
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import Comment, EntityType, Thread, Trace
from traces_app.services import comments

CHANGED = ("comments", "history")


@require_POST
@signed_in
def add(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """A new comment under the caller's name."""
    trace = sections.visible(request.access, trace_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        filled = sections.context(request, trace, comment=form)
        return _answer(request, trace, filled, 422)
    added = comments.add(
        access=request.access,
        entity_type=EntityType.TRACE,
        entity_id=trace_id,
        text=form.cleaned_data["text"],
        anchor=form.cleaned_data["anchor"],
    )
    say_untold(request, added)
    return _done(request, trace)


@require_POST
@signed_in
def edit(request: PageRequest, trace_id: UUID, comment_id: UUID) -> HttpResponse:
    """New words for one of the caller's own comments."""
    trace = sections.visible(request.access, trace_id)
    must_be_own(request.access, trace, comment_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        filled = sections.context(request, trace, edited=(comment_id, form))
        return _answer(request, trace, filled, 422)
    edited = comments.edit(
        access=request.access,
        comment_id=comment_id,
        text=form.cleaned_data["text"],
        entity_type=EntityType.TRACE,
    )
    say_untold(request, edited)
    return _done(request, trace)


@require_POST
@signed_in
def delete(request: PageRequest, trace_id: UUID, comment_id: UUID) -> HttpResponse:
    """Delete one of the caller's own comments."""
    trace = sections.visible(request.access, trace_id)
    must_be_own(request.access, trace, comment_id)
    comments.delete(access=request.access, ids=[comment_id], entity_type=EntityType.TRACE)
    messages.success(request, "The comment was deleted.")
    return _done(request, trace)


def must_be_own(access: Access, about: Trace | Thread, comment_id: UUID) -> None:
    """Raises NotFound for others' comments, and for those on something else."""
    mine = Comment.objects.visible_to(access).about(kind_of(about), {about.pk})
    if not mine.filter(pk=comment_id, created_by_id=access.author_id).exists():
        raise NotFound("There is no such comment of yours.")


def say_untold(request: PageRequest, comment: Comment) -> None:
    """Say of whom the comment names why they were not told."""
    for sentence in comment.untold:
        messages.warning(request, sentence)


def _done(request: PageRequest, trace: Trace) -> HttpResponse:
    if not request.htmx:
        return redirect(came_from(request) or sections.address(request, trace.pk, "comments"))
    return sections.answer(request, CHANGED, sections.context(request, trace))


def _answer(
    request: PageRequest, trace: Trace, filled: dict[str, object], status: int
) -> HttpResponse:
    if request.htmx:
        return sections.answer(request, ("comments",), filled, status)
    return page(request, trace, filled, status)
