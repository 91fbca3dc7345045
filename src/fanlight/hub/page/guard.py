"""Who may ask: the door before every route of the hub's page.

In:     any HTTP call.
Out:    the same to the application, or a refusal.
Holds:  G1 without the key only what OPEN names is answered: the page's own files, whether the hub is alive,
           and bells, which have keys of their own. A path that can be read in two ways (two slashes, a
           backslash, `.`, an encoded slash) is none at all: the door and the router behind it never differ in
           what is asked for.
        G2 a page of another origin gets nothing: no CORS header is ever sent, and a name that was pointed at
           this machine from elsewhere (DNS rebinding) is refused. An address in digits is no name.
        G3 every answer carries the page policy; answers with data are not stored.
        G4 only HTTP; no call, name or key is logged.
"""

import ipaddress
import json
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from fanlight.hub.page.errors import NOTHING, KeyNeeded, NotFound, PageError, WrongHost
from fanlight.hub.page.key import is_same

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(self)",  # replies are recorded in it
}
OPEN = re.compile(r"/|/index\.html|/assets/[^/]+|/healthz/?|/press/.*")
FILES = ("/", "/index.html", "/assets/")
# One slash at the end is as none. `.` and `..` are no names, and no name holds what others take for a slash.
_PLAIN = re.compile(r"/|(?:/(?!\.{1,2}(?:/|\Z))[^/\\\x00-\x20\x7f]+)+/?")
_HIDDEN = re.compile(rb"%(?:2[ef]|5c|[01][0-9a-f]|7f)", re.IGNORECASE)  # . / \ and what is no character


def own_names(listening: str, more: Iterable[str]) -> frozenset[str]:
    """Return the names under which this hub may be called, in small letters."""
    machine = socket.gethostname().lower()
    named = {"localhost", machine, f"{machine}.local", listening.lower(), *(name.lower() for name in more)}
    return frozenset(name.rstrip(".") for name in named if name)


def is_own(host: str, names: frozenset[str]) -> bool:
    """Tell whether a Host header names this hub: an address in digits, or one of its names."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host
    name = name.strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in names
    return True


class Guard:
    """An ASGI application before another one."""

    def __init__(self, app: App, key: str, names: frozenset[str]) -> None:
        """Let through to `app` who calls by one of `names` and, where needed, shows `key`."""
        self._app, self._key, self._names = app, key, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        shown = {name: value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["path"]
        is_file = path == "/" or path.startswith(FILES[1:])
        sending = _with_headers(send, is_data=not is_file)
        if not is_own(shown.get(b"host", ""), self._names):
            await _refuse(sending, _wrong_host())
        elif not is_plain(path, scope.get("raw_path") or b""):
            await _refuse(sending, _nothing_here())
        elif not OPEN.fullmatch(path) and not self._has_key(shown.get(b"authorization", "")):
            await _refuse(sending, _key_needed())
        else:
            await self._app(scope, receive, sending)

    def _has_key(self, authorization: str) -> bool:
        kind, _, key = authorization.partition(" ")
        return kind.lower() == "bearer" and is_same(key.strip(), self._key)


def is_plain(path: str, raw: bytes) -> bool:
    """Tell whether a path, and the bytes it was read from, can be read in one way only."""
    return _PLAIN.fullmatch(path) is not None and _HIDDEN.search(raw) is None


def _with_headers(send: Send, *, is_data: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            more = {**HEADERS, "Cache-Control": "no-store"} if is_data else HEADERS
            message["headers"] = [
                *message["headers"],
                *((k.encode(), v.encode()) for k, v in more.items() if k.lower().encode() not in there),
            ]
        await send(message)

    return sending


async def _refuse(send: Send, error: PageError) -> None:
    body = json.dumps({"code": error.code, "what": error.what, "kept": error.kept, "do": error.do}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if isinstance(error, KeyNeeded):
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _nothing_here() -> NotFound:
    return NotFound("There is nothing at this address.", kept=NOTHING, do="Check the address.")


def _wrong_host() -> WrongHost:
    return WrongHost(
        "This hub is not called by that name.",
        kept=NOTHING,
        do="Use the link that fanlight hub page prints, or add the name to `names` under [page] in hub.toml.",
    )


def _key_needed() -> KeyNeeded:
    return KeyNeeded(
        "This needs the key of this hub.", kept=NOTHING, do="Open the link that fanlight hub page prints."
    )
