"""Send footage as fast as it is taken, and no faster.

In:     a stretch of one camera; how many bytes of it have arrived.
Out:    for each segment its facts, then its bytes in pieces; `end` when all is sent.
Holds:  at most WINDOW_BYTES are under way. What is read from the disk is read in a thread, a few seconds at a
        time.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

from fanlight.hub.journal import Journal
from fanlight.hub.live import words
from fanlight.hub.live.footage import LONGEST, PIECE_BYTES, WINDOW_BYTES, parts
from fanlight.model.errors import FanlightError


class Fetch:
    """One stretch on its way to one viewer."""

    def __init__(self, ask: words.Footage, start: datetime, end: datetime, journal: Journal) -> None:
        """Nothing is read yet."""
        self._ask, self._start, self._end, self._journal = ask, start, min(end, start + LONGEST), journal
        self._sent = self._arrived = 0
        self._room = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self, *, tell: Callable[[bytes], None], send: Callable[[bytes], None]) -> None:
        """Send it, beside everything else."""
        self._task = asyncio.create_task(self._run(tell, send))

    def arrived(self, count: int) -> bool:
        """Take that so many bytes have arrived in all; tell whether that is everything."""
        self._arrived = min(max(count, self._arrived), self._sent)
        self._room.set()
        return self._task is not None and self._task.done() and self._arrived == self._sent

    async def close(self) -> None:
        """Send no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, tell: Callable[[bytes], None], send: Callable[[bytes], None]) -> None:
        ask = self._ask
        found = parts(self._journal, ask.camera, self._start, self._end, h265=ask.h265)
        state = "end"
        try:
            while (part := await asyncio.to_thread(next, found, None)) is not None:
                tell(words.say("part", id=ask.id, **part.facts()))
                data = part.init + part.fragment
                for at in range(0, len(data), PIECE_BYTES):
                    piece = data[at : at + PIECE_BYTES]
                    while self._sent + len(piece) - self._arrived > WINDOW_BYTES:
                        self._room.clear()
                        await self._room.wait()
                    self._sent += len(piece)
                    send(piece)
        except FanlightError:
            state = "damaged"
        finally:
            with contextlib.suppress(ValueError):  # a thread that was left is still in it
                found.close()
        tell(words.say("footage", id=ask.id, state=state))
