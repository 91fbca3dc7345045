"""What is in front of a camera, and from when until when. Room 4 of the hub.

In:     Packet from hub.camera, in decode order.
Out:    Opened and Closed events.
Holds:  at least one look a second of media, whatever the gate says; two a second while it is open.
        All times come from the packets, so a recording gives the same events at any speed.
Absent: faces, identities, plates: a label, a box and a score are all that is ever computed.
Why:    docs/design/hub.md
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import av
import numpy as np
import numpy.typing as npt

from fanlight.hub.detector.decode import LookDecoder
from fanlight.hub.detector.event import Closed, Event, Label, Opened
from fanlight.hub.detector.gate import Gate
from fanlight.hub.detector.presence import Presence, Present
from fanlight.hub.detector.thumb import shrink, to_jpeg
from fanlight.hub.detector.tracks import Box, Tracks
from fanlight.hub.detector.yolox import Yolox
from fanlight.hub.packet import Packet
from fanlight.model.ids import new_id

_OPEN_LOOK_S = 0.5
_SHUT_LOOK_S = 1.0
_SLACK_S = 0.04  # a look is not put off for less than a frame
_GREY_SIDE = 64
_CHANGED = 6.0  # grey levels, mean over a box; sensor noise at this scale stays under 2


@dataclass(slots=True)
class _Current:
    id: str
    start: datetime
    best: av.VideoFrame


class Detector:
    """The detector of one camera. `looks` and `decoded` count what it cost."""

    def __init__(self, camera: str, model: Yolox | None = None) -> None:
        """Start with nothing seen.

        Args:
            camera: id for its events.
            model: a loaded model to share; loads its own if None.
        """
        self.looks = self.packets = 0
        self._camera = camera
        self._model = model or Yolox()
        self._reset()

    def _reset(self) -> None:
        self._gate, self._tracks, self._presence = Gate(), Tracks(), Presence()
        self._decoder: LookDecoder | None = None
        self._of: Packet | None = None  # the packet before
        self._looked_s = -1.0
        self._greys: list[npt.NDArray[np.int16]] = []
        self._event: _Current | None = None
        self._clock: tuple[float, datetime] | None = None

    def feed(self, packet: Packet) -> list[Opened | Closed]:
        """Take one packet; return what begins or ends with it, mostly nothing. Blocks while it looks."""
        changes: list[Opened | Closed] = []
        if self._of is not None and (self._of.run != packet.run or self._of.info != packet.info):
            changes += self.finish()
        self._of = packet
        self.packets += 1
        if self._decoder is None:
            if not packet.is_key:
                return changes
            self._decoder = LookDecoder(packet.info)
        now_s = packet.pts_90k / 90_000
        is_open = self._gate.feed(now_s, len(packet.data), is_key=packet.is_key)
        self._decoder.add(packet)
        pause_s = _OPEN_LOOK_S if is_open or packet.is_key else _SHUT_LOOK_S
        if self._looked_s < 0 or now_s - self._looked_s >= pause_s - _SLACK_S:
            frame = self._decoder.look()
            self._looked_s = now_s
            if frame is not None:
                self._clock = (now_s, packet.wall)
                changes += self._look(frame, now_s if frame.pts is None else frame.pts / 90_000)
        return changes

    def finish(self) -> list[Opened | Closed]:
        """End what is present, at the end of a stream; a later packet starts anew."""
        ended = self._presence.stop()
        changes = self._closed(ended)
        self._reset()
        return changes

    def _look(self, frame: av.VideoFrame, now_s: float) -> list[Opened | Closed]:
        self.looks += 1
        grey = frame.reformat(_GREY_SIDE, _GREY_SIDE, "gray").to_ndarray().astype(np.int16)

        def has_changed(box: Box) -> bool:
            columns = slice(
                int(box[0] * _GREY_SIDE), max(int(box[2] * _GREY_SIDE), int(box[0] * _GREY_SIDE) + 1)
            )
            rows = slice(
                int(box[1] * _GREY_SIDE), max(int(box[3] * _GREY_SIDE), int(box[1] * _GREY_SIDE) + 1)
            )
            return any(
                float(np.abs(grey[rows, columns] - other[rows, columns]).mean()) > _CHANGED
                for other in self._greys
            )

        counted = self._tracks.look(now_s, self._model.detect(frame), has_changed)
        self._greys = [*self._greys[-3:], grey]
        ended, begun = self._presence.look(now_s, counted)
        changes = self._closed(ended)
        present = self._presence.present
        if begun is not None:
            self._event = _Current(new_id(), self._wall(begun.start_s), shrink(frame))
            changes.append(Opened(self._as_event(begun, self._event)))
        elif present is not None and present.best and self._event is not None:
            self._event.best = shrink(frame)
        return changes

    def _closed(self, ended: Present | None) -> list[Opened | Closed]:
        current, self._event = (self._event, None) if ended is not None else (None, self._event)
        return [Closed(self._as_event(ended, current))] if ended is not None and current is not None else []

    def _as_event(self, present: Present, current: _Current) -> Event:
        label: Label = present.label
        return Event(
            id=current.id,
            camera=self._camera,
            label=label,
            start=current.start,
            end=max(self._wall(present.last_s), current.start),
            score=round(present.score, 4),
            thumb=to_jpeg(current.best),
        )

    def _wall(self, at_s: float) -> datetime:
        if self._clock is None:
            raise AssertionError  # a look sets it before anything can begin
        then_s, wall = self._clock
        return wall + timedelta(seconds=at_s - then_s)
