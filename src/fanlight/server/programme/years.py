"""How common something is: counts by kind and month, and how many homes there are to share them.

In:     counts by month, kind and cell; the town's division and its housing table.
Out:    Years: 24 whole months, of the town and of each of its areas, with the homes of each.
Holds:  an area is a cell of res 7 (some 5 km²) or coarser; a month is told from the third day of the next
        one on and then stays as it is, so that no number moves when something is reported; a month that no
        one reported in is told as such, and is not a zero. Homes of an area are told to the hundred, of
        one with fewer than 500 not at all.
Absent: rates. Whoever shows these divides, and shows no rate without a table.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from datetime import date, timedelta

import h3
import msgspec

from fanlight.model.division import Division
from fanlight.server import programme
from fanlight.store.database import Tx

MONTHS = 24
AREA_RES = 7
SETTLED = timedelta(days=2)  # an incident is counted when it leaves, a day after it began
FEWEST_HOMES = 500
_HOMES_TO = 100
Row = tuple[str, str, str, int]


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of a part of the town.

    Attributes:
        counts: for each kind of which there was any, one number a month.
        homes: to the hundred; None without a table, and where they are too few for a rate.
    """

    counts: dict[str, list[int]]
    homes: int | None


class Years(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of a town: of incidents by class, of posts by category.

    Attributes:
        months: such as `2026-10`, oldest first.
        reported: for each month whether anybody could have been counted in it.
        counts: for each kind, one number a month.
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


def since(today: date) -> date:
    """Return the first day of the months that are told."""
    return date.fromisoformat(f"{months_until(today)[0]}-01")


async def of_town(tx: Tx, today: date, rows: Iterable[Row], reported: Container[str]) -> Years:
    """Return the counts of a town.

    Args:
        tx: the transaction.
        today: the day.
        rows: month, kind, cell (empty: somewhere in town) and how many.
        reported: the months in which anybody could have been counted.
    """
    months = months_until(today)
    place = {month: n for n, month in enumerate(months)}
    division = (await programme.town(tx))["divisions"][-1]
    homes = homes_of(division, await programme.homes_by_cell(tx))
    counts: dict[str, list[int]] = {}
    areas: dict[str, dict[str, list[int]]] = {area: {} for area in homes}
    for month, kind, part, many in rows:
        if month not in place:
            continue
        both = [counts, areas.setdefault(area_of(part), {})] if part else [counts]
        for one in both:
            one.setdefault(kind, [0] * MONTHS)[place[month]] += many
    table = await programme.housing_table(tx)
    return Years(
        months=months,
        reported=[month in reported for month in months],
        counts=counts,
        homes=table[0] if table else None,
        homes_source=table[1] if table else None,
        areas={area: Area(counts=found, homes=homes.get(area)) for area, found in sorted(areas.items())},
    )
