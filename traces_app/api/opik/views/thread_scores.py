"""Feedback scores on threads, which are named by project and ``thread_id`` (opik.md §3)."""

from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api.opik import documented, params
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers import threads as shapes
from traces_app.api.opik.serializers.answers import ScoreNames
from traces_app.models import EntityType
from traces_app.query import score_names
from traces_app.services import judged_threads


class ThreadScores(OpikView):
    """``PUT /traces/threads/feedback-scores``: missing threads and projects are made."""

    @documented.writes(
        "Score up to 1,000 threads",
        tag="Opik: scores",
        body=shapes.ThreadScoreBatch,
        example={
            "scores": [
                documented.SCORE | {"project_name": "support", "thread_id": "customer-17"},
            ]
        },
    )
    def put(self, request: Request) -> HttpResponse:
        judged_threads.record(access=self.access, said=self.body(shapes.SCORES).said())
        return empty()


class ThreadScoreNames(OpikView):
    """``GET /traces/threads/feedback-scores/names``: of one project, or of all visible ones."""

    @documented.reads(
        "List the names of the scores of threads",
        ScoreNames,
        tag="Opik: scores",
        params=documented.NAMED,
    )
    def get(self, request: Request) -> HttpResponse:
        seen = params.scored_projects(request, self.access)
        names = score_names.names(self.access, EntityType.THREAD, seen)
        return json({"scores": [{"name": name} for name in names]})
