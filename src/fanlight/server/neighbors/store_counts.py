"""Counts of posts that came out, by month and by week; and the week's posts that are named."""

from collections.abc import Sequence
from datetime import date, datetime

from fanlight.store.database import Tx


async def by_month(tx: Tx, since: datetime) -> list[tuple[str, str, str, int]]:
    """Return how many posts came out, by month, category and cell."""
    rows = await tx.execute(
        "SELECT to_char(due AT TIME ZONE 'UTC', 'YYYY-MM'), category, cell, count(*)::integer FROM post"
        " WHERE state = 'accepted' AND due >= %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [since],
    )
    return [(str(month), str(kind), str(cell), int(n)) for month, kind, cell, n in await rows.fetchall()]


async def first_month(tx: Tx) -> str | None:
    """Return the month in which the first post came out."""
    rows = await tx.execute(
        "SELECT to_char(min(due) AT TIME ZONE 'UTC', 'YYYY-MM') FROM post WHERE state = 'accepted'"
    )
    found = await rows.fetchone()
    return None if found is None or found[0] is None else str(found[0])


async def by_week(tx: Tx, since: datetime, until: datetime) -> list[tuple[date, str, str, int]]:
    """Return how many posts came out, by week (its Monday), category and cell."""
    rows = await tx.execute(
        "SELECT date_trunc('week', due AT TIME ZONE 'UTC')::date, category, cell, count(*)::integer FROM post"
        " WHERE state = 'accepted' AND due >= %s AND due < %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [since, until],
    )
    return [(week, str(kind), str(cell), int(n)) for week, kind, cell, n in await rows.fetchall()]


async def named_in(
    tx: Tx, since: datetime, until: datetime, categories: Sequence[str], most: int
) -> list[tuple[str, str, str, str]]:
    """Return id, category, title and cell of posts that came out in that time, the latest first."""
    rows = await tx.execute(
        "SELECT id, category, title, cell FROM post WHERE state = 'accepted' AND due >= %s AND due < %s"
        " AND category = ANY (%s) ORDER BY due DESC, id DESC LIMIT %s",
        [since, until, list(categories), most],
    )
    return [(str(of), str(kind), str(title), str(cell)) for of, kind, title, cell in await rows.fetchall()]
