"""The index of a plain MP4 (`moov`), gathered while its media is written.

In:     where samples lie in the file, how long they last.
Out:    the boxes.
Holds:  some 5 bytes a sample: what repeats (durations, samples a chunk) is kept as runs.
Source: ISO/IEC 14496-12, 8.3 to 8.7; chapters as Nero writes them (`chpl`) and FFmpeg, VLC and mpv read.
"""

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, groupby

from fanlight.hub.segmenter.boxes import box, full_box
from fanlight.hub.segmenter.init import Lengths, edit_list, movie_header, track

_SINCE_1904_S = 2_082_844_800
_MOST_CHAPTERS = 255  # the box counts them in one byte
_ENGLISH = 0x55C4  # "und" in the packed letters of ISO 639-2: no language is claimed


class Runs:
    """Numbers, most of them like the one before."""

    def __init__(self) -> None:
        """Begin with none."""
        self._pairs = array("q")  # how many, which

    def add(self, numbers: Sequence[int]) -> None:
        """Put numbers at the end."""
        if numbers and numbers.count(numbers[0]) == len(numbers):
            self._more(numbers[0], len(numbers))
            return
        for number, same in groupby(numbers):
            self._more(number, sum(1 for _ in same))

    def _more(self, number: int, count: int) -> None:
        pairs = self._pairs
        if pairs and pairs[-1] == number:
            pairs[-2] += count
        else:
            pairs.extend((count, number))

    def pairs(self) -> list[tuple[int, int]]:
        """Return them as (how many, which)."""
        return list(zip(self._pairs[::2], self._pairs[1::2], strict=True))


class Track:
    """The tables of one track. `start` and `end` are where its first sample begins and its last ends."""

    def __init__(self) -> None:
        """Begin without a sample."""
        self.start = self.end = 0
        self._durations, self._offsets = Runs(), Runs()
        self._sizes, self._chunks, self._keys = array("I"), array("Q"), array("I")
        self._groups: list[tuple[int, int, int]] = []  # first chunk, samples in each, sample entry
        self._last: int | None = None  # where the last sample begins: how long it is, the next one says

    def add(
        self, place: int, durations: Sequence[int], sizes: Sequence[int], *, at: int, entry: int = 1
    ) -> None:
        """Add a chunk that lies at `at` in the file, its first sample from `place` on."""
        if self._last is None:
            self.start = place
        else:
            place = max(place, self._last + 1)
            self._durations.add((place - self._last,))
        self._durations.add(durations[:-1])
        self._last = place + sum(durations) - durations[-1]
        self.end = self._last + durations[-1]
        self._chunks.append(at)
        self._sizes.extend(sizes)
        if not self._groups or self._groups[-1][1:] != (len(sizes), entry):
            self._groups.append((len(self._chunks), len(sizes), entry))

    def add_order(self, offsets: Sequence[int], keys: Sequence[bool]) -> None:
        """Say of the samples to be added next when they are shown, and which are keyframes."""
        self._offsets.add(offsets)
        count = len(self._sizes)
        self._keys.extend([count + n for n, key in enumerate(keys, start=1) if key])

    @property
    def delay(self) -> int:
        """How much later than they are shown all pictures say that they are: no offset is negative."""
        return max((-offset for _, offset in self._offsets.pairs() if offset < 0), default=0)

    def tables(self) -> bytes:
        """Return what stands in `stbl` behind the sample entries."""
        durations = self._durations.pairs()
        if self._last is not None:
            durations.append((1, self.end - self._last))
        boxes = [_table(b"stts", ">II", durations)]
        offsets, delay = self._offsets.pairs(), self.delay
        if any(offset for _, offset in offsets):
            boxes.append(_table(b"ctts", ">II", [(count, offset + delay) for count, offset in offsets]))
        if self._keys:
            boxes.append(full_box(b"stss", 0, 0, struct.pack(">I", len(self._keys)), _big(self._keys)))
        boxes.append(_table(b"stsc", ">III", self._groups))
        boxes.append(full_box(b"stsz", 0, 0, struct.pack(">II", 0, len(self._sizes)), _big(self._sizes)))
        wide = bool(self._chunks) and self._chunks[-1] >= 1 << 32
        chunks = self._chunks if wide else array("I", self._chunks)
        boxes.append(
            full_box(b"co64" if wide else b"stco", 0, 0, struct.pack(">I", len(chunks)), _big(chunks))
        )
        return b"".join(boxes)

    def lengths(self, begin: int, end: int, created: int) -> Lengths:
        """Return what the track says when the film begins and ends there."""
        first, last = max(begin, self.start), max(min(end, self.end), begin)
        edits = [(first - begin, -1)] if first > begin else []
        if last > first:
            edits.append((last - first, first - self.start + self.delay))
        return Lengths(
            created=created,
            duration_90k=last - begin,
            media_90k=self.end - self.start,
            edits=edit_list(edits),
            tables=self.tables(),
        )


def _table(kind: bytes, form: str, rows: Sequence[tuple[int, ...]]) -> bytes:
    return full_box(
        kind, 0, 0, struct.pack(">I", len(rows)), b"".join([struct.pack(form, *row) for row in rows])
    )


def _big(numbers: "array[int]") -> bytes:
    """Return numbers big-endian; this machine's order is the other or the same."""
    copy = array(numbers.typecode, numbers)
    if struct.pack("=H", 1) != struct.pack(">H", 1):
        copy.byteswap()
    return copy.tobytes()


@dataclass(frozen=True, slots=True)
class Chapter:
    """A place in the film's tracks with a name."""

    at_90k: int
    name: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The track of the pictures; `size` in pixels."""

    track: Track
    entries: Sequence[bytes]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a film says of itself; `begin` and `end` are places in its tracks."""

    begins: datetime
    begin: int
    end: int
    title: str
    chapters: Sequence[Chapter]


def movie(facts: Facts, picture: Picture, sound: tuple[Track, bytes] | None) -> bytes:
    """Return the moov box; the sound comes with its sample entry."""
    created = int(facts.begins.timestamp()) + _SINCE_1904_S
    lengths = picture.track.lengths(facts.begin, facts.end, created)
    tracks = [track(1, picture.entries, picture.size, lengths)]
    if sound is not None:
        tracks.append(track(2, (sound[1],), None, sound[0].lengths(facts.begin, facts.end, created)))
    header = movie_header(facts.end - facts.begin, len(tracks) + 1, created)
    return box(b"moov", header, *tracks, _about(facts))


def _about(facts: Facts) -> bytes:
    said = [_text(b"\xa9day", told(facts.begins))]
    if facts.title:
        said.append(_text(b"\xa9nam", facts.title))
    if facts.chapters:
        said.append(_chapters(facts))
    return box(b"udta", *said)


def _text(kind: bytes, text: str) -> bytes:
    data = text.encode()[:1_000]
    return box(kind, struct.pack(">HH", len(data), _ENGLISH), data)


def _chapters(facts: Facts) -> bytes:
    rows = []
    for chapter in facts.chapters[:_MOST_CHAPTERS]:
        name = chapter.name.encode()[:255]
        at = max(chapter.at_90k - facts.begin, 0) * 1_000 // 9  # in 100 ns
        rows.append(struct.pack(">QB", at, len(name)) + name)
    return full_box(b"chpl", 1, 0, struct.pack(">IB", 0, len(rows)), *rows)


def told(when: datetime) -> str:
    """Return a time as people and programs read it: UTC, to the millisecond."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def starts(place: int, durations: Sequence[int]) -> list[int]:
    """Return where samples begin that follow each other from `place` on."""
    return list(accumulate(durations[:-1], initial=place))
