"""What reviewers do in a queue: the focus screen."""

from django.urls import URLPattern, path

from feedback_app.views import asides, flags, guides, holds, home, review_items, reviews, turns

urlpatterns: list[URLPattern] = [
    path("queues/<uuid:queue_id>/review", review_items.start, name="review-start"),
    path("queues/<uuid:queue_id>/briefing", guides.briefing, name="review-briefing"),
    path("queues/<uuid:queue_id>/finished", review_items.finished, name="review-finished"),
    path("queues/<uuid:queue_id>/undo", reviews.undo, name="review-undo"),
    path("queues/<uuid:queue_id>/items/<uuid:judged_id>", review_items.item, name="review-item"),
    path("queues/<uuid:queue_id>/items/<uuid:judged_id>/turns", turns.earlier, name="review-turns"),
    path(
        "queues/<uuid:queue_id>/items/<uuid:judged_id>/turns/<uuid:trace_id>",
        turns.score,
        name="review-turn",
    ),
    *[
        path(
            f"queues/<uuid:queue_id>/items/<uuid:judged_id>/{act.__name__}",
            act,
            name=f"review-{act.__name__}",
        )
        for act in (
            review_items.ahead,
            reviews.submit,
            holds.draft,
            reviews.skip,
            reviews.go_on,
            reviews.visit,
            reviews.decline,
            flags.flag,
            home.take_back,
            holds.hold,
            holds.claim,
            holds.release,
            guides.noted,
            asides.aside,
        )
    ],
]
