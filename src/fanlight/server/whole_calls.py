"""Take a call in to its end before it is answered, so that the next call finds the connection open.

Holds:  whoever answers without looking at the body (what is kept already, what is refused) leaves bytes on
        the line. The connection is then cut behind the answer, and no answer says so: a client that sends
        its next call on it, as HTTP/1.1 lets it, is cut off. So what is left is read and dropped first;
        where it is too long or comes too slowly, the answer says that the connection ends.
Absent: HTTP/2, where each call has a stream of its own.
"""

import asyncio
import contextlib

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.types.asgi_types import ReceiveMessage

MOST = 12 * 1024 * 1024  # bytes: the longest body that any route takes
PATIENCE_S = 5.0


class _Body:
    """What is still to come of a call."""

    def __init__(self, receive: Receive, length: int | None) -> None:
        """`length` is what the call says of it, None where it says nothing."""
        self._receive, self._length = receive, length
        self._whole = False

    async def __call__(self) -> ReceiveMessage:
        """Receive the next part, as the application does."""
        part = await self._receive()
        self._whole = part["type"] != "http.request" or not part["more_body"]
        return part

    async def is_taken(self) -> bool:
        """Read and drop what is left; False if that is too much or takes too long."""
        if self._whole:
            return True
        left = MOST if self._length is None else self._length
        if left > MOST:
            return False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while left >= 0:
                    part = await self()
                    if part["type"] != "http.request" or not part["more_body"]:
                        return True
                    left -= len(part["body"])
        return False


def _length(scope: Scope) -> int | None:
    """Return how long the body is by its head, 0 if there is none, None where that is open."""
    headers = Headers.from_scope(scope)
    if "transfer-encoding" in headers:
        return None
    said = headers.get("content-length", "0")
    return int(said) if said.isascii() and said.isdigit() else None


def whole_calls(app: ASGIApp) -> ASGIApp:
    """Return an application whose answers go out behind the whole call."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["http_version"] == "2" or (length := _length(scope)) == 0:
            await app(scope, receive, send)
            return
        body = _Body(receive, length)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and not await body.is_taken():
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        await app(scope, body, answer)

    return answered
