"""From looks to presences: what is new, what has stood there all along, when it came and went. Pure.

In:     the detections of each look, in order of time.
Out:    for each the thing it belongs to; what stood still since the stream began, or for STILL_S of its kind,
        is part of the scene.
Holds:  a thing that is overlooked for a while is the same thing when it is seen again at its place; what a
        model is too unsure of begins nothing, but goes on with what was there. What passes by a thing of the
        scene does not become it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fanlight.hub.detector.event import Box, Detection, Label, iou

STILL_S: dict[Label, float] = {"person": 60.0, "animal": 60.0, "vehicle": 15.0, "package": 60.0}
SINCE_START_S = 2.0
FORGET_STILL_S = 600.0
_SAME_IOU = 0.3
_STILL_IOU = 0.5
_REST_IOU = 0.6
_FORGET_S = 3.0
_FORGET_LOOKS = 3


@dataclass(slots=True)
class Track:
    """One thing over several looks. `anchor` is where it last came to rest, since `still_since_s`."""

    label: Label
    first: Box
    box: Box
    anchor: Box
    still_since_s: float
    seen_s: float
    was_there: bool
    missed: int = 0

    def is_still(self, now_s: float) -> bool:
        """Tell whether it is part of the scene."""
        return self.was_there or now_s - self.still_since_s > STILL_S[self.label]

    @property
    def has_travelled(self) -> bool:
        """Whether it is somewhere else than where it was first seen."""
        return iou(self.first, self.box) < _SAME_IOU


class Tracks:
    """The things before one camera."""

    def __init__(self) -> None:
        """Start with an empty scene."""
        self._tracks: list[Track] = []
        self._began_s: float | None = None

    def look(
        self, now_s: float, found: Sequence[Detection], least: float, has_changed: Callable[[Box], bool]
    ) -> list[Track | None]:
        """Take the detections of one look; return the thing each belongs to, None for none.

        Args:
            now_s: media time, seconds; rises from look to look.
            found: what was detected, best first.
            least: the score from which on a detection may be a new thing.
            has_changed: tells whether the picture inside a box differs from a moment ago.
        """
        if self._began_s is None:
            self._began_s = now_s
        self._tracks = [track for track in self._tracks if not self._is_forgotten(track, now_s)]
        free = list(self._tracks)
        seen: list[Track | None] = []
        for detection in found:
            track = self._match(now_s, detection, free)
            if track is not None:
                free.remove(track)
                self._follow(track, now_s, detection)
            elif detection.score >= least:
                track = self._begin(now_s, detection, has_changed)
            seen.append(track)
        for track in free:
            track.missed += 1
        return seen

    @staticmethod
    def _is_forgotten(track: Track, now_s: float) -> bool:
        away_s = now_s - track.seen_s
        if track.is_still(track.seen_s):
            return away_s > FORGET_STILL_S
        return away_s > _FORGET_S and track.missed >= _FORGET_LOOKS

    @staticmethod
    def _match(now_s: float, detection: Detection, free: Sequence[Track]) -> Track | None:
        # A passing car that hides a parked one is not the parked one; who gets up from a bench is the same.
        alike = [
            (iou(t.box, detection.box), index)
            for index, t in enumerate(free)
            if t.label == detection.label
            and iou(t.box, detection.box)
            >= (_STILL_IOU if t.is_still(now_s) and t.label == "vehicle" else _SAME_IOU)
        ]
        return free[max(alike)[1]] if alike else None

    def _begin(self, now_s: float, detection: Detection, has_changed: Callable[[Box], bool]) -> Track:
        # A parked car that the model overlooked so far did not arrive: nothing changed where it stands.
        # People are exempt: to miss one who came while nobody looked is worse than a false event.
        first_s = self._began_s if self._began_s is not None else now_s
        was_there = now_s - first_s <= SINCE_START_S or (
            detection.label != "person" and not has_changed(detection.box)
        )
        box = detection.box
        track = Track(detection.label, box, box, box, now_s, now_s, was_there)
        self._tracks.append(track)
        return track

    @staticmethod
    def _follow(track: Track, now_s: float, detection: Detection) -> None:
        track.box, track.seen_s, track.missed = detection.box, now_s, 0
        if iou(track.anchor, detection.box) < _REST_IOU:
            track.anchor, track.still_since_s, track.was_there = detection.box, now_s, False
