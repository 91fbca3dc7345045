"""The peer: aiortc sends a camera's H.264 to a browser as it comes. Run by the peers' own Python.

Usage: python live_aiortc.py RTSP_PORT PLAIN_PORT
Out:    one HTTP port, printed: `/` is the page, `/offer/player` answers with aiortc's own MediaPlayer on the
        RTSP stream (nothing decoded, as its documentation says), `/offer/plain` with a track that is given
        each picture by the camera itself, so that not even reading RTSP costs it anything.
"""

import asyncio
import struct
import sys
from fractions import Fraction
from typing import Any

import av
from aiohttp import web  # type: ignore[import-not-found]  # of the peers' environment
from aiortc import (  # type: ignore[import-not-found]  # the same
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaPlayer  # type: ignore[import-not-found]  # the same

HEAD = struct.Struct(">IQ?")
LOW_DELAY = {"rtsp_transport": "tcp", "fflags": "nobuffer", "flags": "low_delay", "max_delay": "0"}
PAGE = "<!doctype html><title>aiortc</title><video muted autoplay playsinline width=1280></video>"


class Plain(MediaStreamTrack):  # type: ignore[misc]  # the peers' types are not here
    """A track of what comes over plain TCP, from a key frame on."""

    kind = "video"

    def __init__(self, port: int) -> None:
        """Connect when the first picture is wanted."""
        super().__init__()
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._began: int | None = None

    async def recv(self) -> "av.Packet[Any]":
        """Return the next picture."""
        if self._reader is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        while True:
            size, at_90k, is_key = HEAD.unpack(await self._reader.readexactly(HEAD.size))
            data = await self._reader.readexactly(size)
            if self._began is None and is_key:
                self._began = at_90k
            if self._began is not None:
                break
        packet: av.Packet[Any] = av.Packet(_start_codes(data))
        packet.pts = packet.dts = at_90k - self._began
        packet.time_base = Fraction(1, 90_000)
        return packet

    def stop(self) -> None:
        """Let go of the camera."""
        super().stop()
        if self._reader is not None:
            self._writer.close()


def _start_codes(data: bytes) -> bytes:
    """Return NAL units behind start codes instead of lengths."""
    out, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        out += [b"\0\0\0\1", data[at + 4 : at + 4 + size]]
        at += 4 + size
    return b"".join(out)


def application(rtsp: int, plain: int) -> web.Application:
    """Return the page and the two ways to be answered."""
    connections: set[RTCPeerConnection] = set()

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def offer(request: web.Request) -> web.Response:
        by_player = request.match_info["by"] == "player"
        url = f"rtsp://127.0.0.1:{rtsp}/demo"
        track = MediaPlayer(url, decode=False, options=LOW_DELAY).video if by_player else Plain(plain)
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        connections.add(peer)

        @peer.on("connectionstatechange")  # type: ignore[untyped-decorator]  # the same
        async def changed() -> None:
            if peer.connectionState in ("failed", "closed"):
                track.stop()
                connections.discard(peer)

        await peer.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
        peer.addTrack(track)
        codecs = RTCRtpSender.getCapabilities("video").codecs
        for one in peer.getTransceivers():
            one.setCodecPreferences([codec for codec in codecs if codec.mimeType == "video/H264"])
        await peer.setLocalDescription(await peer.createAnswer())
        return web.Response(text=peer.localDescription.sdp, content_type="application/sdp")

    async def close(_: web.Request) -> web.Response:
        for one in list(connections):
            await one.close()
        return web.Response()

    made = web.Application()
    made.add_routes(
        [web.get("/", page), web.post("/offer/{by:player|plain}", offer), web.post("/close", close)]
    )
    return made


async def main() -> None:
    """Serve until killed."""
    runner = web.AppRunner(application(int(sys.argv[1]), int(sys.argv[2])), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
