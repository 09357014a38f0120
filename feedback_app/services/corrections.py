"""Corrections: a reviewer's better output for a trace."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from feedback_app.models import Correction
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import Trace
from traces_app.services import events


@transaction.atomic
def submit(*, access: Access, trace_id: UUID, output: object) -> Correction:
    """Store ``output``, any JSON value, as the caller's correction; it replaces an earlier one.

    Raises Forbidden for viewers, NotFound for a trace that is not visible and Malformed for a
    value that is too deep.
    """
    access.must_judge()
    text = normal_form.dump(output)
    visible = Trace.objects.visible_to(access).filter(pk=trace_id)
    home = visible.select_for_update(no_key=True).values_list("project_id", flat=True).first()
    if home is None:
        raise NotFound("Trace not found")
    now = timezone.now()
    correction = Correction.objects.filter(
        project_id=home, trace_id=trace_id, author_id=access.author_id
    ).first()
    before: dict[str, object] = {"output": correction.output} if correction else {}
    if correction is None:
        correction = Correction(
            project_id=home, trace_id=trace_id, author_id=access.author_id, created_at=now
        )
    correction.output = text
    correction.last_updated_at = correction.submitted_at = now
    correction.save()
    change = events.Change("correction.submit", "trace", trace_id, home, before, {"output": text})
    events.record(access, [change])
    return correction
