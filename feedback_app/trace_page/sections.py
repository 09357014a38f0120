"""What stands beside a trace: the verdict, scores, comments, dataset and history."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from feedback_app.forms.comments import CommentForm
from feedback_app.forms.verdicts import VerdictForm
from feedback_app.http import PageRequest, came_from
from feedback_app.queue_page import filling
from feedback_app.trace_page import corrections, datapoints, history, remarks, scores
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import NIL, VERDICT, EntityType, Score, Trace
from traces_app.query import own_verdicts
from traces_app.query.own_verdicts import OwnVerdict
from traces_app.services.scores import MAX_FEEDBACK


def visible(access: Access, trace_id: UUID) -> Trace:
    """The trace, with its project. Raises NotFound, alike for hidden and missing ones.

    Where the caller judges blind, its verdict is the caller's own; it is not to be saved.
    """
    traces = Trace.objects.visible_to(access).select_related("project", "verdict_by")
    trace = traces.filter(pk=trace_id).first()
    if trace is None:
        raise NotFound("There is no such trace, or you may not see it.")
    hidden = own_verdicts.instead(access, [trace.pk]).get(trace.pk)
    if hidden is not None:
        _cover(trace, hidden, access)
    return trace


def context(
    request: PageRequest,
    trace: Trace,
    *,
    verdict: VerdictForm | None = None,
    comment: CommentForm | None = None,
    edited: tuple[UUID, CommentForm] | None = None,
    correction: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """What the sections' templates take. The forms are those that were sent with mistakes;
    ``correction`` is a text and what is wrong with it.

    The next trace is the one that the page had found: judging must not change the order under the
    reviewer, though it may take this trace out of the list or to another place in it.
    """
    access = request.access
    own = _own_verdict(access, trace)
    text, mistake = correction or (None, "")
    names = scores.of(access, trace)
    return {
        "request": request,
        "access": access,
        "trace": trace,
        "own": own,
        "form": verdict or VerdictForm(initial=_initial(trace, own, access)),
        "most_feedback": MAX_FEEDBACK,
        "names": names,
        "judged_by": sum(len(each.rows) for each in names if each.name == VERDICT),
        "comments": remarks.of(access, trace, edited_id=edited[0] if edited else None),
        "comment_form": comment or CommentForm(),
        "edited_id": edited[0] if edited else None,
        "edit_form": edited[1] if edited else None,
        "corrected": corrections.of(
            access, trace, text=text, error=mistake, own_only="parts" in request.GET
        ),
        "made": datapoints.of(access, trace),
        "standing": filling.standing(access, trace),
        "history": history.of(access, trace, everything="all" in request.GET),
        "all_url": _all_url(request, trace),
        "kept": kept(request),
        "next_url": came_from(request),
    }


def _cover(trace: Trace, own: OwnVerdict, access: Access) -> None:
    trace.score, trace.feedback = own.score, own.feedback
    trace.verdict_at, trace.verdict_source = own.at, own.source
    trace.verdict_by_id = access.author_id if own.at else None
    trace.processing_error = ""  # it tells the score
    if trace.processing_status == Trace.ProcessingStatus.FAILED:
        trace.processing_status = Trace.ProcessingStatus.NONE
    if trace.lone_feedback_by_id != access.author_id:
        trace.lone_feedback = trace.lone_feedback_by_id = trace.lone_feedback_at = None


def kept(request: PageRequest) -> str:
    """The query string that goes with every form and link: the list's, and the chosen views."""
    return f"?{request.GET.urlencode()}" if request.GET else ""


def address(request: PageRequest, trace_id: UUID, part: str) -> str:
    """The page again, at one of its sections."""
    return f"{reverse('trace', args=[trace_id])}{kept(request)}#{part}"


def has_judged(access: Access, trace: Trace) -> bool:
    """Has the caller said something that an empty form would take back?"""
    wrote_alone = trace.lone_feedback_by_id == access.author_id
    return wrote_alone or _own_verdict(access, trace) is not None


def answer(
    request: PageRequest, names: Sequence[str], filled: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The named sections: the first in the place of the form, the others wherever they stand.

    A page that shows only some of them says which in ``parts`` of the address.
    """
    if (there := request.GET.get("parts")) is not None:
        names = [names[0], *(name for name in names[1:] if name in there.split("-"))]
    first = render_to_string(f"feedback_app/traces/_{names[0]}.html", filled, request)
    messages = render_to_string("_parts/messages.html", {"oob": True}, request)
    rest = beside(request, names[1:], filled)
    return HttpResponse(f"{first}{rest}{messages}", status=status)


def beside(request: PageRequest, names: Sequence[str], filled: dict[str, Any]) -> str:
    """The named sections for wherever they stand on the page."""
    return "".join(
        render_to_string(f"feedback_app/traces/_{name}.html", filled | {"oob": True}, request)
        for name in names
    )


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


def _all_url(request: PageRequest, trace: Trace) -> str:
    wanted = request.GET.copy()
    wanted["all"] = "1"
    return f"{reverse('trace', args=[trace.pk])}?{wanted.urlencode()}#history"
