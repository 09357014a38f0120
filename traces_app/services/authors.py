"""What the authors of scores, comments and traces are called in the APIs."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth import get_user_model


def names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Author names by user id, in one query."""
    wanted = {pk for pk in ids if pk is not None}
    users = get_user_model().objects.filter(pk__in=wanted).only("email", "name", "is_service")
    return {user.pk: user.author_name for user in users}
