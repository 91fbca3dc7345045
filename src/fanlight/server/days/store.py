"""Rows of days: digests without an owner, and the leaf of each day that is closed."""

from collections.abc import Sequence
from datetime import date

from fanlight.store.database import Tx, value

_LOCK = 0x64617973  # any fixed number: who tells or closes days holds it


async def lock(tx: Tx) -> None:
    """Wait until nobody else closes days; ends with the transaction."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


async def add(tx: Tx, day: date, digest: bytes) -> bool:
    """Keep a digest, again is fine; tell whether the day is still open. Whoever asks holds the lock."""
    if await leaf_of(tx, day) is not None:
        return False
    await tx.execute(
        "INSERT INTO day_digest (day, digest) VALUES (%s, %s) ON CONFLICT DO NOTHING", [day, digest]
    )
    return True


async def add_many(tx: Tx, day: date, digests: Sequence[bytes]) -> None:
    """Keep what fills a day up."""
    async with tx.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO day_digest (day, digest) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [(day, digest) for digest in digests],
        )


async def digests(tx: Tx, day: date) -> list[bytes]:
    """Return a day's digests in their order, which says nothing."""
    cursor = await tx.execute("SELECT digest FROM day_digest WHERE day = %s ORDER BY digest", [day])
    return [bytes(row[0]) for row in await cursor.fetchall()]


async def last(tx: Tx) -> date | None:
    """Return the last day that was closed."""
    found: date | None = await value(tx, "SELECT max(day) FROM day_leaf")
    return found


async def close(tx: Tx, day: date, leaf: str) -> None:
    """Note a day's leaf; a second one fails on the table's key."""
    await tx.execute("INSERT INTO day_leaf (day, leaf) VALUES (%s, %s)", [day, leaf])


async def leaf_of(tx: Tx, day: date) -> str | None:
    """Return a day's leaf."""
    found: str | None = await value(tx, "SELECT leaf FROM day_leaf WHERE day = %s", [day])
    return found


async def forget(tx: Tx, before: date) -> None:
    """Remove digests of long ago; the hubs have their paths."""
    await tx.execute("DELETE FROM day_digest WHERE day < %s", [before])
