"""How common something is: incidents by class and month, and how many homes there are to share them.

In:     counts by month, class and cell; the town's division and its housing table.
Out:    Years: 24 whole months, of the town and of each of its areas, with the homes of each.
Holds:  an area is a cell of res 7 (some 5 km²) or coarser; a month is told from the third day of the next
        one on and then stays as it is, so that no number moves when something is reported; a month that no
        source reported on is told as such, and is not a zero. Homes of an area are told to the hundred, of
        one with fewer than 500 not at all.
Absent: rates. Whoever shows these divides, and shows no rate without a table.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import h3
import msgspec

from fanlight.model.division import Division
from fanlight.server import programme
from fanlight.server.incidents import store
from fanlight.server.incidents.rules import AREA_RES
from fanlight.store.database import Tx

MONTHS = 24
SETTLED = timedelta(days=2)  # an incident is counted when it leaves, a day after it began
FEWEST_HOMES = 500
_HOMES_TO = 100


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of a part of the town.

    Attributes:
        counts: for each class of which there was any, one number a month.
        homes: to the hundred; None without a table, and where they are too few for a rate.
    """

    counts: dict[str, list[int]]
    homes: int | None


class Years(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of incidents.

    Attributes:
        months: such as `2026-10`, oldest first.
        reported: for each month whether a source reported anything in it.
        counts: for each class, one number a month.
        homes: of the housing table that was taken over last; None without one.
        homes_source: where that table was found; None without one.
        areas: the same by H3 cell; what lies somewhere in town is in none.
    """

    months: list[str]
    reported: list[bool]
    counts: dict[str, list[int]]
    homes: int | None
    homes_source: str | None
    areas: dict[str, Area]


def months_until(today: date) -> list[str]:
    """Return the last 24 months that are told as a whole."""
    settled = today - SETTLED
    last = settled.year * 12 + settled.month - 2
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(last - MONTHS + 1, last + 1)]


def area_of(cell: str) -> str:
    """Return the area in which a cell of the town counts."""
    return str(h3.cell_to_parent(cell, AREA_RES)) if h3.get_resolution(cell) > AREA_RES else cell


def homes_of(division: Division, homes: Mapping[str, int]) -> dict[str, int | None]:
    """Return the homes of each area as they are told."""
    found = Counter({area_of(cell): 0 for cell in division.cells})
    for fine, many in homes.items():
        found[area_of(division.cell_of(fine))] += many
    return {
        area: round(many / _HOMES_TO) * _HOMES_TO if many >= FEWEST_HOMES else None
        for area, many in sorted(found.items())
    }


async def of_town(tx: Tx, today: date) -> Years:
    """Return the counts of a town."""
    months = months_until(today)
    place = {month: n for n, month in enumerate(months)}
    since = date.fromisoformat(f"{months[0]}-01")
    division = (await programme.town(tx))["divisions"][-1]
    homes = homes_of(division, await programme.homes_by_cell(tx))
    counts: dict[str, list[int]] = {}
    areas: dict[str, dict[str, list[int]]] = {area: {} for area in homes}
    for month, kind, part, many in await store.by_month(tx, since):
        if month not in place:
            continue
        both = [counts, areas.setdefault(area_of(part), {})] if part else [counts]
        for one in both:
            one.setdefault(kind, [0] * MONTHS)[place[month]] += many
    taken = {f"{one.day:%Y-%m}" for one in await store.taken(tx, since, today)}
    table = await programme.housing_table(tx)
    return Years(
        months=months,
        reported=[month in taken for month in months],
        counts=counts,
        homes=table[0] if table else None,
        homes_source=table[1] if table else None,
        areas={area: Area(counts=found, homes=homes.get(area)) for area, found in sorted(areas.items())},
    )
