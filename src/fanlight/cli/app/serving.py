"""The application that `fanlight app` serves (ASGI): its own files, and what goes on to the server.

In:     a browser's calls.
Out:    files of the checked release; the server's answers as they stream; the relay's messages both ways.
Holds:  a redirect is not followed and not handed on; an answer that stops early ends the call, so that half a
        file is no whole one.
"""

import asyncio
import contextlib
import mimetypes
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from fanlight.cli.app import rules

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_WAIT = httpx.Timeout(30.0, read=120.0)
_MOST_MESSAGE = 16 << 20
_AWAY, _GOING = 1013, 1001
_BYTES = "application/octet-stream"
_KINDS = {
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".onnx": _BYTES,
}


class _Straight(connect):
    """A WebSocket's beginning that follows no redirect."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


@dataclass
class App:
    """The pages for one server.

    Attributes:
        own: origin of the pages.
        server: origin of the server.
        files: path -> bytes of the client, compared with its list before.
    """

    own: str
    server: str
    files: dict[str, bytes]

    def __post_init__(self) -> None:
        """Open the client for calls; the machine's own list of authorities is what TLS is checked against."""
        self.trust = ssl.create_default_context() if self.server.startswith("https:") else None
        self._client = httpx.AsyncClient(
            base_url=self.server,
            verify=self.trust or True,
            timeout=_WAIT,
            follow_redirects=False,
            trust_env=False,
            headers={},
        )
        for name in ("user-agent", "accept", "accept-encoding"):
            del self._client.headers[name]

    async def close(self) -> None:
        """Close the connections to the server."""
        await self._client.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] == "lifespan":
            return
        said = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path, socket = scope["path"], scope["type"] == "websocket"
        method = "GET" if socket else scope["method"]
        why = rules.refusal(method, path, said, self.own)
        if socket and "origin" not in said:
            why = "origin"  # every browser says it; and no other site's page may open this one
        if why or (socket and path != rules.RELAY):
            await self._refuse(send, socket=socket)
        elif socket:
            await self._relay(receive, send)
        elif path == "/app.json":
            body = msgspec.json.encode({"server": self.server})
            await _answer(send, 200, rules.page_headers(self.own, "application/json", lasting=False), body)
        elif rules.passes(path):
            await self._pass(scope, receive, send)
        else:
            await self._file(method, path, send)

    async def _refuse(self, send: Send, *, socket: bool) -> None:
        if socket:
            await send({"type": "websocket.close", "code": _GOING})
            return
        text = f"These pages are at {self.own}/home, and for this machine only.\n".encode()
        await _answer(send, 421, rules.page_headers(self.own, "text/plain", lasting=False), text)

    async def _file(self, method: str, path: str, send: Send) -> None:
        name = path.removeprefix("/").removeprefix("static/")
        if path in {"/", "/home"} or (path.startswith("/home/") and "." not in path.rpartition("/")[2]):
            name = "home/index.html"
        data = self.files.get(name) if method in {"GET", "HEAD"} else None
        if data is None:
            headers = rules.page_headers(self.own, "text/plain", lasting=False)
            await _answer(send, 404, headers, b"There is nothing at this address.\n")
            return
        kind = _KINDS.get(name[name.rfind(".") :]) or mimetypes.guess_type(name)[0] or _BYTES
        headers = rules.page_headers(self.own, kind, lasting=name.startswith("assets/"))
        await _answer(send, 200, headers, b"" if method == "HEAD" else data)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        target = scope.get("raw_path") or scope["path"].encode()
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        request = self._client.build_request(
            scope["method"],
            httpx.URL(self.server).copy_with(raw_path=target.partition(b"?")[0] + query),
            headers=rules.upward(scope["headers"]),
            content=None if scope["method"] in {"GET", "HEAD"} else _body(receive),
        )
        begun = False
        try:
            answer = await self._client.send(request, stream=True)
            try:
                if rules.leads_elsewhere(answer.status_code):
                    await self._away(send, 502, "The server sends elsewhere, and this app follows nowhere.")
                    return
                headers = rules.downward(scope["path"], answer.headers.items())
                await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
                begun = True
                async for piece in answer.aiter_raw():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            finally:
                await answer.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError):
            if begun:
                raise  # ends the connection, so that the browser sees that something is missing
            await self._away(send, 503, "The server does not answer, or not as itself.")

    async def _away(self, send: Send, status: int, what: str) -> None:
        body = msgspec.json.encode(
            {
                "code": "app.server_away",
                "what": what,
                "kept": "Nothing was changed.",
                "do": f"Look whether {self.server} answers, then try again.",
            }
        )
        await _answer(send, status, rules.downward("/v1/", [("content-type", "application/json")]), body)

    async def _relay(self, receive: Receive, send: Send) -> None:
        """Pass messages both ways until one end closes."""
        await receive()  # what opens it
        address = self.server.replace("http", "ws", 1) + rules.RELAY
        try:
            pipe = await _Straight(
                address,
                ssl=self.trust,
                compression=None,
                user_agent_header=None,
                proxy=None,
                max_size=_MOST_MESSAGE,
            )
        except (OSError, WebSocketException, ValueError):
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": _AWAY})
            return
        await send({"type": "websocket.accept"})
        async with pipe:
            ways = [asyncio.create_task(_up(receive, pipe)), asyncio.create_task(_down(pipe, send))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)


async def _up(receive: Receive, pipe: ClientConnection) -> None:
    while True:
        message = await receive()
        if message["type"] != "websocket.receive":
            return
        said = message.get("bytes")
        await pipe.send(said if said is not None else message["text"])


async def _down(pipe: ClientConnection, send: Send) -> None:
    try:
        async for said in pipe:
            await send({"type": "websocket.send", "text" if isinstance(said, str) else "bytes": said})
    except ConnectionClosed:
        pass
    with contextlib.suppress(Exception):  # the browser may be gone
        await send({"type": "websocket.close", "code": pipe.close_code or _GOING})


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise httpx.WriteError("The browser went away.")
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return


async def _answer(send: Send, status: int, headers: rules.Headers, body: bytes) -> None:
    sized = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": sized})
    await send({"type": "http.response.body", "body": body, "more_body": False})
