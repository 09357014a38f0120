"""Files of traces and spans, for people who are signed in."""

from uuid import UUID

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from feedback_app.http import PageRequest, signed_in
from traces_app import downloads
from traces_app.errors import NotFound
from traces_app.models import Attachment


@require_safe
@signed_in
def attachment(request: PageRequest, attachment_id: UUID) -> HttpResponseBase:
    """A picture is shown, any other file handed over; with the range that is asked for."""
    found = Attachment.objects.visible_to(request.access).filter(pk=attachment_id).first()
    if found is None:
        raise NotFound("There is no such file, or you may not see it.")
    return downloads.serve(request, found, in_place=True)
