"""The pockets of the demo people: hands a person's seed or the hub's key to the page, never to the server.

A card on the demo's front page leads here; the answer sends the browser on to the app with the seed in the
address's fragment, which browsers keep to themselves. The page takes it in and wipes it from the address.
Listens on the loopback only, and answers only when addressed as localhost.
"""

import base64
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit

from fanlight.cli.people import Person

HUB = "hub"  # the card that leads to the hub's own page
LOCAL_NAMES = {"localhost", "127.0.0.1"}


@dataclass(frozen=True, slots=True)
class Door:
    """Where a card leads: a port of this machine, a path there, and what goes into the fragment."""

    port: int
    path: str
    secret: str


def doors_of(people: dict[str, Person], app_port: int) -> dict[str, Door]:
    """Return a door for each person, by role; `app_port` is where the apps are served."""
    return {
        role: Door(app_port, f"/{person.app}/", base64.urlsafe_b64encode(person.seed).decode().rstrip("="))
        for role, person in people.items()
    }


class Keyring:
    """A small server for what the cards need."""

    def __init__(self, doors: dict[str, Door], port: int) -> None:
        """Listen at once; raises OSError when the port is taken."""
        handler = type("Handler", (_Handler,), {"doors": doors})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    doors: ClassVar[dict[str, Door]]

    def do_GET(self) -> None:
        # A page elsewhere that rebinds its name to 127.0.0.1 still sends its own name.
        host = _name_of(self.headers.get("Host", ""))
        door = self.doors.get(self.path.strip("/"))
        if host not in LOCAL_NAMES or door is None:
            self.send_error(HTTPStatus.NOT_FOUND, "No such card")
            return
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", f"http://{host}:{door.port}{door.path}#k={door.secret}")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Write nothing: who opened which card is nobody's business."""


def _name_of(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
