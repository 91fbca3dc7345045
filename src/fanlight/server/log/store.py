"""The log's rows: leaves in order, their openings, what was signed."""

from typing import Any

import msgspec

from fanlight.model.ids import new_id
from fanlight.proof.openings import Opening, make_leaf
from fanlight.store.database import Tx, changed, many, one, value
from fanlight.wire import jcs

_LOCK = 0x6C6F67  # any fixed number: who numbers leaves holds it
BATCH = 1_000


class Row(msgspec.Struct, frozen=True):
    """A leaf as kept: `idx` is its place in the log, None while it waits."""

    id: str
    idx: int | None
    body: bytes


class Signed(msgspec.Struct, frozen=True):
    """A checkpoint that this log signed."""

    size: int
    root: bytes
    note: str


class _OpeningRow(msgspec.Struct, frozen=True):
    field: str
    salt: bytes
    value: str


async def add_leaf(tx: Tx, leaf_type: str, pub: dict[str, Any], private: dict[str, Any]) -> str:
    """Store a waiting leaf and its openings; return its id."""
    body, openings = make_leaf(leaf_type, pub, private)
    leaf = new_id()
    await tx.execute("INSERT INTO leaf (id, type, body) VALUES (%s, %s, %s)", [leaf, leaf_type, body])
    for opening in openings:
        await tx.execute(
            "INSERT INTO opening (leaf, field, salt, value) VALUES (%s, %s, %s, %s)",
            [leaf, opening.field, opening.salt, jcs.dumps([opening.value]).decode()],
        )
    return leaf


async def get_leaf(tx: Tx, leaf: str) -> Row | None:
    """Return a leaf by id."""
    return await one(tx, Row, "SELECT id, idx, body FROM leaf WHERE id = %s", [leaf])


async def openings_of(tx: Tx, leaf: str) -> list[Opening]:
    """Return what is left of a leaf's openings, by field."""
    rows = await many(
        tx, _OpeningRow, "SELECT field, salt, value FROM opening WHERE leaf = %s ORDER BY field", [leaf]
    )
    return [Opening(row.field, bytes(row.salt), msgspec.json.decode(row.value)[0]) for row in rows]


async def erase_openings(tx: Tx, leaf: str) -> int:
    """Forget what a leaf committed to; return how many fields that were."""
    return await changed(tx, "DELETE FROM opening WHERE leaf = %s", [leaf])


async def last_signed(tx: Tx) -> Signed | None:
    """Return the largest checkpoint that was signed."""
    return await one(tx, Signed, "SELECT size, root, note FROM signed_checkpoint ORDER BY size DESC LIMIT 1")


async def take_lock(tx: Tx) -> bool:
    """Become the only one that numbers leaves, until this transaction ends."""
    return bool(await value(tx, "SELECT pg_try_advisory_xact_lock(%s)", [_LOCK]))


async def number_waiting(tx: Tx, size: int) -> int:
    """Give waiting leaves their places from `size` on; return how many there were."""
    return await changed(
        tx,
        "UPDATE leaf SET idx = waiting.place FROM ("
        " SELECT id, %s - 1 + row_number() OVER (ORDER BY queued) AS place FROM leaf"
        " WHERE idx IS NULL ORDER BY queued LIMIT %s) AS waiting WHERE leaf.id = waiting.id",
        [size, BATCH],
    )


async def bodies(tx: Tx, first: int, end: int) -> list[bytes]:
    """Return the leaves at places [first, end), in order."""
    cursor = await tx.execute("SELECT body FROM leaf WHERE idx >= %s AND idx < %s ORDER BY idx", [first, end])
    return [bytes(row[0]) for row in await cursor.fetchall()]


async def add_signed(tx: Tx, signed: Signed) -> None:
    """Keep a checkpoint; a second root for one size fails on the table's key."""
    await tx.execute(
        "INSERT INTO signed_checkpoint (size, root, note) VALUES (%s, %s, %s)",
        [signed.size, signed.root, signed.note],
    )


async def published_leaves(
    tx: Tx, size: int, *, leaf_type: str | None = None, after: int = -1, limit: int = 1_000
) -> list[Row]:
    """Return leaves of the log's first `size`, in order, at most `limit`, those behind `after`."""
    return await many(
        tx,
        Row,
        "SELECT id, idx, body FROM leaf WHERE idx > %(after)s AND idx < %(size)s"
        " AND (%(type)s::text IS NULL OR type = %(type)s) ORDER BY idx LIMIT %(limit)s",
        {"after": after, "size": size, "type": leaf_type, "limit": limit},
    )
