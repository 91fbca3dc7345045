"""A video file as a camera: any that FFmpeg decodes, of any length, in bounded memory.

In:     a path; when it was recorded, if known.
Out:    Packet. H.264 that browsers play passes as it is, everything else is transcoded.
Holds:  what can be read of a damaged file is yielded, then the stream ends; each loss counts in `damage`.
Drops:  audio (counted in `audio_dropped`), and after damage everything up to the next keyframe.
Absent: the network: FFmpeg may open this one file and no other protocol.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from av.stream import Disposition

from fanlight.hub.camera import nal
from fanlight.hub.camera.errors import CameraUnreachable, NotAVideo
from fanlight.hub.camera.sample import SampleBuilder
from fanlight.hub.camera.timeline import Timeline
from fanlight.hub.camera.transcode import Coded, Transcoder
from fanlight.hub.packet import Clock, Packet, StreamInfo
from fanlight.model import clock

if TYPE_CHECKING:
    _AvPacket = av.Packet[Any]

_BATCH_PACKETS = 32
_BATCH_BYTES = 1 << 20
_MAX_FAILURES = 16  # in a row; a demuxer that fails so often will not recover
_PROBE_PACKETS = 60
_MAX_REORDER = 18  # pictures: the most that a decoder holds back, and some
_LISTS = frozenset(
    {"hls", "dash", "concat", "ffmetadata", "sdp", "rtsp", "tty"}
)  # name other files or are no video
_PLAIN_PIXELS = frozenset({"yuv420p", "yuvj420p"})
_NO_RATE = 25.0


def _not_a_video(why: str) -> NotAVideo:
    return NotAVideo(
        f"This file holds no video that can be read: {why}.",
        kept="The file was not changed.",
        do="Check that it plays elsewhere, or choose another file.",
    )


class FileCamera:
    """One video file. `clock` is `media` unless the file is paced from now on like a live camera."""

    def __init__(self, path: Path, *, start: datetime | None = None, paced: bool = False) -> None:
        """Name the file.

        Args:
            path: the file.
            start: when its first picture was taken, aware; now if None.
            paced: yield as fast as it was recorded, not as fast as it is taken.
        """
        self.clock: Clock = "hub" if paced and start is None else "media"
        self.damage = self.audio_dropped = 0
        self._path, self._start, self._paced = path, start, paced
        self._container: av.container.InputContainer | None = None
        self._source: Iterator[Packet] | None = None
        self._first: list[Packet] = []
        self._reading = threading.Lock()  # a cancelled read goes on in its thread; close waits for it
        self._info: StreamInfo | None = None

    @property
    def info(self) -> StreamInfo:
        """How the stream is coded; raises NotAVideo before `open`."""
        if self._info is None:
            raise _not_a_video("it has not been opened")
        return self._info

    async def open(self) -> StreamInfo:
        """Open the file and read up to its first picture.

        Raises:
            CameraUnreachable: there is no such file, or it may not be read.
            NotAVideo: it holds no picture.
        """
        if self._source is None:
            self._start = self._start or clock.now()
            await asyncio.to_thread(self._open)
            self._first = await self._take()
            if not self._first:
                await self.close()
                raise _not_a_video("no picture in it can be decoded")
            self._info = self._first[0].info
        return self.info

    async def packets(self) -> AsyncIterator[Packet]:
        """Yield the file's packets; raises what `open` raises."""
        await self.open()
        began = asyncio.get_running_loop().time()
        batch, self._first = self._first, []
        while batch:
            for packet in batch:
                if self._paced:
                    ahead = began + packet.pts_90k / 90_000 - asyncio.get_running_loop().time()
                    await asyncio.sleep(max(ahead, 0))
                self._info = packet.info
                yield packet
            batch = await self._take()

    async def close(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        with self._reading:
            self._source = iter(())
            if self._container is not None:
                self._container.close()
                self._container = None

    async def _take(self) -> list[Packet]:
        return await asyncio.to_thread(self._take_some)

    def _take_some(self) -> list[Packet]:
        batch: list[Packet] = []
        size = 0
        with self._reading:
            for packet in itertools.islice(self._source or (), _BATCH_PACKETS):
                batch.append(packet)
                size += len(packet.data)
                if size >= _BATCH_BYTES:
                    break
        return batch

    def _open(self) -> None:
        try:
            with self._path.open("rb"):
                pass
        except OSError as error:
            raise CameraUnreachable(
                "The video file cannot be opened.",
                kept="Nothing was changed.",
                do="Check that it is there and may be read.",
            ) from error
        try:
            container = av.open(f"file:{self._path}", options={"protocol_whitelist": "file"})
        except (av.FFmpegError, ValueError) as error:
            raise _not_a_video(
                "it is empty, cut off before its index, or of a kind FFmpeg does not know"
            ) from error
        self._container = container
        if _LISTS & set(container.format.name.split(",")):
            raise _not_a_video("it is a list of other files")
        videos = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
        if not videos:
            raise _not_a_video(
                "it has no picture, only sound" if container.streams.audio else "it has no picture"
            )
        self._source = self._read(container, videos[0])

    def _read(self, container: av.container.InputContainer, stream: av.VideoStream) -> Iterator[Packet]:
        if stream.codec_context is None:
            raise _not_a_video("FFmpeg has no decoder for it")
        stream.codec_context.thread_count = 1
        source = self._demux(container, stream)
        first = list(itertools.islice(source, _PROBE_PACKETS))
        rate = float(stream.average_rate or stream.guessed_rate or _NO_RATE)
        line = Timeline(step_90k=max(round(90_000 / min(max(rate, 0.1), 1_000.0)), 1))
        everything = itertools.chain(first, source)
        samples = _start(stream, first)
        if samples is not None:
            yield from self._copy(everything, *samples, line)
        else:
            yield from self._transcode(everything, stream, line, rate)

    def _demux(self, container: av.container.InputContainer, stream: av.VideoStream) -> Iterator[_AvPacket]:
        """Yield the video's packets; what cannot be read is counted and stepped over."""
        failures = 0
        while failures < _MAX_FAILURES:
            try:
                for packet in container.demux():
                    if packet.stream_index == stream.index:
                        failures = 0
                        yield packet
                    elif packet.stream.type == "audio" and packet.size:
                        self.audio_dropped += 1
            except av.EOFError:
                return
            except av.FFmpegError:
                failures += 1
                self.damage += 1
            else:
                return

    def _copy(
        self, source: Iterator[_AvPacket], samples: SampleBuilder, length_size: int, line: Timeline
    ) -> Iterator[Packet]:
        lost = False
        for packet in source:
            if not packet.size:
                continue
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
            coded = Coded(
                pts_90k=at,
                data=data,
                is_key=is_key or packet.is_keyframe,
                dts_90k=line.decode_time(_ticks(packet.dts, base)),
                duration_90k=_ticks(packet.duration, base) or None,
            )
            yield self._packet(samples.info, line, coded)

    def _units(self, packet: _AvPacket, length_size: int) -> list[bytes] | None:
        """Return a packet's NAL units, or None (counted) if it is damaged."""
        if not packet.is_corrupt:
            try:
                data = bytes(packet)
                return nal.split_lengths(data, length_size) if length_size else nal.split_annexb(data)
            except nal.BadNal:
                pass
        self.damage += 1
        return None

    def _add(self, samples: SampleBuilder, units: list[bytes]) -> tuple[bytes, bool] | None:
        try:
            return samples.add(units)
        except nal.BadNal:
            self.damage += 1
            return None

    def _transcode(
        self, source: Iterator[_AvPacket], stream: av.VideoStream, line: Timeline, rate: float
    ) -> Iterator[Packet]:
        coder: Transcoder | None = None
        for frame in self._decode(source, stream):
            if coder is None:
                coder = Transcoder(frame.width, frame.height, rate)
            at = line.place(_ticks(frame.pts, frame.time_base or stream.time_base))
            for coded in coder.encode(frame, at):
                yield self._packet(coder.info, line, coded)
        if coder is not None:
            for coded in coder.flush():
                yield self._packet(coder.info, line, coded)

    def _decode(self, source: Iterator[_AvPacket], stream: av.VideoStream) -> Iterator[av.VideoFrame]:
        untimed: list[int] | None = [] if _is_untimed(self._container) else None
        for packet in itertools.chain(source, (None,)):
            if packet is not None and not packet.size:
                continue
            if untimed is not None and packet is not None and packet.dts is not None:
                heapq.heappush(untimed, packet.dts)
            try:
                for frame in stream.codec_context.decode(packet):
                    if untimed is not None:
                        while len(untimed) > _MAX_REORDER:
                            heapq.heappop(untimed)
                        frame.pts = heapq.heappop(untimed) if untimed else None
                    yield frame
            except av.FFmpegError:
                self.damage += 1

    def _packet(self, info: StreamInfo, line: Timeline, coded: Coded) -> Packet:
        begun = self._start or clock.now()
        return Packet(
            info=info,
            run=line.run,
            pts_90k=coded.pts_90k,
            dts_90k=coded.dts_90k,
            duration_90k=coded.duration_90k,
            is_key=coded.is_key,
            data=coded.data,
            wall=begun + timedelta(microseconds=coded.pts_90k * 100 / 9),
        )


def _is_untimed(container: av.container.Container | None) -> bool:
    """Tell whether a container counts pictures in decoding order only, so that B-frames lack a time."""
    return container is not None and container.format.name == "avi"


def _ticks(time: int | None, base: object) -> int | None:
    return None if time is None else round(time * base * 90_000)  # type: ignore[operator]


def _start(stream: av.VideoStream, first: list[_AvPacket]) -> tuple[SampleBuilder, int] | None:
    """Return what recording a stream as it is needs, or None if it must be transcoded.

    It passes if it is H.264 as browsers play it, says when each picture is shown, and its parameter sets
    make sense. The number is the size of its NAL length fields, 0 for start codes.
    """
    context = stream.codec_context
    if context.name != "h264" or (context.pix_fmt or "yuv420p") not in _PLAIN_PIXELS:
        return None
    if _is_untimed(stream.container) and context.has_b_frames:
        return None
    shown = [p for p in first if p.size]
    if not shown or any(p.pts is None for p in shown):
        return None
    extra = bytes(context.extradata or b"")
    try:
        if extra[:1] == b"\1":
            sps, pps, length_size = nal.parse_avcc(extra)
            return SampleBuilder(sps, pps), length_size
        samples = SampleBuilder()
        samples.add(nal.split_annexb(extra))
    except nal.BadNal:
        return None
    return samples, 0
