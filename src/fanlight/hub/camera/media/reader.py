"""What FFmpeg demuxes, as packets: of a file, or of a camera that our own reader does not understand.

In:     a container FFmpeg has opened.
Out:    Packet and AudioPacket. H.264 4:2:0 of 8 bit and H.265 pass as they are, any other picture is
        transcoded; AAC, Opus and G.711 pass as they are.
Holds:  what can be read of a damaged source is yielded, then the stream ends; each loss counts in `damage`.
Drops:  other sound (counted in `audio_dropped`), and after damage everything up to the next keyframe.
"""

import heapq
import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import av
from av.stream import Disposition

from fanlight.hub.camera import hevc, nal
from fanlight.hub.camera.bits import BadNal
from fanlight.hub.camera.errors import NotAVideo
from fanlight.hub.camera.media.sound import SoundReader
from fanlight.hub.camera.sample import SampleBuilder
from fanlight.hub.camera.timeline import Timeline
from fanlight.hub.camera.transcode import Coded, Transcoder
from fanlight.hub.packet import AudioPacket, Packet, StreamInfo

if TYPE_CHECKING:
    AvPacket = av.Packet[Any]
else:
    AvPacket = av.Packet
Stamp = Callable[[int], tuple[datetime, int]]  # a time of the run -> wall clock and monotonic clock
_MAX_FAILURES = 16  # in a row; a demuxer that fails so often will not recover
_PROBE_PACKETS = 60
_MAX_REORDER = 18  # pictures: the most that a decoder holds back, and some
_MAX_EARLY = 500  # frames of sound before the first picture
_PLAIN_PIXELS = frozenset({"yuv420p", "yuvj420p"})
_HEVC_PIXELS = _PLAIN_PIXELS | {"yuv420p10le"}
_NO_RATE = 25.0


class Counts(Protocol):
    """Where losses are counted."""

    damage: int
    audio_dropped: int


def not_a_video(why: str) -> NotAVideo:
    """Return the error for a source without a picture that can be read."""
    return NotAVideo(
        f"This file holds no video that can be read: {why}.",
        kept="The file was not changed.",
        do="Check that it plays elsewhere, or choose another file.",
    )


