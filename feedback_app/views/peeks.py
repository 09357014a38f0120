"""The panel over the list of traces, by itself."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from feedback_app.http import PageRequest, signed_in
from feedback_app.trace_lists import peeks
from traces_app.errors import NotFound


@require_safe
@signed_in
def peek(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The panel of one trace, for a list that is open at the address's query."""
    if request.access.sees_queues_only:
        raise NotFound("There is no such page.")
    response = HttpResponse(peeks.panel(request, trace_id))
    return push_url(response, peeks.address(request.GET.urlencode(), trace_id))
