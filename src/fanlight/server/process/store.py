"""The rows of legal process. Those that name a household are reached one household at a time."""

from datetime import date
from typing import Any

import msgspec

from fanlight.store.database import Tx, changed, many, one, value
from fanlight.wire import jcs


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A document as handed in, without its bytes, and what was decided. `form`, `checks`, `scope`: JSON.

    `signature`, `signed`: by `counsel`, whose `key` it is; none where counsel had none yet.
    """

    id: str
    agency: str
    by_whom: str
    received: date
    form: str
    sha256: str
    checks: str
    decision: str | None = None
    decided: date | None = None
    reason: str | None = None
    scope: str | None = None
    quiet_until: date | None = None
    sealed: str | None = None
    leaf: str | None = None
    counsel: str | None = None
    signature: str | None = None
    signed: str | None = None
    key: str | None = None


class Packet(msgspec.Struct, frozen=True):
    """A packet that was made; signed as a document's row."""

    id: str
    process: str
    made: date
    sha256: str
    by_whom: str
    sealed: str | None
    leaf: str | None
    signature: str | None
    signed: str | None
    key: str | None


_ROW = (
    "SELECT id, agency, by_whom, received, form, sha256, checks, decision, decided, reason, scope,"
    " quiet_until, sealed, leaf, counsel, signature, signed,"
    " (SELECT plain_base64(a.sign_pub) FROM account a WHERE a.id = process.counsel) AS key FROM process"
)


async def add(tx: Tx, row: Row, document: bytes) -> None:
    """Store what was handed in."""
    await tx.execute(
        "INSERT INTO process (id, agency, by_whom, received, form, document, sha256, checks)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [row.id, row.agency, row.by_whom, row.received, row.form, document, row.sha256, row.checks],
    )


async def get(tx: Tx, process: str, *, lock: bool = False) -> Row | None:
    """Return one; `lock` it until the transaction ends."""
    return await one(tx, Row, _ROW + " WHERE id = %s" + (" FOR UPDATE" if lock else ""), [process])


async def document(tx: Tx, process: str) -> bytes:
    """Return a document's bytes, which is there."""
    return bytes(await value(tx, "SELECT document FROM process WHERE id = %s", [process]))


async def of_agency(tx: Tx, agency: str) -> list[Row]:
    """Return what an agency's people handed in, latest first."""
    return await many(tx, Row, _ROW + " WHERE agency = %s ORDER BY received DESC, id", [agency])


async def every(tx: Tx) -> list[Row]:
    """Return all: what waits first, then the latest."""
    return await many(tx, Row, _ROW + " ORDER BY decision IS NOT NULL, received DESC, id")


async def over(tx: Tx, today: date) -> list[Row]:
    """Return those whose gag is over and that were not told, for this transaction alone."""
    return await many(tx, Row, _ROW + " WHERE leaf IS NULL AND quiet_until < %s FOR UPDATE", [today])


async def decided(tx: Tx, row: Row) -> None:
    """Store what counsel decided."""
    await tx.execute(
        "UPDATE process SET decision = %s, decided = %s, reason = %s, scope = %s, quiet_until = %s,"
        " sealed = %s, leaf = %s, counsel = %s, signature = %s, signed = %s WHERE id = %s",
        [
            *(row.decision, row.decided, row.reason, row.scope),
            *(row.quiet_until, row.sealed, row.leaf, row.counsel, row.signature, row.signed, row.id),
        ],
    )


async def told(tx: Tx, process: str, leaf: str) -> None:
    """Note the entry by which everybody learns of it."""
    await tx.execute("UPDATE process SET leaf = %s WHERE id = %s", [leaf, process])


async def as_home(tx: Tx, household: str) -> None:
    """Let the rest of the transaction see this household's rows, and no other's."""
    await tx.execute("SELECT set_config('fanlight.household', %s, true)", [household])


async def serve(tx: Tx, process: str, household: str) -> bool:
    """Serve a document on a household; tell whether there is one by that number."""
    await as_home(tx, household)
    if await value(tx, "SELECT 1 FROM household WHERE id = %s", [household]) is None:
        query = "SELECT 1 WHERE EXISTS (SELECT FROM held_account) OR EXISTS (SELECT FROM held_clip)"
        return await value(tx, query) is not None  # it left; what it had is preserved
    await tx.execute("INSERT INTO process_served (process, household) VALUES (%s, %s)", [process, household])
    return True


