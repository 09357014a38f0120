"""API keys in the ``Authorization`` header: raw as the opik SDK sends it, or ``Bearer``."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from feedback_app.models import User
from feedback_app.services import api_keys
from traces_app.access import Access
from traces_app.models import Face

NO_KEY = "API key should be provided"
BAD_KEY = "API key is not valid"


class KeyAuthentication(BaseAuthentication):
    """``request.auth`` becomes the key's Access; the browser's session is never looked at."""

    def authenticate(self, request: Request) -> tuple[User, Access]:
        secret = request.headers.get("Authorization", "").strip()
        if secret[:7].lower() == "bearer ":
            secret = secret[7:].strip()
        if not secret:
            raise AuthenticationFailed(NO_KEY)
        face: Face = getattr(request.parser_context["view"], "face", Face.OPIK)
        access = api_keys.access_of(secret, face)
        if access is None:
            raise AuthenticationFailed(BAD_KEY)
        return User(pk=access.user_id), access

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
