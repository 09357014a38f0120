"""The pages of queues: listed, set up, looked over."""

from django.urls import path

from feedback_app.views import (
    boards,
    pair_items,
    pair_setups,
    queue_items,
    queue_rules,
    queue_trials,
    queues,
)

urlpatterns = [
    path("queues", queues.shelved, name="queues"),
    path("queues/new", queues.new, name="queue-new"),
    path("queues/new/pairs", pair_setups.new, name="queue-pair-new"),
    path("queues/preview", queues.preview, name="queue-preview"),
    path("queues/trial", queue_trials.trial, name="queue-trial"),
    path("queues/<uuid:queue_id>", boards.board, name="queue"),
    path("queues/<uuid:queue_id>/setup", queues.edit, name="queue-setup"),
    path("queues/<uuid:queue_id>/setup/pairs", pair_setups.edit, name="queue-pair-setup"),
    path("queues/<uuid:queue_id>/delete", queues.delete, name="queue-delete"),
    path("queues/<uuid:queue_id>/holds/release", boards.release, name="queue-release"),
    path("queues/rules/choose", queue_rules.choose, name="queue-rule-choose"),
    path("queues/<uuid:queue_id>/rules", queue_rules.rules, name="queue-rules"),
    path("queues/<uuid:queue_id>/rules/new", queue_rules.new, name="queue-rule-new"),
    path("queues/<uuid:queue_id>/rules/count", queue_rules.count, name="queue-rule-count"),
    *(
        path(f"queues/<uuid:queue_id>/rules/<uuid:rule_id>{end}", view, name=name)
        for end, view, name in (
            ("", queue_rules.edit, "queue-rule"),
            ("/switch", queue_rules.switch, "queue-rule-switch"),
            ("/delete", queue_rules.delete, "queue-rule-delete"),
            ("/backfill", queue_rules.backfill, "queue-rule-backfill"),
            ("/runs/<uuid:job_id>", queue_rules.run, "queue-rule-run"),
        )
    ),
    path("queues/<uuid:queue_id>/export.<str:form>", boards.download, name="queue-export"),
    path("queues/pair", pair_items.fill, name="queue-pair"),
    path("traces/<uuid:trace_id>/pair", pair_items.add, name="trace-pair"),
    path("traces/<uuid:trace_id>/queue", queue_items.add, name="trace-queue"),
    path("threads/<uuid:thread_model_id>/queue", queue_items.add_thread, name="trace-thread-queue"),
]
