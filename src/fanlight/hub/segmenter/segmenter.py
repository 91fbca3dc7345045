"""Cut one stream's packets into segments. Room 2 of the hub.

In:     Packet and AudioPacket from hub.camera, pictures in decode order, 90 kHz timestamps.
Out:    Segment, closed at the first keyframe from LEAST of TARGET_S on, or at any picture after TARGET_S.
Holds:  S1 a packet is in exactly one segment or counted as dropped; S2 a segment starts on a keyframe, or
        continues a group of pictures that lasts longer than it; S3 within a run segments do not overlap;
        S7 sound neither delays nor ends a segment.
Drops:  packets before the first keyframe of a run, and pictures shown before it, in `leading_dropped`;
        sound outside the run's pictures, or that repeats what was heard, in `sound_dropped`.
Absent: the wall clock (hub.camera stamps arrival) and disks (hub.journal).
Why:    docs/design/segments.md
"""

import itertools
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low

from fanlight.hub.packet import AudioInfo, AudioPacket, Packet
from fanlight.hub.segmenter.fragment import Frame, Sample, Sound, fragment
from fanlight.hub.segmenter.segment import Segment

TARGET_S = 1.0
LEAST = 0.8  # of the target: a keyframe that comes a little early is still the better border
MAX_BYTES = 16 * 1024 * 1024
JUMP_S = 10.0
STEP_S = 2.0
MAX_WAITING_SOUND = 4_096  # frames whose pictures have not come
_DEFAULT_FRAME_90K = 3_600  # 1/25 s, for a stream of one picture that says nothing of its rate
_TICK_US = 100 / 9
_RUNS = itertools.count(1)


def _ticks(seconds: float) -> int:
    return int(seconds * 90_000)


_JUMP_90K = _ticks(JUMP_S)


def wall_step(media_90k: int, ahead_90k: int) -> int:
    """Return how far the wall clock moves over `media_90k` when the hub's clock is `ahead_90k` of it."""
    # Cheap cameras run up to 500 ppm fast or slow. Correct by no more than that per segment: a bigger
    # step shows as a jump on the scrub bar, and a step back makes segments overlap. 1 s allows 45 ticks.
    limit = media_90k // 2_000
    return media_90k + max(-limit, min(limit, ahead_90k))


def is_clock_step(before: Packet, packet: Packet) -> bool:
    """Tell whether the hub's clock was set between two pictures.

    Then it moved otherwise than the monotonic clock did. Pictures that are late or come in a heap move
    both alike; those of a recording, whose wall clock is made from its media time, move with that.
    """
    if not before.mono_us or not packet.mono_us:
        return False
    wall_s = (packet.wall - before.wall).total_seconds()
    mono_s = (packet.mono_us - before.mono_us) / 1_000_000
    media_s = (packet.pts_90k - before.pts_90k) / 90_000
    return abs(wall_s - mono_s) > STEP_S and abs(wall_s - media_s) > STEP_S


