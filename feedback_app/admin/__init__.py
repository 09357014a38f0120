from feedback_app.admin import (
    api_keys,
    corrections,
    datasets,
    guideline_reads,
    members,
    queue_rules,
    reviews,
    site,
    snapshots,
    users,
)

__all__ = [
    "api_keys",
    "corrections",
    "datasets",
    "guideline_reads",
    "members",
    "queue_rules",
    "reviews",
    "site",
    "snapshots",
    "users",
]
