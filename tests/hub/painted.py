"""Cameras that play packets from memory, and how to make and to read such packets."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from fanlight.hub.camera import nal
from fanlight.hub.camera.masked import MaskedCamera
from fanlight.hub.camera.sample import SampleBuilder
from fanlight.hub.options import Outline
from fanlight.hub.packet import AudioPacket, Clock, Packet, StreamInfo

START = datetime(2026, 11, 21, 18, tzinfo=UTC)
STEP_90K = 9_000
Luma = NDArray[np.uint8]


class Played:
    """A camera whose packets are known."""

    clock: Clock = "hub"
    audio_dropped = 0
    damage = 0

    def __init__(self, packets: Sequence[Packet | AudioPacket]) -> None:
        self._packets, self.closed = list(packets), 0
        self.info = next(p for p in packets if isinstance(p, Packet)).info

    async def open(self) -> StreamInfo:
        return self.info

    async def packets(self) -> AsyncIterator[Packet | AudioPacket]:
        for packet in self._packets:
            await asyncio.sleep(0)
            yield packet

    async def close(self) -> None:
        self.closed += 1


def packet(info: StreamInfo, at_90k: int, data: bytes, *, is_key: bool, run: int = 0) -> Packet:
    return Packet(
        info=info,
        run=run,
        pts_90k=at_90k,
        dts_90k=None,
        is_key=is_key,
        data=data,
        wall=START + timedelta(seconds=at_90k / 90_000),
        mono_us=at_90k * 100 // 9,
    )


def lossless(pictures: Sequence[Luma], run: int = 0) -> list[Packet]:
    """Return pictures, grey, as H.264 that decodes to exactly them."""
    height, width = pictures[0].shape
    codec = av.CodecContext.create("libx264", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.time_base, codec.gop_size, codec.max_b_frames = Fraction(1, 90_000), 10, 0
    codec.thread_count = 1
    codec.options = {"preset": "ultrafast", "qp": "0", "tune": "zerolatency"}
    samples, made = SampleBuilder(), []
    for number, picture in enumerate(pictures):
        grey = np.full((height * 3 // 2, width), 128, np.uint8)
        grey[:height] = picture
        frame = av.VideoFrame.from_ndarray(grey, format="yuv420p")
        frame.pts, frame.time_base = number * STEP_90K, codec.time_base
        made += list(codec.encode(frame))
    packets = []
    for coded in [*made, *codec.encode(None)]:
        sample = samples.add(nal.split_annexb(bytes(coded)))
        assert sample is not None
        assert samples.info is not None
        assert coded.pts is not None
        packets.append(packet(samples.info, coded.pts, sample[0], is_key=sample[1], run=run))
    return packets


def demuxed(path: Path) -> list[Packet]:
    """Return the pictures of an MP4 as they are coded in it."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        word = "avc1.42001e" if context.name == "h264" else "hvc1.1.6.L60.B0"
        info = StreamInfo(
            codec=word, width=context.width, height=context.height, config=bytes(context.extradata or b"")
        )
        return [
            packet(info, int(p.pts * p.time_base * 90_000), bytes(p), is_key=p.is_keyframe)
            for p in container.demux(stream)
            if p.size and p.pts is not None
        ]


def masked(packets: Sequence[Packet | AudioPacket], *outlines: Outline) -> list[Packet | AudioPacket]:
    """Return what leaves a painted camera that plays `packets`."""

    async def run() -> list[Packet | AudioPacket]:
        camera = MaskedCamera(Played(packets), outlines)
        try:
            return [p async for p in camera.packets()]
        finally:
            await camera.close()

    return asyncio.run(run())


def seen(packets: Sequence[Packet | AudioPacket]) -> list[Luma]:
    """Return the brightness of every picture of one stream, decoded with all filters."""
    pictures = [p for p in packets if isinstance(p, Packet)]
    codec = av.CodecContext.create("h264", "r")
    codec.extradata, codec.thread_count = pictures[0].info.config, 1
    frames = []
    for each in pictures:
        coded = av.Packet(each.data)
        coded.pts = each.pts_90k
        frames += list(codec.decode(coded))
    frames += list(codec.decode(None))
    return [frame.to_ndarray(format="gray").astype(np.uint8) for frame in frames]


def inside(outline: Outline, x: float, y: float) -> bool:
    """Tell whether a point is inside by the even-odd rule: another way than the one under test."""
    crossings = 0
    for (x0, y0), (x1, y1) in zip(outline, (*outline[1:], outline[0]), strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            crossings += 1
    return crossings % 2 == 1


def area(outline: Outline, width: int, height: int) -> NDArray[np.bool_]:
    """Return the pixels whose middle is inside an outline."""
    return np.array(
        [
            [inside(outline, (x + 0.5) / width, (y + 0.5) / height) for x in range(width)]
            for y in range(height)
        ]
    )
