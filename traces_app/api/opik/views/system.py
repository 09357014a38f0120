"""Is the server there, and whose key is this (opik.md §4)."""

from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from traces_app.api.opik import documented
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers import system as shapes
from traces_app.api.opik.serializers.answers import Alive, KeysWorkspace, Spoken

TAG = "Opik: system"
SPEAKS = "2.2.122"
"""The version of Opik's API that is spoken here; the SDK compares it."""


class Ping(APIView):
    """``GET /is-alive/ping``: no key needed."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @documented.reads("Is the server there?", Alive, tag=TAG)
    def get(self, request: Request) -> HttpResponse:
        return json({"message": "Healthy Server", "healthy": True})


class Version(APIView):
    """``GET /is-alive/ver``: no key needed."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @documented.reads("Which version is spoken?", Spoken, tag=TAG)
    def get(self, request: Request) -> HttpResponse:
        return json({"version": SPEAKS})


class Auth(OpikView):
    """``POST /auth``: 204 when the key and the workspace are good. It has no body."""

    @documented.writes("Is the key good?", tag=TAG)
    def post(self, request: Request) -> HttpResponse:
        return empty()


class AuthWorkspace(OpikView):
    """``GET /auth/workspace``: the name of the key's workspace."""

    @documented.reads("Which workspace is the key's?", KeysWorkspace, tag=TAG)
    def get(self, request: Request) -> HttpResponse:
        return json({"workspace_name": self.access.workspace_name})


class AccountDetails(OpikView):
    """``GET /api/rest/v2/account-details``: what ``opik configure`` checks a key with."""

    @documented.reads("Whose key is it?", shapes.Account, tag=TAG)
    def get(self, request: Request) -> HttpResponse:
        return json(shapes.account(self.access))


class Workspaces(OpikView):
    """``GET /api/rest/v2/workspaces``: the one that ``opik configure`` may choose."""

    @documented.reads("Which workspaces may the key name?", shapes.WorkspaceNames, tag=TAG)
    def get(self, request: Request) -> HttpResponse:
        return json({"workspaceNames": [self.access.workspace_name]})


class WorkspacePermissions(OpikView):
    """``GET /workspace-permissions``: what ``opik healthcheck --check-permissions`` shows."""

    @documented.reads("What may the key do?", shapes.Permissions, tag=TAG)
    def get(self, request: Request) -> HttpResponse:
        return json(shapes.permissions(self.access))
