"""A chat endpoint that speaks OpenAI's protocol over real sockets, and fails as it is told to."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from feedback_app.env import Generator

KEY = "sk-secret-of-the-operator"


def completion(text: str | None, finish_reason: str = "stop") -> bytes:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason}
    return json.dumps({"object": "chat.completion", "choices": [choice]}).encode()


@dataclass(frozen=True)
class Reply:
    """One answer; ``is_cut`` ends the connection in the middle of it."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False
    is_slow: bool = False


class ChatEndpoint:
    """What was asked of it, and what it will say: ``replies`` in turn, then ``text`` for ever."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.replies: deque[Reply] = deque()
        self.text = "The better answer."
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.most_at_once = self._now = 0
        self._lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def generator(self, timeout: int = 20) -> Generator:
        """As the settings hold it."""
        return Generator(self.base_url, "writer-1", KEY, timeout)

    @property
    def environment(self) -> dict[str, str]:
        """As the operator names it to a process."""
        named = {"BASE_URL": self.base_url, "MODEL": "writer-1", "API_KEY": KEY, "TIMEOUT": "20"}
        return {f"GENERATOR_{name}": value for name, value in named.items()}

    def answer(self, sent: dict[str, Any], key: str) -> Reply:
        with self._lock:
            self.asked.append(sent)
            self.keys.append(key)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            reply = self.replies.popleft() if self.replies else Reply(completion(self.text))
        self.may_answer.wait(60)
        if reply.is_slow:
            threading.Event().wait(3)
        with self._lock:
            self._now -= 1
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers.get("Authorization", "")
                is_here = self.path == "/v1/chat/completions"
                reply = endpoint.answer(json.loads(sent), key) if is_here else Reply(status=404)
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body[: len(reply.body) // 2] if reply.is_cut else reply.body)
                self.close_connection = True

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:
                    return  # whoever asked is gone

            def log_message(self, *_: object) -> None:
                return

        return Handler


@contextmanager
def answering() -> Iterator[ChatEndpoint]:
    """An endpoint that answers until the end of the block."""
    endpoint = ChatEndpoint()
    thread = threading.Thread(target=endpoint.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.may_answer.set()
        endpoint.server.shutdown()
        endpoint.server.server_close()
        thread.join()
