"""A made picture as a camera: to try a hub without one.

In:     `test:`, or `test:?size=640x360&rate=15`.
Out:    H.264 in real time, a light square that wanders over a slope of grey; two notes every ten seconds if
        sound is asked for.
Absent: an end.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qsl

from fanlight.hub.camera.errors import CameraUnreachable
from fanlight.hub.camera.timeline import new_run
from fanlight.hub.camera.tone import chime, mu_law
from fanlight.hub.packet import AudioInfo, AudioPacket, Clock, Packet, StreamInfo
from fanlight.model import clock

SCHEME = "test:"
_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})")
_SOUND = AudioInfo(codec="ulaw", rate_hz=8_000, channels=1)
_FRAME = 320  # samples: 40 ms
_FRAME_90K = 3_600


class MadeCamera:
    """One made picture."""

    clock: Clock = "hub"

    def __init__(self, url: str, *, audio: bool = False) -> None:
        """Name it; a wrong address is told by `open`."""
        self.damage = self.audio_dropped = 0
        self._url, self._audio = url, audio
        self._info: StreamInfo | None = None
        self._source: Iterator[Packet] | None = None
        self._run = new_run()
        self._closed = False

    @property
    def info(self) -> StreamInfo:
        """How the pictures are coded; raises CameraUnreachable before `open`."""
        if self._info is None:
            raise _unreadable()
        return self._info

    async def open(self) -> StreamInfo:
        """Start the encoder; raises CameraUnreachable if the address makes no sense."""
        if self._source is None:
            width, height, rate = _settings(self._url)
            self._source = self._draw(width, height, rate)
            self._info = (await asyncio.to_thread(next, self._source)).info
        return self.info

    async def packets(self) -> AsyncIterator[Packet | AudioPacket]:
        """Yield pictures and sound until closed."""
        await self.open()
        began = asyncio.get_running_loop().time()
        sound = [bytes(map(mu_law, chime(_SOUND.rate_hz)))] if self._audio else []
        heard = 0
        while not self._closed and self._source is not None:
            packet = await asyncio.to_thread(next, self._source)
            await asyncio.sleep(max(began + packet.pts_90k / 90_000 - asyncio.get_running_loop().time(), 0))
            yield packet
            while sound and heard * _FRAME_90K <= packet.pts_90k:
                start = heard * _FRAME % len(sound[0])
                yield AudioPacket(
                    info=_SOUND,
                    run=self._run,
                    pts_90k=heard * _FRAME_90K,
                    duration_90k=_FRAME_90K,
                    data=sound[0][start : start + _FRAME],
                    wall=clock.now(),
                    mono_us=clock.mono_us(),
                )
                heard += 1

    async def close(self) -> None:
        """Stop; harmless when called twice."""
        self._closed = True

    def _draw(self, width: int, height: int, rate: int) -> Iterator[Packet]:
        """Yield pictures for ever; the first is a trial that only tells how the others are coded."""
        import av  # noqa: PLC0415 - see the package

        from fanlight.hub.camera.transcode import Transcoder  # noqa: PLC0415 - see the package

        coder = Transcoder(width, height, rate)
        frame = av.VideoFrame(width, height, "yuv420p")
        stride = frame.planes[0].line_size
        slope = bytes(32 + 128 * column // stride for column in range(stride))
        side = height // 5
        for plane in frame.planes[1:]:
            plane.update(b"\x80" * plane.buffer_size)
        number = -1
        while True:
            at = max(number, 0)
            left = _bounce(at * 4, width - side)
            top = _bounce(at * 2, height - side)
            row = slope[:left] + b"\xe0" * side + slope[left + side :]
            rows = [slope] * top + [row] * side + [slope] * (height - top - side)
            frame.planes[0].update(b"".join(rows))
            pts = at * 90_000 // rate
            for coded in coder.encode(frame, pts) if number >= 0 else ():
                yield self._packet(coder.info, coded.pts_90k, coded.data, is_key=coded.is_key)
            if number < 0:
                yield self._packet(coder.info, 0, b"", is_key=False)
            number += 1

    def _packet(self, info: StreamInfo, pts_90k: int, data: bytes, *, is_key: bool) -> Packet:
        return Packet(
            info=info,
            run=self._run,
            pts_90k=pts_90k,
            dts_90k=None,
            is_key=is_key,
            data=data,
            wall=clock.now(),
            mono_us=clock.mono_us(),
        )


def _bounce(way: int, length: int) -> int:
    """Return where something is after going `way` to and fro between 0 and `length`."""
    at = way % (2 * length)
    return at if at <= length else 2 * length - at


def _settings(url: str) -> tuple[int, int, int]:
    asked = dict(parse_qsl(url.partition("?")[2]))
    size, rate = _SIZE.fullmatch(asked.get("size", "640x360")), asked.get("rate", "15")
    if size is None or not rate.isascii() or not rate.isdigit() or not 1 <= int(rate) <= 60:  # noqa: PLR2004
        raise _unreadable()
    return int(size[1]) & ~1, int(size[2]) & ~1, int(rate)


def _unreadable() -> CameraUnreachable:
    return CameraUnreachable(
        "The address of the test picture cannot be read.",
        kept="What was recorded before is kept.",
        do="Write it as test:?size=640x360&rate=15.",
    )
