"""Comments on traces (opik.md §2 "Comments on traces")."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api.opik import checks, documented
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers import comments as shapes
from traces_app.api.opik.serializers.answers import CommentRead, Made
from traces_app.api.opik.serializers.runs import IDS, Ids
from traces_app.errors import NotFound
from traces_app.models import NIL, Comment, EntityType
from traces_app.services import authors, comments


def _text(body: shapes.CommentWrite) -> str:
    rules = checks.Rules()
    rules.not_blank("text", body.text)
    rules.enforce()
    return body.text or ""


class TraceComments(OpikView):
    """``POST /traces/{id}/comments``."""

    @documented.writes(
        "Comment on a trace",
        tag="Opik: comments",
        body=shapes.CommentWrite,
        example={"text": "The term is wrong."},
        answers={201: ("Created.", Made)},
    )
    def post(self, request: Request, trace_id: UUID) -> HttpResponse:
        body = self.body(shapes.COMMENT)
        comment = comments.add(
            access=self.access,
            entity_type=EntityType.TRACE,
            entity_id=trace_id,
            text=_text(body),
            queue_id=body.source_queue_id or NIL,
        )
        response = json({"id": comment.pk}, 201)
        response["Location"] = request.build_absolute_uri(f"{request.path}/{comment.pk}")
        return response


class TraceComment(OpikView):
    """``GET /traces/{id}/comments/{comment}``."""

    @documented.reads("Get a comment", CommentRead, tag="Opik: comments")
    def get(self, request: Request, trace_id: UUID, comment_id: UUID) -> HttpResponse:
        about = Comment.objects.visible_to(self.access).about(EntityType.TRACE, {trace_id})
        comment = about.filter(pk=comment_id).first()
        if comment is None:
            raise NotFound(f"Comment id: {comment_id} not found")
        names = authors.names([comment.created_by_id, comment.last_updated_by_id])
        return json(shapes.read(comment, names))


class CommentText(OpikView):
    """``PATCH /traces/comments/{comment}``."""

    @documented.writes(
        "Change a comment",
        tag="Opik: comments",
        body=shapes.CommentWrite,
        example={"text": "The term is right."},
    )
    def patch(self, request: Request, comment_id: UUID) -> HttpResponse:
        comments.edit(
            access=self.access,
            comment_id=comment_id,
            text=_text(self.body(shapes.COMMENT)),
            entity_type=EntityType.TRACE,
        )
        return empty()


class CommentDelete(OpikView):
    """``POST /traces/comments/delete``: unknown ids are no error."""

    @documented.writes(
        "Delete comments", tag="Opik: comments", body=Ids, example={"ids": [documented.ID]}
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(IDS)
        checks.sized("ids", body.ids)
        comments.delete(access=self.access, ids=body.ids or (), entity_type=EntityType.TRACE)
        return empty()
