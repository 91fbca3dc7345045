"""Make what was recorded play in every browser: H.264 pictures, AAC or Opus sound.

In:     segments of a camera's main stream, and of its sub stream if there is one; a clip's worth.
Out:    segments that a clip can be made of.
Holds:  what plays already is returned as it is, and FFmpeg is not loaded for it. H.265 pictures give way to
        the sub stream's if those are H.264 and cover them, else they are transcoded. Sound stays in time.
Absent: the recording itself: it keeps what the camera sent.
Why:    docs/design/segments.md
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from fanlight.hub.packet import AudioInfo, Packet, StreamInfo
from fanlight.hub.pictures import pictures
from fanlight.hub.segmenter import Segment, Segmenter, fmp4, silence
from fanlight.hub.segmenter.boxes import bad
from fanlight.hub.segmenter.fragment import Frame, Sample, Sound, fragment
from fanlight.hub.voice import G711, Voice

if TYPE_CHECKING:
    import av

SHORTER = timedelta(seconds=3)  # so much less than the main stream a sub stream may show
_US = timedelta(microseconds=1)
_SPS, _PPS = 7, 8
_LEFT_OUT = frozenset({_SPS, _PPS, 9})  # and access unit delimiters
_HIGH = 100
_CRF = "23"


def playable(segments: Sequence[Segment], sub_segments: Sequence[Segment] = ()) -> list[Segment]:
    """Return segments of the same stretch that every browser plays.

    Args:
        segments: of the main stream; `fmp4.can_join` takes them.
        sub_segments: of the sub stream, of the same stretch, if there is one.

    Raises:
        BadFmp4: a segment is damaged, or no picture can be decoded.
    """
    sound = next((s.audio for s in segments if s.audio is not None), None)
    if segments[0].info.is_h264 and (sound is None or sound.codec not in G711):
        return list(segments)
    shown = list(segments)
    if not segments[0].info.is_h264:
        smaller = fmp4.decodable(sub_segments)
        shown = smaller if _covers(smaller, segments) else list(_transcoded(fmp4.decodable(segments)))
        if not shown:
            raise bad("none of its pictures can be decoded")
    return _with_sound(shown, segments, sound) if sound is not None else shown


def _covers(smaller: Sequence[Segment], segments: Sequence[Segment]) -> bool:
    return (
        fmp4.can_join(smaller)
        and smaller[0].info.is_h264
        and smaller[0].wall <= segments[0].wall + SHORTER
        and smaller[-1].wall_end >= segments[-1].wall_end - SHORTER
    )


def _ticks(length: timedelta) -> int:
    return round(length / _US * 9 / 100)


def _with_sound(shown: Sequence[Segment], segments: Sequence[Segment], audio: AudioInfo) -> list[Segment]:
    """Return `shown` with the sound of `segments` at the same wall time."""
    base = segments[0].wall
    voice = Voice(audio) if audio.codec in G711 else None
    heard: list[tuple[int, Frame]] = []
    for segment in segments:
        run = fmp4.read(segment.fragment).sound
        if run is None or segment.audio != audio:
            continue
        at = _ticks(segment.wall - base) + run.start_90k - segment.start_90k
        for data, duration in zip(run.cut(segment.fragment), run.durations_90k, strict=True):
            made = voice.feed(at, bytes(data)) if voice else [(at, data, duration)]
            heard += [(begin, Frame(frame, length)) for begin, frame, length in made]
            at += duration
    if voice is not None:
        heard += [(begin, Frame(frame, length)) for begin, frame, length in voice.finish()]
        audio = voice.info
    rising = silence.in_order(heard, _ticks(shown[0].wall - base))
    return [_grafted(segment, _ticks(segment.wall - base), rising, audio) for segment in shown]


def _grafted(segment: Segment, at: int, heard: list[tuple[int, Frame]], audio: AudioInfo) -> Segment:
    """Return a segment with the frames that begin in it, and those only."""
    shift, end = segment.start_90k - at, at + segment.duration_90k
    inside = [(begin, frame) for begin, frame in heard if at <= begin < end]
    contents = fmp4.read(segment.fragment)
    run = contents.pictures
    samples = list(map(Sample, run.cut(segment.fragment), run.durations_90k, run.offsets_90k, run.keys))
    sound = None
    if inside:
        steps = [after - before for (before, _), (after, _) in pairwise(inside)]
        last = inside[-1][1].duration_90k
        frames = [Frame(f.data, step) for (_, f), step in zip(inside, [*steps, last], strict=True)]
        sound = Sound(inside[0][0] + shift, frames)
    return Segment(
        info=segment.info,
        audio=audio if sound else None,
        run=segment.run,
        fragment=fragment(1, segment.start_90k, samples, sound),
        start_90k=segment.start_90k,
        duration_90k=segment.duration_90k,
        wall=segment.wall,
        mono_us=segment.mono_us,
        is_key=segment.is_key,
        is_discontinuous=segment.is_discontinuous,
    )


def _transcoded(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Yield H.265 segments as H.264, a keyframe a second, without sound."""
    segmenter = Segmenter()
    encoder: _Encoder | None = None
    for run in _runs(segments):
        for frame, wall in pictures(run):
            encoder = encoder or _Encoder(frame.width, frame.height)
            for packet in encoder.encode(frame, run[0].run, wall):
                yield from segmenter.feed(packet)
        if encoder is not None:
            for packet in encoder.flush():
                yield from segmenter.feed(packet)
        encoder = None
        yield from segmenter.finish()


