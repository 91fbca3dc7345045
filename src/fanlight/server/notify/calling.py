"""Post a body to an endpoint that somebody else named, without being led anywhere.

In:     an endpoint whose form holds, headers, a body.
Out:    what the push service answered, in one of four words.
Holds:  a name is looked up here and the connection goes to the very address that was checked, so that no
        second look-up can change it; no proxy, no redirect, no more than ANSWER_BYTES of an answer are read,
        and all of it takes TIMEOUT_S at most.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import httpcore

from fanlight.server.notify.rules import Endpoint, as_address, is_public

TIMEOUT_S = 8.0
ANSWER_BYTES = 4_096
_AT_ONCE = 64
_TRIED = 3  # addresses of one name
_SUCCESS = range(200, 300)
_GONE = frozenset({404, 410})
_LATER = frozenset({408, 425, 429})
_SERVER_ERROR = 500
_LONGEST_WAIT_S = 3_600

State = Literal["sent", "gone", "later", "refused"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a push. `again_s` says after how long to try again, where the service said so."""

    state: State
    again_s: int | None = None


class _Inside(httpcore.ConnectError):
    """The name leads into a network."""


class _Backend(httpcore.AsyncNetworkBackend):
    """Connects to addresses of the open internet only."""

    def __init__(self, *, private: bool) -> None:
        self._real, self._private = httpcore.AnyIOBackend(), private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Look the name up, check every address it has, and connect to one of those."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("no such name") from error
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self._private:
            for text in addresses:
                address = as_address(text.partition("%")[0])
                if address is None or not is_public(address):
                    raise _Inside("an address inside a network")
        failure = httpcore.ConnectError("no address")
        for text in addresses[:_TRIED]:
            try:
                return await self._real.connect_tcp(text, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = httpcore.ConnectError(str(error))
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the same
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - the same
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no push service listens there."""
        raise _Inside(path)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class Caller:
    """Connections to push services, kept open while they are used."""

    def __init__(self, *, private: bool = False, trust: ssl.SSLContext | None = None) -> None:
        """Open nothing yet.

        Args:
            private: also call addresses inside a network.
            trust: whom to believe; the machine's authorities by default.
        """
        self._private, self._trust = private, trust
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def post(self, endpoint: Endpoint, headers: dict[str, str], body: bytes) -> Answer:
        """Post once and say what became of it; never raises for what the other side does."""
        if self._pool is None:
            self._pool = self._open()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await _post(self._pool, endpoint, headers, body)
        except _Inside:
            return Answer("refused")
        except (httpcore.NetworkError, httpcore.TimeoutException, TimeoutError, OSError):
            return Answer("later")
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, UnicodeError, ValueError):
            return Answer("refused")

    async def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.aclose()
            self._pool = None

    def _open(self) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=self._trust or ssl.create_default_context(),
            max_connections=_AT_ONCE,
            keepalive_expiry=300.0,
            network_backend=_Backend(private=self._private),
        )


async def _post(
    pool: httpcore.AsyncConnectionPool, endpoint: Endpoint, headers: dict[str, str], body: bytes
) -> Answer:
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_S)
    async with pool.stream(
        "POST", endpoint.url, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}
    ) as answer:
        # A short answer read to its end keeps the connection; a long one is cut off with it.
        read = 0
        async with contextlib.aclosing(answer.aiter_stream()) as parts:  # type: ignore[type-var]
            async for part in parts:
                read += len(part)
                if read > ANSWER_BYTES:
                    break
        return _meaning(answer.status, dict(answer.headers))


def _meaning(status: int, headers: dict[bytes, bytes]) -> Answer:
    if status in _SUCCESS:
        return Answer("sent")
    if status in _GONE:
        return Answer("gone")
    if status in _LATER or status >= _SERVER_ERROR:
        said = {name.lower(): value for name, value in headers.items()}.get(b"retry-after", b"")
        wait = int(said) if said.isdigit() and len(said) < len(str(_LONGEST_WAIT_S)) + 1 else None
        return Answer("later", None if wait is None else min(wait, _LONGEST_WAIT_S))
    return Answer("refused")
