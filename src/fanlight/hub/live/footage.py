"""Any stretch of the recording, cut into pieces a viewer's device can play at once.

In:     the journal's segments between two times.
Out:    for each segment its facts and its bytes: a fragment of MP4 that begins at its place after the first
        one, and LEAD_90K: sound may begin a little before its picture.
Holds:  memory for a few segments, however long the stretch; what browsers do not play is made playable, ten
        seconds at a time. Who lost the connection asks anew from the end of the last whole segment.
Absent: sealing and sending (`room`).
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from fanlight.hub.journal import Journal
from fanlight.hub.playable import playable
from fanlight.hub.segmenter import Segment, fmp4
from fanlight.model import clock

PIECE_BYTES = 48 << 10
WINDOW_BYTES = 1 << 20  # so much may be under way to a viewer
LEAD_90K = 90_000
LONGEST = timedelta(hours=24)
_AT_ONCE = 10  # segments, a second each
_US = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A segment as a viewer gets it. `init` is there where it differs from the one before."""

    start: datetime
    end: datetime
    mime: str
    init: bytes
    fragment: bytes

    def facts(self) -> dict[str, object]:
        """Return what is said of it before its bytes."""
        return {
            "start": clock.to_text(self.start),
            "end": clock.to_text(self.end),
            "mime": self.mime,
            "init": len(self.init),
            "length": len(self.init) + len(self.fragment),
        }


def parts(journal: Journal, camera: str, start: datetime, end: datetime, *, h265: bool) -> Generator[Part]:
    """Yield what is kept between two times; blocks."""
    before: tuple[str, bytes] | None = None
    first: datetime | None = None
    segments = journal.segments(camera, start, end)
    number = 0
    while batch := list(islice(segments, _AT_ONCE)):
        for run in _runs(batch):
            for segment in _shown(journal, camera, run, h265=h265):
                number += 1
                init = fmp4.init_segment(segment.info, audio=segment.audio)
                mime = fmp4.mime(segment.info, segment.audio)
                first = first or segment.wall
                at = max(round((segment.wall - first) / _US * 9 / 100), 0) + LEAD_90K
                same = (mime, init) == before
                before = (mime, init)
                yield Part(
                    segment.wall,
                    segment.wall_end,
                    mime,
                    b"" if same else init,
                    fmp4.rebase(segment.fragment, number, at),
                )


def _runs(batch: list[Segment]) -> Iterator[list[Segment]]:
    run: list[Segment] = []
    for segment in batch:
        if run and (segment.run, segment.info, segment.audio) != (run[-1].run, run[-1].info, run[-1].audio):
            yield run
            run = []
        run.append(segment)
    if run:
        yield run


def _shown(journal: Journal, camera: str, run: list[Segment], *, h265: bool) -> list[Segment]:
    if h265 or run[0].info.is_h264:
        audio = run[0].audio
        if audio is None or audio.codec not in ("ulaw", "alaw"):
            return run
    sub = [] if run[0].info.is_h264 else journal.read(camera, run[0].wall, run[-1].wall_end, "sub")
    return playable(run, sub)
