"""Which of the things in a picture make an event, and why the others do not. Pure.

In:     a detection, the thing it belongs to, a person's options, marks of "not this".
Out:    a Verdict with a reason for people.
Holds:  the middle of a thing's lower edge decides in which zone it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fanlight.hub.detector.event import Detection
from fanlight.hub.detector.tracks import Track
from fanlight.hub.options import Detect, Point

SCORES = {"low": 0.5, "normal": 0.35, "high": 0.25}
GO_ON = 0.7  # of that score is enough for what is being followed already
FLOOR = min(SCORES.values()) * GO_ON


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a detection counts, in which zones, and if not why."""

    counts: bool
    why: str = ""
    zones: tuple[str, ...] = ()


def judge(
    detection: Detection, track: Track | None, now_s: float, options: Detect, needs: float = 0.0
) -> Verdict:
    """Decide about one detection.

    Args:
        detection: what a model saw.
        track: the thing it belongs to, None if the model was too unsure to begin one.
        now_s: media time of the look.
        options: what a person decided for this camera.
        needs: the score that "not this" marks ask for here.
    """
    zones = zones_of(detection, options)
    why = ""
    if detection.label not in options.labels:
        why = "Its kind is switched off for this camera."
    elif track is None or detection.score < SCORES[options.sensitivity] * GO_ON:
        why = "The detector is too unsure."
    elif detection.box[3] - detection.box[1] < options.min_height:
        why = "It is smaller than the smallest height."
    elif options.zones and not zones:
        why = "It stands in no zone where its kind counts."
    elif track.is_still(now_s):
        why = "It has stood there for long or from the beginning."
    elif detection.score < needs and not track.has_travelled:
        why = "Somebody said of the like at this place: not this."
    return Verdict(not why, why, zones)


def judge_place(thing: Detection, options: Detect, needs: float = 0.0) -> Verdict:
    """Decide about a thing that was left or taken: it has a place and a score but was never followed."""
    zones = zones_of(thing, options)
    counts = (
        thing.label in options.labels
        and thing.score >= max(SCORES[options.sensitivity], needs)
        and thing.box[3] - thing.box[1] >= options.min_height
        and (bool(zones) or not options.zones)
    )
    return Verdict(counts, zones=zones)


def zones_of(detection: Detection, options: Detect) -> tuple[str, ...]:
    """Return the names of the zones in which a thing stands and its kind counts."""
    left, _, right, bottom = detection.box
    foot = ((left + right) / 2, bottom)
    return tuple(
        zone.name
        for zone in options.zones
        if detection.label in zone.labels and is_inside(foot, zone.outline)
    )


def is_inside(point: Point, outline: Sequence[Point]) -> bool:
    """Tell whether a point lies in an outline; on its edge either may be said."""
    x, y = point
    inside = False
    for index, (x1, y1) in enumerate(outline):
        x0, y0 = outline[index - 1]
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            inside = not inside
    return inside