def _runs(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    run: list[Segment] = []
    for segment in segments:
        if run and not segment.follows(run[-1]):
            yield run
            run = []
        run.append(segment)
    if run:
        yield run


class _Encoder:
    """libx264, its packets as the hub has them. No B-frames, so what comes out is in order."""

    def __init__(self, width: int, height: int) -> None:
        import av  # noqa: PLC0415

        codec = av.CodecContext.create("libx264", "w")
        assert isinstance(codec, av.VideoCodecContext)  # noqa: S101
        codec.width, codec.height, codec.pix_fmt = max(width & ~1, 2), max(height & ~1, 2), "yuv420p"
        codec.time_base = Fraction(1, fmp4.TIMESCALE)
        codec.max_b_frames, codec.thread_count = 0, 2
        codec.flags |= av.codec.context.Flags.global_header
        codec.options = {
            "preset": "veryfast", "crf": _CRF, "forced-idr": "1",
            "x264-params": "scenecut=0:keyint=600:rc-lookahead=10",
        }  # fmt: skip
        codec.open()
        self._codec = codec
        self.info = _describe(bytes(codec.extradata or b""), codec.width, codec.height)
        self._key_at: int | None = None
        self._times: dict[int, tuple[int, datetime]] = {}

    def encode(self, frame: "av.VideoFrame", run: int, wall: datetime) -> list[Packet]:
        """Take a picture shown at `wall`; return what is ready."""
        from av.video.frame import PictureType  # noqa: PLC0415

        if frame.pts is None or frame.pts in self._times:
            return []  # a picture that repeats another's time
        picture = frame.reformat(self._codec.width, self._codec.height, "yuv420p")
        picture.pts, picture.time_base = frame.pts, self._codec.time_base
        picture.pict_type = PictureType.NONE
        if self._key_at is None or frame.pts - self._key_at >= fmp4.TIMESCALE:
            picture.pict_type, self._key_at = PictureType.I, frame.pts
        self._times[frame.pts] = (run, wall)
        return self._read(picture)

    def flush(self) -> list[Packet]:
        """Return what the encoder still held."""
        return self._read(None)

    def _read(self, picture: "av.VideoFrame | None") -> list[Packet]:
        found = []
        for packet in self._codec.encode(picture):
            assert packet.pts is not None  # noqa: S101 - the encoder keeps what it was given
            run, wall = self._times.pop(packet.pts)
            units = [unit for unit in _units(bytes(packet)) if unit[0] & 31 not in _LEFT_OUT]
            data = b"".join([part for unit in units for part in (len(unit).to_bytes(4), unit)])
            found.append(Packet(
                info=self.info, run=run, pts_90k=packet.pts, dts_90k=None, is_key=packet.is_keyframe,
                data=data, wall=wall,
            ))  # fmt: skip
        return found


def _units(data: bytes) -> list[bytes]:
    """Return the NAL units between start codes (ITU-T H.264, Annex B)."""
    return [unit for part in data.split(b"\0\0\1") if (unit := part.rstrip(b"\0"))]


def _describe(header: bytes, width: int, height: int) -> StreamInfo:
    """Return how an encoder codes, from its parameter sets (ISO/IEC 14496-15, 5.3.3.1)."""
    units = _units(header)
    sps = next(unit for unit in units if unit[0] & 31 == _SPS)
    pps = next(unit for unit in units if unit[0] & 31 == _PPS)
    config = b"\1" + sps[1:4] + b"\xff\xe1" + len(sps).to_bytes(2) + sps
    config += b"\1" + len(pps).to_bytes(2) + pps
    if sps[1] >= _HIGH:
        config += b"\xfd\xf8\xf8\0"  # 4:2:0, 8 bits
    return StreamInfo(codec=f"avc1.{sps[1:4].hex()}", width=width, height=height, config=config)
