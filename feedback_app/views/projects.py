"""The settings of a project: how its traces become examples."""

from uuid import UUID

from django.conf import settings as site
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from feedback_app.forms.mistakes import focus_first
from feedback_app.forms.projects import ProjectForm
from feedback_app.http import PageRequest, signed_in
from traces_app.errors import NotFound
from traces_app.services import projects


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def settings(request: PageRequest, project_id: UUID) -> HttpResponse:
    """To read for whoever sees the project's datasets; owners and members save it."""
    if request.access.sees_queues_only:
        raise NotFound("There is no such project.")
    project = projects.find(access=request.access, project_id=project_id)
    given = {
        "dataset_threshold": f"{project.dataset_threshold.normalize():f}",
        "approves_generated": project.approves_generated,
    }
    form, status = ProjectForm(initial=given), 200
    if request.method == "POST":
        request.access.must_write()
        form = ProjectForm(request.POST)
        if form.is_valid():
            projects.edit(access=request.access, project_id=project.pk, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("project-settings", project.pk)
        focus_first(form)
        status = 422
    shown = {"project": project, "form": form, "generator": site.GENERATOR}
    return render(request, "feedback_app/projects/settings.html", shown, status=status)
