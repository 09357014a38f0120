"""Who is signed in: Django's sessions and accounts, found by statements that are made once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from feedback_app.models import User
from traces_app.models.prepared import prepared


class SessionStore(db.SessionStore):
    """What Django's database has of a session, which every page asks for."""

    def load(self) -> dict[str, Any]:
        key = self.session_key
        kept = _kept.first(key, timezone.now()) if key and "\0" not in key else None
        if kept is None:
            self._session_key = None
            return {}
        return self.decode(kept)


class Accounts(ModelBackend):
    """Sign in by e-mail and password, as Django does it."""

    def get_user(self, user_id: UUID) -> User | None:
        found = _user.first(user_id)
        return found if self.user_can_authenticate(found) else None


@prepared
def _kept(key: str, now: datetime) -> "QuerySet[Session, str]":
    there = Session.objects.filter(session_key=key, expire_date__gt=now)
    return there.values_list("session_data", flat=True)


@prepared
def _user(user_id: UUID) -> QuerySet[User]:
    return User.objects.filter(pk=user_id)
