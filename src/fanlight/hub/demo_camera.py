"""A camera made of a clip: our own RTSP server, for the demo and for tests.

In:     a video file; clients over RTSP/1.0 with RTP inside the same TCP connection.
Out:    H.264 in real time, from the beginning again when it ends; times go on across loops.
Holds:  several clients see the same pictures; one that does not read is cut off, the others do not wait.
Absent: UDP, audio, recording, control of the playing: PLAY gives what is now.
Run:    python -m fanlight.hub.demo_camera --port 8554
Source: RFC 2326, RFC 6184, RFC 7616.
"""

import argparse
import asyncio
import base64
import contextlib
import secrets
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fanlight.hub.camera import CameraError, FileCamera, Packet, StreamInfo, auth, nal
from fanlight.hub.camera.wire import BadRtsp, Interleaved, Request, Response, Wire

CLIP = Path(__file__).parent / "data" / "one-by-one-person-detection.mp4"
_MAX_BEHIND_BYTES = 8 << 20
_PAYLOAD_BYTES = 1_400
_PAYLOAD_TYPE = 96
_TIMEOUT_S = 60
_DEFAULT_FRAME_90K = 9_000


@dataclass(frozen=True, slots=True)
class Loop:
    """A clip in memory. `duration_90k` leads from its first picture to its first of the next round."""

    info: StreamInfo
    packets: tuple[Packet, ...]
    duration_90k: int


async def load(path: Path) -> Loop:
    """Read a clip whole; raises a CameraError."""
    camera = FileCamera(path)
    try:
        packets = [packet async for packet in camera.packets()]
    finally:
        await camera.close()
    times = sorted(packet.pts_90k for packet in packets)
    step = times[-1] - times[-2] if len(times) > 1 else _DEFAULT_FRAME_90K
    return Loop(packets[0].info, tuple(packets), times[-1] - times[0] + max(step, 1))


@dataclass(slots=True, eq=False)
class _Client:
    writer: asyncio.StreamWriter
    session: str = field(default_factory=lambda: secrets.token_hex(4))
    ssrc: int = field(default_factory=lambda: secrets.randbits(32))
    sequence: int = field(default_factory=lambda: secrets.randbits(16))
    channel: int = 0
    set_up: bool = False
    playing: bool = False
    waits_for_key: bool = True

    def send(self, units: list[bytes], time_90k: int) -> None:
        """Send one picture; a client too far behind is cut off."""
        if self.writer.transport.get_write_buffer_size() > _MAX_BEHIND_BYTES:
            self.writer.transport.abort()
            return
        payloads = [payload for unit in units for payload in _payloads(unit)]
        out = bytearray()
        for index, payload in enumerate(payloads):
            marker = 0x80 if index == len(payloads) - 1 else 0
            out += struct.pack(">BBH", 0x24, self.channel, 12 + len(payload))
            out += struct.pack(
                ">BBHII", 0x80, marker | _PAYLOAD_TYPE, self.sequence, time_90k & 0xFFFFFFFF, self.ssrc
            )
            out += payload
            self.sequence = (self.sequence + 1) & 0xFFFF
        self.writer.write(bytes(out))


def _payloads(unit: bytes) -> list[bytes]:
    """Cut a NAL unit into RTP payloads: itself, or FU-A fragments."""
    if len(unit) <= _PAYLOAD_BYTES:
        return [unit]
    indicator, kind = unit[0] & 0xE0 | 28, unit[0] & 31
    cuts = range(1, len(unit), _PAYLOAD_BYTES)
    last = cuts[-1]
    return [
        bytes((indicator, kind | (0x80 if at == 1 else 0) | (0x40 if at == last else 0)))
        + unit[at : at + _PAYLOAD_BYTES]
        for at in cuts
    ]


