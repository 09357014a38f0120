from traces_app.models.attachments import Attachment
from traces_app.models.comments import Comment
from traces_app.models.definitions import FeedbackDefinition
from traces_app.models.environments import Environment
from traces_app.models.events import AuditEvent, Face
from traces_app.models.guidelines import QueueGuideline
from traces_app.models.jobs import Job, OutboxRow
from traces_app.models.notices import Notice
from traces_app.models.project_rows import NIL
from traces_app.models.projects import DEFAULT_PROJECT, Project
from traces_app.models.queues import (
    AnnotationQueue,
    QueueItem,
    QueueQuestion,
    QueueReviewer,
)
from traces_app.models.reservations import Reservation
from traces_app.models.scores import (
    VERDICT,
    EntityType,
    Score,
    ScoreMean,
    Source,
    WaitingScore,
)
from traces_app.models.spans import Span
from traces_app.models.threads import Thread
from traces_app.models.traces import Trace
from traces_app.models.trash import DeletedRows, DeletedTrace, Deletion
from traces_app.models.workspaces import Membership, Role, Workspace

__all__ = [
    "DEFAULT_PROJECT",
    "NIL",
    "VERDICT",
    "AnnotationQueue",
    "Attachment",
    "AuditEvent",
    "Comment",
    "DeletedRows",
    "DeletedTrace",
    "Deletion",
    "EntityType",
    "Environment",
    "Face",
    "FeedbackDefinition",
    "Job",
    "Membership",
    "Notice",
    "OutboxRow",
    "Project",
    "QueueGuideline",
    "QueueItem",
    "QueueQuestion",
    "QueueReviewer",
    "Reservation",
    "Role",
    "Score",
    "ScoreMean",
    "Source",
    "Span",
    "Thread",
    "Trace",
    "WaitingScore",
    "Workspace",
]
