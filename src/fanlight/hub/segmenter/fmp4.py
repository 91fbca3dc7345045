# ruff: noqa: PLR2004 - the figures are field sizes and codes of the standard named below
"""Fragmented MP4: the bytes of a clip. The twin of web/core/fmp4.

In:     StreamInfo and pictures; or a whole clip and which segments of it to keep.
Out:    init (ftyp+moov), fragments (moof+mdat), clips (init, fragments, `free` as padding).
Holds:  a clip's time starts at 0; its length is `padded_length`; `trim` of a clip gives the same bytes
        here and in the browser (vectors/fmp4).
Absent: transcoding: pictures pass as they came.
Why:    docs/design/segments.md
Source: ISO/IEC 14496-12 (8.8 movie fragments), 14496-15 (5.4 AVC).
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fanlight.hub.packet import StreamInfo
from fanlight.hub.segmenter.boxes import Box, bad, box, find, full_box, need, walk
from fanlight.hub.segmenter.segment import Segment
from fanlight.model.padding import padded_length

TIMESCALE = 90_000
TICKS_PER_MS = 90
_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_KEY_FLAGS, _OTHER_FLAGS = 0x02000000, 0x01010000
_SAMPLE_FIELDS = 0x000F01  # data offset; per sample: duration, size, flags, composition offset


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture of a fragment. `offset_90k` is presentation minus decode time and may be negative."""

    data: bytes
    duration_90k: int
    offset_90k: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Where a segment lies in a clip, bytes, and when it plays, ms from the clip's start."""

    offset: int
    length: int
    start_ms: int
    duration_ms: int

    def to_list(self) -> list[int]:
        """Return it as a manifest writes it."""
        return [self.offset, self.length, self.start_ms, self.duration_ms]


@dataclass(frozen=True, slots=True)
class Joined:
    """A whole clip, padding included. `init` is (offset, length)."""

    data: bytes
    init: tuple[int, int]
    segments: tuple[Span, ...]

    @property
    def media(self) -> memoryview:
        """The clip without its padding: for `fanlight.seal.clip`, which pads the same way itself."""
        last = self.segments[-1]
        return memoryview(self.data)[: last.offset + last.length]

    @property
    def duration_ms(self) -> int:
        """How long the clip plays."""
        last = self.segments[-1]
        return last.start_ms + last.duration_ms


def init_segment(info: StreamInfo, duration_90k: int = 0) -> bytes:
    """Return ftyp and moov for one H.264 track; `duration_90k` of 0 means not known yet."""
    sample_entry = box(
        b"avc1",
        struct.pack(">6xH16xHHIIIH32sHh", 1, info.width, info.height, 0x480000, 0x480000, 0, 1, b"", 24, -1),
        box(b"avcC", info.config),
    )
    tables = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), sample_entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    media_info = box(
        b"minf",
        full_box(b"vmhd", 0, 1, bytes(8)),
        box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))),
        tables,
    )
    media = box(
        b"mdia",
        full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, TIMESCALE, 0, 0x55C4, 0)),  # language: und
        full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide"), b"video\0"),
        media_info,
    )
    header = struct.pack(">IIIII8xHHH2x", 0, 0, 1, 0, 0, 0, 0, 0)
    track_header = full_box(
        b"tkhd", 0, 3, header, _MATRIX, struct.pack(">II", info.width << 16, info.height << 16)
    )
    movie_header = full_box(
        b"mvhd",
        0,
        0,
        struct.pack(">IIIIIH10x", 0, 0, TIMESCALE, 0, 0x10000, 0x100),
        _MATRIX,
        bytes(24),
        struct.pack(">I", 2),
    )
    extends = box(
        b"mvex",
        full_box(b"mehd", 1, 0, struct.pack(">Q", duration_90k)),
        full_box(b"trex", 0, 0, struct.pack(">IIIII", 1, 1, 0, 0, 0)),
    )
    movie = box(b"moov", movie_header, box(b"trak", track_header, media), extends)
    return box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6", b"cmfc", b"mp41") + movie


def fragment(sequence: int, decode_90k: int, samples: Sequence[Sample]) -> bytes:
    """Return moof and mdat of one segment, its first picture decoded at `decode_90k`."""
    table = b"".join(
        struct.pack(
            ">IIIi", s.duration_90k, len(s.data), _KEY_FLAGS if s.is_key else _OTHER_FLAGS, s.offset_90k
        )
        for s in samples
    )

    def movie_fragment(data_offset: int) -> bytes:
        return box(
            b"moof",
            full_box(b"mfhd", 0, 0, struct.pack(">I", sequence)),
            box(
                b"traf",
                full_box(b"tfhd", 0, 0x020000, struct.pack(">I", 1)),  # offsets count from the moof
                full_box(b"tfdt", 1, 0, struct.pack(">Q", decode_90k)),
                full_box(b"trun", 1, _SAMPLE_FIELDS, struct.pack(">Ii", len(samples), data_offset), table),
            ),
        )

    head = movie_fragment(len(movie_fragment(0)) + 8)
    return head + box(b"mdat", *(s.data for s in samples))


@dataclass(frozen=True, slots=True)
class Timing:
    """What a fragment says of time: decode time of its first picture, length, and whether that is a key."""

    decode_90k: int
    duration_90k: int
    is_key: bool


