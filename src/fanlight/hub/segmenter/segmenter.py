"""Cut one stream's packets into segments. Room 2 of the hub.

In:     Packet from hub.camera, in decode order, 90 kHz timestamps.
Out:    Segment, closed at the first keyframe after TARGET_S.
Holds:  S1 a packet is in exactly one segment or counted as dropped; S2 a segment starts on a keyframe, or
        continues a group of pictures longer than MAX_S; S3 within a run segments do not overlap.
Drops:  packets before the first keyframe of a run, and pictures shown before it, in `leading_dropped`.
Absent: the wall clock (hub.camera stamps arrival) and disks (hub.journal).
Why:    docs/design/segments.md
"""

from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low

from fanlight.hub.packet import Packet
from fanlight.hub.segmenter.fmp4 import Sample, fragment
from fanlight.hub.segmenter.segment import Segment

TARGET_S = 1.0
MAX_S = 10.0
MAX_BYTES = 16 * 1024 * 1024
JUMP_S = 10.0
_DEFAULT_FRAME_90K = 3_600  # 1/25 s, for a stream of one picture that says nothing of its rate
_TICK_US = 100 / 9


def _ticks(seconds: float) -> int:
    return int(seconds * 90_000)


def wall_step(media_90k: int, ahead_90k: int) -> int:
    """Return how far the wall clock moves over `media_90k` when the hub's clock is `ahead_90k` of it."""
    # Cheap cameras run up to 500 ppm fast or slow. Correct by no more than that per segment: a bigger
    # step shows as a jump on the scrub bar, and a step back makes segments overlap. 1 s allows 45 ticks.
    limit = media_90k // 2_000
    return media_90k + max(-limit, min(limit, ahead_90k))


class Segmenter:
    """One stream's segmenter; give it every packet of one camera, then `finish`."""

    def __init__(self, *, target_s: float = TARGET_S) -> None:
        """Set the length, in seconds, after which the next keyframe closes a segment."""
        self.leading_dropped = 0
        self._target = _ticks(target_s)
        self._closing: list[Packet] = []  # complete, but pictures shown before its end may still come
        self._current: list[Packet] = []
        self._bytes = 0
        self._top = 0  # latest presentation time in _current
        self._reordered = False
        self._sequence = 0
        self._discontinuous = True
        self._at_run_start = True
        self._end_90k: int | None = None
        self._wall: tuple[int, datetime] | None = None

    def feed(self, packet: Packet) -> list[Segment]:
        """Take one packet; return the segments it completes, mostly none."""
        done: list[Segment] = []
        if self._current and self._breaks(packet):
            done += self.finish()
        if not self._current:
            if not packet.is_key:
                self.leading_dropped += 1
                return done
            self._begin(packet)
            return done
        if self._at_run_start and packet.pts_90k < self._current[0].pts_90k:
            # Leading pictures of an open group need pictures from before the run: undecodable.
            self.leading_dropped += 1
            return done
        if self._closing and packet.pts_90k > self._current[0].pts_90k:
            done.append(self._close(min(p.pts_90k for p in self._current)))
        if self._is_border(packet):
            if self._closing:
                done.append(self._close(min(p.pts_90k for p in self._current)))
            reordered, self._closing = self._reordered, self._current
            self._begin(packet)
            self._at_run_start = False
            if not reordered:
                done.append(self._close(packet.pts_90k))
            return done
        self._reordered |= packet.pts_90k < self._top
        self._top = max(self._top, packet.pts_90k)
        self._bytes += len(packet.data)
        self._current.append(packet)
        return done

    def finish(self) -> list[Segment]:
        """Close what is open, at the end of a stream or run; a later packet starts a new run."""
        done: list[Segment] = []
        if self._closing:
            done.append(self._close(min(p.pts_90k for p in self._current)))
        if self._current:
            self._closing, self._current = self._current, []
            done.append(self._close(None))
        self._discontinuous = self._at_run_start = True
        self._end_90k = self._wall = None
        return done

    def _breaks(self, packet: Packet) -> bool:
        first = self._current[0]
        if packet.run != first.run or packet.info != first.info:
            return True
        return not -_ticks(JUMP_S) < packet.pts_90k - self._top < _ticks(JUMP_S)

    def _is_border(self, packet: Packet) -> bool:
        length = packet.pts_90k - self._current[0].pts_90k
        if packet.is_key and length >= self._target:
            return True
        too_long = length >= _ticks(MAX_S) or self._bytes >= MAX_BYTES
        return too_long and packet.pts_90k > self._top

    def _begin(self, packet: Packet) -> None:
        self._current = [packet]
        self._bytes = len(packet.data)
        self._top = packet.pts_90k
        self._reordered = False

    def _close(self, next_90k: int | None) -> Segment:
        """Make a segment of `_closing`, which ends where the next begins, if there is a next."""
        packets, self._closing = self._closing, []
        # RTSP sends no decode times. In decode order the n-th picture can be decoded no later than the
        # n-th is shown, so the sorted presentation times serve; the rest is a signed offset.
        decode = sorted(p.pts_90k for p in packets)
        floor = decode[0] if self._end_90k is None else max(decode[0], self._end_90k)
        for index, time in enumerate(decode):
            decode[index] = floor = max(time, floor)
            floor += 1
        steps = [after - before for before, after in pairwise(decode)]
        if next_90k is None:
            last = packets[-1].duration_90k or (median_low(steps) if steps else _DEFAULT_FRAME_90K)
        else:
            last = next_90k - decode[-1]
        steps.append(min(max(last, 1), _ticks(JUMP_S)))
        samples = [
            Sample(p.data, step, p.pts_90k - at, p.is_key)
            for p, step, at in zip(packets, steps, decode, strict=True)
        ]
        start, duration = decode[0], sum(steps)
        self._sequence += 1
        segment = Segment(
            info=packets[0].info,
            run=packets[0].run,
            fragment=fragment(self._sequence, start, samples),
            start_90k=start,
            duration_90k=duration,
            wall=self._wall_at(start, packets[0]),
            is_key=packets[0].is_key,
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
