"""Comments on spans."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api.opik import documented
from traces_app.api.opik.serializers import comments as shapes
from traces_app.api.opik.serializers.answers import CommentRead, Made
from traces_app.api.opik.serializers.runs import Ids
from traces_app.api.opik.views.comments import TAG, CommentsView
from traces_app.models import EntityType


class SpanComments(CommentsView):
    """``POST /spans/{id}/comments``."""

    entity_type = EntityType.SPAN

    @documented.writes(
        "Comment on a span",
        tag=TAG,
        body=shapes.CommentWrite,
        example={"text": "The call was not needed."},
        answers={201: ("Created.", Made)},
    )
    def post(self, request: Request, span_id: UUID) -> HttpResponse:
        return self.add(request, span_id)


class SpanComment(CommentsView):
    """``GET /spans/{id}/comments/{comment}``."""

    entity_type = EntityType.SPAN

    @documented.reads("Get a comment on a span", CommentRead, tag=TAG)
    def get(self, request: Request, span_id: UUID, comment_id: UUID) -> HttpResponse:
        return self.read(span_id, comment_id)


class SpanCommentText(CommentsView):
    """``PATCH /spans/comments/{comment}``."""

    entity_type = EntityType.SPAN

    @documented.writes(
        "Change a comment on a span",
        tag=TAG,
        body=shapes.CommentWrite,
        example={"text": "The call was needed."},
    )
    def patch(self, request: Request, comment_id: UUID) -> HttpResponse:
        return self.edit(comment_id)


class SpanCommentDelete(CommentsView):
    """``POST /spans/comments/delete``: unknown ids are no error."""

    entity_type = EntityType.SPAN

    @documented.writes(
        "Delete comments on spans", tag=TAG, body=Ids, example={"ids": [documented.ID]}
    )
    def post(self, request: Request) -> HttpResponse:
        return self.remove()
