"""The pages of background jobs, and what is done to many traces at once."""

from django.urls import path

from feedback_app.views import bulk_actions, jobs

urlpatterns = [
    path("jobs", jobs.shelf, name="jobs"),
    path("jobs/<uuid:job_id>", jobs.job, name="job"),
    path("jobs/<uuid:job_id>/cancel", jobs.cancel, name="job-cancel"),
    path("traces/do", bulk_actions.do, name="trace-bulk"),
]
