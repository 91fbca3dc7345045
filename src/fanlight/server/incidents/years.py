"""How common something is: incidents by class and month, and how many homes there are to share them.

In:     counts by day and class; the town's housing table.
Out:    Years: the last 24 months, the present one last, and the homes, or none where no table was taken over.
Holds:  counts are of the whole town; a month that no source reported on is told as such, and is not a zero.
Absent: rates. Whoever shows these divides, and shows no rate without a table.
"""

from datetime import date

import msgspec

from fanlight.server import programme
from fanlight.server.incidents import store
from fanlight.store.database import Tx

MONTHS = 24


class Years(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of incidents.

    Attributes:
        months: such as `2026-11`, oldest first.
        reported: for each month whether a source reported anything in it.
        counts: for each class, one number a month.
        homes: of the housing table that was taken over last; None without one.
        homes_source: where that table was found; None without one.
    """

    months: list[str]
    reported: list[bool]
    counts: dict[str, list[int]]
    homes: int | None
    homes_source: str | None


def months_until(today: date) -> list[str]:
    """Return the last 24 months, that of `today` last."""
    last = today.year * 12 + today.month - 1
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(last - MONTHS + 1, last + 1)]


async def of_town(tx: Tx, today: date) -> Years:
    """Return the counts of a town."""
    months = months_until(today)
    place = {month: n for n, month in enumerate(months)}
    counts: dict[str, list[int]] = {}
    for month, kind, many in await store.by_month(tx, date.fromisoformat(f"{months[0]}-01")):
        if month in place:
            counts.setdefault(kind, [0] * MONTHS)[place[month]] += many
    taken = {
        f"{one.day:%Y-%m}" for one in await store.taken(tx, date.fromisoformat(f"{months[0]}-01"), today)
    }
    table = await programme.housing_table(tx)
    return Years(
        months=months,
        reported=[month in taken for month in months],
        counts=counts,
        homes=table[0] if table else None,
        homes_source=table[1] if table else None,
    )
