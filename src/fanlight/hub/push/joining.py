"""Join the alerts to a paired hub: its book, its way to the server, its cameras' pictures."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import httpx
import msgspec

from fanlight.hub.options import HubOptions
from fanlight.hub.packet import Packet
from fanlight.hub.push.needs import Hub, Means
from fanlight.hub.push.room import Alerts
from fanlight.hub.uplink import Uplink, unreadable
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal.notes import Guest
from fanlight.wire import b64

_SAY_S = 5.0


class _Line(Protocol):
    @property
    def latest_key(self) -> Packet | None: ...


class _Pairing(Protocol):
    @property
    def household(self) -> str: ...


class Town(Protocol):
    """The server's side of a paired hub."""

    alerts: Callable[[], dict[str, Any] | None]

    @property
    def pairing(self) -> _Pairing:
        """Whose hub it is."""
        ...

    @property
    def uplink(self) -> Uplink:
        """The way to the server."""
        ...

    def members(self) -> frozenset[bytes]:
        """Return the signing keys of those who live there."""
        ...

    def guests(self) -> Mapping[bytes, Guest]:
        """Return what each guest may see, by signing key."""
        ...

    def open(self, sealed: bytes) -> bytes:
        """Open a message to this hub."""
        ...


class PairedHub(Hub, Protocol):
    """A hub at work."""

    @property
    def folder(self) -> Path:
        """Where it keeps what it keeps."""
        ...

    @property
    def options(self) -> HubOptions:
        """What a person decided."""
        ...

    @property
    def lines(self) -> Mapping[str, _Line]:
        """Its cameras at work."""
        ...


class _BehestOut(msgspec.Struct, frozen=True):
    behest: str
    body: str


class _BehestsOut(msgspec.Struct, frozen=True):
    behests: list[_BehestOut]


class _PushOut(msgspec.Struct, frozen=True):
    state: str
    again_s: int | None = None


def means(hub: PairedHub, town: Town, now: Callable[[], datetime] = clock.now) -> Means:
    """Return how alerts reach the rest of a paired hub."""

    async def fetch(tag: str) -> tuple[list[bytes], str] | None:
        headers = {"If-None-Match": tag} if tag else {}
        answer = await town.uplink.call("GET", "/v1/push/behests", headers=headers)
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return None
        try:
            found = msgspec.json.decode(answer.content, type=_BehestsOut)
            return [b64.decode(one.body) for one in found.behests], answer.headers.get("etag", "")
        except (msgspec.MsgspecError, RecursionError, FanlightError) as error:
            raise unreadable(answer) from error

    async def post(ticket: str, body: bytes) -> tuple[str, int | None]:
        wire = {"ticket": ticket, "body": b64.encode(body)}
        answer = await town.uplink.public("POST", "/v1/push/send", json=wire)
        try:
            said = msgspec.json.decode(answer.content, type=_PushOut)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise unreadable(answer) from error
        return said.state, said.again_s

    async def picture(camera: str) -> bytes:
        line = hub.lines.get(camera)
        key = line.latest_key if line is not None else None
        if key is None:
            return b""
        from fanlight.hub.snapshot import thumb_of  # noqa: PLC0415 - it loads a decoder

        return await asyncio.to_thread(thumb_of, key)

    def camera_name(camera: str) -> str:
        return next((one.name for one in hub.options.camera if one.id == camera), "")

    return Means(
        household=town.pairing.household,
        members=lambda: _askers(town, now()),
        sees=lambda by, camera: _sees(town, now(), by, camera),
        lives=lambda by: by in town.members(),
        open=town.open,
        fetch=fetch,
        post=post,
        camera_name=camera_name,
        incidents=_incidents(town),
        picture=picture,
    )


def _incidents(town: Town) -> Callable[[], Awaitable[bytes | None]]:
    tag = ""

    async def fetch() -> bytes | None:
        nonlocal tag
        headers = {"If-None-Match": tag} if tag else {}
        answer = await town.uplink.public("GET", "/v1/incidents", headers=headers)
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return None
        tag = answer.headers.get("etag", "")
        return answer.content

    return fetch


def _askers(town: Town, now: datetime) -> frozenset[bytes]:
    return town.members() | {by for by, guest in town.guests().items() if now < guest.until}


def _sees(town: Town, now: datetime, by: bytes, camera: str) -> bool:
    guest = town.guests().get(by)
    return by in town.members() or (guest is not None and bool(camera) and guest.sees(camera, now))


async def run(
    hub: PairedHub, town: Town, say: Callable[[str], None], now: Callable[[], datetime] = clock.now
) -> None:
    """Tell members' browsers what happens, until cancelled; `say` takes what does not work."""
    alerts = Alerts(hub.folder, hub, means(hub, town, now), now)
    town.alerts = alerts.report
    work = asyncio.create_task(alerts.run())
    try:
        while not work.done():
            say(alerts.trouble)
            await asyncio.wait({work}, timeout=_SAY_S)
        await work
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
