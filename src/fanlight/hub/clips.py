"""From an occasion to a sealed clip in the outbox.

In:     why a clip is made, and when; the recording around it.
Out:    a parcel in the outbox, and the event's row knows its clip.
Holds:  one clip is sealed at a time: its pictures lie in memory meanwhile.
        A clip waits for the end of what it shows to be on disk, LONGEST_WAIT_S at most.
Absent: a household. A hub that was not paired makes no clips; its events and recording stay at home.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from fanlight.hub.journal import Journal
from fanlight.hub.options import Camera
from fanlight.hub.outbox import Outbox, OutboxFull
from fanlight.hub.packet import Clock
from fanlight.hub.playable import playable
from fanlight.hub.sealer import POST_ROLL, PRE_ROLL, Kept, Occasion, Sealer
from fanlight.hub.segmenter import Segment, fmp4
from fanlight.seal.epoch import Epoch

LONGEST_WAIT_S = 20.0  # a press's ten seconds, what follows it, and a long segment
_STEP_S = 0.05


class ClipMaker:
    """Makes the clips of one household's hub."""

    def __init__(
        self, journal: Journal, sealer: Sealer, outbox: Outbox, epoch: Callable[[], Awaitable[Epoch]]
    ) -> None:
        """Use these rooms; `epoch` waits until the household's key is known."""
        self._journal, self._sealer, self._outbox, self._epoch = journal, sealer, outbox, epoch
        self._sealing = asyncio.Lock()

    async def make(
        self, camera: Camera, occasion: Occasion, clock: Clock, *, is_recording: Callable[[], bool]
    ) -> Kept | None:
        """Seal what surrounds an occasion and put it into the outbox; None if nothing of it was recorded.

        Raises:
            OutboxFull, JournalError, BadFmp4: the clip is lost.
        """
        first, last = occasion.start - PRE_ROLL, occasion.end + POST_ROLL
        waited = 0.0
        while is_recording() and self._journal.committed(camera.id) < last and waited < LONGEST_WAIT_S:
            await asyncio.sleep(_STEP_S)
            waited += _STEP_S
        if not is_recording():
            await asyncio.to_thread(self._journal.flush, LONGEST_WAIT_S)
        async with self._sealing:
            epoch = await self._epoch()  # before the segments: it may be long in coming, and they are large
            segments = await asyncio.to_thread(self._take, camera.id, first, last)
            if not segments:
                return None
            parcel, kept = await asyncio.to_thread(
                self._sealer.seal, camera, occasion, segments, epoch, clock
            )
            try:
                await asyncio.to_thread(self._outbox.put, parcel)
            except OutboxFull:
                self._sealer.lose(kept.clip)
                raise
        return kept

    def _take(self, camera: str, first: datetime, last: datetime) -> list[Segment]:
        """Return what is recorded as every browser plays it; blocks."""
        segments = _joinable(self._journal.read(camera, first, last))
        if not segments:
            return []
        smaller = [] if segments[0].info.is_h264 else self._journal.read(camera, first, last, role="sub")
        return playable(segments, smaller)


def _joinable(segments: list[Segment]) -> list[Segment]:
    """Return the last run of segments that make one clip: coded alike, from a keyframe on."""
    while segments and not fmp4.can_join(segments):
        segments = segments[1:]
    return segments
