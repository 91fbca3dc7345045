"""The rows of wishes."""

from datetime import date

import msgspec

from fanlight.store.database import Tx, changed, many, value


class WishRow(msgspec.Struct, frozen=True):
    """A wish as everybody is told it."""

    id: str
    sealed: bytes


async def add(tx: Tx, wish: str, cell: str, sealed: bytes, until: date) -> None:
    """Store a wish; one that is known already stays as it is."""
    query = "INSERT INTO wish (id, cell, sealed) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
    if await changed(tx, query, [wish, cell, sealed]):
        await tx.execute("INSERT INTO wish_end (wish, until) VALUES (%s, %s)", [wish, until])


async def make_room(tx: Tx, cell: str, wish: str, most: int) -> None:
    """Leave a cell room for a new wish: of the day on which most came, one goes, whichever.

    So whoever sends very many pushes out what came on the day on which they did it, and nothing of before.
    """
    known = "SELECT count(*) FROM wish WHERE id = %s"
    full = int(await value(tx, "SELECT count(*) FROM wish WHERE cell = %s", [cell])) >= most
    if full and not int(await value(tx, known, [wish])):
        await tx.execute(
            "WITH here AS (SELECT id, until FROM wish JOIN wish_end ON wish_end.wish = id WHERE cell = %s)"
            " DELETE FROM wish WHERE id = (SELECT id FROM here WHERE until ="
            " (SELECT until FROM here GROUP BY until ORDER BY count(*) DESC, until DESC LIMIT 1)"
            " ORDER BY random() LIMIT 1)",
            [cell],
        )


async def of_cell(tx: Tx, cell: str) -> list[WishRow]:
    """Return a cell's wishes in the order of their random ids."""
    return await many(tx, WishRow, "SELECT id, sealed FROM wish WHERE cell = %s ORDER BY id", [cell])


async def forget(tx: Tx, today: date) -> int:
    """Drop the wishes whose time is over; return how many."""
    query = "DELETE FROM wish WHERE id IN (SELECT wish FROM wish_end WHERE until < %s)"
    return await changed(tx, query, [today])
