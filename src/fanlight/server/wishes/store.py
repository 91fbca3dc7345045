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


async def count(tx: Tx, cell: str) -> int:
    """Return how many wishes a cell has."""
    return int(await value(tx, "SELECT count(*) FROM wish WHERE cell = %s", [cell]))


async def of_cell(tx: Tx, cell: str) -> list[WishRow]:
    """Return a cell's wishes in the order of their random ids."""
    return await many(tx, WishRow, "SELECT id, sealed FROM wish WHERE cell = %s ORDER BY id", [cell])


async def forget(tx: Tx, today: date) -> int:
    """Drop the wishes whose time is over; return how many."""
    query = "DELETE FROM wish WHERE id IN (SELECT wish FROM wish_end WHERE until < %s)"
    return await changed(tx, query, [today])
