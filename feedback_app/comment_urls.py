"""Comments on traces and threads, and whom they can name."""

from django.urls import path

from feedback_app.views import comments, mentions, thread_comments

_TRACE = "traces/<uuid:trace_id>"
_THREAD = "threads/<uuid:thread_model_id>"

urlpatterns = [
    path(f"{_TRACE}/people", mentions.of_trace, name="trace-people"),
    path(f"{_TRACE}/comments", comments.add, name="trace-comments"),
    path(f"{_TRACE}/comments/<uuid:comment_id>", comments.edit, name="trace-comment"),
    path(
        f"{_TRACE}/comments/<uuid:comment_id>/delete", comments.delete, name="trace-comment-delete"
    ),
    path(f"{_THREAD}/people", mentions.of_thread, name="trace-thread-people"),
    path(f"{_THREAD}/comments", thread_comments.add, name="trace-thread-comments"),
    path(
        f"{_THREAD}/comments/<uuid:comment_id>", thread_comments.edit, name="trace-thread-comment"
    ),
    path(
        f"{_THREAD}/comments/<uuid:comment_id>/delete",
        thread_comments.delete,
        name="trace-thread-comment-delete",
    ),
]
