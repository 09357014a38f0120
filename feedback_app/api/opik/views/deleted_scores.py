"""Deleting the feedback scores of traces and threads (opik.md §2, §3), and so reviews that they
made."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from feedback_app.services import deleted_scores
from traces_app.api.opik import checks, documented
from traces_app.api.opik.base import OpikView, empty
from traces_app.api.opik.serializers import threads
from traces_app.api.opik.serializers.scores import SCORE_DELETE, ScoreDelete
from traces_app.models import NIL, EntityType
from traces_app.normal_form import clean_text
from traces_app.services import judged_threads


class TraceScoreDelete(OpikView):
    """``POST /traces/{id}/feedback-scores/delete``: 204 even if there is nothing."""

    @documented.writes(
        "Delete the scores of a name",
        tag="Opik: scores",
        body=ScoreDelete,
        example={"name": "User feedback"},
    )
    def post(self, request: Request, trace_id: UUID) -> HttpResponse:
        body = self.body(SCORE_DELETE)
        rules = checks.Rules()
        rules.not_blank("name", body.name)
        rules.enforce()
        deleted_scores.delete(
            access=self.access,
            entity_type=EntityType.TRACE,
            entity_id=trace_id,
            names=[body.name or ""],
            author=body.author,
            queue_id=body.source_queue_id or NIL,
        )
        return empty()


class ThreadScoreDelete(OpikView):
    """``POST /traces/threads/feedback-scores/delete``: 204 even if there is nothing."""

    @documented.writes(
        "Delete scores of a thread",
        tag="Opik: scores",
        body=threads.ThreadScoreDelete,
        example={"project_name": "support", "thread_id": "customer-17", "names": ["quality"]},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(threads.SCORE_DELETE)
        body.check()
        thread = judged_threads.find(
            access=self.access,
            project_name=body.project_name or "",
            thread_id=clean_text(body.thread_id or ""),
        )
        if thread is not None:
            deleted_scores.delete(
                access=self.access,
                entity_type=EntityType.THREAD,
                entity_id=thread,
                names=body.names or (),
                author=body.author,
                queue_id=body.source_queue_id or NIL,
            )
        return empty()
