"""One reviewer in a browser, as the server sees it: pages, forms, one request a submit."""

import http.client
import re
from html import unescape
from typing import Self
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from benchmarks.clients import Client, signed_in
from tests.servers import Server

_FORM = re.compile(r'id="judge"[^>]* action="([^"]+)"')
_AHEAD = re.compile(r'data-ahead="([^"]+)"')
_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_START = re.compile(r'/briefing">.*?name="guideline" value="(\d+)"><button[^>]*>Start<', re.DOTALL)
_FIELD = "q0"
_KEY = "Page-Ahead"


class Reviewer:
    """Somebody who judges item after item of a queue, over one connection."""

    def __init__(self, server: Server, queue: str, email: str, password: str) -> None:
        self.client: Client = signed_in(server, email, password)
        self.start = f"/queues/{queue}/review"
        self.path = self.token = self.ahead = self.key = self.coming = ""
        self.size = 0

    def open(self) -> Self:
        """Come to the queue anew, as by its link; the first visit begins with the guide."""
        status, place, said = self._ask("GET", self.start)
        while status == http.client.FOUND:
            here = place
            status, place, said = self._ask("GET", here)
            if (start := _START.search(said.decode())) is not None:
                status, place, said = self._ask("POST", here, f"guideline={start[1]}")
        return self._shown(status, said)

    @property
    def judged(self) -> str:
        """The item that is shown; empty at the end of the queue."""
        return self.path.split("/")[-2] if self.path else ""

    def submit(self, value: str = "0.8") -> bool:
        """Send the form, and show the next item; whether it was taken."""
        answers = {_FIELD: value, "feedback": "Right, and kind.", "seconds": "12"}
        status, _, said = self._post(self.path, token=self.token or str(uuid4()), **answers)
        self._shown(status, said)
        return status == http.client.OK

    def read_ahead(self) -> None:
        """Fetch the page of the next item, as the page does while one reads this one."""
        if self.ahead:
            self.client.connection.request("GET", self.ahead, headers=self.client.headers)
            answer = self.client.connection.getresponse()
            self.coming = answer.read().decode()
            self.key = answer.headers.get(_KEY, "")

    def skip(self) -> None:
        status, _, said = self._post(re.sub("submit$", "skip", self.path))
        self._shown(status, said)

    def _post(self, path: str, **fields: str) -> tuple[int, str, bytes]:
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, form: str | None = None) -> tuple[int, str, bytes]:
        headers = dict(self.client.headers)
        if self.key:
            headers[_KEY] = self.key
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        self.client.connection.request(method, path, form, headers)
        answer = self.client.connection.getresponse()
        said = answer.read()
        self.size = len(said)
        if self.key and answer.headers.get(_KEY) == self.key:
            said = self.coming.encode()
        return answer.status, urlsplit(answer.headers.get("Location", "")).path, said

    def _shown(self, status: int, said: bytes) -> Self:
        if status not in (http.client.OK, http.client.UNPROCESSABLE_ENTITY):
            raise RuntimeError(f"{self.path or self.start}: {status} {said[:80]!r}")
        text = said.decode()
        form, token = _FORM.search(text), _TOKEN.search(text)
        self.path = unescape(form[1]) if form else ""
        self.token = token[1] if token else ""
        ahead = _AHEAD.search(text)
        self.ahead, self.key = unescape(ahead[1]) if ahead else "", ""
        return self
