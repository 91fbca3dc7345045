"""What a detector says: something is there, and then that it has gone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Label = Literal["person", "animal", "vehicle"]
RANK: dict[Label, int] = {"vehicle": 0, "animal": 1, "person": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One presence before one camera.

    `label` is the highest rank seen in it (person, then animal, then vehicle). `start` and `end` are UTC;
    `end` is the last time it was seen. `score` is the detector's best, 0 to 1. `thumb` is a JPEG of the
    best picture, at most 12 KiB, at most 320 by 180 pixels.
    """

    id: str
    camera: str
    label: Label
    start: datetime
    end: datetime
    score: float
    thumb: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """An event has begun; its `end` is the present look. It may still change its label and score."""

    event: Event


@dataclass(frozen=True, slots=True)
class Closed:
    """An event is over and final; it has the `id` it was opened with."""

    event: Event
