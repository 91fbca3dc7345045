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
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

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
        shown = [
            start + offset
            for start, offset in zip(starts(place, pictures.durations_90k), pictures.offsets_90k, strict=True)
        ]
        # A picture that is shown before the end may need one that is shown after it.
        count = 1 + max((n for n, time in enumerate(shown) if time < last), default=-1)
        if not count:
            return
        if not self._has_begun:
            self._begin_at(max((time for time in shown[:count] if time <= first), default=self._begin), shown)
            self._has_begun = place + segment.duration_90k > first
        self._until = min(last, place + segment.duration_90k)
        self.ends = min(self._end, segment.wall_end)
        heard = self._hear(segment, contents, place - segment.start_90k, (first, last))
        size = sum(pictures.sizes[:count])
        self._video.add_order(pictures.offsets_90k[:count], pictures.keys[:count])
        self._video.add(
            place,
            pictures.durations_90k[:count],
            pictures.sizes[:count],
            at=at + 8,
            entry=self._entry(segment.info),
        )
        self._add_sound(heard, at + 8 + size)
        view = memoryview(segment.fragment)
        if size == len(view) - contents.at:  # all of it, and nothing but pictures: not copied again
            yield view[contents.at - 8 :]
            return
        length = 8 + size + sum(len(data) for _, data, _ in heard)
        yield b"".join([
            struct.pack(">I4s", length, b"mdat"),
            view[pictures.at : pictures.at + size],
            *(data for _, data, _ in heard),
        ])  # fmt: skip

    def _begin_at(self, place: int | None, shown: list[int]) -> None:
        self._begin = min(shown) if place is None else place
        self.begins = self._anchor + timedelta(microseconds=self._begin * 100 / 9)

    def _entry(self, info: StreamInfo) -> int:
        """Return the number of a coding's sample entry."""
        if info not in self._infos:
            self._infos.append(info)
        return 1 + self._infos.index(info)

    def _hear(self, segment: Segment, contents: Contents, shift: int, bounds: tuple[int, int]) -> list[Heard]:
        """Return a segment's sound within the film, in order, as it will be written."""
        if contents.sound is None or segment.audio is None:
            return []
        if self._audio is None:
            self._audio = segment.audio
            self._voice = Voice(segment.audio) if segment.audio.codec in G711 else None
        if segment.audio != self._audio:
            return []
        run = contents.sound
        times = starts(run.start_90k + shift, run.durations_90k)
        heard: list[Heard] = [
            (time, data, duration)
            for time, data, duration in zip(times, run.cut(segment.fragment), run.durations_90k, strict=True)
            if time + duration > bounds[0] and time < bounds[1]
        ]
        if self._voice is not None:
            heard = [made for time, data, _ in heard for made in self._voice.feed(time, bytes(data))]
        return self._in_order(heard)

    def _in_order(self, heard: list[Heard]) -> list[Heard]:
        kept = []
        floor = self._sound.end
        for time, data, duration in heard:
            if time >= floor - duration // 2:
                place = max(time, floor)
                kept.append((place, data, duration))
                floor = place + duration
        return kept

    def _add_sound(self, heard: list[Heard], at: int) -> None:
        if heard:
            times = [time for time, _, _ in heard]
            steps = [after - before for before, after in pairwise(times)]
            self._sound.add(times[0], [*steps, heard[-1][2]], [len(data) for _, data, _ in heard], at=at)

    def _finish(self, at: int) -> Iterator[Piece]:
        """Yield what the sound still lacks, and the index."""
        rest = self._in_order(self._voice.finish()) if self._voice else []
        if rest:
            self._add_sound(rest, at + 8)
            yield box(b"mdat", *(bytes(data) for _, data, _ in rest))
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
