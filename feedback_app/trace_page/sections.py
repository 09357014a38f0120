"""What stands beside a trace: the verdict, scores, comments, dataset and history."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.template.loader import render_to_string

from feedback_app.forms.comments import CommentForm
from feedback_app.forms.verdicts import VerdictForm
from feedback_app.http import PageRequest
from feedback_app.models import Datapoint, User
from feedback_app.trace_page import history, scores
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import NIL, VERDICT, Comment, EntityType, Score, Trace
from traces_app.services.scores import MAX_FEEDBACK

COMMENTS = 200
"""Comments that the page shows; the newest, when there are more."""


def visible(access: Access, trace_id: UUID) -> Trace:
    """The trace, with its project. Raises NotFound, alike for hidden and missing ones."""
    traces = Trace.objects.visible_to(access).select_related("project", "verdict_by")
    trace = traces.filter(pk=trace_id).first()
    if trace is None:
        raise NotFound("There is no such trace, or you may not see it.")
    return trace


def context(
    request: PageRequest,
    trace: Trace,
    *,
    verdict: VerdictForm | None = None,
    comment: CommentForm | None = None,
    edited: tuple[UUID, CommentForm] | None = None,
) -> dict[str, Any]:
    """What the sections' templates take. The forms are those that were sent with mistakes."""
    access = request.access
    own = _own_verdict(access, trace)
    return {
        "request": request,
        "access": access,
        "trace": trace,
        "own": own,
        "form": verdict or VerdictForm(initial=_initial(trace, own, access)),
        "most_feedback": MAX_FEEDBACK,
        "names": scores.of(access, trace),
        "comments": _comments(access, trace),
        "comment_form": comment or CommentForm(),
        "edited_id": edited[0] if edited else None,
        "edit_form": edited[1] if edited else None,
        "datapoints": _datapoints(access, trace),
        "history": history.of(access, trace, everything="all" in request.GET),
        "neighbours": _neighbours(request),
    }


def answer(
    request: PageRequest, names: Sequence[str], filled: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The named sections: the first in the place of the form, the others wherever they stand."""
    parts = [
        render_to_string(f"feedback_app/traces/_{name}.html", filled | {"oob": number > 0}, request)
        for number, name in enumerate(names)
    ]
    parts.append(render_to_string("_parts/messages.html", {"oob": True}, request))
    return HttpResponse("".join(parts), status=status)


def _own_verdict(access: Access, trace: Trace) -> Score | None:
    rows = Score.objects.visible_to(access).about(EntityType.TRACE, {trace.pk})
    mine: Score | None = rows.filter(
        project_id=trace.project_id, name=VERDICT, author_id=access.author_id, queue_id=NIL
    ).first()
    return mine


def _initial(trace: Trace, own: Score | None, access: Access) -> dict[str, Any]:
    if own is not None:
        return {"score": f"{own.value.normalize():f}", "feedback": own.reason}
    if trace.lone_feedback_by_id == access.author_id:
        return {"feedback": trace.lone_feedback or ""}
    return {}


def _comments(access: Access, trace: Trace) -> list[Comment]:
    rows = Comment.objects.visible_to(access).about(EntityType.TRACE, {trace.pk})
    newest = list(rows.filter(project_id=trace.project_id).order_by("-pk")[:COMMENTS])
    people = User.objects.in_bulk({row.created_by_id for row in newest})
    for row in newest:
        row.created_by = people.get(row.created_by_id, User(name="Somebody"))
    return newest[::-1]


def _datapoints(access: Access, trace: Trace) -> list[Datapoint]:
    rows = Datapoint.objects.visible_to(access).filter(
        project_id=trace.project_id, trace_id=trace.pk
    )
    return list(rows.select_related("dataset").order_by("pk")[:20])


def _neighbours(request: PageRequest) -> dict[str, str]:
    return {"list_url": "/traces", "newer_url": "", "older_url": ""}
