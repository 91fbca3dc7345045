"""A camera whose pictures say which they are: for measuring how long each takes until it is seen.

Usage: python bench/live_camera.py CLIP
In:     the file that `draw` made.
Out:    RTSP as the demo camera's; the same pictures over plain TCP, each as length, time and whether it is a
        key frame, at the very moments at which they go out by RTSP. Prints {"rtsp", "plain", "began_us"}.
Holds:  the picture's number is drawn as black and white fields, so that it is read off the screen; its moment
        follows from the number alone.
"""

import asyncio
import contextlib
import json
import struct
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from fanlight.hub.demo_camera import CLIP, DemoCamera, Loop, load

WIDTH, HEIGHT, RATE, COUNT = 1280, 720, 15, 600
FIELD, BITS = 64, 10  # a white field, a black one, then the number, the highest bit first
HEAD = struct.Struct(">IQ?")


def draw(path: Path) -> None:
    """Make the clip: a street scene with a number in each picture, H.264, a key frame every two seconds."""
    with av.open(str(path), "w") as out, av.open(str(CLIP)) as scene:
        coded = out.add_stream("libx264", rate=RATE)
        coded.width, coded.height, coded.pix_fmt, coded.bit_rate = WIDTH, HEIGHT, "yuv420p", 3_000_000
        coded.codec_context.gop_size = 2 * RATE
        coded.codec_context.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "profile": "baseline",
            "x264-params": "scenecut=0:keyint=30:min-keyint=30:sliced-threads=0",
        }
        pictures = scene.decode(video=0)
        for number in range(COUNT):
            shown = next(pictures).to_ndarray(format="rgb24", width=WIDTH, height=HEIGHT)
            fields = [1, 0, *(number >> bit & 1 for bit in reversed(range(BITS)))]
            shown[:FIELD, : FIELD * len(fields)] = np.repeat(fields, FIELD)[None, :, None] * 255
            frame = av.VideoFrame.from_ndarray(shown, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(coded.encode(frame))
        out.mux(coded.encode(None))


async def _plain(loop: Loop, began: float, clients: set[asyncio.StreamWriter]) -> None:
    """Send each picture when the RTSP server does."""
    base, sets = 0, loop.sets()
    now = asyncio.get_running_loop().time
    while True:
        for packet in loop.packets:
            at = base + packet.pts_90k
            await asyncio.sleep(max(began + at / 90_000 - now(), 0))
            data = packet.data
            if packet.is_key:
                data = b"".join(len(unit).to_bytes(4, "big") + unit for unit in sets) + data
            for client in clients:
                client.write(HEAD.pack(len(data), at, packet.is_key) + data)
        base += loop.duration_90k


async def run(clip: Path) -> None:
    """Serve until cancelled."""
    loop = await load(clip)
    camera = DemoCamera(loop)
    clients: set[asyncio.StreamWriter] = set()

    async def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.add(writer)
        with contextlib.suppress(OSError):
            await reader.read()
        clients.discard(writer)
        writer.close()

    plain = await asyncio.start_server(come, "127.0.0.1", 0)
    await camera.start("127.0.0.1", 0)
    began_s, began_us = camera.began
    told = {"rtsp": camera.port, "plain": plain.sockets[0].getsockname()[1], "began_us": began_us}
    print(json.dumps(told), flush=True)
    await _plain(loop, began_s, clients)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(Path(sys.argv[1])))
