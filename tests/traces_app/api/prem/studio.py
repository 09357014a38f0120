"""A client of Prem's dialect, as programs with a key are."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests import factories
from traces_app.models import Role, Workspace

TRACE = {"modelId": "m-1", "input": "question", "output": "answer"}
MISSING = "0199aaaa-0000-7000-8000-000000000000"


class Studio:
    """Speaks JSON to ``/api/v1/`` with one key."""

    def __init__(self, key: str | None) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {} if key is None else {"Authorization": f"Bearer {key}"}

    def call(self, method: str, where: str, body: Any = None, **params: Any) -> HttpResponse:
        sent: dict[str, Any] = {"query_params": params} if params else {}
        if body is not None:
            sent |= {"data": body}
        if method != "get":
            sent |= {"content_type": "application/json"}
        send = getattr(self.client, method)
        answer: HttpResponse = send(f"/api/v1/{where}", headers=self.headers, **sent)
        return answer

    def read(self, method: str, where: str, body: Any = None, **params: Any) -> Any:
        """The JSON of a call that must succeed."""
        answer = self.call(method, where, body, **params)
        assert answer.status_code == 200, answer.content
        return answer.json()  # type: ignore[attr-defined]

    def create(self, **fields: Any) -> str:
        """The id of a new trace."""
        trace = {"modelId": "m-1", "input": "question", "output": "answer"} | fields
        return str(self.read("post", "traces", [trace])["results"][0]["traceId"])


def studio(workspace: Workspace | None = None, role: Role = Role.OWNER) -> Studio:
    return Studio(factories.key(workspace or factories.workspace(), role))
