"""How often the model that ships overlooks people: measured, and said where detection is switched on (R08).

In:     hub/data/misses.json, written by bench/detector_misses.py.
Out:    one rate for each case.
Absent: rates by skin colour, sex or age. Nobody measured them here, and the page says so beside these.
"""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "misses.json"
NOT_COVERED = (
    "Measured on two clips by day, one indoors and one outdoors, and on darkened, noisy and grey copies of "
    "them. Not measured: real night, rain, snow, wide doorbell lenses, wheelchairs, children, and whether "
    "people are missed more often by skin colour, sex or age."
)


@dataclass(frozen=True, slots=True)
class MissRate:
    """Of `frames` people, each in one picture, `missed` were not found."""

    case: str
    frames: int
    missed: int

    @property
    def rate(self) -> float:
        """The share that was missed, 0 to 1."""
        return self.missed / self.frames if self.frames else 0.0


def misses() -> list[MissRate]:
    """Return the measured rates of the model that ships."""
    return [MissRate(**row) for row in json.loads(FILE.read_text())]
