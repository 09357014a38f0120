"""Opik's addresses; the site serves them under two prefixes (opik.md §0.1)."""

from django.urls import path

from traces_app.api.opik.views import (
    attachments,
    comments,
    definitions,
    environments,
    projects,
    scores,
    spans,
    stats,
    system,
    thread_comments,
    thread_scores,
    threads,
    traces,
)

alive = [
    path("is-alive/ping", system.Ping.as_view()),
    path("is-alive/ver", system.Version.as_view()),
]

account = [
    path("account-details", system.AccountDetails.as_view()),
    path("workspaces", system.Workspaces.as_view()),
]
"""Under ``/api/rest/v2/`` and nowhere else."""

private = [
    path("attachment/delete", attachments.AttachmentDelete.as_view()),
    path("attachment/download", attachments.Download.as_view()),
    path("attachment/list", attachments.AttachmentList.as_view()),
    path("attachment/upload", attachments.Upload.as_view()),
    path("attachment/upload-complete", attachments.UploadComplete.as_view()),
    path("attachment/upload-start", attachments.UploadStart.as_view()),
    path("auth", system.Auth.as_view()),
    path("auth/workspace", system.AuthWorkspace.as_view()),
    path("environments", environments.Environments.as_view()),
    path("environments/delete", environments.EnvironmentDelete.as_view()),
    path("environments/<uuid:environment_id>", environments.EnvironmentItem.as_view()),
    path("feedback-definitions", definitions.Definitions.as_view()),
    path("feedback-definitions/delete", definitions.DefinitionDelete.as_view()),
    path("feedback-definitions/<uuid:definition_id>", definitions.DefinitionItem.as_view()),
    path("workspace-permissions", system.WorkspacePermissions.as_view()),
    path("projects", projects.Projects.as_view()),
    path("projects/delete", projects.ProjectDelete.as_view()),
    path("projects/retrieve", projects.ProjectRetrieve.as_view()),
    path("projects/<uuid:project_id>", projects.ProjectItem.as_view()),
    path("spans", spans.Spans.as_view()),
    path("spans/batch", spans.SpanBatch.as_view()),
    path("spans/feedback-scores", spans.SpanScores.as_view()),
    path("spans/<uuid:span_id>", spans.SpanItem.as_view()),
    path("traces", traces.Traces.as_view()),
    path("traces/batch", traces.TraceBatch.as_view()),
    path("traces/delete", traces.TraceDelete.as_view()),
    path("traces/search", traces.TraceSearch.as_view()),
    path("traces/stats", stats.TraceStats.as_view()),
    path("traces/exists", stats.TraceExists.as_view()),
    path("traces/feedback-scores", scores.TraceScores.as_view()),
    path("traces/feedback-scores/names", scores.TraceScoreNames.as_view()),
    path("traces/comments/delete", comments.CommentDelete.as_view()),
    path("traces/comments/<uuid:comment_id>", comments.CommentText.as_view()),
    path("traces/threads", threads.Threads.as_view()),
    path("traces/threads/batch", threads.ThreadBatch.as_view()),
    path("traces/threads/close", threads.ThreadClose.as_view()),
    path("traces/threads/delete", threads.ThreadDelete.as_view()),
    path("traces/threads/open", threads.ThreadOpen.as_view()),
    path("traces/threads/retrieve", threads.ThreadRetrieve.as_view()),
    path("traces/threads/search", threads.ThreadSearch.as_view()),
    path("traces/threads/stats", stats.ThreadStats.as_view()),
    path("traces/threads/feedback-scores", thread_scores.ThreadScores.as_view()),
    path("traces/threads/feedback-scores/delete", thread_scores.ThreadScoreDelete.as_view()),
    path("traces/threads/feedback-scores/names", thread_scores.ThreadScoreNames.as_view()),
    path("traces/threads/comments/delete", thread_comments.ThreadCommentDelete.as_view()),
    path("traces/threads/comments/<uuid:comment_id>", thread_comments.ThreadCommentText.as_view()),
    path("traces/threads/<uuid:thread_model_id>", threads.ThreadItem.as_view()),
    path(
        "traces/threads/<uuid:thread_model_id>/comments", thread_comments.ThreadComments.as_view()
    ),
    path(
        "traces/threads/<uuid:thread_model_id>/comments/<uuid:comment_id>",
        thread_comments.ThreadComment.as_view(),
    ),
    path("traces/<uuid:trace_id>", traces.TraceItem.as_view()),
    path("traces/<uuid:trace_id>/feedback-scores", scores.TraceScore.as_view()),
    path("traces/<uuid:trace_id>/feedback-scores/delete", scores.TraceScoreDelete.as_view()),
    path("traces/<uuid:trace_id>/comments", comments.TraceComments.as_view()),
    path("traces/<uuid:trace_id>/comments/<uuid:comment_id>", comments.TraceComment.as_view()),
]
