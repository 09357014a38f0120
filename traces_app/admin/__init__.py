from traces_app.admin import (
    comments,
    definitions,
    events,
    jobs,
    projects,
    queues,
    scores,
    spans,
    threads,
    traces,
    workspaces,
)

__all__ = [
    "comments",
    "definitions",
    "events",
    "jobs",
    "projects",
    "queues",
    "scores",
    "spans",
    "threads",
    "traces",
    "workspaces",
]