def _movie_fragment(data: bytes) -> Box:
    kinds = list(walk(data, 0, len(data)))
    if [found.kind for found in kinds] != [b"moof", b"mdat"]:
        raise bad("a segment is not one moof and one mdat")
    return kinds[0]


def timing(data: bytes) -> Timing:
    """Read the times of one fragment; raises BadFmp4."""
    movie = _movie_fragment(data)
    decode = find(data, movie, b"traf", b"tfdt")
    run = find(data, movie, b"traf", b"trun")
    need(decode, 12)
    need(run, 12)
    head, count, _ = struct.unpack_from(">IIi", data, run.body)
    if data[decode.body] != 1 or head != (1 << 24 | _SAMPLE_FIELDS) or not count:
        raise bad("its times are in another form")
    need(run, 12 + 16 * count)
    durations = [struct.unpack_from(">I", data, run.body + 12 + 16 * n)[0] for n in range(count)]
    first_flags = struct.unpack_from(">I", data, run.body + 20)[0]
    return Timing(
        struct.unpack_from(">Q", data, decode.body + 4)[0], sum(durations), first_flags == _KEY_FLAGS
    )


def rebase(data: bytes, sequence: int, decode_90k: int) -> bytes:
    """Return a fragment with another place in the order and another decode time; raises BadFmp4."""
    movie = _movie_fragment(data)
    number, decode = find(data, movie, b"mfhd"), find(data, movie, b"traf", b"tfdt")
    need(number, 8)
    need(decode, 12)
    out = bytearray(data)
    struct.pack_into(">I", out, number.body + 4, sequence)
    struct.pack_into(">Q", out, decode.body + 4, decode_90k)
    return bytes(out)


def _assemble(init: bytes, parts: Sequence[tuple[bytes, int, int]]) -> Joined:
    """Put a clip together from (fragment, start, duration), starts from 0 and rising."""
    out = bytearray(init)
    movie = next((found for found in walk(init, 0, len(init)) if found.kind == b"moov"), None)
    if movie is None:
        raise bad("its moov box is missing")
    length = find(init, movie, b"mvex", b"mehd")
    need(length, 12)
    end_90k = parts[-1][1] + parts[-1][2]
    struct.pack_into(">Q", out, length.body + 4, end_90k)
    spans = []
    for sequence, (data, start, duration) in enumerate(parts, start=1):
        first_ms, end_ms = start // TICKS_PER_MS, (start + duration) // TICKS_PER_MS
        spans.append(Span(len(out), len(data), first_ms, end_ms - first_ms))
        out += rebase(data, sequence, start)
    size = padded_length(len(out))
    out += struct.pack(">I4s", size - len(out), b"free")
    out += bytes(size - len(out))
    return Joined(bytes(out), (0, len(init)), tuple(spans))


def can_join(segments: Sequence[Segment]) -> bool:
    """Tell whether `join` would take them: some, all coded alike, the first from a keyframe on."""
    return bool(segments) and segments[0].is_key and all(s.info == segments[0].info for s in segments)


def join(segments: Sequence[Segment]) -> Joined:
    """Make a clip of segments in order of time. A gap between runs stays a gap, as long as the clock says.

    Raises:
        BadFmp4: `can_join` is false.
    """
    if not can_join(segments):
        raise bad("its segments are coded differently, or do not start at a keyframe")
    parts: list[tuple[bytes, int, int]] = []
    end = 0
    before: Segment | None = None
    for segment in segments:
        if before is not None:
            if segment.run == before.run and not segment.is_discontinuous:
                gap = segment.start_90k - before.start_90k - before.duration_90k
            else:
                gap = (segment.wall - before.wall_end) // timedelta(milliseconds=1) * TICKS_PER_MS
            end += max(gap, 0)
        parts.append((segment.fragment, end, segment.duration_90k))
        end += segment.duration_90k
        before = segment
    return _assemble(init_segment(segments[0].info), parts)


def trim(
    clip: bytes, init: Sequence[int], segments: Sequence[Sequence[int]], first: int, last: int
) -> Joined:
    """Make a clip of segments `first` to `last`, both kept, its time from 0 again.

    Args:
        clip: a whole clip, as `join` or `trim` made it.
        init: [offset, length] as in its manifest.
        segments: [offset, length, ...] of each segment, as in its manifest.
        first: index of the first segment to keep; it starts at a keyframe.
        last: index of the last segment to keep.

    Raises:
        BadFmp4: the places are not in the clip, or it is not a clip of ours.
    """
    if not 0 <= first <= last < len(segments):
        raise bad("it has no such segments")
    parts: list[tuple[bytes, int, int]] = []
    base = end = 0
    for place in segments[first : last + 1]:
        data = _cut(clip, place)
        times = timing(data)
        if not parts:
            if not times.is_key:
                raise bad("the first segment does not start at a keyframe")
            base = end = times.decode_90k
        if times.decode_90k < end:
            raise bad("its segments overlap")
        parts.append((data, times.decode_90k - base, times.duration_90k))
        end = times.decode_90k + times.duration_90k
    return _assemble(_cut(clip, init), parts)


def _cut(clip: bytes, place: Sequence[int]) -> bytes:
    if len(place) < 2 or place[0] < 0 or place[1] < 0 or place[0] + place[1] > len(clip):
        raise bad("a place lies outside it")
    return bytes(clip[place[0] : place[0] + place[1]])
