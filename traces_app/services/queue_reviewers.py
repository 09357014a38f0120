"""The people who are named as reviewers of a queue."""

from uuid import UUID

from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import AnnotationQueue, Membership, QueueReviewer


def write(*, access: Access, queue: AnnotationQueue, user_ids: set[UUID]) -> None:
    """Make these people the named reviewers of a queue, in the transaction that sets it up.

    Raises Invalid for who is no member of the workspace.
    """
    members = Membership.objects.filter(workspace_id=access.workspace_id, user_id__in=user_ids)
    known = set(members.values_list("user_id", flat=True))
    if known != user_ids:
        raise Invalid("A reviewer of a queue must be a member of its workspace.")
    mine = QueueReviewer.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    there = set(mine.values_list("user_id", flat=True))
    mine.filter(user_id__in=there - known).delete()
    QueueReviewer.objects.bulk_create(
        QueueReviewer(project_id=queue.project_id, queue_id=queue.pk, user_id=user_id)
        for user_id in sorted(known - there)
    )