class DemoCamera:
    """The server. `port` is right after `start`."""

    def __init__(self, loop: Loop, *, user: str = "", password: str = "") -> None:
        """Serve `loop`; ask for `user` and `password` by digest (SHA-256 or MD5) if a user is given."""
        self.port = 0
        self._loop = loop
        self._user, self._password = user, password
        self._nonce = secrets.token_hex(16)
        self._clients: set[_Client] = set()
        self._handlers: set[asyncio.Task[None]] = set()
        self._sps, self._pps, _ = nal.parse_avcc(loop.info.config)
        self._server: asyncio.Server | None = None
        self._pump: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes any free one. Raises OSError."""
        self._server = await asyncio.start_server(self._accept, host, port)
        self.port = self._server.sockets[0].getsockname()[1]
        self._pump = asyncio.create_task(self._play())

    async def stop(self) -> None:
        """Cut every client off and stop listening."""
        if self._pump is not None:
            self._pump.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._pump
        if self._server is not None:
            self._server.close()
        for client in list(self._clients):
            client.writer.transport.abort()
        if self._server is not None:
            await self._server.wait_closed()
        await asyncio.gather(*self._handlers, return_exceptions=True)

    async def _play(self) -> None:
        clock = asyncio.get_running_loop()
        began, rounds = clock.time(), 0
        while True:
            base = rounds * self._loop.duration_90k
            top = 0  # B-frames go out right behind the later picture that they need
            for packet in self._loop.packets:
                top = max(top, packet.pts_90k)
                ahead = began + (base + top) / 90_000 - clock.time()
                if ahead > 0:
                    await asyncio.sleep(ahead)
                self._send(packet, base)
            rounds += 1

    def _send(self, packet: Packet, base: int) -> None:
        units: list[bytes] = []
        for client in self._clients:
            if not client.playing or (client.waits_for_key and not packet.is_key):
                continue
            client.waits_for_key = False
            if not units:
                units = nal.split_lengths(packet.data)
                if packet.is_key:
                    units = [*self._sps, *self._pps, *units]
            client.send(units, base + packet.pts_90k)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.create_task(self._serve(reader, writer))
        self._handlers.add(handler)
        handler.add_done_callback(self._handlers.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client, wire = _Client(writer), Wire()
        self._clients.add(client)
        try:
            while data := await reader.read(65_536):
                for item in wire.feed(data):
                    if isinstance(item, Request):
                        writer.write(self._answer(item, client))
                        client.playing |= item.method == "PLAY" and client.set_up
                        if item.method == "TEARDOWN":
                            return
                    elif not isinstance(item, (Interleaved, Response)):
                        return
                await writer.drain()
        except (OSError, BadRtsp):
            pass  # the client went away, or speaks something else: the others go on
        finally:
            self._clients.discard(client)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _answer(self, request: Request, client: _Client) -> bytes:
        status, headers, body = self._decide(request, client)
        lines = [("CSeq", request.get("cseq", "0")), ("Server", "Fanlight demo camera"), *headers]
        if body:
            lines.append(("Content-Length", str(len(body))))
        head = "".join(f"{name}: {value}\r\n" for name, value in lines)
        return f"RTSP/1.0 {status}\r\n{head}\r\n".encode("latin-1") + body

    def _decide(self, request: Request, client: _Client) -> tuple[str, list[tuple[str, str]], bytes]:
        session = ("Session", f"{client.session};timeout={_TIMEOUT_S}")
        answers: dict[str, Callable[[], tuple[str, list[tuple[str, str]], bytes]]] = {
            "OPTIONS": lambda: (
                "200 OK",
                [("Public", "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN")],
                b"",
            ),
            "DESCRIBE": lambda: (
                "200 OK",
                [("Content-Type", "application/sdp"), ("Content-Base", request.uri.rstrip("/") + "/")],
                self._describe(),
            ),
            "SETUP": lambda: self._set_up(request, client, session),
            "PLAY": lambda: (
                ("200 OK", [session, ("Range", "npt=now-")], b"")
                if client.set_up
                else ("455 Not Valid Now", [], b"")
            ),
            "GET_PARAMETER": lambda: ("200 OK", [session], b""),
            "TEARDOWN": lambda: ("200 OK", [session], b""),
        }
        if request.method not in answers:
            return "501 Not Implemented", [], b""
        if request.method != "OPTIONS" and not self._may(request):
            return "401 Unauthorized", self._challenges(), b""
        return answers[request.method]()

    def _set_up(
        self, request: Request, client: _Client, session: tuple[str, str]
    ) -> tuple[str, list[tuple[str, str]], bytes]:
        transport = request.get("transport")
        if "TCP" not in transport.upper():
            return "461 Unsupported Transport", [], b""
        _, _, wanted = transport.partition("interleaved=")
        first = wanted.partition("-")[0].partition(";")[0]
        client.channel = int(first) if first.isascii() and first.isdigit() and int(first) < 255 else 0  # noqa: PLR2004
        client.set_up = True
        answer = (
            f"RTP/AVP/TCP;unicast;interleaved={client.channel}-{client.channel + 1};ssrc={client.ssrc:08X}"
        )
        return "200 OK", [("Transport", answer), session], b""

    def _offers(self) -> list[auth.Challenge]:
        return [
            auth.Challenge(strength, "Fanlight demo camera", self._nonce, None, name, qop=True)
            for strength, name in ((2, "SHA-256"), (1, "MD5"))
        ]

    def _challenges(self) -> list[tuple[str, str]]:
        return [
            (
                "WWW-Authenticate",
                f'Digest realm="{o.realm}", nonce="{o.nonce}", algorithm={o.algorithm}, qop="auth"',
            )
            for o in self._offers()
        ]

    def _may(self, request: Request) -> bool:
        if not self._user:
            return True
        header = request.get("authorization")
        return any(
            auth.expected(offer, request.method, self._user, self._password, header)
            for offer in self._offers()
        )

    def _describe(self) -> bytes:
        sets = "sprop-parameter-sets=" + ",".join(
            base64.b64encode(unit).decode() for unit in (*self._sps, *self._pps)
        )
        profile = self._sps[0][1:4].hex().upper()
        lines = [
            "v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=Fanlight demo camera", "c=IN IP4 0.0.0.0", "t=0 0",
            "a=control:*", f"m=video 0 RTP/AVP {_PAYLOAD_TYPE}", f"a=rtpmap:{_PAYLOAD_TYPE} H264/90000",
            f"a=fmtp:{_PAYLOAD_TYPE} packetization-mode=1;profile-level-id={profile};{sets}",
            "a=control:video", "",
        ]  # fmt: skip
        return "\r\n".join(lines).encode()


async def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; return the process's exit status."""
    try:
        camera = DemoCamera(await load(args.file), user=args.user, password=args.password)
        await camera.start(args.host, args.port)
    except (CameraError, OSError) as error:
        print(f"The demo camera cannot start: {error}", file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(f"camera ready {camera.port}", flush=True)  # noqa: T201 - a command's output
    await stop.wait()
    await camera.stop()
    return 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m fanlight.hub.demo_camera", description="A camera made of a clip."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8554, help="0 takes any free port")
    parser.add_argument("--file", type=Path, default=CLIP, help="any video FFmpeg decodes")
    parser.add_argument("--user", default="", help="ask for this user name")
    parser.add_argument("--password", default="")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
