"""The rows of clips, of what was erased, and of a household's last word from its hub."""

from datetime import date

import msgspec

from fanlight.seal.container import Card
from fanlight.server.vault.rules import Outside
from fanlight.store.database import Tx, changed, many, one, value
from fanlight.wire import b64


class ClipRow(msgspec.Struct, frozen=True):
    """A clip as kept. `kept` says that its payload is whole and stored."""

    id: str
    day: date
    length: int
    root: str
    card: str
    sig: str
    manifest: bytes
    hdr: bytes
    kept: bool


class ListRow(msgspec.Struct, frozen=True):
    """A clip as listed. `manifest` is null where a brief list was asked for."""

    id: str
    day: date
    card: str
    sig: str
    manifest: bytes | None


_CLIP = "SELECT id, day, length, root, card, sig, manifest, hdr, kept FROM clip"
_LIST = "SELECT id, day, card, sig, manifest FROM clip"
_BRIEF = "SELECT id, day, card, sig, NULL::bytea AS manifest FROM clip"


async def add(tx: Tx, household: str, hub: str, card: Card, outside: Outside) -> bool:
    """Store a clip that is to come; tell whether its id was new anywhere."""
    return bool(
        await changed(
            tx,
            "INSERT INTO clip (id, household, hub, epoch, day, length, root, manifest_sha256, card, sig,"
            " manifest, hdr) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                *(card.clip, household, hub, card.epoch, card.day, card.length, card.root.hex()),
                *(card.manifest_sha256.hex(), outside.card.decode(), b64.encode(outside.sig)),
                *(outside.manifest, outside.hdr),
            ],
        )
    )


async def get(tx: Tx, clip: str) -> ClipRow | None:
    """Return a clip of the transaction's household."""
    return await one(tx, ClipRow, _CLIP + " WHERE id = %s", [clip])


async def keep(tx: Tx, clip: str) -> None:
    """Note that a clip's payload is whole."""
    await tx.execute("UPDATE clip SET kept = true WHERE id = %s", [clip])


async def page(
    tx: Tx, day: date | None, after: tuple[date, str] | None, limit: int, *, brief: bool = False
) -> list[ListRow]:
    """Return whole clips of the transaction's household, latest day first, within a day by id."""
    last_day, last_id = after or (None, None)
    return await many(
        tx,
        ListRow,
        (_BRIEF if brief else _LIST) + " WHERE kept AND (%(day)s::date IS NULL OR day = %(day)s)"
        " AND (%(last_day)s::date IS NULL OR day < %(last_day)s OR (day = %(last_day)s AND id > %(last_id)s))"
        " ORDER BY day DESC, id LIMIT %(limit)s",
        {"day": day, "last_day": last_day, "last_id": last_id, "limit": limit},
    )


async def erase(tx: Tx, household: str, clip: str) -> bool:
    """Delete a clip's row and remember that it was erased; tell whether it was there."""
    gone = await changed(tx, "DELETE FROM clip WHERE id = %s", [clip])
    if gone:
        await tx.execute(
            "INSERT INTO shred (clip, household) VALUES (%s, %s) ON CONFLICT DO NOTHING", [clip, household]
        )
    return bool(gone)


async def is_erased(tx: Tx, clip: str) -> bool:
    """Tell whether a clip of the transaction's household was erased."""
    return bool(await value(tx, "SELECT 1 FROM shred WHERE clip = %s", [clip]))


async def put_status(tx: Tx, household: str, body: bytes) -> None:
    """Keep the hub's last status box in place of the one before."""
    await tx.execute(
        "INSERT INTO hub_status (household, body) VALUES (%s, %s)"
        " ON CONFLICT (household) DO UPDATE SET body = excluded.body",
        [household, body],
    )


async def get_status(tx: Tx, household: str) -> bytes | None:
    """Return the hub's last status box."""
    found = await value(tx, "SELECT body FROM hub_status WHERE household = %s", [household])
    return None if found is None else bytes(found)
