"""Comments on traces (opik.md §2 "Comments on traces"), and what those on others share."""

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

TAG = "Opik: comments"


class CommentsView(OpikView):
    """Comments on one kind of entity; each kind has an address and words of its own."""

    entity_type = EntityType.TRACE

    def add(self, request: Request, entity_id: UUID) -> HttpResponse:
        body = self.body(shapes.COMMENT)
        comment = comments.add(
            access=self.access,
            entity_type=self.entity_type,
            entity_id=entity_id,
            text=_text(body),
            queue_id=body.source_queue_id or NIL,
        )
        response = json({"id": comment.pk}, 201)
        response["Location"] = request.build_absolute_uri(f"{request.path}/{comment.pk}")
        return response

    def read(self, entity_id: UUID, comment_id: UUID) -> HttpResponse:
        about = Comment.objects.visible_to(self.access).about(self.entity_type, {entity_id})
        comment = about.filter(pk=comment_id).first()
        if comment is None:
            raise NotFound(f"Comment id: {comment_id} not found")
        names = authors.names([comment.created_by_id, comment.last_updated_by_id])
        return json(shapes.read(comment, names))

    def edit(self, comment_id: UUID) -> HttpResponse:
        comments.edit(
            access=self.access,
            comment_id=comment_id,
            text=_text(self.body(shapes.COMMENT)),
            entity_type=self.entity_type,
        )
        return empty()

    def remove(self) -> HttpResponse:
        body = self.body(IDS)
        checks.sized("ids", body.ids)
        comments.delete(access=self.access, ids=body.ids or (), entity_type=self.entity_type)
        return empty()


class TraceComments(CommentsView):
    """``POST /traces/{id}/comments``."""

    @documented.writes(
        "Comment on a trace",
        tag=TAG,
        body=shapes.CommentWrite,
        example={"text": "The term is wrong."},
        answers={201: ("Created.", Made)},
    )
    def post(self, request: Request, trace_id: UUID) -> HttpResponse:
        return self.add(request, trace_id)


class TraceComment(CommentsView):
    """``GET /traces/{id}/comments/{comment}``."""

    @documented.reads("Get a comment", CommentRead, tag=TAG)
    def get(self, request: Request, trace_id: UUID, comment_id: UUID) -> HttpResponse:
        return self.read(trace_id, comment_id)


class CommentText(CommentsView):
    """``PATCH /traces/comments/{comment}``."""

    @documented.writes(
        "Change a comment",
        tag=TAG,
        body=shapes.CommentWrite,
        example={"text": "The term is right."},
    )
    def patch(self, request: Request, comment_id: UUID) -> HttpResponse:
        return self.edit(comment_id)


class CommentDelete(CommentsView):
    """``POST /traces/comments/delete``: unknown ids are no error."""

    @documented.writes("Delete comments", tag=TAG, body=Ids, example={"ids": [documented.ID]})
    def post(self, request: Request) -> HttpResponse:
        return self.remove()


def _text(body: shapes.CommentWrite) -> str:
    rules = checks.Rules()
    rules.not_blank("text", body.text)
    rules.enforce()
    return body.text or ""
