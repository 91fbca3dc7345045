"""Look at the pictures of one camera: decode, compare, detect, follow. It blocks, so it runs in a thread.

In:     packets of one camera, each with whether and how closely to look at what it completes.
Out:    Opened and Closed events.
Holds:  a keyframe is shown to the neural detector only if the scene has changed, if something is present or
        unclear, or after REST_S. What stood there before a stream broke off is still known afterwards.
Absent: the gate and when to look (detector.py).
"""

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import av

from fanlight.hub.detector import scene
from fanlight.hub.detector.decode import LookDecoder
from fanlight.hub.detector.event import Box, Closed, Detection, Event, Opened
from fanlight.hub.detector.feedback import Feedback
from fanlight.hub.detector.insight import Seen
from fanlight.hub.detector.judge import FLOOR, SCORES, judge, judge_place
from fanlight.hub.detector.model import Model
from fanlight.hub.detector.packages import Found, Packages
from fanlight.hub.detector.presence import SURE, Presence, Present
from fanlight.hub.detector.thumb import shrink, to_jpeg
from fanlight.hub.detector.tracks import FORGET_STILL_S, Tracks
from fanlight.hub.options import Detect
from fanlight.hub.packet import Packet
from fanlight.model.ids import new_id

REST_S = 15.0
ATTENTIVE_S = 1.5
_GRIDS = 4
_MINUTE_S = 60.0

CARRIED = "Bags count when they are left or taken, not while they are carried."

Due = Literal["no", "compare", "detect"]


@dataclass(slots=True)
class _Current:
    id: str
    start: datetime
    best: av.VideoFrame


@dataclass(slots=True)
class _Sight:
    """What one look found: what counts and where, all that is no part of the scene, and bags."""

    counted: list[Detection] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    people: list[Box] = field(default_factory=list)
    others: list[Box] = field(default_factory=list)
    bags: list[Detection] = field(default_factory=list)


