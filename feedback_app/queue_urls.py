"""The pages of queues: listed, set up, looked over."""

from django.urls import path

from feedback_app.views import boards, queue_items, queues

urlpatterns = [
    path("queues", queues.shelved, name="queues"),
    path("queues/new", queues.new, name="queue-new"),
    path("queues/preview", queues.preview, name="queue-preview"),
    path("queues/<uuid:queue_id>", boards.board, name="queue"),
    path("queues/<uuid:queue_id>/setup", queues.edit, name="queue-setup"),
    path("queues/<uuid:queue_id>/delete", queues.delete, name="queue-delete"),
    path("queues/<uuid:queue_id>/holds/release", boards.release, name="queue-release"),
    path("queues/<uuid:queue_id>/export.<str:form>", boards.download, name="queue-export"),
    path("traces/<uuid:trace_id>/queue", queue_items.add, name="trace-queue"),
    path("threads/<uuid:thread_model_id>/queue", queue_items.add_thread, name="trace-thread-queue"),
]
