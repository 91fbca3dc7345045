"""What a hub and its town's server tell each other: clips and a status box out, the cell's requests in.

In:     the outbox, the lines' states, the household's keys, the cell's open requests.
Out:    the same calls at the same pace, whatever happened at home (R24).
Holds:  while the server is away everything waits and is tried again; why is said once, and when it is over.
Absent: anything of it at a hub without a household.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from fanlight.hub import even, wiping
from fanlight.hub.days import Days
from fanlight.hub.epochs import Epochs
from fanlight.hub.options import Uploads
from fanlight.hub.outbox import Outbox
from fanlight.hub.requests import Requests
from fanlight.hub.sealer import Sealer
from fanlight.hub.settings import HubKeys, Pairing
from fanlight.hub.status import SENT_DAYS, CameraStatus, make_status
from fanlight.hub.uplink import Refused, Uplink
from fanlight.hub.wishes import Wishes
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal import farewell, opening
from fanlight.seal.epoch import Epoch
from fanlight.seal.notes import Guest
from fanlight.seal.roll import READERS
from fanlight.wire import b64

RETRY_S = 3.0
LONGEST_REST_S = 600.0  # the clock may be set meanwhile
SETTLES = timedelta(minutes=1)  # by then a clip is in the outbox
JITTER = 0.2  # so that the hubs of a town do not all ask in the same second

_RANDOM = random.SystemRandom()
log = logging.getLogger("fanlight.hub")


class Town:
    """The server's side of a paired hub. `troubles` holds why a kind of call fails at present."""

    def __init__(
        self,
        folder: Path,
        pairing: Pairing,
        keys: HubKeys,
        uplink: Uplink,
        cameras: Callable[[], Sequence[CameraStatus]],
    ) -> None:
        """Open outbox, sealer, keys and requests in `folder`; `cameras` tells how each camera is.

        Raises:
            OutboxFull, EpochsRefused, CellFileRefused: what is there is not what a hub wrote.
        """
        self.pairing, self.uplink = pairing, uplink
        self.outbox = Outbox(folder)
        self.epochs = Epochs(folder, pairing, keys.identity)
        self.sealer = Sealer(folder, pairing.household, keys.signing, self.epochs.guests)
        self.requests = Requests(folder, pairing)
        self.wishes = Wishes(pairing)
        self.days = Days(folder, self.sealer)
        self.troubles: dict[str, str] = {}
        self.viewings: Callable[[], list[dict[str, Any]]] = list  # who watches, for the status box
        self.openings: Callable[[], list[dict[str, Any]]] = list  # who opened clips, for it too
        self.keys_since: Callable[[], date | None] = lambda: None  # what is kept under the household's keys
        self.alerts: Callable[[], dict[str, Any] | None] = lambda: None  # how they are, for the status box
        self._folder, self._keys, self._cameras = folder, keys, cameras
        self._wake = asyncio.Event()
        self.uploads = Uploads()

    def close(self) -> None:
        """Close the rooms."""
        self.outbox.close()
        self.sealer.close()

    def send_as(self, uploads: Uploads) -> None:
        """Send at once or evenly from now on; clips that are sealed already keep their size."""
        self.uploads, self.sealer.sizes = uploads, even.places(uploads)
        self._wake.set()

    def wake(self) -> None:
        """Send what waits now rather than in a while."""
        self._wake.set()

    async def epoch(self) -> Epoch:
        """Return the household's newest key; wait for it if none was ever seen."""
        while self.epochs.newest is None:
            await self._try("household keys", self._refresh())
            if self.epochs.newest is None:
                await asyncio.sleep(RETRY_S)
        return self.epochs.newest

    async def send(self) -> None:
        """Send clips, for ever, as they are made or evenly; wait and try again while the server is away."""
        while True:
            self._wake.clear()
            evenly = self.uploads.mode == "even"
            if not await self._try("sending", self._send_evenly() if evenly else self._send_now()):
                await asyncio.sleep(RETRY_S)
                continue
            rest = even.until_next(self._even_now(), self.uploads.every_h) if evenly else RETRY_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(rest, LONGEST_REST_S)):
                    await self._wake.wait()

    async def _send_now(self) -> None:
        await self.outbox.push(self.uplink)

    async def _send_evenly(self) -> None:
        """Send what is due; what is due changes at the moments of sending and at no others."""
        epoch, sizes = await self.epoch(), self.sealer.sizes
        moment = even.last_sending(self._even_now(), self.uploads.every_h).isoformat()
        if await asyncio.to_thread(self.outbox.is_next, moment):
            for place in await asyncio.to_thread(self.outbox.lacking, even.sealed_sizes(sizes)):
                filler = await asyncio.to_thread(self.sealer.filler, sizes[place], epoch)
                await asyncio.to_thread(self.outbox.put, filler)
            await asyncio.to_thread(self.outbox.make_due, moment, even.sealed_sizes(sizes))
        await self.outbox.push(self.uplink, only_due=True)

    def _even_now(self) -> datetime:
        return clock.now() - even.offset_of(self.pairing.household)

    async def report(self) -> None:
        """Put the status box at the server at a steady pace, for ever."""
        while True:
            await self._try("status", self.report_once())
            await asyncio.sleep(self.pairing.status_s)

    async def report_once(self) -> None:
        """Put one status box; raises UplinkError when it could not be sent."""
        # A server that shows other keys than an owner signed is still told, under the last right key.
        await self._try("household keys", self._refresh())
        epoch = self.epochs.newest
        if epoch is None:
            return
        now = clock.now()
        oldest = min((asked.window.start for asked in self.requests.asked), default=now)
        oldest = min(oldest, self.wishes.oldest or now)
        kept = await asyncio.to_thread(self.sealer.kept, oldest)
        clips = [clip for clip in kept if self.epochs.may_match(clip.camera)]
        box = make_status(
            household=self.pairing.household,
            at=now,
            place=(self.pairing.lon, self.pairing.lat),
            cameras=self._cameras(),
            matches=[*self.wishes.matches(kept), *self.requests.matches(clips, now)],
            waiting=self.outbox.waiting(),
            alerts=self.alerts(),
            viewings=self.viewings(),
            sent=await asyncio.to_thread(self._sent, now),
            openings=self.openings(),
            keys_since=await asyncio.to_thread(self.keys_since),
            epoch=epoch,
            signing=self._keys.signing,
        )
        await self.uplink.call("PUT", "/v1/hub/status", content=box)

    async def _refresh(self) -> None:
        """Fetch the household's keys; where the server refuses that, look for an owner's last word."""
        try:
            await self.epochs.refresh(self.uplink)
        except Refused:
            await self._try("last word", self.hear_farewell())
            raise
        self.troubles.pop("last word", None)  # the household goes on: what was no word is no trouble

    async def hear_farewell(self) -> None:
        """Order that all is destroyed, if an owner said that the household is over. Raises FanlightError."""
        household, newest = self.pairing.household, self.epochs.newest
        try:
            answer = await self.uplink.public("GET", f"/v1/farewells/{farewell.place_of(household)}")
        except Refused:
            return  # there is none
        opened = await asyncio.to_thread(self.open, answer.content)
        book = None if newest is None else newest.statement.book
        owners = [b64.decode(self.pairing.owner)] if book is None else book.roll.owners
        hub = self._keys.signing.public
        farewell.check(
            bytes(opened),
            newest=newest,
            owners=owners,
            household=household,
            hub=hub,
            today=clock.now().date(),
        )
        log.warning("An owner ended the household: this hub destroys what it holds.")
        await asyncio.to_thread(wiping.order, self._folder, "owner")

    def _sent(self, now: datetime) -> dict[str, dict[str, int]]:
        """Return how many clips went to the server, by camera and day; blocks."""
        since, until = now.date() - timedelta(days=SENT_DAYS - 1), now - SETTLES
        return self.sealer.sent(since, until, self.outbox.held())

    def members(self) -> frozenset[bytes]:
        """Return the signing keys of those who may ask this hub for something: owners and members."""
        newest = self.epochs.newest
        if newest is None or newest.statement.book is None:
            return frozenset({b64.decode(self.pairing.owner)})
        return frozenset(one.sign_pub for one in newest.statement.book.roll.members if one.role in READERS)

    def guests(self) -> dict[bytes, Guest]:
        """Return what each guest may see, and until when, by signing key; nobody while it cannot be read."""
        newest, notes = self.epochs.newest, self.epochs.notes
        if newest is None or newest.statement.book is None or notes is None:
            return {}
        roll = newest.statement.book.roll.members
        return {
            one.sign_pub: notes.guests[one.account]
            for one in roll
            if one.role == "guest" and one.account in notes.guests
        }

    def open(self, sealed: bytes) -> bytes:
        """Open a message to this hub; raises SealError. It takes a few milliseconds."""
        return opening.open_age(sealed, [self._keys.identity])

    async def listen(self) -> None:
        """Fetch the cell's requests, for ever, at a pace that varies by chance and by nothing else."""
        while True:
            await self._try("requests", self.requests.refresh(self.uplink))
            await self._try("wishes", self.wishes.refresh(self.uplink))
            await self._try("days", self.days.refresh(self.uplink, clock.now()))
            await asyncio.sleep(self.pairing.poll_s * _RANDOM.uniform(1 - JITTER, 1 + JITTER))

    async def _try(self, room: str, work: Awaitable[object]) -> bool:
        """Do some work; say once in the hub's log why it fails, and when it works again."""
        try:
            await work
        except FanlightError as error:
            if self.troubles.get(room) != error.what:
                self.troubles[room] = error.what
                log.warning("%s: %s", room, error)
            return False
        except Exception as error:  # a full disk, or our own mistake: recording goes on either way
            why = f"It failed ({type(error).__name__}) and is tried again. The reason is in the hub's log."
            if self.troubles.get(room) != why:
                self.troubles[room] = why
                log.exception("%s: it failed", room)
            return False
        if self.troubles.pop(room, None) is not None:
            log.warning("%s: it works again.", room)
        return True
