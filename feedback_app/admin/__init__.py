from feedback_app.admin import (
    api_keys,
    corrections,
    datasets,
    members,
    reviews,
    site,
    snapshots,
    users,
)

__all__ = [
    "api_keys",
    "corrections",
    "datasets",
    "members",
    "reviews",
    "site",
    "snapshots",
    "users",
]
