"""Let a detector look at one camera's pictures, beside the recording and never before it.

In:     packets in decode order.
Out:    what begins and ends, told to the line.
Holds:  W1 a live stream never waits for a look; a detector that falls behind looks at newer pictures.
        W2 a file waits for each look, so that it gives the same events at any speed.
        W4 what a look finds is told, also when its line ends meanwhile.
        W3 whatever goes wrong in decoders and models is a state of the line, not its end.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Protocol

from fanlight.hub.detector import Closed, Detector, Opened
from fanlight.hub.packet import Packet

WATCHING = "watching"
Take = Callable[[list[Opened | Closed]], None]
log = logging.getLogger("fanlight.hub")


class Told(Protocol):
    """Who hears whether a detector works."""

    def fails(self, what: str, note: str) -> None:
        """Take why it does not work."""
        ...

    def works(self, what: str) -> None:
        """Take that it works."""
        ...


class Watcher:
    """One camera's detector at work. `looks` bounds how many pictures are looked at together."""

    def __init__(
        self, detector: Detector, told: Told, take: Take, looks: asyncio.Semaphore, *, is_live: bool
    ) -> None:
        """Watch with `detector`; `take` hears what it says. A live stream needs `look_when_due` beside."""
        self.detector, self._told, self._tell = detector, told, take
        self._looks, self._is_live = looks, is_live
        self._due = asyncio.Event()
        self._failed = False

    async def take(self, packet: Packet) -> None:
        """Take one packet: the gate hears of it at once, a look may come of it."""
        try:
            if not self.detector.wants(packet):
                return
        except Exception as error:  # noqa: BLE001 - said as a state (W3)
            self._fail(error)
            return
        if self._is_live:
            self._due.set()
        else:
            await self._look()

    async def look_when_due(self) -> None:
        """Look whenever a picture is due, for ever."""
        while True:
            await self._due.wait()
            self._due.clear()
            await self._look()

    async def _look(self) -> None:
        try:
            async with self._looks:
                looking = asyncio.ensure_future(asyncio.to_thread(self.detector.look))
                try:
                    changes = await asyncio.shield(looking)
                except asyncio.CancelledError:
                    # The line ends, the look does not: what it finds is still told (W4).
                    with contextlib.suppress(Exception):
                        self._tell(await looking)
                    raise
        except Exception as error:  # noqa: BLE001 - said as a state (W3)
            self._fail(error)
            return
        self._failed = False
        self._told.works(WATCHING)
        self._tell(changes)

    def _fail(self, error: Exception) -> None:
        if not self._failed:
            log.error("watching: the detector failed", exc_info=error)
        self._failed = True
        why = type(error).__name__
        self._told.fails(WATCHING, f"The detector fails ({why}): no clips are made of what it misses.")
