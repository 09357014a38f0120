"""A client that keeps its connection and says how long an answer took."""

import http.client
import re
import time
from urllib.parse import urlencode, urlsplit

from tests.servers import Server


class Client:
    """One connection to a server, with its key or as a person in a browser."""

    def __init__(self, server: Server, **headers: str) -> None:
        where = urlsplit(server.base_url).netloc
        self.connection = http.client.HTTPConnection(where, timeout=120)
        self.headers = headers or {"Authorization": server.key}

    def timed(self, method: str, path: str, body: bytes | None = None) -> float:
        """Seconds until the whole answer is there; RuntimeError unless it is a success."""
        began = time.perf_counter()
        self.ask(method, path, body)
        return time.perf_counter() - began

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = self.headers | ({"Content-Type": "application/json"} if body else {})
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {said[:80]!r}")
        return said


def signed_in(server: Server, email: str = "", password: str = "") -> Client:
    """A person's browser; without an e-mail, of the owner that the first start made."""
    if not email:
        kept = (server.folder / "first-start.txt").read_text(encoding="utf-8")
        found = re.search(r"e-mail +(\S+)\s+password +(\S+)", kept)
        assert found is not None
        email, password = found.groups()
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc)
    connection.request("GET", "/sign-in")
    asked = connection.getresponse()
    asked.read()
    token = _cookie(asked, "csrftoken")
    form = urlencode({"username": email, "password": password, "csrfmiddlewaretoken": token})
    kind = "application/x-www-form-urlencoded"
    headers = {"Cookie": f"csrftoken={token}", "Content-Type": kind}
    connection.request("POST", "/sign-in", form, headers)
    entered = connection.getresponse()
    entered.read()
    connection.close()
    token = _cookie(entered, "csrftoken")
    cookies = f"sessionid={_cookie(entered, 'sessionid')}; csrftoken={token}"
    return Client(server, **{"Cookie": cookies, "X-CSRFToken": token})


def _cookie(answer: http.client.HTTPResponse, name: str) -> str:
    for header in answer.headers.get_all("Set-Cookie") or ():
        if header.startswith(f"{name}="):
            return header.partition("=")[2].partition(";")[0]
    raise RuntimeError(f"{answer.status}: no cookie {name}")
