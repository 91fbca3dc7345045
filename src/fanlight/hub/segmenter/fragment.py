# ruff: noqa: PLR2004 - the figures are field sizes and codes of the standard named below
"""One fragment: a moof and an mdat, pictures first, then the sound. The twin of web/core/fmp4/fragment.ts.

In:     pictures, frames of sound; or the bytes of a fragment.
Out:    the bytes; or its times, and where each sample lies.
Holds:  track 1 is the picture and stands first; BadFmp4 is the only error raised, whatever the bytes.
Source: ISO/IEC 14496-12, 8.8.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

from fanlight.hub.segmenter.boxes import Box, bad, box, find, full_box, need, walk

Bytes = bytes | memoryview
_KEY_FLAGS, _OTHER_FLAGS = 0x02000000, 0x01010000
_SAMPLE_FIELDS = 0x000F01  # data offset; per picture: duration, size, flags, composition offset
_SOUND_FIELDS = 0x000301  # data offset; per frame of sound: duration, size


class Sample(NamedTuple):
    """One picture. `offset_90k` is presentation minus decode time and may be negative."""

    data: Bytes
    duration_90k: int
    offset_90k: int
    is_key: bool


class Frame(NamedTuple):
    """One frame of sound."""

    data: Bytes
    duration_90k: int


class Sound(NamedTuple):
    """The sound of a fragment, its first frame at `start_90k`."""

    start_90k: int
    frames: Sequence[Frame]


def fragment(sequence: int, decode_90k: int, samples: Sequence[Sample], sound: Sound | None = None) -> bytes:
    """Return moof and mdat of one segment, its first picture decoded at `decode_90k`."""
    table = b"".join([
        struct.pack(">IIIi", duration, len(data), _KEY_FLAGS if is_key else _OTHER_FLAGS, offset)
        for data, duration, offset, is_key in samples
    ])  # fmt: skip
    # 8 of moof, 16 of mfhd; in each traf 8, 16 of tfhd, 20 of tfdt, 20 of trun's head.
    size = 24 + 64 + len(table)
    pictures = sum([len(sample.data) for sample in samples])
    heard: list[bytes] = []
    frames: Sequence[Frame] = ()
    if sound is not None:
        frames = sound.frames
        size += 64 + 8 * len(frames)
        numbers = [n for data, duration in frames for n in (duration, len(data))]
        run = struct.pack(f">Ii{len(numbers)}I", len(frames), size + 8 + pictures, *numbers)
        heard = [_traf(2, sound.start_90k, full_box(b"trun", 0, _SOUND_FIELDS, run))]
    run = struct.pack(">Ii", len(samples), size + 8) + table
    moof = box(
        b"moof",
        full_box(b"mfhd", 0, 0, struct.pack(">I", sequence)),
        _traf(1, decode_90k, full_box(b"trun", 1, _SAMPLE_FIELDS, run)),
        *heard,
    )
    length = 8 + pictures + sum([len(frame.data) for frame in frames])
    # One join, so that the pictures are copied once.
    return b"".join(
        [moof, struct.pack(">I4s", length, b"mdat"), *[s.data for s in samples], *[f.data for f in frames]]
    )


def _traf(number: int, start_90k: int, run: bytes) -> bytes:
    return box(
        b"traf",
        full_box(b"tfhd", 0, 0x020000, struct.pack(">I", number)),  # offsets count from the moof
        full_box(b"tfdt", 1, 0, struct.pack(">Q", start_90k)),
        run,
    )


@dataclass(frozen=True, slots=True)
class Timing:
    """What a fragment says of time: decode time of its first picture, length, and whether that is a key."""

    decode_90k: int
    duration_90k: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class Run:
    """The samples of one track in a fragment; the first lies at `at`, the others right behind it.

    `offsets_90k` and `keys` are empty for sound.
    """

    start_90k: int
    at: int
    durations_90k: tuple[int, ...]
    sizes: tuple[int, ...]
    offsets_90k: tuple[int, ...] = ()
    keys: tuple[bool, ...] = ()

    @property
    def size_bytes(self) -> int:
        """What its samples take together."""
        return sum(self.sizes)

    def cut(self, data: Bytes) -> list[memoryview]:
        """Return its samples."""
        view = memoryview(data)
        ends = list(accumulate(self.sizes, initial=self.at))
        return [view[start:end] for start, end in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class Contents:
    """All of a fragment; the content of its mdat begins at `at`."""

    pictures: Run
    sound: Run | None
    at: int


def read(data: bytes) -> Contents:
    """Read the tables of a fragment; raises BadFmp4 unless they fit its bytes."""
    movie, body = _boxes(data)
    trafs = [found for found in walk(data, movie.body, movie.end) if found.kind == b"traf"]
    if not 1 <= len(trafs) <= 2:
        raise bad("a segment has no picture, or too many tracks")
    pictures = _run(data, trafs[0], 1 << 24 | _SAMPLE_FIELDS, 4)
    sound = _run(data, trafs[1], _SOUND_FIELDS, 2) if len(trafs) == 2 else None
    for run in (pictures, sound):
        if run is not None and (run.at < body.body or run.at + run.size_bytes > body.end):
            raise bad("a sample lies outside it")
    return Contents(pictures, sound, body.body)


def _run(data: bytes, traf: Box, form: int, fields: int) -> Run:
    decode, run = find(data, traf, b"tfdt"), find(data, traf, b"trun")
    need(decode, 12)
    need(run, 12)
    head, count, at = struct.unpack_from(">IIi", data, run.body)
    if data[decode.body] != 1 or head != form or not count:
        raise bad("its times are in another form")
    need(run, 12 + 4 * fields * count)
    start = struct.unpack_from(">Q", data, decode.body + 4)[0]
    if fields == 2:
        numbers = struct.unpack_from(f">{2 * count}I", data, run.body + 12)
        return Run(start, at, numbers[::2], numbers[1::2])
    numbers = struct.unpack_from(">" + "IIIi" * count, data, run.body + 12)
    keys = tuple([flags == _KEY_FLAGS for flags in numbers[2::4]])
    return Run(start, at, numbers[::4], numbers[1::4], numbers[3::4], keys)


def _boxes(data: bytes) -> tuple[Box, Box]:
    kinds = list(walk(data, 0, len(data)))
    if [found.kind for found in kinds] != [b"moof", b"mdat"]:
        raise bad("a segment is not one moof and one mdat")
    return kinds[0], kinds[1]


def timing(data: bytes) -> Timing:
    """Read the times of one fragment; raises BadFmp4."""
    movie, _ = _boxes(data)
    run = _run(data, find(data, movie, b"traf"), 1 << 24 | _SAMPLE_FIELDS, 4)
    return Timing(run.start_90k, sum(run.durations_90k), run.keys[0])


def rebase(data: bytes, sequence: int, decode_90k: int) -> bytes:
    """Return a fragment with another place in the order and another decode time; raises BadFmp4."""
    movie, _ = _boxes(data)
    number = find(data, movie, b"mfhd")
    need(number, 8)
    out = bytearray(data)
    struct.pack_into(">I", out, number.body + 4, sequence)
    shift: int | None = None
    for traf in walk(data, movie.body, movie.end):
        if traf.kind != b"traf":
            continue
        decode = find(data, traf, b"tfdt")
        need(decode, 12)
        was = struct.unpack_from(">Q", data, decode.body + 4)[0]
        shift = decode_90k - was if shift is None else shift
        if not 0 <= was + shift < 1 << 64:
            raise bad("its sound begins before its picture")
        struct.pack_into(">Q", out, decode.body + 4, was + shift)
    if shift is None:
        raise bad("its traf box is missing")
    return bytes(out)
