"""What the gate and the detector see, for a person who sets them up."""

from dataclasses import dataclass
from datetime import datetime

from fanlight.hub.detector.event import Box, Label


@dataclass(frozen=True, slots=True)
class GateView:
    """The last minute, two values a second, oldest first: bytes a packet and the size from which it opens."""

    open: bool
    level: tuple[float, ...] = ()
    threshold: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing of the last look. `why` says in a sentence why it does not count, empty if it does."""

    label: Label
    score: float
    box: Box
    counts: bool
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """One camera's detector at work. `at` is when the last picture was looked at, None before the first."""

    at: datetime | None
    gate: GateView
    boxes: tuple[Seen, ...] = ()
    looks_per_min: float = 0.0
    cpu_share: float = 0.0
