from traces_app.admin import (
    comments,
    definitions,
    environments,
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
    "environments",
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
