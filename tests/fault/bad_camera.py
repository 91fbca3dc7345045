"""A real RTSP server that misbehaves as a test tells it, and small real clips for it to send."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fanlight.hub.camera import Packet, RtspCamera, nal
from fanlight.hub.camera.wire import Request, Wire
from fanlight.hub.demo_camera.rtp import Sender, video_payloads
from fanlight.hub.demo_camera.tracks import Loop, load
from fanlight.hub.segmenter import Segment, Segmenter

X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", "0", "-g", "5"]
X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=5:bframes=0"]


def make_clip(path: Path, *, size: str = "160x90", coder: list[str] = X264) -> Loop:
    """Return two seconds of a made picture, ten pictures a second, a keyframe in five."""
    source = ["-f", "lavfi", "-i", f"testsrc2=d=2:s={size}:r=10"]
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *source, *coder, str(path)], check=True)
    return asyncio.run(load(path))


@dataclass(slots=True)
class Seat:
    """One client's place at the camera."""

    writer: asyncio.StreamWriter
    sender: Sender = field(default_factory=lambda: Sender(96, 90_000, first_time=0))
    heard: list[bytes] = field(default_factory=list)  # what the client sent on its channels

    def picture(self, loop: Loop, packet: Packet, time: int, *, fragments: slice = slice(None)) -> None:
        """Send a picture at an RTP time, or some of its packets only."""
        units = nal.split_lengths(packet.data)
        if packet.is_key:
            units = [*loop.sets(), *units]
        payloads = [p for unit in units for p in video_payloads(unit, is_h264=loop.info.is_h264)]
        first = self.sender.sent(payloads)
        for index in list(range(len(payloads)))[fragments]:
            last = index == len(payloads) - 1
            packed = self.sender.pack(payloads[index : index + 1], time, 0, sequence=first + index)
            kind = packed[5] if last else packed[5] & 0x7F
            self.writer.write(packed[:5] + bytes((kind,)) + packed[6:])

    def report(self, wall_us: int, time: int) -> None:
        """Say that the camera's clock shows `wall_us` at an RTP time."""
        self.writer.write(self.sender.report(wall_us, time, 1))


Play = Callable[[Seat], Awaitable[None]]


@dataclass(slots=True)
class Shown:
    """What a bad camera says: `plays` by connection, the last for all that follow."""

    loop: Loop
    plays: list[Play]
    audio: list[str] = field(default_factory=list)
    refuses_audio: bool = False
    seats: list[Seat] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)  # described by connection, if not always `loop`


@contextlib.asynccontextmanager
async def showing(shown: Shown) -> AsyncIterator[str]:
    """Serve; yield the address."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seat = Seat(writer)
        number = len(shown.seats)
        shown.seats.append(seat)
        loop = shown.loops[min(number, len(shown.loops) - 1)] if shown.loops else shown.loop
        keep = lambda data, start, end: seat.heard.append(data[start:end])  # noqa: E731 - a sink
        wire = Wire(dict.fromkeys(range(4), keep))
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                for asked in wire.feed(data):
                    assert isinstance(asked, Request)
                    writer.write(_answer(asked, shown, loop))
                    if asked.method == "PLAY":
                        play = shown.plays[min(number, len(shown.plays) - 1)]
                        tasks.add(asyncio.ensure_future(play(seat)))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/door"
    finally:
        server.close()
        for seat in shown.seats:
            seat.writer.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def _answer(asked: Request, shown: Shown, loop: Loop) -> bytes:
    head, body = f"CSeq: {asked.get('cseq')}\r\nSession: 7;timeout=60\r\n", b""
    status = "200 OK"
    if asked.method == "DESCRIBE":
        body = "\r\n".join(["v=0", *loop.describe(96), *shown.audio, ""]).encode()
        head += f"Content-Length: {len(body)}\r\n"
    elif asked.method == "SETUP":
        head += f"Transport: {asked.get('transport')}\r\n"
        if shown.refuses_audio and asked.uri.endswith("audio"):
            status = "454 Session Not Found"
    return f"RTSP/1.0 {status}\r\n{head}\r\n".encode() + body


async def take(camera: RtspCamera, count: int) -> list[Packet]:
    """Return so many pictures, and close."""
    found: list[Packet] = []
    try:
        async for packet in camera.packets():
            if isinstance(packet, Packet):
                found.append(packet)
                if len(found) == count:
                    break
    finally:
        await camera.close()
    return found


def cut(packets: list[Packet]) -> list[Segment]:
    """Return the segments; fails if a picture is in none."""
    segmenter = Segmenter()
    segments = [s for packet in packets for s in segmenter.feed(packet)] + segmenter.finish()
    assert segmenter.leading_dropped == 0
    return segments


def runs(packets: list[Packet]) -> Iterator[list[Packet]]:
    """Yield the pictures run by run."""
    run: list[Packet] = []
    for packet in packets:
        if run and run[-1].run != packet.run:
            yield run
            run = []
        run.append(packet)
    yield run
