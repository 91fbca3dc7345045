"""From looks to presences: what is new, what has stood there all along, when it came and went. Pure.

In:     the detections of each look, in order of time.
Out:    which of them count: not what has stood still since the stream began, or for STILL_S.
Holds:  a thing that is overlooked for a while is the same thing when it is seen again at its place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fanlight.hub.detector.event import Label
from fanlight.hub.detector.yolox import Detection, iou

STILL_S = 60.0
SINCE_START_S = 2.0
_SAME_IOU = 0.3
_STILL_IOU = 0.6
_FORGET_S = 3.0
_FORGET_STILL_S = 600.0

Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Track:
    """One thing over several looks. `anchor` is where it last came to rest, since `still_since_s`."""

    label: Label
    box: Box
    anchor: Box
    still_since_s: float
    seen_s: float
    was_there: bool

    def is_still(self, now_s: float) -> bool:
        """Tell whether it is part of the scene."""
        return self.was_there or now_s - self.still_since_s > STILL_S


class Tracks:
    """The things before one camera."""

    def __init__(self) -> None:
        """Start with an empty scene."""
        self._tracks: list[Track] = []
        self._began_s: float | None = None

    def look(
        self, now_s: float, found: Sequence[Detection], has_changed: Callable[[Box], bool]
    ) -> list[Detection]:
        """Take the detections of one look; return those that are no part of the scene.

        Args:
            now_s: media time, seconds; rises from look to look.
            found: what was detected, best first.
            has_changed: tells whether the picture inside a box differs from a moment ago.
        """
        if self._began_s is None:
            self._began_s = now_s
        self._tracks = [t for t in self._tracks if now_s - t.seen_s <= self._patience(t, now_s)]
        free = list(self._tracks)
        moving = []
        for detection in found:
            track = self._match(detection, free)
            if track is None:
                track = self._begin(now_s, detection, has_changed)
            else:
                free.remove(track)
                self._follow(track, now_s, detection)
            if not track.is_still(now_s):
                moving.append(detection)
        return moving

    @staticmethod
    def _patience(track: Track, now_s: float) -> float:
        return _FORGET_STILL_S if track.is_still(now_s) else _FORGET_S

    @staticmethod
    def _match(detection: Detection, free: Sequence[Track]) -> Track | None:
        alike = [
            (iou(t.box, detection.box), index) for index, t in enumerate(free) if t.label == detection.label
        ]
        best = max(alike, default=(0.0, -1))
        return free[best[1]] if best[0] >= _SAME_IOU else None

    def _begin(self, now_s: float, detection: Detection, has_changed: Callable[[Box], bool]) -> Track:
        # A parked car that the model overlooked so far did not arrive: nothing changed where it stands.
        # People are exempt: to miss one who came while nobody looked is worse than a false event.
        first = self._began_s if self._began_s is not None else now_s
        was_there = now_s - first <= SINCE_START_S or (
            detection.label != "person" and not has_changed(detection.box)
        )
        track = Track(detection.label, detection.box, detection.box, now_s, now_s, was_there)
        self._tracks.append(track)
        return track

    @staticmethod
    def _follow(track: Track, now_s: float, detection: Detection) -> None:
        track.box, track.seen_s = detection.box, now_s
        if iou(track.anchor, detection.box) < _STILL_IOU:
            track.anchor, track.still_since_s, track.was_there = detection.box, now_s, False
