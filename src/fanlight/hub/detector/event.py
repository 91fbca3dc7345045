"""What a detector says: something is there, and then that it has gone; and what one look finds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Label = Literal["person", "animal", "vehicle", "package"]
Change = Literal["left", "taken"]
Box = tuple[float, float, float, float]  # left, top, right, bottom as shares of the picture
RANK: dict[Label, int] = {"package": 0, "vehicle": 1, "animal": 2, "person": 3}


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing in one picture; `score` 0 to 1."""

    label: Label
    score: float
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One presence before one camera.

    `label` is the highest rank seen in it (person, then animal, then vehicle; a package is an event of its
    own, and `change` says whether it was left or taken). `start` and `end` are UTC; `end` is the last time
    it was seen. `score` is the detector's best, 0 to 1. `thumb` is a JPEG of the best picture, at most
    12 KiB, at most 320 by 180 pixels. `zones` are the names of the zones in which it counted, `box` where it
    was when it was over.
    """

    id: str
    camera: str
    label: Label
    start: datetime
    end: datetime
    score: float
    thumb: bytes
    zones: tuple[str, ...] = ()
    change: Change | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """An event has begun; its `end` is the present look. It may still change its label and score."""

    event: Event


@dataclass(frozen=True, slots=True)
class Closed:
    """An event is over and final; it has the `id` it was opened with."""

    event: Event


def iou(a: Box, b: Box) -> float:
    """Return intersection over union of two boxes."""
    both = overlap(a, b)
    if both <= 0:
        return 0.0
    return both / (area(a) + area(b) - both)


def overlap(a: Box, b: Box) -> float:
    """Return the area that two boxes share, as a share of the picture."""
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0.0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0.0)


def area(box: Box) -> float:
    """Return a box's area as a share of the picture."""
    return (box[2] - box[0]) * (box[3] - box[1])
