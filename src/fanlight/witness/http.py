"""The witness's three addresses, on the standard library's server: small, and ready at once.

In:     POST /add-checkpoint; GET /<hex sha256(origin)>/checkpoint; GET /vkey.
Out:    what tlog-witness v1.0.0 lays down; a refusal says why in one sentence.
Holds:  a body is bounded in size and time; no caller's address is written anywhere.
Absent: the decision (witness.rules) and the state (witness.store).
Why:    docs/spec/log.md
"""

import logging
import socket
import socketserver
import sys
import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fanlight.witness.rules import Refused
from fanlight.witness.store import Store

MAX_BODY = 256 * 1024  # 63 hashes and a checkpoint under 40 post-quantum signatures
MAX_CONNECTIONS = 64
TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"

log = logging.getLogger("fanlight.witness")


class WitnessServer(ThreadingHTTPServer):
    """Serves one store.

    Args:
        address: host and port; port 0 takes a free one.
        store: the witness's memory.
        run_by: who runs it, in words.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], store: Store, run_by: str) -> None:
        """Bind the address; raises OSError if it cannot."""
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.store = store
        self.run_by = run_by
        self.by_hash = {sha256(origin.encode()).hexdigest(): origin for origin in store.origins()}
        self._room = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Bind without the look-up of our own name that the standard class does: it can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "witness", int(self.server_address[1])

    def process_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Serve in a thread of its own, unless there are too many."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Serve and make room again."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - no address is written
        """Note what ended a connection: a caller that goes away is not our error, all else is."""
        if isinstance(sys.exc_info()[1], OSError):
            log.info("a connection ended early")
        else:
            log.error("a request was not answered", exc_info=True)  # noqa: LOG014 - called while one is handled


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "fanlight-witness"
    sys_version = ""
    timeout = 10
    server: WitnessServer

    def do_POST(self) -> None:
        """Cosign or refuse."""
        if self.path != "/add-checkpoint":
            self.close_connection = True  # the body was not read
            self._answer(404, "There is nothing at this address.\n")
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 10):  # noqa: PLR2004 - digits
            self.close_connection = True
            self._answer(411, "Send a Content-Length.\n")
            return
        if int(length) > MAX_BODY:
            self.close_connection = True
            self._answer(413, f"Send {MAX_BODY} bytes at most.\n")
            return
        body = self.rfile.read(int(length))
        try:
            outcome = self.server.store.add(body)
        except Exception:
            log.exception("a request could not be stored; nothing was signed")
            self.close_connection = True
            self._answer(500, "The witness could not store the checkpoint, so it did not cosign it.\n")
            return
        if isinstance(outcome, Refused):
            log.info("refused %d: %s", outcome.status, outcome.why if outcome.status != 404 else "unknown")  # noqa: PLR2004 - HTTP
            if outcome.size is not None:
                self._answer(outcome.status, f"{outcome.size}\n", SIZE)
            else:
                self._answer(outcome.status, f"{outcome.why}\n")
            return
        log.info("cosigned")
        self._answer(200, outcome)

    def do_GET(self) -> None:
        """Show the key, or the checkpoint cosigned last."""
        if self.path == "/vkey":
            self._answer(200, f"{self.server.store.verifier.vkey} # {self.server.run_by}\n")
            return
        digest, slash, rest = self.path[1:].partition("/")
        origin = self.server.by_hash.get(digest) if slash and rest == "checkpoint" else None
        note = self.server.store.checkpoint(origin) if origin is not None else None
        if note is None:
            self._answer(404, "There is nothing at this address.\n")
        else:
            self._answer(200, note.decode())

    def _answer(self, status: int, body: str, kind: str = TEXT) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Write nothing: the standard form holds the caller's address."""
