"""The demo camera's RTSP server.

In:     a loop; clients over RTSP/1.0 or RTSP over TLS, with RTP inside the same connection.
Out:    its pictures in real time, from the beginning again when it ends; times go on across loops. A path
        that ends in `-sub` gives a small copy, made when it is first asked for.
Holds:  every picture is cut into packets once, however many clients see it; one that does not read is cut
        off, the others do not wait.
Absent: UDP, recording, control of the playing: PLAY gives what is now.
Source: RFC 2326, RFC 7616.
"""

import asyncio
import contextlib
import secrets
import ssl
import time
from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

from fanlight.hub.camera import auth, nal
from fanlight.hub.camera.wire import BadRtsp, Request, Wire
from fanlight.hub.demo_camera.rtp import Sender, video_payloads
from fanlight.hub.demo_camera.tracks import Loop, Sound, load_small

REPORT_S = 5.0
_MAX_BEHIND_BYTES = 8 << 20
_VIDEO_TYPE, _SOUND_TYPE = 96, 97
_TIMEOUT_S = 60
_SUB = "-sub"
_MAX_CHANNEL = 254
Answer = tuple[str, list[tuple[str, str]], bytes]
_OK = "200 OK"


class Stream:
    """What one path plays, to all who see it."""

    def __init__(self, loop: Loop, sound: Sound | None) -> None:
        """Play nothing yet."""
        self.loop, self.sound = loop, sound
        self.clients: set[Client] = set()
        self.video = Sender(_VIDEO_TYPE, 90_000)
        self.voice = Sender(
            0 if sound and sound.kind == "pcmu" else _SOUND_TYPE, sound.rate_hz if sound else 1
        )
        self._sets = loop.sets()
        self.began = 0.0
        self.began_us = 0
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, beside: "Stream | None" = None) -> None:
        """Begin to play; in step with another if one is given."""
        self.began, self.began_us = asyncio.get_running_loop().time(), time.time_ns() // 1_000
        if beside is not None:
            self.began, self.began_us = beside.began, beside.began_us
        self._tasks = [asyncio.create_task(self._play())]
        if self.sound is not None:
            self._tasks.append(asyncio.create_task(self._sing(self.sound)))

    async def stop(self) -> None:
        """Stop playing."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def describe(self) -> bytes:
        """Return the description (SDP)."""
        lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=Fanlight demo camera", "c=IN IP4 0.0.0.0", "t=0 0"]
        lines += ["a=control:*", *self.loop.describe(_VIDEO_TYPE)]
        if self.sound is not None:
            lines += self.sound.describe(_SOUND_TYPE)
        return "\r\n".join([*lines, ""]).encode()

    def report(self, client: "Client") -> None:
        """Tell a client what the clocks show."""
        passed = asyncio.get_running_loop().time() - self.began
        for sender, channel in ((self.video, client.video), (self.voice, client.voice)):
            if channel is not None:
                wall_us = self.began_us + int(passed * 1e6)
                client.write(sender.report(wall_us, int(passed * sender.clock_hz), channel + 1))

    async def _until(self, at_s: float) -> None:
        ahead = self.began + at_s - asyncio.get_running_loop().time()
        if ahead > 0:
            await asyncio.sleep(ahead)

    async def _play(self) -> None:
        passed = asyncio.get_running_loop().time() - self.began
        base = int(passed * 90_000) // self.loop.duration_90k * self.loop.duration_90k
        report_s = passed + REPORT_S
        while True:
            top = 0  # B-frames go out right behind the later picture that they need
            for packet in self.loop.packets:
                top = max(top, packet.pts_90k)
                await self._until((base + top) / 90_000)
                self._show(packet.data, base + packet.pts_90k, is_key=packet.is_key)
                if (base + top) / 90_000 > report_s:
                    report_s += REPORT_S
                    for client in tuple(self.clients):
                        if client.playing:
                            self.report(client)
            base += self.loop.duration_90k

    def _show(self, data: bytes, at_90k: int, *, is_key: bool) -> None:
        seeing = [
            c for c in self.clients if c.playing and c.video is not None and (is_key or not c.waits_for_key)
        ]
        if not seeing:
            return
        units = nal.split_lengths(data)
        if is_key:
            units = [*self._sets, *units]
        payloads = [part for unit in units for part in video_payloads(unit, is_h264=self.loop.info.is_h264)]
        self._send(self.video, payloads, at_90k, [(client, client.video or 0) for client in seeing])
        for client in seeing:
            client.waits_for_key = False

    async def _sing(self, sound: Sound) -> None:
        round_s = sound.ticks * len(sound.frames) / sound.rate_hz
        passed = asyncio.get_running_loop().time() - self.began
        at = int(passed / round_s) * sound.ticks * len(sound.frames)
        while True:
            for frame in sound.frames:
                await self._until(at / sound.rate_hz)
                hearing = [(c, c.voice) for c in self.clients if c.playing and c.voice is not None]
                if hearing:
                    self._send(self.voice, [frame], at, hearing)
                at += sound.ticks

    @staticmethod
    def _send(
        sender: Sender, payloads: Sequence[bytes], at: int, clients: Sequence[tuple["Client", int]]
    ) -> None:
        sequence = sender.sent(payloads)
        packed: dict[int, bytes] = {}
        for client, channel in clients:
            if channel not in packed:
                packed[channel] = sender.pack(payloads, at, channel, sequence=sequence)
            client.write(packed[channel])


class Client(asyncio.Protocol):
    """One connection. `video` and `voice` are its channels, where it has set them up."""

    def __init__(self, camera: "DemoCamera") -> None:
        """Wait for its questions."""
        self.session = secrets.token_hex(4)
        self.stream: Stream | None = None
        self.video: int | None = None
        self.voice: int | None = None
        self.playing = False
        self.waits_for_key = True
        self._camera = camera
        self._wire = Wire({})
        self._transport: asyncio.Transport | None = None
        self._asked: asyncio.Queue[Request] = asyncio.Queue(64)
        self._work: asyncio.Task[None] | None = None

    def write(self, data: bytes) -> None:
        """Send; a client too far behind is cut off."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > _MAX_BEHIND_BYTES:
            transport.abort()
            return
        transport.write(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)  # TCP gives no other, uvloop one of its own
        self._camera.clients.add(self)
        self._work = asyncio.create_task(self._answer_all())

    def data_received(self, data: bytes) -> None:
        """Take questions; whoever speaks something else is cut off."""
        try:
            for message in self._wire.feed(data):
                if isinstance(message, Request):
                    self._asked.put_nowait(message)
        except (BadRtsp, asyncio.QueueFull):
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the others go on
        """Forget it."""
        self._camera.clients.discard(self)
        self.leave()
        if self._work is not None:
            self._work.cancel()

    def abort(self) -> None:
        """Cut it off."""
        if self._transport is not None:
            self._transport.abort()

    def leave(self) -> None:
        """See nothing any more."""
        self.playing = False
        if self.stream is not None:
            self.stream.clients.discard(self)

    async def _answer_all(self) -> None:
        while True:
            request = await self._asked.get()
            status, headers, body = await self._camera.decide(request, self)
            lines = [("CSeq", request.get("cseq", "0")), ("Server", "Fanlight demo camera"), *headers]
            if body:
                lines.append(("Content-Length", str(len(body))))
            head = "".join(f"{name}: {value}\r\n" for name, value in lines)
            self.write(f"RTSP/1.0 {status}\r\n{head}\r\n".encode("latin-1") + body)
            if request.method == "PLAY" and status == _OK and self.stream is not None:
                self.stream.clients.add(self)
                self.stream.report(self)
                self.playing = True
            elif request.method == "TEARDOWN" and self._transport is not None:
                self.leave()
                self._transport.close()


