"""Any stretch of a camera's recording as one MP4 file, made while it is read.

In:     the segments of one camera in order of time, from the keyframe before the start on.
Out:    the bytes of a plain MP4: media first, then the index (`moov`), which every player reads.
Holds:  E1 the film begins with the picture that was to be seen at the start, and ends at the end; what lies
        before the start is in it only as far as decoding needs it, what lies after the end is not in it.
        E2 film time is wall time: `begins` plus the position, to STEP_90K; a gap is as long as the clock
        says, while the last picture stands. `joined` leaves gaps out. Where the clock was set, and at gaps,
        a chapter names the time.
        E3 pictures and sound are the recorded bytes; only G.711 becomes AAC, which players know.
        E4 memory holds one segment, and the index: about 1 MB for an hour.
Drops:  sound in another coding than the first; what cannot be decoded since its keyframe is not there.
Absent: the disk and the keys (hub.journal).
Why:    docs/design/segments.md
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from fanlight.hub.export.errors import ExportRefused, nothing_recorded
from fanlight.hub.export.index import Chapter, Facts, Picture, Track, movie, starts, told
from fanlight.hub.packet import AudioInfo, StreamInfo
from fanlight.hub.segmenter import Segment, fmp4
from fanlight.hub.segmenter.boxes import box
from fanlight.hub.segmenter.fragment import Contents
from fanlight.hub.segmenter.init import audio_entry, video_entry
from fanlight.hub.voice import G711, Heard, Voice

LONGEST = timedelta(hours=12)  # a gap is one sample's length, 32 bits of 1/90,000 s: 13 h
STEP_90K = 90  # 1 ms: so far film time may be from wall time before it is put right
GAP_90K = 90_000  # from so much on a gap has a chapter
_US = timedelta(microseconds=1)
_HEAD = box(b"ftyp", b"isom", struct.pack(">I", 0x200), b"isom", b"iso2", b"mp41")
Piece = bytes | memoryview


def check_range(start: datetime, end: datetime, *, joined: bool = False) -> None:
    """Raise ExportRefused unless a film can be made of this stretch."""
    if start >= end:
        raise ExportRefused(
            "The film would end before it starts.", kept="No file was made.", do="Swap the times."
        )
    if end - start > LONGEST and not joined:
        raise ExportRefused(
            f"A film that is true to the clock lasts {LONGEST // timedelta(hours=1)} hours at most.",
            kept="No file was made.",
            do="Take a shorter stretch, or leave the gaps out.",
        )


class _Share(NamedTuple):
    """A segment's sound in the film: its times, and its bytes unless they lie behind the pictures."""

    start: int
    durations: Sequence[int]
    sizes: Sequence[int]
    data: list[bytes | memoryview] | None


_NOTHING = _Share(0, (), (), None)


