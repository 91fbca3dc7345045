"""A camera's sound on the clock of its pictures.

In:     frames of sound on a clock of their own; sender reports of both clocks, if the camera sends any.
Out:    AudioPacket, times rising within a run, none overlapping the one before.
Holds:  pictures never wait for sound. Without reports, sound is placed by when it arrives; with them, where
        the camera says, if that is believable: no more than FAR_S from where it arrived.
Drops:  frames that would overlap, or come before the first picture; counted in the stream's `damage`.
Source: RFC 3550, 6.4.1 (one NTP time for the clocks of all streams of a session).
"""

from collections.abc import Iterator
from datetime import datetime

from fanlight.hub.camera.depacketizer import Depacketizer
from fanlight.hub.camera.live_line import LiveLine
from fanlight.hub.camera.rtsp.rtcp import SenderReport
from fanlight.hub.camera.sound import SoundStream
from fanlight.hub.packet import AudioPacket

FAR_90K = 2 * 90_000
MOVE_90K = 3_600  # 40 ms: less than people hear as late, more than reports err


class Voice:
    """One stream of sound beside one of pictures."""

    def __init__(self, sound: SoundStream, video: Depacketizer, line: LiveLine) -> None:
        """Start; `line` is the clock of the pictures."""
        self._sound, self._video, self._line = sound, video, line
        self._anchor: tuple[int, int] | None = None  # a time of the sound's own clock, and where it lies
        self._video_report: SenderReport | None = None
        self._report: SenderReport | None = None
        self._run = 0
        self._end = 0

    def heard(self, report: SenderReport) -> None:
        """Take a sender report of either stream."""
        if report.ssrc == self._sound.ssrc:
            self._report = report
        elif report.ssrc == self._video.ssrc:
            self._video_report = report
        said = self._said()
        if said is not None and self._anchor is not None:
            now = self._at(said[0])
            if MOVE_90K < abs(said[1] - now) < FAR_90K:
                self._anchor = said

    def packets(self, wall: datetime, mono_us: int) -> Iterator[AudioPacket]:
        """Yield the frames that are complete."""
        frames, line = self._sound.done, self._line
        while frames:
            frame = frames.popleft()
            if line.last < 0:
                self._sound.damage += 1
                continue
            arrived = line.at_arrival(mono_us)
            if self._anchor is None:
                self._anchor = self._said() or (frame.time, arrived)
            at = self._at(frame.time)
            if abs(at - arrived) > FAR_90K:
                self._anchor, at = (frame.time, arrived), arrived
            if self._run != line.run:
                self._run, self._end = line.run, 0
            length = max(frame.ticks * 90_000 // self._sound.clock_hz, 1)
            if at < self._end - length // 2 or at < 0:
                self._sound.damage += 1
                continue
            at = max(at, self._end)
            self._end = at + length
            yield AudioPacket(
                info=self._sound.info,
                run=line.run,
                pts_90k=at,
                duration_90k=length,
                data=frame.data,
                wall=wall,
                mono_us=mono_us,
            )

    def _at(self, time: int) -> int:
        assert self._anchor is not None  # noqa: S101 - both callers looked
        return self._anchor[1] + (time - self._anchor[0]) * 90_000 // self._sound.clock_hz

    def _said(self) -> tuple[int, int] | None:
        """Return a time of the sound's clock and where the camera says it lies among the pictures."""
        video = self._video
        if (
            self._report is None
            or self._video_report is None
            or self._sound.time is None
            or video.time is None
        ):
            return None
        apart = (self._report.wall_us - self._video_report.wall_us) * 9 // 100
        pictures = _near(self._video_report.rtp, video.time)
        return _near(self._report.rtp, self._sound.time), self._line.of_raw(pictures) + apart


def _near(rtp: int, time: int) -> int:
    """Return the time without wrapping that has these lower 32 bits and lies nearest to `time`."""
    step = rtp - time & 0xFFFFFFFF
    return time + step - ((step & 0x80000000) << 1)
