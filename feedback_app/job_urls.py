"""The pages of background jobs and of the trash, and what is done to many traces at once."""

from django.urls import path

from feedback_app.views import bulk_actions, deletions, jobs

urlpatterns = [
    path("jobs", jobs.shelf, name="jobs"),
    path("jobs/<uuid:job_id>", jobs.job, name="job"),
    path("jobs/<uuid:job_id>/cancel", jobs.cancel, name="job-cancel"),
    path("jobs/<uuid:job_id>/take-back", jobs.take_back, name="job-take-back"),
    path("traces/do", bulk_actions.do, name="trace-bulk"),
    path("traces/<uuid:trace_id>/delete", deletions.delete, name="trace-delete"),
    path("trash", deletions.shelf, name="trash"),
    path("trash/<uuid:deletion_id>", deletions.deletion, name="trash-deletion"),
    path("trash/<uuid:deletion_id>/restore", deletions.restore, name="trash-restore"),
    path("trash/undo/<uuid:batch>", deletions.undo, name="trash-undo"),
]