async def served(tx: Tx, today: date) -> list[Row]:
    """Return what was served on the transaction's household and may be told."""
    return await many(
        tx,
        Row,
        _ROW + " WHERE (quiet_until IS NULL OR quiet_until < %s) AND decision IS NOT NULL"  # noqa: S608 - no values
        " AND id IN (SELECT process FROM process_served) ORDER BY decided DESC, id",
        [today],
    )


async def objection(tx: Tx, process: str) -> str | None:
    """Return what the transaction's household objects."""
    query = "SELECT objection FROM process_served WHERE process = %s"
    found: str | None = await value(tx, query, [process])
    return found


async def object_to(tx: Tx, process: str, words: str) -> bool:
    """Note what the transaction's household objects, once; tell whether that was new."""
    return bool(
        await changed(
            tx,
            "UPDATE process_served SET objection = %s WHERE process = %s AND objection IS NULL",
            [words, process],
        )
    )


async def add_renewal(tx: Tx, process: str, until: date, said: dict[str, Any], by_whom: str) -> None:
    """Note a court's renewal, and until when nothing may be told now."""
    await tx.execute(
        "INSERT INTO process_renewal (process, until, ordered, court, docket, by_whom, signature)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [process, until, said["ordered"], said["court"], said["docket"], by_whom, said["signature"]],
    )
    await tx.execute("UPDATE process SET quiet_until = %s WHERE id = %s", [until, process])


async def add_packet(tx: Tx, row: Packet) -> None:
    """Note a packet."""
    await tx.execute(
        "INSERT INTO process_packet (id, process, made, sha256, by_whom, sealed, leaf, signature, signed)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(row.id, row.process, row.made, row.sha256, row.by_whom, row.sealed, row.leaf),
            *(row.signature, row.signed),
        ],
    )


async def packets(tx: Tx, process: str) -> list[Packet]:
    """Return the packets of one."""
    return await many(
        tx,
        Packet,
        "SELECT id, process, made, sha256, by_whom, sealed, leaf, signature, signed,"
        " CASE WHEN signed IS NOT NULL THEN"
        " (SELECT plain_base64(a.sign_pub) FROM account a WHERE a.id = by_whom) END AS key"
        " FROM process_packet WHERE process = %s ORDER BY made, id",
        [process],
    )


async def packet_told(tx: Tx, packet: str, leaf: str) -> None:
    """Note a packet's entry."""
    await tx.execute("UPDATE process_packet SET leaf = %s WHERE id = %s", [leaf, packet])


async def holdings(tx: Tx) -> dict[str, list[str]]:
    """Return what rows there are of a household at all, by table: asked of the database's own schema."""
    rows = await tx.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND (table_name = 'household' OR table_name IN (SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'household')) ORDER BY table_name, ordinal_position"
    )
    found: dict[str, list[str]] = {}
    for table, column in await rows.fetchall():
        found.setdefault(table, []).append(column)
    return found


async def clips(tx: Tx, start: date, end: date) -> list[dict[str, Any]]:
    """Return every column of clips of the transaction's household; sealed parts as hashes."""
    rows = await tx.execute(
        "SELECT to_jsonb(c) || jsonb_build_object("
        "'manifest', jsonb_build_object('bytes', length(manifest),"
        " 'sha256', encode(sha256(manifest), 'hex')),"
        "'hdr', jsonb_build_object('bytes', length(hdr), 'sha256', encode(sha256(hdr), 'hex')),"
        "'note', CASE WHEN note IS NULL THEN NULL ELSE"
        " jsonb_build_object('bytes', length(note), 'sha256', encode(sha256(note), 'hex')) END)"
        " FROM (SELECT * FROM clip UNION ALL SELECT * FROM held_clip) c"
        " WHERE kept AND day BETWEEN %s AND %s ORDER BY day, id",
        [start, end],
    )
    return [row[0] for row in await rows.fetchall()]


async def account_records(tx: Tx) -> dict[str, Any]:
    """Return what there is of the transaction's household beside its clips: its number and its cell."""
    query = "SELECT to_jsonb(h) FROM (SELECT id, cell FROM household UNION SELECT * FROM held_account) h"
    return dict(await value(tx, query) or {})


def as_text(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return canonical JSON."""
    return jcs.dumps(value).decode()
