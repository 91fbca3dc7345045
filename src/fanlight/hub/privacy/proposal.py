"""Where set-up proposes a privacy zone: what lies beyond the lot line, at the far edge of the picture.

In:     nothing, as while a camera is added; better, where the people and vehicles of its events stood (the
        middle of the lower edge). Events whose place is not known say nothing.
Out:    one outline from the upper edge of the picture down to a line, and why it is there.
Holds:  the line is between HIGHEST and LOWEST of the picture's height: a proposal never hides the door and
        is never so thin that it hides nothing. It is shown to a person, who moves it; nothing is painted
        because of it.
Absent: maps and lot lines of any register: nothing is asked of anybody.
Why:    docs/design/privacy.md
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fanlight.hub.options import Outline, Point

USUAL = 0.3  # a doorbell at 1.2 m that looks straight ahead has the far side of a street above this line
HIGHEST, LOWEST = 0.1, 0.5
MARGIN = 0.03  # below the wheels that were seen: the outline also covers their shadows and a little pavement
_FEW = 5  # passers-by; fewer say nothing about a street
_SHARE = 0.9  # of them are hidden entirely: one who came up the path must not move the line


@dataclass(frozen=True, slots=True)
class Proposal:
    """An outline to show on the picture, and a sentence that says where it comes from."""

    outline: Outline
    why: str


def propose(lower_edges: Sequence[Point] = ()) -> Proposal:
    """Return what to propose for a camera.

    Args:
        lower_edges: where those stood who were seen, as shares of the picture; any number.
    """
    if len(lower_edges) < _FEW:
        why = "A camera at a door usually sees the street above this line. Move it to where your lot ends."
        return Proposal(_above(USUAL, USUAL), why)
    everybody = _line(lower_edges)
    left = [point for point in lower_edges if point[0] < 0.5]  # noqa: PLR2004 - the middle
    right = [point for point in lower_edges if point[0] >= 0.5]  # noqa: PLR2004 - the middle
    # A street seen at an angle lies lower on one side. A side where few passed takes the common line.
    sides = [_line(side) if len(side) >= _FEW else everybody for side in (left, right)]
    why = f"{len(lower_edges)} passers-by were seen above this line. Move it to where your lot ends."
    return Proposal(_above(*sides), why)


def _line(points: Sequence[Point]) -> float:
    heights = sorted(point[1] for point in points)
    at = heights[min(int(len(heights) * _SHARE), len(heights) - 1)] + MARGIN
    return round(min(max(at, HIGHEST), LOWEST), 3)


def _above(left: float, right: float) -> Outline:
    return ((0.0, 0.0), (1.0, 0.0), (1.0, right), (0.0, left))
