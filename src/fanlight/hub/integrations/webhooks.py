"""Tell addresses of events by HTTP POST.

In:     the hub's notices, and which addresses want which.
Out:    a small JSON: what, id, camera (its name), at, label; signed where a secret is set. Never a picture.
Holds:  an address that is slow or away holds nobody up: each has its own queue of QUEUE. A delivery is tried
        TRIES times and then given up and said; a redirect is not followed, since it could lead anywhere.
Drops:  the oldest of a full queue; the answer's body, unread.
Absent: the hub's address, its cameras' addresses and ids, its household.
"""

import asyncio
import hashlib
import hmac
import logging
import random
import ssl
from collections import deque
from dataclasses import dataclass

import httpx
import msgspec

from fanlight.hub.integrations.needs import Hub, Troubles
from fanlight.hub.notices import CameraTold, EventBegan, EventEnded, Notice, Pressed, StorageTold
from fanlight.hub.options import HubOptions, Webhook
from fanlight.model import clock, ids

QUEUE = 64
TRIES = 5
_TIMEOUT_S = 10.0
_REMEMBERED = 256  # events whose label has been told
_AGAIN = frozenset({408, 425, 429})
_SERVER_ERROR = 500
_LAST_PORT = 65_535
_REDIRECT = range(300, 400)
log = logging.getLogger("fanlight.hub")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds before the second try; each further one waits five times as long."""

    again_s: float = 2.0


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an address is told. `id` is the same in a repeated delivery, and says nothing."""

    what: str
    id: str
    at: str
    camera: str = ""
    label: str = ""
    state: str = ""


class Writer:
    """Turns notices into what is told."""

    def __init__(self, options: HubOptions) -> None:
        """Learn the cameras' names."""
        self._names = {camera.id: camera.name for camera in options.camera}
        self._known: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)
        self._cameras: dict[str, str] = {}

    def tell(self, notice: Notice) -> Told | None:
        """Return what to tell of a notice, None if nothing new happened."""
        if isinstance(notice, StorageTold):
            return Told(what="storage", id=ids.new_id(), at=clock.to_text(clock.now()), state=notice.state)
        if notice.camera not in self._names:
            return None
        name, new_id = self._names[notice.camera], ids.new_id()
        match notice:
            case Pressed():
                return Told(what="ring", id=new_id, at=clock.to_text(notice.at), camera=name)
            case EventBegan() | EventEnded() if (notice.event, notice.label) not in self._known:
                # Also at its end: what began as a vehicle may turn out to be a person.
                self._known.append((notice.event, notice.label))
                at = clock.to_text(notice.start)
                return Told(what=notice.label, id=new_id, at=at, camera=name, label=notice.label)
            case CameraTold() if self._cameras.get(notice.camera) != notice.state:
                self._cameras[notice.camera] = notice.state
                at = clock.to_text(notice.since)
                return Told(what="camera", id=new_id, at=at, camera=name, state=notice.state)
            case _:
                return None


def is_address(text: str) -> bool:
    """Tell whether something can be called there at all; httpx finds out late, and in several ways."""
    try:
        url = httpx.URL(text)
        url.host.encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        return False
    return url.scheme in ("http", "https") and bool(url.host) and (url.port or 1) <= _LAST_PORT


def sign(secret: str, body: bytes) -> str:
    """Return the header `Fanlight-Signature` for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Hook:
    """One address with its queue; `number` is how people find it in the settings."""

    def __init__(self, number: int, settings: Webhook, troubles: Troubles, pace: Pace) -> None:
        """Name it."""
        self._settings, self._troubles, self._pace = settings, troubles, pace
        self._what = f"webhook {number}"
        self._waiting: deque[bytes] = deque(maxlen=QUEUE)
        self._wake = asyncio.Event()

    def offer(self, told: Told) -> None:
        """Let it wait for delivery, if the address wants it."""
        if told.what in self._settings.on:
            self._waiting.append(msgspec.json.encode(told))
            self._wake.set()

    async def deliver(self) -> None:
        """Deliver what waits, in order, for ever."""
        trust = await asyncio.to_thread(ssl.create_default_context)
        async with httpx.AsyncClient(
            timeout=_TIMEOUT_S, trust_env=False, follow_redirects=False, verify=trust
        ) as http:
            while True:
                self._wake.clear()
                while self._waiting:
                    await self._send(http, self._waiting.popleft())
                await self._wake.wait()

    async def _send(self, http: httpx.AsyncClient, body: bytes) -> None:
        wait_s, note = self._pace.again_s, ""
        for number in range(TRIES):
            if number:
                await asyncio.sleep(wait_s * random.uniform(0.75, 1.25))  # noqa: S311 - spread, not secrecy
                wait_s *= 5
            note, again = await self._try(http, body)
            if not again:
                break
            self._say(note)
        self._say(note)

    async def _try(self, http: httpx.AsyncClient, body: bytes) -> tuple[str, bool]:
        """Post once; return a sentence, empty if it was taken, and whether to try again."""
        if not is_address(self._settings.url):
            return "The address makes no sense. Check it in the settings.", False
        headers = {"Content-Type": "application/json"}
        if self._settings.secret:
            headers["Fanlight-Signature"] = sign(self._settings.secret, body)
        try:
            async with (
                asyncio.timeout(_TIMEOUT_S),
                http.stream("POST", self._settings.url, content=body, headers=headers) as answer,
            ):
                status = answer.status_code
        except (httpx.HTTPError, TimeoutError):
            return "The address does not answer.", True
        if answer.is_success:
            return "", False
        if status in _REDIRECT:
            return "The address sends elsewhere, which is not followed. Enter where it leads.", False
        again = status >= _SERVER_ERROR or status in _AGAIN
        return f"The address answers with status {status}.", again

    def _say(self, note: str) -> None:
        if not note:
            self._troubles.pop(self._what, None)
        elif self._troubles.get(self._what) != note:
            self._troubles[self._what] = note
            log.warning("%s: %s", self._what, note)


async def run(options: HubOptions, hub: Hub, troubles: Troubles, pace: Pace = Pace()) -> None:
    """Tell every address what it wants to know, for ever."""
    writer = Writer(options)
    hooks = [Hook(number, each, troubles, pace) for number, each in enumerate(options.webhook, 1)]
    async with asyncio.TaskGroup() as tasks:
        for hook in hooks:
            tasks.create_task(hook.deliver())
        async for notice in hub.board.listen():
            told = writer.tell(notice)
            if told is not None:
                for hook in hooks:
                    hook.offer(told)
