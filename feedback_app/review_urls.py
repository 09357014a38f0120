"""What reviewers do in a queue: the focus screen, below the queue's own address."""

from django.urls import URLPattern, path

from feedback_app.views import asides, flags, guides, holds, home, review_items, reviews, turns

urlpatterns: list[URLPattern] = [
    path("review", review_items.start, name="review-start"),
    path("briefing", guides.briefing, name="review-briefing"),
    path("finished", review_items.finished, name="review-finished"),
    path("undo", reviews.undo, name="review-undo"),
    path("items/<uuid:judged_id>", review_items.item, name="review-item"),
    path("items/<uuid:judged_id>/turns", turns.earlier, name="review-turns"),
    path(
        "items/<uuid:judged_id>/turns/<uuid:trace_id>",
        turns.score,
        name="review-turn",
    ),
    *[
        path(
            f"items/<uuid:judged_id>/{act.__name__}",
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
