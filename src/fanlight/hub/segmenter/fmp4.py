"""Fragmented MP4: the bytes of a clip. The twin of web/core/fmp4.

In:     segments; or a whole clip and which segments of it to keep.
Out:    clips (init, fragments, `free` as padding). What it is made of is `init`, `fragment` and `silence`.
Holds:  a clip's time starts at 0; its length is `padded_length`; `trim` of a clip gives the same bytes
        here and in the browser (vectors/fmp4); if one segment of a clip has sound, each has, silence if
        need be, and a frame of sound lies in the segment in which it begins.
Absent: transcoding: pictures and sound pass as they came.
Why:    docs/design/segments.md
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fanlight.hub.packet import AudioInfo
from fanlight.hub.segmenter import silence
from fanlight.hub.segmenter.boxes import bad, find, need, walk
from fanlight.hub.segmenter.fragment import (
    Contents,
    Frame,
    Run,
    Sample,
    Sound,
    Timing,
    fragment,
    read,
    rebase,
    timing,
)
from fanlight.hub.segmenter.init import TIMESCALE, init_segment, mime
from fanlight.hub.segmenter.segment import Segment
from fanlight.model.padding import padded_length

__all__ = [
    "TIMESCALE", "Contents", "Frame", "Joined", "Run", "Sample", "Sound", "Span", "Timing", "can_join",
    "decodable", "fragment", "init_segment", "join", "mime", "read", "rebase", "sound_of", "timing", "trim",
]  # fmt: skip

TICKS_PER_MS = 90
STILL_90K = 3_600 * TIMESCALE
MAX_GROUP_90K = 10 * TIMESCALE  # a clip's segment; a group of pictures may be longer, then it is several


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


@dataclass(slots=True)
class _Group:
    """Segments that become one of a clip, from `start_90k` on, on the clip's clock.

    `still_90k` is how long the last picture stands until the next run begins.
    """

    start_90k: int
    duration_90k: int
    segments: list[Segment]
    still_90k: int = 0


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


def decodable(segments: Sequence[Segment]) -> list[Segment]:
    """Return the segments that decode: a continuation stays only if all back to its keyframe is there."""
    kept: list[Segment] = []
    before: Segment | None = None
    for segment in segments:
        if segment.is_key or segment.follows(before):
            kept.append(segment)
            before = segment
        else:
            before = None
    return kept


def can_join(segments: Sequence[Segment]) -> bool:
    """Tell whether `join` would take them: some, pictures all coded alike, the first from a keyframe on."""
    return bool(segments) and segments[0].is_key and all(s.info == segments[0].info for s in segments)


def sound_of(segments: Sequence[Segment]) -> AudioInfo | None:
    """Return the coding of a clip's sound: the first that is heard. None if there is none."""
    return next((segment.audio for segment in segments if segment.audio is not None), None)


def join(segments: Sequence[Segment]) -> Joined:
    """Make a clip of segments in order of time.

    A gap between runs is as long as the clock says; the last picture stands meanwhile, for up to STILL_90K.
    A segment of the clip starts at a keyframe: what continues a group of pictures becomes one with it, up
    to MAX_GROUP_90K. What cannot be decoded is left out; so is sound in another coding than the first.

    Raises:
        BadFmp4: `can_join` is false.
    """
    if not can_join(segments):
        raise bad("its segments are coded differently, or do not start at a keyframe")
    groups: list[_Group] = []
    before: Segment | None = None
    for segment in decodable(segments):
        start = groups[-1].start_90k + groups[-1].duration_90k if groups else 0
        if before is not None:
            gap = max(_gap(before, segment), 0)
            start += gap
            if gap <= STILL_90K:
                groups[-1].still_90k = gap
                groups[-1].duration_90k += gap
        if groups and not segment.is_key and groups[-1].duration_90k + segment.duration_90k <= MAX_GROUP_90K:
            groups[-1].segments.append(segment)
            groups[-1].duration_90k += segment.duration_90k
        else:
            groups.append(_Group(start, segment.duration_90k, [segment]))
        before = segment
    audio = sound_of(segments)
    delay, fragments = _silent(groups) if audio is None else _with_sound(groups, audio)
    parts = [(data, g.start_90k, g.duration_90k) for data, g in zip(fragments, groups, strict=True)]
    return _assemble(init_segment(segments[0].info, 0, audio, delay), parts)


def _gap(before: Segment, after: Segment) -> int:
    if after.run == before.run and not after.is_discontinuous:
        return after.start_90k - before.start_90k - before.duration_90k
    return (after.wall - before.wall_end) // timedelta(milliseconds=1) * TICKS_PER_MS


def _silent(groups: Sequence[_Group]) -> tuple[int, list[bytes]]:
    return 0, [
        fragment(1, group.start_90k, _all_pictures(group))
        if len(group.segments) > 1 or group.still_90k
        else group.segments[0].fragment
        for group in groups
    ]


def _all_pictures(group: _Group) -> list[Sample]:
    samples = [s for segment in group.segments for s in _pictures(segment.fragment, read(segment.fragment))]
    samples[-1] = samples[-1]._replace(duration_90k=samples[-1].duration_90k + group.still_90k)
    return samples


def _pictures(data: bytes, contents: Contents) -> list[Sample]:
    run = contents.pictures
    return list(map(Sample, run.cut(data), run.durations_90k, run.offsets_90k, run.keys))


def _with_sound(groups: Sequence[_Group], audio: AudioInfo) -> tuple[int, list[bytes]]:
    """Return the groups as fragments, each with the sound that begins in it, and the pictures' delay."""
    pictures: list[list[Sample]] = []
    heard: list[tuple[int, Frame]] = []  # on the clip's clock
    for group in groups:
        pictures.append(_all_pictures(group))
        at = group.start_90k
        for segment in group.segments:
            contents = read(segment.fragment)
            if contents.sound is not None and segment.audio == audio:
                heard += _frames(segment.fragment, contents.sound, at - segment.start_90k)
            at += segment.duration_90k
    # With B-frames FFmpeg shifts pictures that are shown before they are decoded, and so away from their
    # sound. Where there is sound no offset is negative: all are greater by `delay`, and an edit takes it off.
    delay = max(0, *(-sample.offset_90k for samples in pictures for sample in samples))
    windows = [(group.start_90k, group.start_90k + group.duration_90k) for group in groups]
    sounds = silence.spread(heard, windows, audio)
    fragments = []
    for group, samples, sound in zip(groups, pictures, sounds, strict=True):
        delayed = [s._replace(offset_90k=s.offset_90k + delay) for s in samples] if delay else samples
        fragments.append(fragment(1, group.start_90k, delayed, sound))
    return delay, fragments


def _frames(data: bytes, run: Run, shift_90k: int) -> list[tuple[int, Frame]]:
    found = []
    at = run.start_90k + shift_90k
    for frame, duration in zip(run.cut(data), run.durations_90k, strict=True):
        found.append((at, Frame(frame, duration)))
        at += duration
    return found


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
    if len(place) < 2 or place[0] < 0 or place[1] < 0 or place[0] + place[1] > len(clip):  # noqa: PLR2004
        raise bad("a place lies outside it")
    return bytes(clip[place[0] : place[0] + place[1]])
