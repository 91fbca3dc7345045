"""A talk with a camera over RTSP/1.0, all of it inside one connection: who asks what, with which password.

In:     `rtsp://user:password@host:port/path`, or `rtsps://`.
Out:    answers; channels on which packets come and go.
Holds:  credentials leave only as an answer to a challenge, follow a redirect to the same host only, and no
        message, log line or error carries them.
Absent: what the packets mean (camera), reconnecting (hub.camera.watch), UDP.
Source: RFC 2326, RFC 7616.

    session = RtspSession("rtsp://user:password@host/path")
    await session.connect()
    for media in (await session.describe(require="www.onvif.org/ver20/backchannel")).media: ...
    channel = await session.set_up(media, require="www.onvif.org/ver20/backchannel")
    await session.play()  # keeps the session alive from here on
    session.send(channel, rtp_packet)
    await session.close()
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping

from fanlight.hub.camera import auth
from fanlight.hub.camera.errors import CameraError, CameraGone
from fanlight.hub.camera.rtsp import refusals
from fanlight.hub.camera.rtsp.address import read_address
from fanlight.hub.camera.rtsp.link import Link
from fanlight.hub.camera.sdp import BadSdp, Description, Media, parse_sdp
from fanlight.hub.camera.wire import Response, Sink

ANSWER_S = 10.0
_OK = 200
_REDIRECTS = frozenset({301, 302})
_MAX_REDIRECTS = 3
_TIMEOUT_S = 60  # RFC 2326, 12.37, where a camera names none
_NONE: Mapping[str, str] = {}


class RtspSession:
    """One session."""

    def __init__(
        self,
        url: str,
        *,
        on_data: Callable[[], object] = lambda: None,
        on_gone: Callable[[CameraError], object] = lambda _: None,
        answer_s: float = ANSWER_S,
    ) -> None:
        """Name the camera; nothing is opened yet.

        Args:
            url: the camera's address with its credentials.
            on_data: called after each piece of data, when the sinks have had their packets.
            on_gone: called once when the connection ends by itself.
            answer_s: how long an answer may take.

        Raises:
            CameraUnreachable: the address makes no sense.
        """
        self._address = read_address(url)
        self._on_data, self._on_gone, self._answer_s = on_data, on_gone, answer_s
        self._link: Link | None = None
        self._challenge: auth.Challenge | None = None
        self._nonce_used = 0
        self._sequence = 0
        self._session = ""
        self._timeout_s = _TIMEOUT_S
        self._base = ""
        self._control = ""
        self._public = ""
        self._channel = 0
        self._keep: asyncio.Task[None] | None = None

    @property
    def uri(self) -> str:
        """The camera's address, without credentials, where redirects have led."""
        return self._address.uri

    async def connect(self) -> None:
        """Connect.

        Raises:
            CameraUnreachable: nothing answers there.
        """
        self._link = Link(self._on_data, self._on_gone)
        try:
            async with asyncio.timeout(self._answer_s):
                await self._link.connect(self._address)
        except TimeoutError as error:
            raise refusals.unreachable("The camera does not answer.") from error

    async def options(self) -> str:
        """Ask what the camera understands: method names, upper case; empty if it does not say.

        Raises:
            CameraError: it answers not at all, or not as a camera.
        """
        # A camera may want a password for this, or not know it: DESCRIBE will tell what is wrong.
        answer = await self._exchange("OPTIONS", self.uri, _NONE, b"")
        self._public = answer.get("public").upper()
        return self._public

    async def describe(self, *, require: str = "") -> Description:
        """Ask what there is.

        Args:
            require: a feature that the description must include, e.g. the back channel of ONVIF.

        Raises:
            NotAVideo: nothing is at this path.
            CameraRefused, CameraUnreachable, UnsupportedCodec: as `ask`.
        """
        headers = {"Accept": "application/sdp"} | ({"Require": require} if require else {})
        answer = await self.ask("DESCRIBE", headers=headers)
        self._base = answer.get("content-base") or answer.get("content-location") or self.uri
        try:
            description = parse_sdp(answer.body.decode("utf-8", "replace"))
        except BadSdp as error:
            raise refusals.no_video() from error
        self._control = description.control
        return description

    async def set_up(
        self, media: Media, sink: Sink | None = None, reports: Sink | None = None, *, require: str = ""
    ) -> int:
        """Ask for a stream; return its channel (its reports are on the next one).

        Args:
            media: which, as `describe` said.
            sink: takes its RTP packets, if any come.
            reports: takes its RTCP packets.
            require: as given to `describe`, if it was.

        Raises:
            CameraError: as `ask`.
        """
        channel, self._channel = self._channel, self._channel + 2
        headers = {"Transport": f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"}
        if require:
            headers["Require"] = require
        answer = await self.ask("SETUP", resolve(self._base or self.uri, media.control), headers)
        for field in answer.get("transport").split(";"):
            if field.strip().startswith("interleaved="):
                channel = _number(field.strip()[12:].partition("-")[0], channel) & 0xFF
        self._session, _, rest = answer.get("session").partition(";")
        self._session = self._session.strip()
        self._timeout_s = _number(rest.strip().lower().removeprefix("timeout=").strip(), self._timeout_s)
        if self._link is not None:
            for number, take in ((channel, sink), (channel + 1, reports)):
                if take is not None:
                    self._link.sinks[number] = take
        return channel

    async def play(self) -> None:
        """Start what was set up, and keep the session alive from now on; raises as `ask`."""
        await self.ask("PLAY", resolve(self._base or self.uri, self._control), {"Range": "npt=0.000-"})
        if self._keep is None:
            self._keep = asyncio.create_task(self._keep_alive(max(self._timeout_s / 2, 1)))

    async def ask(
        self, method: str, uri: str | None = None, headers: Mapping[str, str] = _NONE, body: bytes = b""
    ) -> Response:
        """Ask anything, with the password if the camera wants it, and follow it where it sends us.

        Args:
            method: e.g. `DESCRIBE`.
            uri: what it is asked of; the camera's address if None.
            headers: beyond CSeq, Session and Authorization.
            body: bytes after the headers.

        Raises:
            CameraRefused: user name or password are missing or wrong.
            NotAVideo: there is nothing at this path.
            UnsupportedCodec: it does not send over TCP.
            CameraUnreachable: it answers with another error, not at all, or not as a camera.
        """
        redirects = 0
        while True:
            answer = await self._authorized(method, uri or self.uri, headers, body)
            if answer.status == _OK:
                return answer
            location = answer.get("location")
            if answer.status not in _REDIRECTS or not location or redirects == _MAX_REDIRECTS:
                raise refusals.refusal(answer.status, with_user=bool(self._address.user))
            redirects += 1
            await self._move(location)

    def send(self, channel: int, packet: bytes) -> bool:
        """Send one packet on a channel; False where it could not be sent. Never waits."""
        head = bytes((0x24, channel & 0xFF)) + len(packet).to_bytes(2, "big")
        return self._link is not None and self._link.send(head + packet)

    def pause(self) -> None:
        """Read nothing until `resume`."""
        if self._link is not None:
            self._link.pause()

    def resume(self) -> None:
        """Read on."""
        if self._link is not None:
            self._link.resume()

    def fail(self, error: CameraError) -> None:
        """End the session because of `error`, which `on_gone` is given."""
        if self._link is not None:
            self._link.fail(error)

    async def close(self) -> None:
        """Say goodbye if possible and close the connection; harmless when called twice."""
        keep, self._keep = self._keep, None
        if keep is not None:
            keep.cancel()
            await asyncio.gather(keep, return_exceptions=True)  # lets a cancellation of ours through
        link, self._link = self._link, None
        if link is not None:
            if self._session and link.is_open:
                link.send(self._text("TEARDOWN", self.uri, _NONE, b"")[1])
            await link.close()

    async def _move(self, location: str) -> None:
        self._address = self._address.redirected(location)
        self._challenge, self._session, self._base = None, "", ""
        if self._link is not None:
            await self._link.close()
        await self.connect()

    async def _authorized(self, method: str, uri: str, headers: Mapping[str, str], body: bytes) -> Response:
        for _ in range(3):  # plain, with an answer to the challenge, with a fresh nonce
            answer = await self._exchange(method, uri, headers, body)
            if answer.status != refusals.UNAUTHORIZED or not self._take_challenge(answer):
                return answer
        return answer

    def _take_challenge(self, answer: Response) -> bool:
        """Take what a 401 asks for; tell whether another try makes sense."""
        before = self._challenge
        found = auth.best_challenge(answer.all("www-authenticate"))
        if found is None or not self._address.user:
            return False
        if found.strength == 0 and self._address.tls and not self._address.pin:
            return False  # see address.py: whoever it is gets no password
        self._challenge, self._nonce_used = found, 0
        stale = "stale=true" in answer.get("www-authenticate").lower().replace('"', "")
        return before is None or stale

    async def _exchange(self, method: str, uri: str, headers: Mapping[str, str], body: bytes) -> Response:
        if self._link is None:
            raise refusals.gone("The connection is closed.")
        number, text = self._text(method, uri, headers, body)
        try:
            async with asyncio.timeout(self._answer_s):
                return await self._link.ask(number, text)
        except (TimeoutError, CameraGone) as error:
            raise refusals.not_as_a_camera() from error

    def _text(self, method: str, uri: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        self._sequence += 1
        lines = {"CSeq": str(self._sequence), "User-Agent": "Fanlight", **headers}
        if self._session:
            lines["Session"] = self._session
        if body:
            lines["Content-Length"] = str(len(body))
        if self._challenge is not None and self._address.user:
            self._nonce_used += 1
            user, password = self._address.user, self._address.password
            lines["Authorization"] = auth.answer(
                self._challenge, (method, uri), user, password, count=self._nonce_used
            )
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return self._sequence, f"{method} {uri} RTSP/1.0\r\n{head}\r\n".encode() + body

    async def _keep_alive(self, every_s: float) -> None:
        method = "GET_PARAMETER" if "GET_PARAMETER" in self._public else "OPTIONS"
        while True:
            await asyncio.sleep(every_s)
            # Whether the camera lives is told by its packets; an answer is wanted for its nonce only.
            with contextlib.suppress(CameraError):
                answer = await self._authorized(method, self.uri, _NONE, b"")
                if answer.status != _OK:
                    method = "OPTIONS"


def resolve(base: str, control: str) -> str:
    """Return the address of a stream from a description's `control` (RFC 2326, C.1.1)."""
    if not control or control == "*":
        return base
    if control.lower().startswith(("rtsp://", "rtsps://")):
        return control
    return base + control if base.endswith("/") else f"{base}/{control}"


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise  # noqa: PLR2004
