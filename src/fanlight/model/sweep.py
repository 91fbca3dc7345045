"""Which requests of an agency ask for the same: what is split to get round a limit is put together again.

In:     a request, and those that its agency made before and that were not refused.
Out:    its number in its case; the sweep that it is part of: what all of it asks of residents.
Holds:  who of the agency asks, in which order, and under which case number is nothing to it. What lies
        apart in place or in time stays apart, but for what says itself that it is of one case.
Absent: limits (the ordinance's), other agencies, refused requests (nobody was asked).
Why:    docs/design/rules.md#what-is-split-is-joined
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fanlight.model.joined import Place, distance_m, joined_area_m2, surely_apart
from fanlight.model.request import FootageRequest

# What is left out between two slices must not be worth leaving out: a street, an hour, or of large slices a
# quarter of their side and half of their length.
GAP_M, GAP_SIDES = 100.0, 0.25
GAP, GAP_LENGTHS = timedelta(hours=1), 0.5
MEET_M = 1.0  # a corner drawn by hand; nearer is the same line
_HOUR_MIN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What a request asks together with those that it adjoins.

    Attributes:
        area_m2: ground that any of them covers, to a square metre; of one alone, its area.
        window_min: from the first start to the last end, in minutes; of several it is rounded up to whole
            hours, so that the figure, which is public, does not tell the exact times.
        others: those that it adjoins, over hops too, in the order given.
    """

    area_m2: int
    window_min: int
    others: tuple[FootageRequest, ...]


def adjoin(one: FootageRequest, other: FootageRequest) -> bool:
    """Tell whether two requests ask of the same neighbourhood about the same stretch of time.

    A protected one adjoins protected ones only: the figures of both are public at once, and would tell near
    what it lies.
    """
    return one.protected == other.protected and _near_in_time(one, other) and _near_in_place(one, other)


def is_one_case(one: FootageRequest, other: FootageRequest) -> bool:
    """Tell whether two requests count as one case.

    They have one case number; or they adjoin, and name one offence or ask of the same ground at one time.
    """
    if one.case_number and one.case_number == other.case_number:
        return True
    if not adjoin(one, other):
        return False
    if one.offence == other.offence:
        return True
    return one.window.overlaps(other.window) and distance_m(one.area, other.area) < MEET_M


def number_in_case(request: FootageRequest, earlier: Sequence[FootageRequest]) -> int:
    """Return 1 for the first request of a case, counting those that are joined to it, over hops too."""
    return 1 + len(_reached(request, earlier, is_one_case))


def sweep_of(request: FootageRequest, earlier: Sequence[FootageRequest]) -> Sweep:
    """Return what `request` asks together with those of `earlier` that it adjoins, over hops too."""
    others = _reached(request, earlier, adjoin)
    every = [request, *others]
    if not others:
        minutes = request.window.length_min
    else:
        span = max(one.window.end for one in every) - min(one.window.start for one in every)
        minutes = -(-span // timedelta(hours=1)) * _HOUR_MIN
    area = joined_area_m2(one.area for one in every)
    return Sweep(area_m2=math.floor(area + 0.5), window_min=minutes, others=tuple(others))


def _reached(
    request: FootageRequest,
    earlier: Sequence[FootageRequest],
    joins: Callable[[FootageRequest, FootageRequest], bool],
) -> list[FootageRequest]:
    """Return those that `request` joins, over hops too, in the order given.

    What surely adjoins nothing, and is of another case, is passed over without a look at its outline: an
    agency has a thousand earlier requests, and nearly all of them lie elsewhere or long ago.
    """
    gap = max(GAP, max(one.window.length for one in (request, *earlier)) * GAP_LENGTHS)
    left = dict(enumerate(earlier))
    places: dict[int, Place] = {}
    reached: list[int] = []
    waiting = [request]
    while waiting:
        member = waiting.pop()
        number, since, until = member.case_number, member.window.start - gap, member.window.end + gap
        own = _place(member)
        found = []
        for n, other in left.items():
            if not number or other.case_number != number:
                if other.window.end <= since or other.window.start >= until:
                    continue
                if n not in places:
                    places[n] = _place(other)
                if surely_apart(own, places[n]):
                    continue
            if joins(member, other):
                found.append(n)
        waiting += [left.pop(n) for n in found]
        reached += found
    return [earlier[n] for n in sorted(reached)]


def _place(request: FootageRequest) -> Place:
    return Place.of(request.area, GAP_M, GAP_SIDES)


def _near_in_time(one: FootageRequest, other: FootageRequest) -> bool:
    gap = max(one.window.start, other.window.start) - min(one.window.end, other.window.end)
    return gap < max(GAP, max(one.window.length, other.window.length) * GAP_LENGTHS)


def _near_in_place(one: FootageRequest, other: FootageRequest) -> bool:
    side = math.sqrt(max(one.area.area_m2, other.area.area_m2))
    return distance_m(one.area, other.area) < max(GAP_M, side * GAP_SIDES)
