"""Comments on threads, by ``thread_model_id`` (opik.md §3)."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api.opik import documented
from traces_app.api.opik.serializers import comments as shapes
from traces_app.api.opik.serializers.answers import CommentRead, Made
from traces_app.api.opik.serializers.runs import Ids
from traces_app.api.opik.views.comments import TAG, CommentsView
from traces_app.models import EntityType


class ThreadComments(CommentsView):
    """``POST /traces/threads/{id}/comments``."""

    entity_type = EntityType.THREAD

    @documented.writes(
        "Comment on a thread",
        tag=TAG,
        body=shapes.CommentWrite,
        example={"text": "It asks the same twice."},
        answers={201: ("Created.", Made)},
    )
    def post(self, request: Request, thread_model_id: UUID) -> HttpResponse:
        return self.add(request, thread_model_id)


class ThreadComment(CommentsView):
    """``GET /traces/threads/{id}/comments/{comment}``."""

    entity_type = EntityType.THREAD

    @documented.reads("Get a comment on a thread", CommentRead, tag=TAG)
    def get(self, request: Request, thread_model_id: UUID, comment_id: UUID) -> HttpResponse:
        return self.read(thread_model_id, comment_id)


class ThreadCommentText(CommentsView):
    """``PATCH /traces/threads/comments/{comment}``."""

    entity_type = EntityType.THREAD

    @documented.writes(
        "Change a comment on a thread",
        tag=TAG,
        body=shapes.CommentWrite,
        example={"text": "It asks the same three times."},
    )
    def patch(self, request: Request, comment_id: UUID) -> HttpResponse:
        return self.edit(comment_id)


class ThreadCommentDelete(CommentsView):
    """``POST /traces/threads/comments/delete``: unknown ids are no error."""

    entity_type = EntityType.THREAD

    @documented.writes(
        "Delete comments on threads", tag=TAG, body=Ids, example={"ids": [documented.ID]}
    )
    def post(self, request: Request) -> HttpResponse:
        return self.remove()
