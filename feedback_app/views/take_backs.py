"""Taking an import back from its page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from feedback_app.http import PageRequest, signed_in
from feedback_app.services import dataset_imports, take_backs
from traces_app.errors import Conflict


@require_POST
@signed_in
def ask(request: PageRequest, import_id: UUID) -> HttpResponse:
    """Have it done by a job, and show how far that is."""
    dataset_imports.find(access=request.access, import_id=import_id)
    request.access.must_write()
    try:
        job = take_backs.ask(access=request.access, import_id=import_id)
    except Conflict as refusal:
        messages.error(request, str(refusal))
        return redirect("dataset-import", import_id)
    return redirect("job", job.pk)
