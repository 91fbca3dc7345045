"""A network camera over RTSP: its pictures, and its sound if asked for.

In:     `rtsp://user:password@host:port/path`, or `rtsps://`.
Out:    Packet as the camera sends H.264 or H.265, AudioPacket for AAC, G.711 and Opus.
Holds:  a step of the camera's clock or another coding begins a new run and never ends the stream; sound
        never ends it either. At most MAX_WAITING_BYTES wait for the caller; then the camera waits.
Drops:  sound that is not wanted or of another coding, in `audio_dropped`; sound before the first picture.
Absent: reconnecting (hub.camera.watch), UDP.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator

from fanlight.hub.camera.bits import BadNal
from fanlight.hub.camera.depacketizer import Depacketizer, Picture
from fanlight.hub.camera.errors import CameraError
from fanlight.hub.camera.live_line import LiveLine
from fanlight.hub.camera.rtsp import refusals, rtcp
from fanlight.hub.camera.rtsp.session import ANSWER_S, RtspSession
from fanlight.hub.camera.rtsp.voice import Voice
from fanlight.hub.camera.sample import Coding, SampleBuilder
from fanlight.hub.camera.sdp import Description, Media
from fanlight.hub.camera.sound import SoundStream, sound_of
from fanlight.hub.packet import AudioPacket, Clock, Packet, StreamInfo
from fanlight.model import clock

STALL_S = 10.0
REPORT_S = 5.0
MAX_WAITING_BYTES = 8 << 20
_CODINGS: dict[str, Coding] = {"H264": "H264", "H265": "H265"}


class RtspCamera:
    """One connection to one camera. `stall_s` without a picture is taken as gone."""

    clock: Clock = "hub"

    def __init__(self, url: str, *, audio: bool = False, stall_s: float = STALL_S) -> None:
        """Name the camera; nothing is opened. A wrong address is told by `open`."""
        self.audio_dropped = 0
        self.clock_offset_s: float | None = None  # the camera's clock minus ours, when it last said
        self._url, self._audio, self._stall_s = url, audio, stall_s
        self._session: RtspSession | None = None
        self._video = Depacketizer(-1)
        self._sound: SoundStream | None = None
        self._samples = SampleBuilder()
        self._line = LiveLine()
        self._voice: Voice | None = None
        self._reporters: dict[int, tuple[Depacketizer | SoundStream, rtcp.Receiver]] = {}
        self._ready: deque[Packet | AudioPacket] = deque()
        self._waiting_bytes = 0
        self._paused = False
        self._wake: asyncio.Future[None] | None = None
        self._error: CameraError | None = None
        self._tick: asyncio.TimerHandle | None = None
        self._heard_us = self._reported_us = 0
        self._damage = 0
        self._goodbye = False

    @property
    def damage(self) -> int:
        """How often something was lost or made no sense."""
        return self._damage + self._video.damage + (self._sound.damage if self._sound else 0)

    @property
    def info(self) -> StreamInfo:
        """How the stream is coded; raises CameraGone before `open`."""
        if self._samples.info is None:
            raise refusals.gone("The camera has not said yet how its pictures are coded.")
        return self._samples.info

    async def open(self) -> StreamInfo:
        """Connect, ask for the stream, and wait for its first picture.

        Raises:
            CameraUnreachable: nothing answers as a camera there.
            CameraRefused: user name or password are missing or wrong.
            NotAVideo: the camera has no video at this path.
            UnsupportedCodec: it sends something else than H.264 or H.265 over TCP.
            CameraGone: it stopped in the middle.
        """
        if self._session is None:
            self._session = RtspSession(self._url, on_data=self._had_data, on_gone=self._gone)
            try:
                await self._start(self._session)
            except BaseException:
                await self.close()
                raise
        return self.info

    async def packets(self) -> AsyncIterator[Packet | AudioPacket]:
        """Yield what the camera sends until it stops; raises what `open` raises, CameraGone at the end."""
        await self.open()
        ready = self._ready
        while True:
            while ready:
                packet = ready.popleft()
                self._waiting_bytes -= len(packet.data)
                yield packet
            if self._paused and self._session is not None:
                self._paused = False
                self._heard_us = clock.mono_us()
                self._session.resume()
            await self._more()

    async def close(self) -> None:
        """Say goodbye if possible and close the connection; harmless when called twice."""
        self._error = self._error or refusals.gone("The connection is closed.")
        self._rouse()
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _start(self, session: RtspSession) -> None:
        await session.connect()
        await session.options()
        description = await session.describe()
        media = _choose(description)
        coding = _CODINGS[media.codec]
        self._samples = SampleBuilder(coding, media.parameter_sets())
        self._video = Depacketizer(media.payload_type, coding)
        channel = await session.set_up(media, self._video.feed, self._reported)
        self._reporters[channel + 1] = (self._video, rtcp.Receiver())
        await self._set_up_sound(session, description)
        await session.play()
        self._heard_us = clock.mono_us()
        self._watch()
        try:
            async with asyncio.timeout(ANSWER_S):
                while not self._ready:
                    await self._more()
        except TimeoutError as error:
            raise refusals.gone("The camera sends no picture that can be decoded.") from error

    async def _set_up_sound(self, session: RtspSession, description: Description) -> None:
        # A back channel, which ONVIF marks `sendonly`, is not described unless it is asked for; but some
        # cameras mark their own sound so.
        offered = [m for m in description.media if m.kind == "audio"]
        offered.sort(key=lambda m: m.direction == "sendonly")
        found = [(m, sound) for m in offered if (sound := sound_of(m)) is not None] if self._audio else []
        if found:
            media, sound = found[0]
            # A camera that will not give its sound still gives its pictures.
            with contextlib.suppress(CameraError):
                channel = await session.set_up(media, self._hear, self._reported)
                self._reporters[channel + 1] = (sound, rtcp.Receiver())
                self._sound, self._voice = sound, Voice(sound, self._video, self._line)
        self.audio_dropped += len(offered) - (self._sound is not None)

    async def _more(self) -> None:
        """Wait until something is ready; raises the CameraError that ended the stream."""
        if self._ready:
            return
        if self._error is not None:
            raise self._error
        self._wake = asyncio.get_running_loop().create_future()
        await self._wake

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _gone(self, error: CameraError) -> None:
        self._error = self._error or error
        self._rouse()

    def _had_data(self) -> None:
        """Deal with one piece of data, after its answers and its packets went where they belong."""
        self._arrived()
        if self._goodbye and self._session is not None:
            self._session.fail(refusals.gone("The camera ended the stream."))

    def _arrived(self) -> None:
        """Turn what the sinks have into packets."""
        pictures = self._video.done
        sound = self._sound.done if self._sound is not None else None
        if not pictures and not sound:
            return
        mono_us, wall = clock.mono_us(), clock.now()
        while pictures:
            packet = self._packet(pictures.popleft(), mono_us)
            if packet is not None:
                self._heard_us = mono_us
                sample, at, info = packet
                self._push(
                    Packet(
                        info=info,
                        run=self._line.run,
                        pts_90k=at,
                        dts_90k=None,
                        is_key=sample[1],
                        data=sample[0],
                        wall=wall,
                        mono_us=mono_us,
                    )
                )
        if sound and self._voice is not None:
            for heard in self._voice.packets(wall, mono_us):
                self._push(heard)
        if self._ready:
            self._rouse()

    def _hear(self, data: bytes, start: int, end: int) -> None:
        """Take a packet of sound, after the pictures that came before it: where it lies depends on them."""
        if self._sound is not None:
            self._arrived()
            self._sound.feed(data, start, end)

    def _push(self, packet: Packet | AudioPacket) -> None:
        self._ready.append(packet)
        self._waiting_bytes += len(packet.data)
        if self._waiting_bytes > MAX_WAITING_BYTES and not self._paused and self._session is not None:
            self._paused = True
            self._session.pause()

    def _packet(self, picture: Picture, mono_us: int) -> tuple[tuple[bytes, bool], int, StreamInfo] | None:
        before = self._samples.info
        try:
            sample = self._samples.add(picture.units)
        except BadNal:
            self._damage += 1
            return None
        info = self._samples.info
        if sample is None or info is None:
            return None
        at = self._line.place(picture.time, mono_us, is_key=sample[1])
        if before is not info and before is not None:
            self._line.begin_run()
        return sample, at, info

    def _reported(self, data: bytes, start: int, end: int) -> None:
        reports, goodbye = rtcp.read(data[start:end])
        mono_us = clock.mono_us()
        for report in reports:
            self._note(report, mono_us)
        self._goodbye |= goodbye

    def _note(self, report: rtcp.SenderReport, mono_us: int) -> None:
        for stream, receiver in self._reporters.values():
            if stream.ssrc == report.ssrc:
                receiver.heard(report, mono_us)
        self.clock_offset_s = report.wall_us / 1e6 - clock.now().timestamp()
        if self._voice is not None:
            self._voice.heard(report)

    def _watch(self) -> None:
        """Look every now and then whether pictures still come, and tell the camera what arrived."""
        now = clock.mono_us()
        waiting = bool(self._ready) or self._paused  # then it is the caller who is slow
        if now - self._heard_us > self._stall_s * 1e6 and not waiting and self._session is not None:
            self._session.fail(refusals.gone(f"The camera has sent no picture for {self._stall_s:.0f} s."))
            return
        if now - self._reported_us >= REPORT_S * 1e6 and self._session is not None:
            self._reported_us = now
            for channel, (stream, receiver) in self._reporters.items():
                if stream.time is not None:
                    text = receiver.report(stream.ssrc, stream.highest, stream.damage, now)
                    self._session.send(channel, text)
        every_s = min(self._stall_s / 4, REPORT_S / 2)
        self._tick = asyncio.get_running_loop().call_later(every_s, self._watch)


def _choose(description: Description) -> Media:
    """Return the video to record; raises NotAVideo or UnsupportedCodec."""
    videos = [media for media in description.media if media.kind == "video"]
    if not videos:
        raise refusals.no_video()
    for media in videos:
        if media.codec in _CODINGS:
            return media
    raise refusals.unsupported(videos[0].codec)