class Looker:
    """The thread's side of a detector. One call at a time."""

    def __init__(self, camera: str, model: Model, feedback: Feedback | None = None) -> None:
        """Start with nothing seen.

        Args:
            camera: id for its events.
            model: shared between cameras.
            feedback: what members marked as "not this", if that is kept.
        """
        self.looks = self.decoded = 0
        self.seen: tuple[Seen, ...] = ()
        self.seen_at: datetime | None = None
        self.attentive_until_s = -1.0  # stream time
        self.is_present = False
        self._camera, self._model, self._feedback = camera, model, feedback
        self._tracks, self._presence, self._scene = Tracks(), Presence(), scene.Scene()
        self._packages = Packages()
        self._grids: deque[scene.Grid] = deque(maxlen=_GRIDS)
        self._decoder: LookDecoder | None = None
        self._of: Packet | None = None
        self._offset_s = 0.0  # from stream time, which starts anew with each run, to the time that goes on
        self._now_s = 0.0
        self._detected_s = -REST_S
        self._event: _Current | None = None
        self._clock: tuple[float, datetime] | None = None
        self._spent: deque[tuple[float, float]] = deque()  # when, CPU seconds; of the last minute

    def take(self, packet: Packet, number: int, due: Due, options: Detect) -> list[Opened | Closed]:
        """Take one packet and look if it is due; return what begins or ends."""
        changes: list[Opened | Closed] = []
        if self._decoder is None or self._of is None or is_new(self._of, packet):
            if not packet.is_key:
                return changes
            changes = self._start(packet)
        self._of = packet
        decoder = self._decoder
        if decoder is None:
            raise AssertionError  # set by _start
        decoder.add(packet, number)
        if due == "no":
            return changes
        began = time.thread_time()
        before = decoder.decoded
        frame = decoder.look()
        self.decoded += decoder.decoded - before
        if frame is not None:
            pts = packet.pts_90k if frame.pts is None else frame.pts
            # A look that forces out a keyframe may come before one that was held back.
            self._now_s = max(self._now_s, pts / 90_000 + self._offset_s)
            self._clock = (packet.pts_90k / 90_000 + self._offset_s, packet.wall)
            changes += self._look(frame, due, options)
        self._spent.append((self._now_s, time.thread_time() - began))
        return changes

    def stop(self) -> list[Opened | Closed]:
        """End what is present, at the end of a stream; the scene stays known."""
        ended = self._presence.stop()
        self._decoder = self._of = None
        self._packages.forget_visit()
        self.is_present, self.attentive_until_s = False, -1.0
        return self._closed(ended)

    def per_minute(self) -> tuple[float, float]:
        """Return looks a minute and the share of one core that they take, over the last minute."""
        spent = list(self._spent)
        lasted = min(max(self._now_s - spent[0][0], 1.0), _MINUTE_S) if spent else _MINUTE_S
        recent = [cpu for at, cpu in spent if at > self._now_s - _MINUTE_S]
        return len(recent) * _MINUTE_S / lasted, sum(recent) / lasted

    def _start(self, packet: Packet) -> list[Opened | Closed]:
        changes = self.stop()
        self._decoder = LookDecoder(packet.info)
        if self._clock is not None:
            then_s, wall = self._clock
            away_s = max((packet.wall - wall).total_seconds(), 0.0)
            now_s = max(then_s, self._now_s) + min(away_s, 2 * FORGET_STILL_S)
            if away_s > FORGET_STILL_S:
                self._tracks = Tracks()
            self._offset_s = now_s - packet.pts_90k / 90_000
        return changes

    def _look(self, frame: av.VideoFrame, due: Due, options: Detect) -> list[Opened | Closed]:
        now_s = self._now_s
        grid = scene.grid_of(frame)
        idle = self._presence.present is None and not self._presence.is_unsure
        rests = idle and due == "compare" and now_s - self._detected_s < REST_S
        if rests and not self._scene.has_changed(grid):
            return self._lying_about(frame, self._packages.look(now_s, grid), options)
        self._detected_s = now_s
        self._scene.know(grid)
        sight = self._detect(frame, grid, options)
        ended, begun = self._presence.look(now_s, sight.counted, SURE[options.sensitivity])
        present = self._presence.present
        self.is_present = present is not None
        if self._presence.is_unsure:
            self.attentive_until_s = now_s - self._offset_s + ATTENTIVE_S
        changes = self._closed(ended)
        if present is not None:
            present.zones += [zone for zone in sight.zones if zone not in present.zones]
        if begun is not None:
            self._event = _Current(new_id(), self._wall(begun.start_s), shrink(frame))
            changes.append(Opened(self._as_event(begun, self._event)))
        elif present is not None and present.best and self._event is not None:
            self._event.best = shrink(frame)
        if present is None or sight.people or sight.others:
            found = self._packages.look(now_s, grid, sight.people, sight.others, sight.bags)
            changes += self._lying_about(frame, found, options)
        return changes

    def _detect(self, frame: av.VideoFrame, grid: scene.Grid, options: Detect) -> _Sight:
        self.looks += 1
        now_s = self._now_s
        while self._spent and self._spent[0][0] < now_s - _MINUTE_S:
            self._spent.popleft()
        aparts = [scene.difference(grid, other) for other in self._grids]
        self._grids.append(grid)

        def has_changed(box: Box) -> bool:
            place = scene.cells(box)
            return any(float(apart[place].mean()) > scene.CHANGED for apart in aparts)

        found = self._model.detect(frame, FLOOR)
        tracks = self._tracks.look(now_s, found, SCORES[options.sensitivity], has_changed)
        sight = _Sight()
        seen: list[Seen] = []
        for one, track in zip(found, tracks, strict=True):
            if one.label == "package":
                # What a visitor carries is no event; what stays when he has gone is (packages.py).
                sight.bags.append(one)
                seen.append(Seen(one.label, one.score, one.box, counts=False, why=CARRIED))
                continue
            verdict = judge(one, track, now_s, options, self._needs(one))
            seen.append(Seen(one.label, one.score, one.box, verdict.counts, verdict.why))
            if track is not None and not track.is_still(now_s):
                (sight.people if one.label == "person" else sight.others).append(one.box)
            if verdict.counts:
                sight.counted.append(one)
                sight.zones += verdict.zones
        self.seen, self.seen_at = tuple(seen), self._wall(now_s)
        return sight

    def _needs(self, one: Detection) -> float:
        return 0.0 if self._feedback is None else self._feedback.needs(self._camera, one.label, one.box)

    def _lying_about(
        self, frame: av.VideoFrame, found: list[Found], options: Detect
    ) -> list[Opened | Closed]:
        """Return the event of the clearest thing that was left or taken, where such things count."""
        changes: list[Opened | Closed] = []
        for one in sorted(found, key=lambda one: -one.score):
            thing = Detection("package", one.score, one.box)
            verdict = judge_place(thing, options, self._needs(thing))
            if not verdict.counts:
                continue
            event = Event(
                id=new_id(),
                camera=self._camera,
                label="package",
                start=self._wall(one.since_s),
                end=self._wall(self._now_s),
                score=round(one.score, 4),
                thumb=to_jpeg(shrink(frame)),
                zones=verdict.zones,
                change=one.change,
                box=one.box,
            )
            self._remember(event, one.box)
            changes += [Opened(event), Closed(event)]
            break
        return changes

    def _remember(self, event: Event, box: Box) -> None:
        if self._feedback is not None:
            self._feedback.saw(event.id, self._camera, event.label, box, event.score)

    def _closed(self, ended: Present | None) -> list[Opened | Closed]:
        if ended is None or self._event is None:
            return []
        current, self._event = self._event, None
        event = self._as_event(ended, current)
        self._remember(event, ended.box)
        return [Closed(event)]

    def _as_event(self, present: Present, current: _Current) -> Event:
        return Event(
            id=current.id,
            camera=self._camera,
            label=present.label,
            start=current.start,
            end=max(self._wall(present.last_s), current.start),
            score=round(present.score, 4),
            thumb=to_jpeg(current.best),
            zones=tuple(present.zones),
            box=present.box,
        )

    def _wall(self, at_s: float) -> datetime:
        if self._clock is None:
            raise AssertionError  # a look sets it before anything can begin
        then_s, wall = self._clock
        return wall + timedelta(seconds=at_s - then_s)


def is_new(before: Packet, packet: Packet) -> bool:
    """Tell whether a packet begins another stretch than the one before it."""
    return before.run != packet.run or before.info != packet.info
