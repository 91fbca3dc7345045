"""The rows of disclosures, their custody, exports, and each agency's planned day."""

from datetime import date, datetime
from typing import Any

import msgspec

from fanlight.model.ids import is_id, new_id
from fanlight.store.database import Tx, changed, many, one, value
from fanlight.wire import jcs


class Disclosure(msgspec.Struct, frozen=True):
    """A disclosure as kept."""

    id: str
    request: str
    received_day: date
    length: int
    root: str
    manifest_sha256: str
    manifest: bytes
    hdr: bytes
    withdraw_sha256: str | None = None
    onward_commit: bytes | None = None


class Custody(msgspec.Struct, frozen=True):
    """One line of a disclosure's trail."""

    at: str
    act: str
    by_whom: str


class Slot(msgspec.Struct, frozen=True):
    """A planned moment."""

    id: str
    agency: str
    day: date


class Entry(msgspec.Struct, frozen=True):
    """A real entry that waits; `detail` is canonical JSON."""

    place: int
    act: str
    detail: str


_DISCLOSURE = (
    "SELECT id, request, received_day, length, root, manifest_sha256, manifest, hdr, withdraw_sha256,"
    " onward_commit FROM disclosure"
)


async def add(tx: Tx, row: Disclosure) -> bool:
    """Store a disclosure; tell whether it was new."""
    return bool(
        await changed(
            tx,
            "INSERT INTO disclosure (id, request, received_day, length, root, manifest_sha256, manifest, hdr,"
            " withdraw_sha256, onward_commit) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [
                *(row.id, row.request, row.received_day, row.length, row.root),
                *(row.manifest_sha256, row.manifest, row.hdr, row.withdraw_sha256, row.onward_commit),
            ],
        )
    )


async def get(tx: Tx, disclosure: str) -> Disclosure | None:
    """Return a disclosure."""
    return await one(tx, Disclosure, _DISCLOSURE + " WHERE id = %s", [disclosure])


async def of_request(tx: Tx, request: str) -> list[Disclosure]:
    """Return a request's disclosures."""
    return await many(
        tx, Disclosure, _DISCLOSURE + " WHERE request = %s ORDER BY received_day, id", [request]
    )


async def add_custody(tx: Tx, disclosure: str, line: Custody) -> None:
    """Add a line to a disclosure's trail."""
    await tx.execute(
        "INSERT INTO custody (disclosure, place, at, act, by_whom)"
        " SELECT %(id)s, coalesce(max(place) + 1, 0), %(at)s, %(act)s, %(by)s FROM custody"
        " WHERE disclosure = %(id)s",
        {"id": disclosure, "at": line.at, "act": line.act, "by": line.by_whom},
    )


async def custody_of(tx: Tx, disclosure: str) -> list[Custody]:
    """Return a disclosure's trail, oldest first."""
    return await many(
        tx, Custody, "SELECT at, act, by_whom FROM custody WHERE disclosure = %s ORDER BY place", [disclosure]
    )


async def lock(tx: Tx, name: str) -> None:
    """Take turns over an agency's day or a disclosure's trail."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


async def lock_end(tx: Tx, request: str) -> None:
    """Let what opens a case, its holds, its uses and its end come one after another."""
    await lock(tx, f"end {request}")


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """An export as kept; `body` is the canonical JSON that was signed."""

    id: str
    disclosure: str
    body: str
    sig: str
    by_whom: str
    leaf: str


async def add_export(tx: Tx, row: Export) -> None:
    """Store an export."""
    await tx.execute(
        "INSERT INTO export (id, disclosure, body, sig, by_whom, leaf) VALUES (%s, %s, %s, %s, %s, %s)",
        [row.id, row.disclosure, row.body, row.sig, row.by_whom, row.leaf],
    )


async def planned(tx: Tx, agency: str, day: date) -> int:
    """Return how many moments an agency's day was planned with; 0 if it was not planned."""
    found = await value(tx, "SELECT planned FROM case_day WHERE agency = %s AND day = %s", [agency, day])
    return int(found or 0)


async def plan(tx: Tx, agency: str, day: date, total: int, moments: list[datetime]) -> None:
    """Add moments to an agency's day, which then has `total`."""
    await tx.execute(
        "INSERT INTO case_day (agency, day, planned) VALUES (%s, %s, %s)"
        " ON CONFLICT (agency, day) DO UPDATE SET planned = excluded.planned",
        [agency, day, total],
    )
    for at in moments:
        await tx.execute(
            "INSERT INTO case_slot (id, agency, day, at) VALUES (%s, %s, %s, %s)", [new_id(), agency, day, at]
        )


async def entries_waiting(tx: Tx, agency: str) -> int:
    """Return how many real entries wait."""
    return int(await value(tx, "SELECT count(*) FROM case_entry WHERE agency = %s", [agency]))


