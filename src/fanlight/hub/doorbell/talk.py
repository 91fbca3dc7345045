"""Let a camera speak: sound over the back channel of its RTSP stream.

In:     the camera's address and a reply's samples.
Out:    RTP packets of 20 ms, each at its time.
Holds:  what a camera gets are the samples in order, none twice, none left out; a packet goes no earlier than
        its time, so a camera needs no large buffer, and one that is late is followed at the old pace.
Absent: listening; sound as it is spoken (`spoken`).
Source: ONVIF Streaming, 5.3 (back channel); RFC 3550; RFC 3551, 4.5.14.
"""

import asyncio
import contextlib
import secrets
import struct
from collections.abc import Iterator

from fanlight.hub.camera.errors import CameraError, CameraGone
from fanlight.hub.camera.rtsp.session import RtspSession
from fanlight.hub.camera.sdp import Description, Media
from fanlight.hub.doorbell import g711
from fanlight.hub.doorbell.errors import NoBackChannel, Speaking
from fanlight.hub.doorbell.replies import RATE_HZ

BACK_CHANNEL = "www.onvif.org/ver20/backchannel"
PACKET_S = 0.02
READY_S = 0.3  # some cameras drop all of what comes before they have opened their loudspeaker after PLAY
AFTER_S = 0.3  # a camera stops at TEARDOWN, and has some of the sound still to play
_SAMPLES = int(RATE_HZ * PACKET_S)
_HEAD = struct.Struct(">BBHII")
_STATIC: dict[int, g711.Law] = {0: "PCMU", 8: "PCMA"}  # RFC 3551: need not be described


def choose(description: Description) -> tuple[Media, g711.Law]:
    """Return where to send sound to, and how coded.

    Raises:
        NoBackChannel: the camera takes none, or none that we send.
    """
    for media in description.media:
        law = _law(media)
        if media.kind == "audio" and media.direction == "sendonly" and law is not None:
            return media, law
    raise _no_back_channel()


def _law(media: Media) -> g711.Law | None:
    if not media.codec:
        return _STATIC.get(media.payload_type)
    if media.clock_hz != RATE_HZ or media.channels != 1:
        return None
    return "PCMU" if media.codec == "PCMU" else "PCMA" if media.codec == "PCMA" else None


def packets(coded: bytes, payload_type: int, *, ssrc: int, sequence: int, time: int) -> Iterator[bytes]:
    """Yield RTP packets of 20 ms; the first carries the marker, as after silence."""
    for index, at in enumerate(range(0, len(coded), _SAMPLES)):
        head = _HEAD.pack(
            0x80,
            payload_type & 0x7F | (0x80 if index == 0 else 0),
            sequence + index & 0xFFFF,
            time + at & 0xFFFFFFFF,
            ssrc & 0xFFFFFFFF,
        )
        yield head + coded[at : at + _SAMPLES]


class Mouths:
    """Each camera speaks one thing at a time."""

    def __init__(self) -> None:
        """Start silent."""
        self._speaking: set[str] = set()

    async def speak(self, camera: str, url: str, sound: bytes) -> None:
        """Play samples (16 bits, 8 kHz) at a camera; returns when it has heard all.

        Args:
            camera: whose mouth.
            url: address of its stream, with user and password.
            sound: as `QuickReplies.sound` gives it.

        Raises:
            Speaking: it speaks already.
            NoBackChannel: it cannot.
            CameraError: it is not there, or wants another password.
        """
        with self.hold(camera):
            await speak(url, sound)

    @contextlib.contextmanager
    def hold(self, camera: str) -> Iterator[None]:
        """Have a camera's mouth for oneself; raises Speaking."""
        if camera in self._speaking:
            raise Speaking(
                "The camera is speaking already.",
                kept="What it says goes on.",
                do="Wait until it has finished.",
            )
        self._speaking.add(camera)
        try:
            yield
        finally:
            self._speaking.discard(camera)


async def speak(url: str, sound: bytes) -> None:
    """Play samples at the camera at `url`; raises NoBackChannel, CameraError."""
    session = RtspSession(url)
    try:
        channel, payload_type, law = await begin(session)
        await _send(session, channel, payload_type, g711.encode(sound, law))
    finally:
        await session.close()


async def begin(session: RtspSession) -> tuple[int, int, g711.Law]:
    """Open a session's back channel and let it settle; return its channel, payload type and coding."""
    await session.connect()
    await session.options()
    media, law = choose(await _describe(session))
    channel = await session.set_up(media, require=BACK_CHANNEL)
    await session.play()
    await asyncio.sleep(READY_S)
    return channel, media.payload_type, law


async def _describe(session: RtspSession) -> Description:
    """Ask with the requirement from the first: some servers remember a description without it."""
    try:
        return await session.describe(require=BACK_CHANNEL)
    except CameraError as error:
        # 551 Option not supported reaches us as an error without a kind of its own.
        if "551" in error.what:
            raise _no_back_channel() from error
        raise


async def _send(session: RtspSession, channel: int, payload_type: int, coded: bytes) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    numbers = {"ssrc": secrets.randbits(32), "sequence": secrets.randbits(16), "time": secrets.randbits(32)}
    count = 0
    for count, packet in enumerate(packets(coded, payload_type, **numbers), start=1):
        if not session.send(channel, packet):
            raise CameraGone(
                "The camera stopped listening.", kept="The reply is kept.", do="Try again when it is back."
            )
        await asyncio.sleep(max(begun + count * PACKET_S - loop.time(), 0))
    await asyncio.sleep(AFTER_S)


def _no_back_channel() -> NoBackChannel:
    return NoBackChannel(
        "This camera takes no sound that the hub could send.",
        kept="The reply is kept.",
        do="Switch two-way audio on in the camera, with G.711; some cameras have none.",
    )
