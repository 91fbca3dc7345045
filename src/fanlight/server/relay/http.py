"""Routes: the WebSockets of hubs and viewers.

Holds:  the token comes in a header or in the first message, never in an address: addresses end up in logs and
        histories.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Router, WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.exceptions import WebSocketException as SocketError

from fanlight.model.ids import is_id
from fanlight.server.accounts import Session, session_of
from fanlight.server.errors import ServerError
from fanlight.server.relay import switch
from fanlight.server.relay.switch import Hub, Switch, Viewer
from fanlight.server.services import Parts, Services
from fanlight.wire.relay import MOST_FROM_VIEWER, BadRelayMessage, read_send

CHECK_S = 20.0  # how long a session that ended, or a membership, still pipes
HELLO_S = 10.0
_MESSAGES_PER_S, _BURST = 100, 400
_READERS = ("owner", "member", "guest")
Socket = WebSocket[Any, Any, Any]
Switches = NamedDependency[Switch]


class _Hello(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    token: str
    hub: str | None = None
    household: str = ""


class _Closed(Exception):
    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


@websocket("/v1/relay/hub")
async def hub(socket: Socket, services: Parts, switches: Switches) -> None:
    """Connect a hub: it is told who comes, says and leaves, and sends to those it names."""
    await socket.accept()

    async def serve() -> None:
        token = await _token(socket)
        hello = _Hello(token)
        session = await _allowed(hello, services, _is_hub)
        here = switches.connect(session.account, session.household)
        try:
            await socket.send_text("{}")
            await _together(
                _send(socket, here),
                _hear_hub(socket, here),
                _check(hello, services, session, _is_hub),
            )
        finally:
            switches.disconnect(here)

    await _until_closed(socket, serve)


@websocket("/v1/relay/watch")
async def watch(socket: Socket, services: Parts, switches: Switches) -> None:
    """Connect a member's browser to a hub of the household, if one is there."""
    await socket.accept()

    async def serve() -> None:
        hello = await _hello(socket)
        session = await _allowed(hello, services, _may_watch)
        try:
            here, viewer = switches.join(session.household, hello.hub)
        except switch.Away as error:
            raise _Closed(switch.HUB_AWAY) from error
        except switch.Full as error:
            raise _Closed(switch.TOO_MANY) from error
        try:
            await socket.send_text("{}")
            await _together(
                _send(socket, viewer),
                _hear_viewer(socket, here, viewer),
                _check(hello, services, session, _may_watch),
            )
        finally:
            here.leave(viewer)

    await _until_closed(socket, serve)


async def _until_closed(socket: Socket, serve: Callable[[], Awaitable[None]]) -> None:
    code = switch.ENDED
    try:
        await serve()
    except _Closed as closed:
        code = closed.code
    except (WebSocketDisconnect, SocketError):
        return
    except BadRelayMessage:
        code = switch.MALFORMED
    with contextlib.suppress(Exception):  # it may be gone by now
        await socket.close(code=code)


async def _together(*works: Awaitable[None]) -> None:
    """Do all until one ends; raise what it raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send(socket: Socket, box: Hub | Viewer) -> None:
    while (message := await box.next()) is not None:
        await socket.send_bytes(message)
    raise _Closed(box.code)


async def _hear_hub(socket: Socket, here: Hub) -> None:
    while True:
        here.take(read_send(await _bytes(socket)))


async def _hear_viewer(socket: Socket, here: Hub, viewer: Viewer) -> None:
    loop = asyncio.get_running_loop()
    left, since = float(_BURST), loop.time()
    while True:
        payload = await _bytes(socket)
        now = loop.time()
        left, since = min(left + (now - since) * _MESSAGES_PER_S, _BURST) - 1, now
        if left < 0:
            raise _Closed(switch.TOO_MANY)
        if not payload or len(payload) > MOST_FROM_VIEWER:
            raise _Closed(switch.MALFORMED)
        await here.said(viewer, payload)


async def _check(hello: _Hello, services: Services, session: Session, may: Callable[[Session], bool]) -> None:
    """Return never; raise once this session, as it was, is over."""
    while True:
        await asyncio.sleep(CHECK_S)
        now = await _allowed(hello, services, may)
        if (now.account, now.household) != (session.account, session.household):
            raise _Closed(switch.NOT_ALLOWED)


async def _allowed(hello: _Hello, services: Services, may: Callable[[Session], bool]) -> Session:
    try:
        session = await session_of(hello.token, services, hello.household)
    except ServerError as error:
        raise _Closed(switch.NOT_SIGNED_IN if error.status == 401 else switch.NOT_ALLOWED) from error  # noqa: PLR2004
    if not session.household or not may(session):
        raise _Closed(switch.NOT_ALLOWED)
    return session


def _is_hub(session: Session) -> bool:
    return session.kind == "hub"


def _may_watch(session: Session) -> bool:
    """Tell of who may at all; of which cameras is for the hub to say, which does not believe us."""
    return session.kind == "member" and session.role in _READERS


async def _bytes(socket: Socket) -> bytes:
    event = await socket.receive()
    if event["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(detail="gone")
    data = event.get("bytes")
    if not isinstance(data, bytes):
        raise _Closed(switch.MALFORMED)
    return data


async def _token(socket: Socket) -> str:
    """Return a hub's token: of its header, or of its first message."""
    kind, _, token = socket.headers.get("authorization", "").partition(" ")
    return token if kind == "Bearer" and token else (await _hello(socket)).token


async def _hello(socket: Socket) -> _Hello:
    try:
        async with asyncio.timeout(HELLO_S):
            event = await socket.receive()
    except TimeoutError as error:
        raise _Closed(switch.NOT_SIGNED_IN) from error
    if event["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(detail="gone")
    text = event.get("text")
    try:
        hello = msgspec.json.decode(text if isinstance(text, str) else "", type=_Hello)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _Closed(switch.MALFORMED) from error
    named = [one for one in (hello.hub, hello.household or None) if one is not None]
    if len(hello.token) > 200 or not all(is_id(one) for one in named):  # noqa: PLR2004 - ours have 50
        raise _Closed(switch.MALFORMED)
    return hello


router = Router(path="/", route_handlers=[hub, watch])
