"""The first page after signing in: one's own work."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from feedback_app.http import PageRequest, signed_in


@require_safe
@signed_in
def home(request: PageRequest) -> HttpResponse:
    """What waits for a reviewer; everyone else goes to the traces."""
    if not request.access.sees_queues_only:
        try:
            return redirect(reverse("traces"))
        except NoReverseMatch:
            pass
    return render(request, "feedback_app/home/home.html")