class Segmenter:
    """One stream's segmenter; give it every packet of one camera, then `finish`."""

    def __init__(self, *, target_s: float = TARGET_S) -> None:
        """Set how long a segment is, in seconds: what a crash loses at most."""
        self.leading_dropped = self.sound_dropped = 0
        self._target, self._least = _ticks(target_s), _ticks(target_s * LEAST)
        self._closing: list[Packet] = []  # complete, but pictures shown before its end may still come
        self._current: list[Packet] = []
        self._sound: list[AudioPacket] = []  # not yet in a segment
        self._sound_end: int | None = None
        self._bytes = 0
        self._top = 0  # latest presentation time in _current
        self._reordered = False
        self._sequence = 0
        self._run = 0
        self._key: Packet | None = None  # the last keyframe that began a segment
        self._discontinuous = True
        self._at_run_start = True
        self._end_90k: int | None = None
        self._wall: tuple[int, datetime] | None = None

    def feed(self, packet: Packet | AudioPacket) -> list[Segment]:
        """Take one packet; return the segments it completes, mostly none."""
        if isinstance(packet, AudioPacket):
            self._hear(packet)
            return []
        done: list[Segment] = []
        if self._current and self._breaks(packet):
            done = self._end_run()
        if not self._current:
            self._begin_run(packet)
            return done
        pts, first = packet.pts_90k, self._current[0].pts_90k
        if self._at_run_start and pts < first:
            # Leading pictures of an open group need pictures from before the run: undecodable.
            self.leading_dropped += 1
            return done
        border = self._is_border(packet)
        if self._closing and (border or pts > first):
            done.append(self._close(min(p.pts_90k for p in self._current)))
        if border:
            reordered, self._closing = self._reordered, self._current
            self._begin(packet)
            self._at_run_start = False
            if not reordered:
                done.append(self._close(pts))
            return done
        self._reordered |= pts < self._top
        self._top = max(pts, self._top)
        self._bytes += len(packet.data)
        self._current.append(packet)
        return done

    def finish(self) -> list[Segment]:
        """Close what is open, at the end of a stream; a later packet starts a new run."""
        done = self._end_run()
        self.sound_dropped += len(self._sound)
        self._sound = []
        return done

    def _end_run(self) -> list[Segment]:
        done: list[Segment] = []
        if self._closing:
            done.append(self._close(min(p.pts_90k for p in self._current)))
        if self._current:
            run = self._current[0].run
            self._closing, self._current = self._current, []
            done.append(self._close(None))
            self._forget_sound(run, kept=False)
        self._discontinuous = self._at_run_start = True
        self._end_90k = self._sound_end = self._wall = self._key = None
        return done

    def _breaks(self, packet: Packet) -> bool:
        first = self._current[0]
        if packet.run != first.run or (packet.info is not first.info and packet.info != first.info):
            return True
        if not -_JUMP_90K < packet.pts_90k - self._top < _JUMP_90K:
            return True
        # Only a keyframe can begin a run, so only there the clocks are compared.
        return packet.is_key and self._key is not None and is_clock_step(self._key, packet)

    def _is_border(self, packet: Packet) -> bool:
        length = packet.pts_90k - self._current[0].pts_90k
        if packet.is_key:
            return length >= self._least or (not self._current[0].is_key and length > 0)
        return (length >= self._target or self._bytes >= MAX_BYTES) and packet.pts_90k > self._top

    def _begin_run(self, packet: Packet) -> None:
        if not packet.is_key:
            self.leading_dropped += 1
            return
        self._run = next(_RUNS)
        self._forget_sound(packet.run, kept=True)
        self._begin(packet)

    def _begin(self, packet: Packet) -> None:
        self._current = [packet]
        self._bytes = len(packet.data)
        self._top = packet.pts_90k
        self._reordered = False
        if packet.is_key:
            self._key = packet

    def _close(self, next_90k: int | None) -> Segment:
        """Make a segment of `_closing`, which ends where the next begins, if there is a next."""
        packets, self._closing = self._closing, []
        # RTSP sends no decode times. In decode order the n-th picture can be decoded no later than the
        # n-th is shown, so the sorted presentation times serve; the rest is a signed offset.
        decode = sorted([p.pts_90k for p in packets])
        floor = decode[0] if self._end_90k is None else max(decode[0], self._end_90k)
        for index, time in enumerate(decode):
            decode[index] = floor = max(time, floor)
            floor += 1
        steps = [after - before for before, after in pairwise(decode)]
        if next_90k is None:
            last = packets[-1].duration_90k or (median_low(steps) if steps else _DEFAULT_FRAME_90K)
        else:
            last = next_90k - decode[-1]
        steps.append(min(max(last, 1), _JUMP_90K))
        samples = [
            Sample(p.data, step, p.pts_90k - at, p.is_key)
            for p, step, at in zip(packets, steps, decode, strict=True)
        ]
        first = packets[0]
        start, duration = decode[0], sum(steps)
        audio, sound = self._take_sound(first.run, start, start + duration)
        self._sequence += 1
        segment = Segment(
            info=first.info,
            audio=audio,
            run=self._run,
            fragment=fragment(self._sequence, start, samples, sound),
            start_90k=start,
            duration_90k=duration,
            wall=self._wall_at(start, first),
            mono_us=first.mono_us and first.mono_us - int((first.pts_90k - start) * _TICK_US),
            is_key=first.is_key,
            is_discontinuous=self._discontinuous,
        )
        self._discontinuous = False
        self._end_90k = start + duration
        return segment

    def _wall_at(self, start_90k: int, first: Packet) -> datetime:
        arrived = first.wall - timedelta(microseconds=(first.pts_90k - start_90k) * _TICK_US)
        if self._wall is not None:
            before_90k, before = self._wall
            media = start_90k - before_90k
            ahead = int((arrived - before).total_seconds() * 90_000) - media
            arrived = before + timedelta(microseconds=wall_step(media, ahead) * _TICK_US)
        self._wall = (start_90k, arrived)
        return arrived

    def _hear(self, packet: AudioPacket) -> None:
        self._sound.append(packet)
        if len(self._sound) > MAX_WAITING_SOUND:
            del self._sound[0]
            self.sound_dropped += 1

    def _forget_sound(self, run: int, *, kept: bool) -> None:
        """Drop what still waits of a run, or of all others."""
        waiting = [packet for packet in self._sound if (packet.run == run) == kept]
        self.sound_dropped += len(self._sound) - len(waiting)
        self._sound = waiting

    def _take_sound(self, run: int, start_90k: int, end_90k: int) -> tuple[AudioInfo | None, Sound | None]:
        """Return what was heard by now and began before `end_90k`, in one coding; the rest goes on waiting.

        A frame is sent when it is over, so the last one before a border mostly comes after the picture that
        closes the segment. It goes into the next: waiting for it would delay the picture.
        """
        if self._sound_end is None:
            self._sound_end = start_90k
        if not self._sound:
            return None, None
        info: AudioInfo | None = None
        floor, earliest = self._sound_end, start_90k - _JUMP_90K
        times: list[int] = []
        frames: list[AudioPacket] = []
        waiting: list[AudioPacket] = []
        for packet in self._sound:
            at = packet.pts_90k
            if packet.run != run or at >= end_90k or (info is not None and packet.info != info):
                waiting.append(packet)
            elif at < earliest or at < floor - packet.duration_90k // 2:
                self.sound_dropped += 1
            else:
                info = packet.info
                times.append(max(at, floor))
                frames.append(packet)
                floor = times[-1] + max(packet.duration_90k, 1)
        self._sound, self._sound_end = waiting, floor
        if info is None:
            return None, None
        steps = [after - before for before, after in pairwise([*times, floor])]
        return info, Sound(times[0], [Frame(p.data, step) for p, step in zip(frames, steps, strict=True)])