class DemoCamera:
    """The server. `port` is right after `start`."""

    def __init__(self, loop: Loop, *, user: str = "", password: str = "", sound: Sound | None = None) -> None:
        """Serve `loop`; ask for `user` and `password` by digest (SHA-256 or MD5) if a user is given."""
        self.port = 0
        self.clients: set[Client] = set()
        self._user, self._password = user, password
        self._nonce = secrets.token_hex(16)
        self._main = Stream(loop, sound)
        self._sub: asyncio.Future[Stream] | None = None
        self._server: asyncio.Server | None = None

    @property
    def began(self) -> tuple[float, int]:
        """When its first picture was due: by the event loop's clock in seconds, by the wall's in µs."""
        return self._main.began, self._main.began_us

    async def start(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> None:
        """Listen; port 0 takes any free one. Raises OSError."""
        running = asyncio.get_running_loop()
        self._server = await running.create_server(lambda: Client(self), host, port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        self._main.start()

    async def stop(self) -> None:
        """Cut every client off and stop listening."""
        await self._main.stop()
        if self._sub is not None:
            await (await self._sub).stop()
        if self._server is not None:
            self._server.close()
        for client in tuple(self.clients):
            client.abort()
        if self._server is not None:
            await self._server.wait_closed()

    async def decide(self, request: Request, client: Client) -> Answer:  # noqa: PLR0911 - one a method
        """Return status, headers and body of an answer."""
        session = ("Session", f"{client.session};timeout={_TIMEOUT_S}")
        if request.method == "OPTIONS":
            return _OK, [("Public", "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN")], b""
        if request.method not in ("DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER", "TEARDOWN"):
            return "501 Not Implemented", [], b""
        if not self._may(request):
            return "401 Unauthorized", self._challenges(), b""
        if request.method == "DESCRIBE":
            base = request.uri.rstrip("/") + "/"
            stream = await self._stream(request.uri)
            return _OK, [("Content-Type", "application/sdp"), ("Content-Base", base)], stream.describe()
        if request.method == "SETUP":
            return await self._set_up(request, client, session)
        if request.method == "PLAY" and client.stream is None:
            return "455 Method Not Valid in This State", [], b""
        return _OK, [session], b""

    async def _stream(self, uri: str) -> Stream:
        words = urlsplit(uri).path.strip("/").split("/")
        if not any(word.endswith(_SUB) for word in words):
            return self._main
        if self._sub is None:
            self._sub = asyncio.ensure_future(self._small())
        return await asyncio.shield(self._sub)

    async def _small(self) -> Stream:
        stream = Stream(await load_small(self._main.loop), self._main.sound)
        stream.start(self._main)
        return stream

    async def _set_up(self, request: Request, client: Client, session: tuple[str, str]) -> Answer:
        transport = request.get("transport")
        if "TCP" not in transport.upper():
            return "461 Unsupported Transport", [], b""
        stream = await self._stream(request.uri)
        is_sound = request.uri.rstrip("/").endswith("/audio")
        if is_sound and stream.sound is None:
            return "404 Not Found", [], b""
        _, _, wanted = transport.partition("interleaved=")
        first = wanted.partition("-")[0].partition(";")[0]
        good = first.isascii() and first.isdigit() and len(first) < 4 and int(first) <= _MAX_CHANNEL  # noqa: PLR2004
        channel = int(first) if good else 2 * is_sound
        client.stream = stream
        if is_sound:
            client.voice = channel
        else:
            client.video = channel
        ssrc = (stream.voice if is_sound else stream.video).ssrc
        answer = f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1};ssrc={ssrc:08X}"
        return _OK, [("Transport", answer), session], b""

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