async def take_next_slot(tx: Tx, agency: str) -> Slot | None:
    """Use up and return the next moment of an agency, of whichever day; None if none is planned."""
    return await one(
        tx,
        Slot,
        "DELETE FROM case_slot WHERE id ="
        " (SELECT id FROM case_slot WHERE agency = %s ORDER BY at LIMIT 1) RETURNING id, agency, day",
        [agency],
    )


async def take_due_slots(tx: Tx, now: datetime) -> list[Slot]:
    """Use up and return the moments that have come."""
    return await many(
        tx,
        Slot,
        "WITH due AS (DELETE FROM case_slot WHERE at <= %s RETURNING id, agency, day, at)"
        " SELECT id, agency, day FROM due ORDER BY at",
        [now],
    )


async def add_entry(tx: Tx, agency: str, act: str, detail: dict[str, Any]) -> None:
    """Let a real entry wait for the next moment."""
    await tx.execute(
        "INSERT INTO case_entry (agency, act, detail) VALUES (%s, %s, %s)",
        [agency, act, jcs.dumps(detail).decode()],
    )


async def take_entry(tx: Tx, agency: str) -> Entry | None:
    """Take the real entry that has waited longest."""
    return await one(
        tx,
        Entry,
        "DELETE FROM case_entry WHERE place ="
        " (SELECT place FROM case_entry WHERE agency = %s ORDER BY place LIMIT 1)"
        " RETURNING place, act, detail",
        [agency],
    )


async def of_agency(tx: Tx, agency: str, *, request: str = "", disclosure: str = "") -> str:
    """Return the one that is given if it is the agency's, destroyed or not; empty if there is no such one."""
    query = (
        "SELECT id FROM request WHERE id = %(request)s AND agency = %(agency)s UNION ALL"
        " SELECT d.id FROM disclosure d JOIN request r ON r.id = d.request"
        " WHERE d.id = %(disclosure)s AND r.agency = %(agency)s"
    )
    if not is_id(request or disclosure):
        return ""
    given = {"agency": agency, "request": request, "disclosure": disclosure}
    return str(await value(tx, query, given) or "")


async def add_refused_look(tx: Tx, agency: str, account: str, what: str, day: date) -> bool:
    """Note that an officer was refused a look; tell whether it is the first at this on that day."""
    new = await changed(
        tx,
        "INSERT INTO look_refused (agency, by_whom, what, day) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        [agency, account, what, day],
    )
    if new:  # days before are in the record
        await tx.execute(
            "DELETE FROM look_refused WHERE agency = %s AND by_whom = %s AND day < %s", [agency, account, day]
        )
    return bool(new)


class CopyEnd(msgspec.Struct, frozen=True):
    """When the copies that an agency holds under an agreement that is over are destroyed."""

    agreement: str
    agency: str
    ended: date
    due: date
    done_leaf: str | None


async def copy_ends(tx: Tx) -> list[CopyEnd]:
    """Return all ends of copies."""
    query = "SELECT agreement, agency, ended, due, done_leaf FROM copy_end ORDER BY agreement"
    return await many(tx, CopyEnd, query)


async def add_copy_end(tx: Tx, row: CopyEnd, leaf: str) -> None:
    """Store an end of copies."""
    await tx.execute(
        "INSERT INTO copy_end (agreement, agency, ended, due, leaf) VALUES (%s, %s, %s, %s, %s)",
        [row.agreement, row.agency, row.ended, row.due, leaf],
    )


async def copies_destroyed(tx: Tx, agreement: str, leaf: str) -> None:
    """Note that the copies of an agreement are destroyed."""
    await tx.execute("UPDATE copy_end SET done_leaf = %s WHERE agreement = %s", [leaf, agreement])


async def holds_something(tx: Tx, agency: str, until: date) -> bool:
    """Tell whether an agency holds a copy received by a day, or the key of a case asked by then."""
    query = (
        "SELECT EXISTS (SELECT FROM request r LEFT JOIN case_end e ON e.request = r.id"
        " WHERE r.agency = %(agency)s AND r.key_leaf IS NOT NULL AND e.done IS NULL"
        " AND (r.made AT TIME ZONE 'UTC')::date <= %(until)s)"
        " OR EXISTS (SELECT FROM disclosure d JOIN request r ON r.id = d.request"
        " WHERE r.agency = %(agency)s AND d.received_day <= %(until)s AND length(d.hdr) > 0)"
    )
    return bool(await value(tx, query, {"agency": agency, "until": until}))


async def empty(tx: Tx, disclosure: str) -> None:
    """Forget the header, without which a copy cannot be opened, and what it was."""
    await tx.execute("UPDATE disclosure SET hdr = '', manifest = '' WHERE id = %s", [disclosure])