class Film:
    """One export: iterate `pieces` to its end, once; then the attributes are right.

    `begins` and `ends` are the wall times of the film's first and last moment. `stopped` is where pictures
    of another kind (H.264, H.265) begin, which one track cannot hold: export the rest from there on.
    """

    def __init__(self, start: datetime, end: datetime, *, title: str = "", joined: bool = False) -> None:
        """Choose the stretch; raises ExportRefused.

        Args:
            start: aware; the first picture is the one to be seen then, or the first after it.
            end: aware.
            title: a name for the film, e.g. the camera's.
            joined: leave gaps out; film time is then not wall time.
        """
        check_range(start, end, joined=joined)
        self.begins, self.ends = start, end
        self.stopped: datetime | None = None
        self._start, self._end = start, end
        self._title, self._joined = title, joined
        self._video, self._sound = Track(), Track()
        self._infos: list[StreamInfo] = []
        self._audio: AudioInfo | None = None
        self._voice: Voice | None = None
        self._chapters: list[Chapter] = []
        self._anchor = start  # the wall time of 0 in the tracks
        self._begin: int | None = None  # where in the tracks the film begins and ends
        self._until = 0
        self._has_begun = False  # what is shown at the start was found

    def pieces(self, segments: Iterable[Segment]) -> Iterator[Piece]:
        """Yield the file, piece by piece.

        Raises:
            NothingRecorded: no segment holds a picture of the stretch; nothing was yielded.
            BadFmp4: a segment is damaged.
        """
        at = 0
        before: Segment | None = None
        for segment in segments:
            if not segment.is_key and not segment.follows(before):
                before = None
                continue
            if self._infos and segment.info.is_h264 != self._infos[0].is_h264:
                self.stopped = segment.wall
                break
            if before is None and not self._infos:
                self._anchor = segment.wall
            contents = fmp4.read(segment.fragment)
            for piece in self._add(segment, contents, self._place(before, segment), at or len(_HEAD)):
                if not at:
                    yield _HEAD
                    at = len(_HEAD)
                at += len(piece)
                yield piece
            before = segment
        if self._begin is None:
            raise nothing_recorded()
        yield from self._finish(at)

    def _ticks(self, when: datetime) -> int:
        return round((when - self._anchor) / _US * 9 / 100)

    def _place(self, before: Segment | None, segment: Segment) -> int:
        """Return where a segment begins in the tracks."""
        if not self._infos:
            return 0
        end = self._video.end
        gap = self._ticks(segment.wall) - end
        if segment.follows(before) and abs(gap) <= GAP_90K:
            # The camera's clock is not the hub's: what they differ by is taken up a millisecond at a time.
            return end + gap if abs(gap) > STEP_90K else end
        if gap < 0 or self._joined:  # a clock that was set back lives an hour twice: one pass, then the other
            self._anchor += timedelta(microseconds=gap * 100 / 9)
        elif gap > GAP_90K:
            self._chapters.append(Chapter(end, f"nothing recorded until {told(segment.wall)}"))
        place = max(end + gap, end) if not self._joined else end
        if abs(gap) > GAP_90K:
            self._chapters.append(Chapter(place, told(segment.wall)))
        return place

    def _add(self, segment: Segment, contents: Contents, place: int, at: int) -> Iterator[Piece]:
        """Put a segment into the index and yield its media, which begins at `at` in the file."""
        pictures = contents.pictures
        first, last = max(self._ticks(self._start), 0), self._ticks(self._end)
        count = len(pictures.sizes)
        if not self._has_begun or place + segment.duration_90k > last:
            count = self._cut(contents, place, first, last)
            if not count:
                return
            self._has_begun = self._has_begun or place + segment.duration_90k > first
        self._until = min(last, place + segment.duration_90k)
        self.ends = min(self._end, segment.wall_end)
        size = sum(pictures.sizes[:count])
        self._video.add_order(pictures.offsets_90k[:count], pictures.keys[:count])
        durations, sizes = pictures.durations_90k[:count], pictures.sizes[:count]
        self._video.add(place, durations, sizes, at=at + 8, entry=self._entry(segment.info))
        heard = self._hear(segment, contents, place - segment.start_90k, (first, last))
        if heard.sizes:
            self._sound.add(heard.start, heard.durations, heard.sizes, at=at + 8 + size)
        view = memoryview(segment.fragment)
        if size + sum(heard.sizes) == len(view) - contents.at and heard.data is None:
            yield view[contents.at - 8 :]  # all of it, as it lies: not copied again
            return
        data: Sequence[bytes | memoryview] = heard.data or ()
        if heard.sizes and heard.data is None and contents.sound is not None:
            data = contents.sound.cut(segment.fragment)
        head = struct.pack(">I4s", 8 + size + sum(heard.sizes), b"mdat")
        yield b"".join([head, view[pictures.at : pictures.at + size], *data])

    def _cut(self, contents: Contents, place: int, first: int, last: int) -> int:
        """Find the film's first picture, if that is here; return how many pictures belong to the film."""
        run = contents.pictures
        times = zip(starts(place, run.durations_90k), run.offsets_90k, strict=True)
        shown = [start + offset for start, offset in times]
        # A picture that is shown before the end may need one that is shown after it.
        count = 1 + max((n for n, time in enumerate(shown) if time < last), default=-1)
        if count and not self._has_begun:
            begin = max((time for time in shown[:count] if time <= first), default=self._begin)
            self._begin = min(shown) if begin is None else begin
            self.begins = self._anchor + timedelta(microseconds=self._begin * 100 / 9)
        return count

    def _entry(self, info: StreamInfo) -> int:
        """Return the number of a coding's sample entry."""
        if info not in self._infos:
            self._infos.append(info)
        return 1 + self._infos.index(info)

    def _hear(self, segment: Segment, contents: Contents, shift: int, bounds: tuple[int, int]) -> _Share:
        """Return a segment's sound within the film."""
        run = contents.sound
        if run is None or segment.audio is None:
            return _NOTHING
        if self._audio is None:
            self._audio = segment.audio
            self._voice = Voice(segment.audio) if segment.audio.codec in G711 else None
        if segment.audio != self._audio:
            return _NOTHING
        start = run.start_90k + shift
        lasts = sum(run.durations_90k)
        inside = start >= max(bounds[0], self._sound.end) and start + lasts <= bounds[1]
        if inside and self._voice is None and run.at == contents.pictures.at + contents.pictures.size_bytes:
            return _Share(start, run.durations_90k, run.sizes, None)
        frames = zip(
            starts(start, run.durations_90k), run.cut(segment.fragment), run.durations_90k, strict=True
        )
        heard: list[Heard] = [
            (time, data, duration)
            for time, data, duration in frames
            if time + duration > bounds[0] and time < bounds[1]
        ]
        if self._voice is not None:
            heard = [made for time, data, _ in heard for made in self._voice.feed(time, bytes(data))]
        return self._in_order(heard)

    def _in_order(self, heard: list[Heard]) -> _Share:
        kept = []
        floor = self._sound.end
        for time, data, duration in heard:
            if time >= floor - duration // 2:
                place = max(time, floor)
                kept.append((place, data))
                floor = place + duration
        if not kept:
            return _NOTHING
        steps = [after - before for before, after in pairwise([*(time for time, _ in kept), floor])]
        return _Share(kept[0][0], steps, [len(data) for _, data in kept], [data for _, data in kept])

    def _finish(self, at: int) -> Iterator[Piece]:
        """Yield what the sound still lacks, and the index."""
        rest = self._in_order(self._voice.finish()) if self._voice else _NOTHING
        if rest.data:
            self._sound.add(rest.start, rest.durations, rest.sizes, at=at + 8)
            yield box(b"mdat", *map(bytes, rest.data))
        audio = self._voice.info if self._voice else self._audio
        size = max(info.width for info in self._infos), max(info.height for info in self._infos)
        chapters = self._chapters
        if chapters:
            chapters = [Chapter(self._begin or 0, told(self.begins)), *chapters]
        yield movie(
            Facts(self.begins, self._begin or 0, self._until, self._title, chapters),
            Picture(self._video, [video_entry(info) for info in self._infos], size),
            (self._sound, audio_entry(audio)) if audio else None,
        )
