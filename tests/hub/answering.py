"""A server that answers what a test tells it to: for answers that no Fanlight server gives.

It signs in whoever asks, as the real one does; every other path is looked up in `answers`.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "token-of-a-session"


@dataclass
class Answer:
    """A status, a body (anything but bytes is sent as JSON) and headers."""

    status: int = 200
    body: object = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """One call as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Reply = Answer | Callable[[Asked], Answer]


@dataclass
class Answering:
    """What it says, by `METHOD path` without the query, and what it was asked."""

    url: str = ""
    answers: dict[str, Reply] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def reply(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        key = f"{asked.method} {asked.path.partition('?')[0]}"
        if key in self.answers:
            found = self.answers[key]
            return found(asked) if callable(found) else found
        if key == "POST /v1/sessions/challenge":
            return Answer(body={"challenge": "challenge"})
        if key == "POST /v1/sessions":
            return Answer(body={"token": TOKEN, "account": "a", "kind": "hub"})
        return Answer(404, {"code": "none", "what": "No.", "kept": "All.", "do": "Go."})

    def count(self, method: str, path: str) -> int:
        return sum(one.method == method and one.path.partition("?")[0] == path for one in self.asked)


class _Handler(BaseHTTPRequestHandler):
    answering: Answering

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
        answer = self.answering.reply(asked)
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _answer  # noqa: N815 - the names of the base class

    def log_message(self, *_: object) -> None:
        """Keep a test's output short."""


@contextmanager
def answering(**answers: Reply) -> Iterator[Answering]:
    """Serve until the end of the block."""
    told = Answering(answers=dict(answers))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"answering": told}))
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