class Reader:
    """Reads one container; give it to one thread at a time."""

    def __init__(
        self,
        container: av.container.InputContainer,
        counts: Counts,
        stamp: Stamp,
        *,
        audio: bool,
        live: bool = False,
    ) -> None:
        """Choose the streams; raises NotAVideo.

        Args:
            container: open; the caller closes it.
            counts: told of every loss.
            stamp: gives a packet its times.
            audio: whether sound is wanted.
            live: it comes as fast as it is taken, so nothing is worth waiting for.
        """
        videos = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
        if not videos:
            raise not_a_video(
                "it has no picture, only sound" if container.streams.audio else "it has no picture"
            )
        self._container, self._counts, self._stamp = container, counts, stamp
        self._stream, self._live = videos[0], live
        self._line = Timeline()
        self._heard = container.streams.audio[0] if audio and container.streams.audio else None
        self._sound: SoundReader | None = None
        if self._heard is not None:
            coder: Any = self._heard.codec_context  # None where FFmpeg has no decoder, whatever its types say
            if coder is not None:
                extra = bytes(coder.extradata or b"")
                self._sound = SoundReader(coder.name, extra, coder.sample_rate, coder.channels)
        self._early: list[tuple[int, int, bytes]] | None = []
        self._sound_end = -1

    def read(self) -> Iterator[Packet | AudioPacket]:
        """Yield everything; raises NotAVideo."""
        stream = self._stream
        if stream.codec_context is None:
            raise not_a_video("FFmpeg has no decoder for it")
        stream.codec_context.thread_count = 1
        source = self._demux()
        first: list[AvPacket] = []
        pictures = 0
        for packet in source:
            first.append(packet)
            pictures += packet.stream_index == stream.index
            if pictures >= (1 if self._live else _PROBE_PACKETS):
                break
        rate = float(stream.average_rate or stream.guessed_rate or _NO_RATE)
        self._line = Timeline(step_90k=max(round(90_000 / min(max(rate, 0.1), 1_000.0)), 1))
        everything: Iterator[AvPacket] = itertools.chain(first, source)
        if self._live:
            everything = self._timed(everything)
        shown = [p for p in first if p.stream_index == stream.index and p.size]
        timed = self._live or all(p.pts is not None for p in shown)
        samples = _start(stream) if shown and timed else None
        if samples is not None:
            yield from self._copy(everything, *samples)
        else:
            yield from self._transcode(everything, rate)

    def length_90k(self) -> int:
        """Read to the end without decoding; return when its last picture is shown, from its first."""
        line, last = Timeline(), 0
        untimed = _is_untimed(self._container)
        for packet in self._demux():
            if packet.stream_index == self._stream.index and packet.size:
                time = packet.dts if untimed or packet.pts is None else packet.pts
                last = max(last, line.place(_ticks(time, packet.time_base)))
        return last

    def _demux(self) -> Iterator[AvPacket]:
        """Yield the packets that are wanted; what cannot be read is counted and stepped over."""
        failures = 0
        heard = self._heard.index if self._sound is not None and self._heard is not None else -1
        while failures < _MAX_FAILURES:
            try:
                for packet in self._container.demux():
                    if packet.stream_index == self._stream.index:
                        failures = 0
                        yield packet
                    elif packet.stream_index == heard and packet.size:
                        yield packet
                    elif packet.stream.type == "audio" and packet.size:
                        self._counts.audio_dropped += 1
            except av.EOFError:
                return
            except av.FFmpegError:
                failures += 1
                self._counts.damage += 1
            else:
                return

    def _copy(
        self, source: Iterator[AvPacket], samples: SampleBuilder, length_size: int
    ) -> Iterator[Packet | AudioPacket]:
        lost, line = False, self._line
        for packet in source:
            if not packet.size:
                continue
            if packet.stream_index != self._stream.index:
                yield from self._hear(packet)
                continue
            before = samples.info
            units = self._units(packet, length_size)
            sample = self._add(samples, units) if units else None
            if sample is None or samples.info is None:
                lost |= units is None
                continue
            data, is_key = sample
            lost &= not (is_key or packet.is_keyframe)
            if lost:
                continue
            base = packet.time_base
            at = line.place(_ticks(packet.pts, base))
            if before is not None and before is not samples.info:
                line.begin_run()
            coded = Coded(
                pts_90k=at,
                data=data,
                is_key=is_key or packet.is_keyframe,
                dts_90k=line.decode_time(_ticks(packet.dts, base)),
                duration_90k=_ticks(packet.duration, base) or None,
            )
            yield self._packet(samples.info, coded)
            yield from self._hear_early()

    def _timed(self, source: Iterator[AvPacket]) -> Iterator[AvPacket]:
        """Give the first picture of a live source its time, which FFmpeg learns only from those after it."""
        held: list[AvPacket] = []
        seen: list[AvPacket] = []
        for packet in source:
            held.append(packet)
            if packet.stream_index == self._stream.index:
                seen.append(packet)
                if packet.dts is not None or len(seen) > _MAX_REORDER:
                    break
        times = [p.pts for p in seen if p.pts is not None]
        if seen and times and seen[0].pts is None:
            step = self._stream.average_rate or self._stream.guessed_rate or _NO_RATE
            seen[0].pts = min(times) - round(1 / float(step) / float(seen[0].time_base))
        yield from itertools.chain(held, source)

    def _units(self, packet: AvPacket, length_size: int) -> list[bytes] | None:
        """Return a packet's NAL units, or None (counted) if it is damaged."""
        if not packet.is_corrupt:
            try:
                data = bytes(packet)
                return nal.split_lengths(data, length_size) if length_size else nal.split_annexb(data)
            except BadNal:
                pass
        self._counts.damage += 1
        return None

    def _add(self, samples: SampleBuilder, units: list[bytes]) -> tuple[bytes, bool] | None:
        try:
            return samples.add(units)
        except BadNal:
            self._counts.damage += 1
            return None

    def _transcode(self, source: Iterator[AvPacket], rate: float) -> Iterator[Packet | AudioPacket]:
        coder: Transcoder | None = None
        for found in self._decode(source):
            if isinstance(found, av.Packet):
                yield from self._hear(found)
                continue
            if coder is None:
                coder = Transcoder(found.width, found.height, rate)
            at = self._line.place(_ticks(found.pts, found.time_base or self._stream.time_base))
            for coded in coder.encode(found, at):
                yield self._packet(coder.info, coded)
                yield from self._hear_early()
        if coder is not None:
            for coded in coder.flush():
                yield self._packet(coder.info, coded)

    def _decode(self, source: Iterator[AvPacket]) -> Iterator[av.VideoFrame | AvPacket]:
        """Yield frames, and the packets of sound between them."""
        untimed: list[int] | None = [] if _is_untimed(self._container) else None
        for packet in itertools.chain(source, (None,)):
            if packet is not None:
                if not packet.size:
                    continue
                if packet.stream_index != self._stream.index:
                    yield packet
                    continue
                if untimed is not None and packet.dts is not None:
                    heapq.heappush(untimed, packet.dts)
            try:
                for frame in self._stream.codec_context.decode(packet):
                    if untimed is not None:
                        while len(untimed) > _MAX_REORDER:
                            heapq.heappop(untimed)
                        frame.pts = heapq.heappop(untimed) if untimed else None
                    yield frame
            except av.FFmpegError:
                self._counts.damage += 1

    def _hear(self, packet: AvPacket) -> Iterator[AudioPacket]:
        """Yield a frame of sound, or hold it until there is a picture to measure its time from."""
        data = self._sound.frame(bytes(packet)) if self._sound is not None else None
        time, length = _ticks(packet.pts, packet.time_base), _ticks(packet.duration, packet.time_base)
        if data is None or time is None or packet.is_corrupt:
            self._counts.audio_dropped += 1
        elif self._early is None:
            yield from self._place(time, length or 1, data)
        elif len(self._early) < _MAX_EARLY:
            self._early.append((time, length or 1, data))

    def _hear_early(self) -> Iterator[AudioPacket]:
        early, self._early = self._early, None
        for time, length, data in early or ():
            yield from self._place(time, length, data)

    def _place(self, time: int, length: int, data: bytes) -> Iterator[AudioPacket]:
        at = self._line.of_raw(time)
        if at < 0 or (at < self._sound_end - length // 2) or self._sound is None or self._sound.info is None:
            self._counts.audio_dropped += 1
            return
        at = max(at, self._sound_end)
        self._sound_end = at + length
        wall, mono_us = self._stamp(at)
        yield AudioPacket(
            info=self._sound.info,
            run=self._line.run,
            pts_90k=at,
            duration_90k=length,
            data=data,
            wall=wall,
            mono_us=mono_us,
        )

    def _packet(self, info: StreamInfo, coded: Coded) -> Packet:
        wall, mono_us = self._stamp(coded.pts_90k)
        return Packet(
            info=info,
            run=self._line.run,
            pts_90k=coded.pts_90k,
            dts_90k=coded.dts_90k,
            duration_90k=coded.duration_90k,
            is_key=coded.is_key,
            data=coded.data,
            wall=wall,
            mono_us=mono_us,
        )


def _is_untimed(container: av.container.Container | None) -> bool:
    """Tell whether a container counts pictures in decoding order only, so that B-frames lack a time."""
    return container is not None and container.format.name == "avi"


def _ticks(time: int | None, base: object) -> int | None:
    return None if time is None else round(time * base * 90_000)  # type: ignore[operator]


def _start(stream: av.VideoStream) -> tuple[SampleBuilder, int] | None:
    """Return what recording a stream as it is needs, or None if it must be transcoded.

    It passes if it is H.264 as browsers play it or H.265, and its parameter sets make sense. The number is
    the size of its NAL length fields, 0 for start codes.
    """
    context = stream.codec_context
    pixels = {"h264": _PLAIN_PIXELS, "hevc": _HEVC_PIXELS}.get(context.name, frozenset())
    if (context.pix_fmt or "yuv420p") not in pixels:
        return None
    if _is_untimed(stream.container) and context.has_b_frames:
        return None
    extra = bytes(context.extradata or b"")
    length_size = 0
    try:
        if extra[:1] != b"\1":
            sets = nal.split_annexb(extra)
        elif context.name == "h264":
            sps, pps, length_size = nal.parse_avcc(extra)
            sets = [*sps, *pps]
        else:
            *found, length_size = hevc.parse_hvcc(extra)
            sets = [unit for units in found for unit in units]
    except BadNal:
        return None
    samples = SampleBuilder("H264" if context.name == "h264" else "H265", sets)
    return (samples, length_size) if samples.info is not None or not length_size else None
