"""The links to traces and datasets that the opik SDK prints."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from feedback_app.http import PageRequest, signed_in


class SeeOther(HttpResponseRedirect):
    """303: look there, with GET."""

    status_code = 303


@require_safe
@signed_in
def to_trace(request: PageRequest) -> HttpResponse:
    """To the page of ``trace_id``, alike for traces that exist and that do not.

    The SDK also sends ``path``, the server's own address: it is never a target.
    """
    try:
        pk = UUID(request.GET.get("trace_id", ""))
    except ValueError:
        return SeeOther(reverse("traces"))
    return SeeOther(reverse("trace", args=[pk]))


@require_safe
@signed_in
def to_dataset(
    request: PageRequest, workspace: str, project_id: UUID, dataset_id: UUID
) -> HttpResponse:
    """To the page of a dataset: the link that the SDK prints when it has made one."""
    return SeeOther(reverse("dataset", args=[dataset_id]))
