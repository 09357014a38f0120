"""Corrections: a reviewer's better output for a trace, drafted, submitted and taken back."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from feedback_app.models import Correction, CorrectionVersion
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, NotFound
from traces_app.models import Trace
from traces_app.services import events, queue_items


@transaction.atomic
def submit(*, access: Access, trace_id: UUID, output: object) -> Correction:
    """Store ``output``, any JSON value, as the caller's correction; it replaces an earlier one.

    What was being drafted is gone with it; the same one twice is one. Raises Forbidden for
    viewers, NotFound for a trace that is not visible and Malformed for a value that is too deep.
    """
    text = normal_form.dump(output)
    correction = _mine(access, trace_id)
    if correction.submitted_at and correction.output == text:
        correction.draft = None
        correction.save()
        return correction
    before: dict[str, object] = {"output": correction.output} if correction.submitted_at else {}
    correction.output, correction.draft = text, None
    correction.last_updated_at = correction.submitted_at = timezone.now()
    correction.save()
    CorrectionVersion.objects.create(
        project_id=correction.project_id,
        trace_id=trace_id,
        author_id=access.author_id,
        output=text,
        submitted_at=correction.submitted_at,
    )
    _record(access, "correction.submit", correction, before, {"output": text})
    return correction


@transaction.atomic
def keep_draft(*, access: Access, trace_id: UUID, text: str | None) -> None:
    """Keep what the caller is writing, as it stands in the editor; None throws it away.

    A draft is nobody else's business: no event tells of it. Raises Forbidden and NotFound.
    """
    correction = _mine(access, trace_id)
    correction.draft = None if text is None else normal_form.clean_text(text)
    if correction.draft is None and correction.submitted_at is None:
        if not correction._state.adding:
            correction.delete()
        return
    correction.save()


@transaction.atomic
def undo(*, access: Access, trace_id: UUID) -> Correction | None:
    """Take back the caller's last submit: the one before it counts again, if there is any.

    Without any correction left, by whomever, its pair with the trace goes out of all queues.
    Raises Forbidden, NotFound, and Conflict when nothing was submitted.
    """
    correction = _mine(access, trace_id)
    versions = CorrectionVersion.objects.filter(
        project_id=correction.project_id, trace_id=trace_id, author_id=access.author_id
    )
    newest = list(versions.order_by("-pk")[:2])
    if not newest:
        raise Conflict("You have submitted no correction of this trace.")
    newest[0].delete()
    before: dict[str, object] = {"output": correction.output}
    if len(newest) == 1:
        correction.delete()
        _record(access, "correction.undo", correction, before, {})
        home, of_trace = correction.project_id, Correction.objects.filter(trace_id=trace_id)
        if not of_trace.filter(project_id=home).submitted().exists():
            queue_items.leave_corrections(access=access, project_id=home, trace_id=trace_id)
        return None
    correction.output, correction.submitted_at = newest[1].output, newest[1].submitted_at
    correction.last_updated_at = timezone.now()
    correction.save()
    _record(access, "correction.undo", correction, before, {"output": correction.output})
    return correction


def _mine(access: Access, trace_id: UUID) -> Correction:
    """The caller's correction of a trace, new and unsaved if there is none; the trace is locked."""
    access.must_judge()
    visible = Trace.objects.visible_to(access).filter(pk=trace_id)
    home = visible.select_for_update(no_key=True).values_list("project_id", flat=True).first()
    if home is None:
        raise NotFound("Trace not found")
    of_trace = Correction.objects.filter(project_id=home, trace_id=trace_id)
    now = timezone.now()
    return of_trace.filter(author_id=access.author_id).first() or Correction(
        project_id=home,
        trace_id=trace_id,
        author_id=access.author_id,
        created_at=now,
        last_updated_at=now,
    )


def _record(
    access: Access,
    action: str,
    correction: Correction,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    home = correction.project_id
    change = events.Change(action, "trace", correction.trace_id, home, before, after)
    events.record(access, [change])
