"""Speak through a camera as it is spoken: the microphone of somebody far away, over the back channel.

In:     samples (16 bits, 8 kHz) as they arrive, in gusts, late, or not at all.
Out:    RTP packets of 20 ms, each at its time.
Holds:  what is heard lags by at most LATE_S: of what came too late the oldest is left out. Silence is not
        sent, and time goes on in it.
Absent: who may speak (`hub.live`); recorded replies (`talk`).
Source: ONVIF Streaming, 5.3 (back channel); RFC 3550; RFC 3551, 4.5.14.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from fanlight.hub.camera.errors import CameraGone
from fanlight.hub.camera.rtsp.session import RtspSession
from fanlight.hub.doorbell import g711
from fanlight.hub.doorbell.replies import RATE_HZ
from fanlight.hub.doorbell.talk import AFTER_S, PACKET_S, begin, packets

LATE_S = 0.6
KEPT_S = 0.2  # of what is left when too much waits
AHEAD_S = 0.06  # waits this long before it begins, so that a network's unevenness is not heard
_SAMPLES = int(RATE_HZ * PACKET_S)
_BYTES = 2


@dataclass(slots=True)
class Pacer:
    """Samples in, packets of sound at their times out. Pure: it is told the time."""

    left_out: int = 0
    _waiting: bytearray = field(default_factory=bytearray)
    _next_s: float | None = None

    def feed(self, pcm: bytes, now_s: float) -> None:
        """Take samples."""
        self._waiting += pcm[: len(pcm) // _BYTES * _BYTES]
        too_many = len(self._waiting) - int(LATE_S * RATE_HZ) * _BYTES
        if too_many > 0:
            cut = len(self._waiting) - int(KEPT_S * RATE_HZ) * _BYTES
            del self._waiting[:cut]
            self.left_out += cut // _BYTES
        if self._next_s is None and self._waiting:
            self._next_s = now_s + AHEAD_S

    def take(self, now_s: float) -> bytes | None:
        """Return the samples of the packet that is due, None for none."""
        if self._next_s is None or now_s < self._next_s:
            return None
        if len(self._waiting) < _SAMPLES * _BYTES:
            self._next_s = None  # silence
            return None
        pcm = bytes(self._waiting[: _SAMPLES * _BYTES])
        del self._waiting[: _SAMPLES * _BYTES]
        self._next_s += PACKET_S
        return pcm

    def rest(self) -> bytes:
        """Return what waits."""
        rest = bytes(self._waiting)
        self._waiting.clear()
        return rest


async def speak_live(url: str, sounds: AsyncIterator[bytes]) -> None:
    """Play what `sounds` yields at the camera at `url`, as it comes; returns when it ends and is played.

    Raises:
        NoBackChannel: it takes no sound. CameraError: it is not there, or wants another password.
    """
    session = RtspSession(url)
    try:
        channel, payload_type, law = await begin(session)
        pacer = Pacer()
        listening = asyncio.ensure_future(_listen(pacer, sounds))
        try:
            await _send(session, pacer, listening, channel=channel, payload_type=payload_type, law=law)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
    finally:
        await session.close()


async def _listen(pacer: Pacer, sounds: AsyncIterator[bytes]) -> None:
    loop = asyncio.get_running_loop()
    async for pcm in sounds:
        pacer.feed(pcm, loop.time())


async def _send(  # noqa: PLR0913 - the ends of one way
    session: RtspSession,
    pacer: Pacer,
    listening: "asyncio.Future[None]",
    *,
    channel: int,
    payload_type: int,
    law: g711.Law,
) -> None:
    loop = asyncio.get_running_loop()
    ssrc, sequence, time = secrets.randbits(32), secrets.randbits(16), secrets.randbits(32)
    began = loop.time()

    def send(pcm: bytes) -> None:
        nonlocal sequence
        at = time + int((loop.time() - began) / PACKET_S) * _SAMPLES
        for packet in packets(g711.encode(pcm, law), payload_type, ssrc=ssrc, sequence=sequence, time=at):
            sequence += 1
            if not session.send(channel, packet):
                raise CameraGone(
                    "The camera stopped listening.", kept="Nothing was kept.", do="Try again when it is back."
                )

    while not listening.done():
        while (due := pacer.take(loop.time())) is not None:
            send(due)
        await asyncio.wait({listening}, timeout=PACKET_S / 4)
    listening.result()
    if rest := pacer.rest():
        send(rest)
        await asyncio.sleep(len(rest) / _BYTES / RATE_HZ)
    await asyncio.sleep(AFTER_S)
