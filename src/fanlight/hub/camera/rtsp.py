"""A network camera over RTSP/1.0, all of it inside one TCP connection.

In:     `rtsp://user:password@host:port/path`.
Out:    Packet, as the camera sends H.264.
Holds:  credentials are taken out of the address at once; no message, log line or error carries them.
Drops:  audio (never asked for, `audio_dropped` counts the offers), RTCP (read and left).
Absent: reconnecting (hub.camera.watch), UDP, RTSP over TLS, H.265.
Source: RFC 2326.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from urllib.parse import unquote, urlsplit

from fanlight.hub.camera import auth, nal
from fanlight.hub.camera.depacketizer import Depacketizer, Picture
from fanlight.hub.camera.errors import (
    CameraGone,
    CameraRefused,
    CameraUnreachable,
    NotAVideo,
    UnsupportedCodec,
)
from fanlight.hub.camera.sample import SampleBuilder
from fanlight.hub.camera.sdp import BadSdp, Description, Media, parse_sdp
from fanlight.hub.camera.timeline import Timeline
from fanlight.hub.camera.wire import BadRtsp, Interleaved, Request, Response, Wire
from fanlight.hub.packet import Clock, Packet, StreamInfo
from fanlight.model import clock

ANSWER_S = 10.0
STALL_S = 10.0
_READ_BYTES = 256 * 1024
_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TRANSPORT = 200, 401, 403, 404, 461
_KEPT = "What was recorded before is kept."


def _unreachable(what: str) -> CameraUnreachable:
    return CameraUnreachable(what, kept=_KEPT, do="Check that it is switched on and at this address.")


def _gone(what: str) -> CameraGone:
    return CameraGone(what, kept=_KEPT, do="Nothing: the hub connects again.")


class RtspCamera:
    """One connection to one camera. `stall_s` without a picture is taken as gone."""

    clock: Clock = "hub"

    def __init__(self, url: str, *, stall_s: float = STALL_S) -> None:
        """Take the address apart; nothing is opened. A wrong address is told by `open`."""
        self.audio_dropped = 0
        self._stall_s = stall_s
        self._place: tuple[str, int] | None = None
        self._uri = self._user = self._password = ""
        with contextlib.suppress(ValueError):
            parts = urlsplit(url)
            host = parts.hostname or ""
            self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
            if parts.scheme == "rtsp" and host and not set(url) & set("\r\n\t "):
                port = parts.port or 554
                self._place = (host, port)
                shown = f"[{host}]" if ":" in host else host
                query = f"?{parts.query}" if parts.query else ""
                self._uri = f"rtsp://{shown}:{port}{parts.path}{query}"
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._keep: asyncio.Task[None] | None = None
        self._wire = Wire()
        self._inbox: deque[Response | Request | Interleaved] = deque()
        self._challenge: auth.Challenge | None = None
        self._nonce_used = 0
        self._sequence = 0
        self._session = ""
        self._channel = 0
        self._public = ""
        self._depacketizer = Depacketizer(-1)
        self._samples = SampleBuilder()
        self._line = Timeline()
        self._early: list[Packet] = []
        self._damage = 0

    @property
    def damage(self) -> int:
        """How often something was lost or made no sense."""
        return self._damage + self._depacketizer.damage

    @property
    def info(self) -> StreamInfo:
        """How the stream is coded; raises CameraGone before `open`."""
        if self._samples.info is None:
            raise _gone("The camera has not said yet how its pictures are coded.")
        return self._samples.info

    async def open(self) -> StreamInfo:
        """Connect, ask for the stream, and wait until it is known how it is coded.

        Raises:
            CameraUnreachable: nothing answers as a camera there.
            CameraRefused: user name or password are missing or wrong.
            NotAVideo: the camera has no video at this path.
            UnsupportedCodec: it sends something else than H.264 over TCP.
            CameraGone: it stopped in the middle.
        """
        if self._place is None:
            raise CameraUnreachable(
                "The camera's address cannot be read.",
                kept=_KEPT,
                do="Write it as rtsp://name:password@host/path, special characters percent-encoded.",
            )
        if self._writer is not None:
            return self.info
        try:
            return await self._start(*self._place)
        except BaseException:
            await self.close()
            raise

    async def packets(self) -> AsyncIterator[Packet]:
        """Yield pictures until the camera stops; raises what `open` raises, and CameraGone at the end."""
        await self.open()
        early, self._early = self._early, []
        for packet in early:
            yield packet
        while True:
            for picture in await self._pictures():
                if (packed := self._packet(picture)) is not None:
                    yield packed

    async def close(self) -> None:
        """Say goodbye if possible and close the connection."""
        if self._keep is not None:
            self._keep.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keep
            self._keep = None
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(OSError):
                if self._session and not writer.is_closing():
                    writer.write(self._text("TEARDOWN", self._uri, {}))
                writer.close()
                async with asyncio.timeout(1):
                    await writer.wait_closed()

    async def _start(self, host: str, port: int) -> StreamInfo:
        try:
            async with asyncio.timeout(ANSWER_S):
                self._reader, self._writer = await asyncio.open_connection(host, port)
        except (OSError, UnicodeError, OverflowError) as error:  # TimeoutError is an OSError
            raise _unreachable("The camera does not answer.") from error
        self._public = (await self._ask("OPTIONS", self._uri, {})).get("public").upper()
        described = await self._ask("DESCRIBE", self._uri, {"Accept": "application/sdp"})
        try:
            description = parse_sdp(described.body.decode("utf-8", "replace"))
        except BadSdp as error:
            raise _no_video() from error
        media = self._choose(description)
        base = described.get("content-base") or described.get("content-location") or self._uri
        await self._set_up(_resolve(base, media.control))
        if not self._samples.info:
            with contextlib.suppress(nal.BadNal):
                self._samples.add(media.parameter_sets())
        self._depacketizer = Depacketizer(media.payload_type)
        await self._ask("PLAY", _resolve(base, description.control), {"Range": "npt=0.000-"})
        try:
            async with asyncio.timeout(ANSWER_S):
                while not self._early:
                    packed = [self._packet(picture) for picture in await self._pictures()]
                    self._early += [packet for packet in packed if packet is not None]
        except TimeoutError as error:
            raise _gone("The camera sends no picture that can be decoded.") from error
        return self.info

    def _choose(self, description: Description) -> Media:
        videos = [media for media in description.media if media.kind == "video"]
        self.audio_dropped += sum(media.kind == "audio" for media in description.media)
        if not videos:
            raise _no_video()
        for media in videos:
            if media.codec == "H264":
                return media
        name = videos[0].codec or "an unnamed coding"
        name = name if name.replace("-", "").isalnum() and len(name) < 20 else "another coding"  # noqa: PLR2004
        raise UnsupportedCodec(
            f"The camera sends {name}; this version records H.264 only.",
            kept=_KEPT,
            do="Choose H.264 in the camera's settings, or the address of its second stream.",
        )

    async def _set_up(self, uri: str) -> None:
        answer = await self._ask("SETUP", uri, {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"})
        for field in answer.get("transport").split(";"):
            if field.startswith("interleaved="):
                first = field[12:].partition("-")[0]
                self._channel = int(first) if first.isascii() and first.isdigit() and len(first) < 4 else 0  # noqa: PLR2004
        self._session, _, rest = answer.get("session").partition(";")
        self._session = self._session.strip()
        text = rest.strip().removeprefix("timeout=").strip()
        timeout = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 60  # noqa: PLR2004
        self._keep = asyncio.create_task(self._keep_alive(max(timeout / 2, 1)))

    async def _keep_alive(self, every_s: float) -> None:
        method = "GET_PARAMETER" if "GET_PARAMETER" in self._public else "OPTIONS"
        while self._writer is not None:
            await asyncio.sleep(every_s)
            with contextlib.suppress(OSError):  # the reader tells that the camera is gone
                self._writer.write(self._text(method, self._uri, {}))
                await self._writer.drain()

    async def _ask(self, method: str, uri: str, headers: dict[str, str]) -> Response:
        for _ in range(3):  # plain, with an answer to the challenge, with a fresh nonce
            answer = await self._exchange(method, uri, headers)
            if answer.status == _OK:
                return answer
            if answer.status == _UNAUTHORIZED:
                before, self._challenge = self._challenge, auth.best_challenge(answer.all("www-authenticate"))
                self._nonce_used = 0
                stale = "stale=true" in answer.get("www-authenticate").lower().replace('"', "")
                if self._challenge is not None and self._user and (before is None or stale):
                    continue
            raise self._refusal(answer.status)
        raise self._refusal(_UNAUTHORIZED)

    def _refusal(self, status: int) -> CameraRefused | NotAVideo | UnsupportedCodec | CameraUnreachable:
        if status in (_UNAUTHORIZED, _FORBIDDEN):
            what = "The camera does not accept this user name and password."
            if status == _UNAUTHORIZED and not self._user:
                what = "The camera asks for a user name and password."
            return CameraRefused(what, kept=_KEPT, do="Correct them in the camera's address.")
        if status == _NOT_FOUND:
            return _no_video()
        if status == _TRANSPORT:
            return UnsupportedCodec(
                "The camera does not send over TCP.", kept=_KEPT, do="Switch RTP over TCP on in its settings."
            )
        return _unreachable(f"The camera answers with error {status}.")

    async def _exchange(self, method: str, uri: str, headers: dict[str, str]) -> Response:
        if self._writer is None:
            raise _gone("The connection is closed.")
        try:
            self._writer.write(self._text(method, uri, headers))
            async with asyncio.timeout(ANSWER_S):
                await self._writer.drain()
                while True:
                    item = await self._receive()
                    if isinstance(item, Response) and item.get("cseq", str(self._sequence)) == str(
                        self._sequence
                    ):
                        return item
        except (OSError, CameraGone) as error:
            raise _unreachable("Something answers at this address, but not as a camera does.") from error

    def _text(self, method: str, uri: str, headers: dict[str, str]) -> bytes:
        self._sequence += 1
        lines = {"CSeq": str(self._sequence), "User-Agent": "Fanlight", **headers}
        if self._session:
            lines["Session"] = self._session
        if self._challenge is not None and self._user:
            self._nonce_used += 1
            lines["Authorization"] = auth.answer(
                self._challenge, (method, uri), self._user, self._password, count=self._nonce_used
            )
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"{method} {uri} RTSP/1.0\r\n{head}\r\n".encode()

    async def _receive(self) -> Response | Request | Interleaved:
        """Return the next thing the camera sends; raises CameraGone."""
        while not self._inbox:
            if self._reader is None:
                raise _gone("The connection is closed.")
            data = await self._reader.read(_READ_BYTES)
            if not data:
                raise _gone("The camera closed the connection.")
            try:
                self._inbox.extend(self._wire.feed(data))
            except BadRtsp as error:
                raise _gone("The camera sends something that is not RTSP.") from error
        return self._inbox.popleft()

    async def _pictures(self) -> list[Picture]:
        """Return the next completed pictures, at least one."""
        try:
            async with asyncio.timeout(self._stall_s):
                while True:
                    item = self._inbox.popleft() if self._inbox else await self._receive()
                    if isinstance(item, Interleaved):
                        pictures = self._depacketizer.feed(item.data) if item.channel == self._channel else []
                        if pictures:
                            return pictures
                    elif isinstance(item, Response):
                        self._note(item)
                    elif self._writer is not None:
                        status = (
                            "200 OK" if item.method in ("OPTIONS", "GET_PARAMETER") else "501 Not Implemented"
                        )
                        cseq = item.get("cseq", "0")
                        self._writer.write(f"RTSP/1.0 {status}\r\nCSeq: {cseq}\r\n\r\n".encode("latin-1"))
        except TimeoutError as error:
            raise _gone(f"The camera has sent no picture for {self._stall_s:.0f} s.") from error
        except OSError as error:
            raise _gone("The connection to the camera broke.") from error

    def _note(self, answer: Response) -> None:
        """Take a fresh nonce from the answer to a keep-alive."""
        if answer.status == _UNAUTHORIZED:
            self._challenge = auth.best_challenge(answer.all("www-authenticate")) or self._challenge
            self._nonce_used = 0

    def _packet(self, picture: Picture) -> Packet | None:
        before = self._samples.info
        try:
            sample = self._samples.add(picture.units)
        except nal.BadNal:
            self._damage += 1
            return None
        if sample is None or self._samples.info is None:
            return None
        at = self._line.place(picture.time)
        if before is not None and before != self._samples.info:
            self._line.begin_run()
        return Packet(
            info=self._samples.info,
            run=self._line.run,
            pts_90k=at,
            dts_90k=None,
            is_key=sample[1],
            data=sample[0],
            wall=clock.now(),
        )


def _no_video() -> NotAVideo:
    return NotAVideo(
        "The camera has no video at this path.",
        kept=_KEPT,
        do="Look up the path of its stream in its manual.",
    )


def _resolve(base: str, control: str) -> str:
    if not control or control == "*":
        return base
    if control.lower().startswith("rtsp://"):
        return control
    return base + control if base.endswith("/") else f"{base}/{control}"
