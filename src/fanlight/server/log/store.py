"""The log's rows: leaves in order, their openings, what was signed."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import msgspec

from fanlight.model.ids import new_id
from fanlight.proof.openings import Opening, make_leaf
from fanlight.server.log.ledger import Signed
from fanlight.store.database import Tx, changed, many, one, value
from fanlight.wire import jcs

_LOCK = 0x6C6F67  # any fixed number: who numbers leaves holds it
_ADD_LEAF: LiteralString = "INSERT INTO leaf (id, type, body) VALUES (%s, %s, %s)"


class Row(msgspec.Struct, frozen=True):
    """A leaf as kept: `idx` is its place in the log, None while it waits."""

    id: str
    idx: int | None
    body: bytes


class _OpeningRow(msgspec.Struct, frozen=True):
    field: str
    salt: bytes
    value: str


async def add_leaf(
    tx: Tx,
    leaf_type: str,
    pub: dict[str, Any],
    private: dict[str, Any],
    salts: Mapping[str, bytes] | None = None,
) -> str:
    """Store a waiting leaf and its openings; return its id."""
    body, openings = make_leaf(leaf_type, pub, private, salts=salts)
    leaf = new_id()
    # One statement for all of it: who records something waits for each answer of the database. Each value by
    # itself, since writing lists of them takes longer than all else here.
    shown: list[object] = []
    for opening in openings:
        shown += [leaf, opening.field, opening.salt, jcs.dumps([opening.value]).decode()]
    await tx.execute(_adding(len(openings)), [leaf, leaf_type, body, *shown])
    return leaf


@functools.cache
def _adding(openings: int) -> LiteralString:
    if not openings:
        return _ADD_LEAF
    rows = ", ".join(["(%s, %s, %s, %s)"] * openings)
    return f"WITH made AS ({_ADD_LEAF}) INSERT INTO opening (leaf, field, salt, value) VALUES {rows}"  # noqa: S608 - no value in it


async def get_leaf(tx: Tx, leaf: str) -> Row | None:
    """Return a leaf by id."""
    return await one(tx, Row, "SELECT id, idx, body FROM leaf WHERE id = %s", [leaf])


async def leaves_of(tx: Tx, leaf_type: str) -> list[Row]:
    """Return all leaves of a type of which there are few, those that wait too."""
    return await many(
        tx, Row, "SELECT id, idx, body FROM leaf WHERE type = %s ORDER BY idx, queued", [leaf_type]
    )


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


async def take_lock(tx: Tx, *, wait: bool = False) -> bool:
    """Become the only one that numbers leaves, until this transaction ends; tell whether that came about."""
    if wait:
        await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        return True
    return bool(await value(tx, "SELECT pg_try_advisory_xact_lock(%s)", [_LOCK]))


async def number_waiting(tx: Tx, size: int, most: int) -> list[bytes]:
    """Give at most `most` waiting leaves their places from `size` on; return them in order."""
    cursor = await tx.execute(
        "UPDATE leaf SET idx = waiting.place FROM ("
        " SELECT id, %s - 1 + row_number() OVER (ORDER BY queued) AS place FROM leaf"
        " WHERE idx IS NULL ORDER BY queued LIMIT %s) AS waiting WHERE leaf.id = waiting.id"
        " RETURNING idx, body",
        [size, most],
    )
    return [bytes(body) for _, body in sorted(await cursor.fetchall())]


async def bodies(tx: Tx, first: int, end: int) -> list[bytes]:
    """Return the leaves at places [first, end), in order."""
    cursor = await tx.execute("SELECT body FROM leaf WHERE idx >= %s AND idx < %s ORDER BY idx", [first, end])
    return [bytes(row[0]) for row in await cursor.fetchall()]


async def add_signed(tx: Tx, signed: Signed) -> bool:
    """Keep a checkpoint that is larger than all before; tell whether it was."""
    kept = await changed(
        tx,
        "INSERT INTO signed_checkpoint (size, root, note) SELECT %(size)s, %(root)s, %(note)s"
        " WHERE NOT EXISTS (SELECT 1 FROM signed_checkpoint WHERE size >= %(size)s)",
        {"size": signed.size, "root": signed.root, "note": signed.note},
    )
    return kept == 1


async def published_with(  # noqa: PLR0913 - of which log, whose, and where from
    tx: Tx, size: int, part: bytes, also: Sequence[str], *, after: int, limit: int
) -> list[Row]:
    """Return leaves of the log's first `size` behind `after` that hold `part` or are among `also`.

    Of `case` entries only those that something is left of and that are no dummies.
    """
    return await many(
        tx,
        Row,
        "SELECT id, idx, body FROM leaf WHERE idx > %(after)s AND idx < %(size)s"
        " AND (position(%(part)s::bytea IN body) > 0 OR id = ANY(%(also)s))"
        " AND (type <> 'case' OR EXISTS (SELECT FROM opening o WHERE o.leaf = leaf.id AND o.field = 'act'"
        """ AND o.value <> '["dummy"]')) ORDER BY idx LIMIT %(limit)s""",
        {"after": after, "size": size, "part": part, "also": list(also), "limit": limit},
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
