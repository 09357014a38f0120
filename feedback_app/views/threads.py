"""The page of one thread: a conversation, turn by turn, and what was said about it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from feedback_app.forms.comments import CommentForm
from feedback_app.http import PageRequest, signed_in, uuid_of
from feedback_app.queue_page import filling
from feedback_app.thread_page import turns
from feedback_app.trace_page import remarks, scores, sections
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import ScoreMean, Thread
from traces_app.models.threads import ThreadQuerySet
from traces_app.query import rollups, threads
from traces_app.query.rollups import Rollup

NOT_THERE = "There is no such thread, or you may not see it."


@require_safe
@signed_in
def thread(request: PageRequest, thread_model_id: UUID) -> HttpResponse:
    """The turns from the one that ``from`` names, else from the first."""
    return page(request, thread_model_id)


def page(
    request: PageRequest, thread_model_id: UUID, status: int = 200, **filled: Any
) -> HttpResponse:
    """The whole page, also with a comment that has a mistake."""
    shown = _with_times(Thread.objects.visible_to(request.access).filter(pk=thread_model_id))
    access = request.access
    context = {
        "thread": shown,
        "project": shown.project,
        "tags": normal_form.load(shown.tags) if shown.tags else [],
        "turns": turns.of(access, shown, uuid_of(request.GET.get("from", ""))),
        "messages_number": shown.trace_count * threads.MESSAGES_A_TRACE,
        "spans": _rollup(access, shown),
        "names": scores.of(access, shown),
        "standing": filling.standing(access, shown),
    }
    context |= remarks_on(request, shown, **filled)
    return render(request, "feedback_app/threads/thread.html", context, status=status)


def visible(access: Access, thread_model_id: UUID) -> Thread:
    """The thread. Raises NotFound, alike for hidden and missing ones."""
    found = Thread.objects.visible_to(access).filter(pk=thread_model_id).first()
    if found is None:
        raise NotFound(NOT_THERE)
    return found


def remarks_on(
    request: PageRequest,
    shown: Thread,
    *,
    comment_form: CommentForm | None = None,
    edited_id: UUID | None = None,
    edit_form: CommentForm | None = None,
) -> dict[str, Any]:
    """What the section of comments takes; the forms are those that were sent with mistakes."""
    return {
        "request": request,
        "access": request.access,
        "comments": remarks.of(request.access, shown, edited_id=edited_id),
        "comment_form": comment_form or CommentForm(),
        "edited_id": edited_id,
        "edit_form": edit_form,
        "kept": sections.kept(request),
    }


@require_safe
@signed_in
def of_trace(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """To the conversation that a trace is part of, at its turn."""
    trace = sections.visible(request.access, trace_id)
    found = Thread.objects.visible_to(request.access).filter(
        project_id=trace.project_id, thread_id=trace.thread_id or ""
    )
    row = found.values_list("pk", "trace_count").first()
    if row is None:
        raise NotFound(NOT_THERE)
    pk, number = row
    start = f"?from={trace_id}" if number > turns.SIZE else ""
    return HttpResponseRedirect(f"{reverse('trace-thread', args=[pk])}{start}#trace-{trace_id}")


def _with_times(threads_of_id: ThreadQuerySet) -> Any:
    """The thread with its ``start`` and ``milliseconds``. Raises NotFound."""
    home = threads_of_id.values_list("project_id", flat=True).first()
    if home is None:
        raise NotFound(NOT_THERE)
    rows = threads_of_id.filter(project_id=home).select_related("project")
    return rows.annotate(
        start=threads.start_time([home]),
        milliseconds=threads.duration([home]),
    ).get()


def _rollup(access: Access, shown: Thread) -> Rollup:
    means = ScoreMean.objects.visible_to(access)
    without = ("providers", "span_feedback_scores")
    found = rollups.of_threads([shown.project_id], [shown.thread_id], means=means, without=without)
    return found.get(shown.thread_id, Rollup())
