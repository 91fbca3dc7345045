"""The rows of ends: cases and their telling, holds, withdrawals, uses, tombstones, exports that are out."""

from collections.abc import Sequence
from datetime import date

import msgspec

from fanlight.model.ids import new_id
from fanlight.server.evidence.retention import Hold, HoldKind
from fanlight.store.database import Tx, changed, many, one


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case whose key was made, with what its end follows from; `body` is the request as signed."""

    request: str
    agency: str
    state: str
    officer: str
    body: str
    case_key: str
    asked: date
    last_copy: date | None
    agreement_due: date | None
    told: date | None
    done: date | None
    why: str | None
    leaf_index: int | None


class HoldRow(msgspec.Struct, frozen=True, kw_only=True):
    """A hold as kept; `body` is canonical JSON, as signed."""

    id: str
    request: str
    agency: str
    kind: HoldKind
    placed: date
    until: date
    body: str
    by_name: str
    ended: date | None

    def hold(self) -> Hold:
        """Return what the rule looks at."""
        return Hold(kind=self.kind, placed=self.placed, until=self.until, ended=self.ended)


class Party(msgspec.Struct, frozen=True):
    """Somebody outside the agency who is told before the end."""

    id: str
    request: str
    agency: str
    name: str
    day: date
    told: date | None


class Withdrawn(msgspec.Struct, frozen=True):
    """A copy that its giver wants back; `used` if it is recorded as used."""

    disclosure: str
    request: str
    agency: str
    asked: date
    due: date
    used: bool


class Tombstone(msgspec.Struct, frozen=True):
    """What stays of a copy that is destroyed."""

    disclosure: str
    request: str
    day: date
    why: str


class Out(msgspec.Struct, frozen=True, kw_only=True):
    """An export, and whether its recipient's copy is over; `body` is canonical JSON, as signed."""

    export: str
    disclosure: str
    request: str
    agency: str
    body: str
    kind: str | None
    day: date | None


_CASE = (
    "SELECT r.id AS request, r.agency, r.state, r.officer, r.body, r.case_key,"
    " (r.made AT TIME ZONE 'UTC')::date AS asked,"
    " (SELECT max(d.received_day) FROM disclosure d WHERE d.request = r.id) AS last_copy,"
    " (SELECT min(c.due) FROM copy_end c WHERE c.agency = r.agency"
    " AND c.ended >= (r.made AT TIME ZONE 'UTC')::date) AS agreement_due,"
    " e.told, e.done, e.why, l.idx AS leaf_index"
    " FROM request r LEFT JOIN case_end e ON e.request = r.id LEFT JOIN leaf l ON l.id = e.leaf"
    " WHERE r.key_leaf IS NOT NULL"
)
_HOLD = (
    "SELECT h.id, h.request, r.agency, h.kind, h.placed, h.until, h.body, p.name AS by_name, h.ended"
    " FROM hold h JOIN request r ON r.id = h.request JOIN agency_person p ON p.account = h.by_whom"
)


async def cases(tx: Tx, *, agency: str | None = None, request: str | None = None) -> list[CaseRow]:
    """Return cases, by when they were asked: all that have no end yet, or those of an agency, or one."""
    return await many(
        tx,
        CaseRow,
        _CASE + " AND (%(agency)s::text IS NOT NULL OR %(request)s::text IS NOT NULL OR e.done IS NULL)"
        " AND (%(agency)s::text IS NULL OR r.agency = %(agency)s)"
        " AND (%(request)s::text IS NULL OR r.id = %(request)s) ORDER BY r.made, r.id",
        {"agency": agency, "request": request},
    )


async def holds(tx: Tx, requests: Sequence[str]) -> list[HoldRow]:
    """Return the holds of cases, oldest first."""
    query = _HOLD + " WHERE h.request = ANY(%s) ORDER BY h.placed, h.id"
    return await many(tx, HoldRow, query, [list(requests)])


async def hold(tx: Tx, name: str) -> HoldRow | None:
    """Return a hold."""
    return await one(tx, HoldRow, _HOLD + " WHERE h.id = %s", [name])


async def add_hold(tx: Tx, row: HoldRow, sig: str, by_whom: str) -> bool:
    """Store a hold; tell whether it could be: an agency's own is placed once in a case."""
    return bool(
        await changed(
            tx,
            "INSERT INTO hold (id, request, kind, placed, until, body, sig, by_whom)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [row.id, row.request, row.kind, row.placed, row.until, row.body, sig, by_whom],
        )
    )


async def end_hold(tx: Tx, name: str, day: date, signed: tuple[str, str, str] | None = None) -> bool:
    """Note that a hold ended, by itself or as somebody signed (body, signature, account)."""
    body, sig, account = signed or ("", None, None)
    return bool(
        await changed(
            tx,
            "UPDATE hold SET ended = %s, end_body = %s, end_sig = %s, ended_by = %s"
            " WHERE id = %s AND ended IS NULL",
            [day, body, sig, account, name],
        )
    )


async def lapsing(tx: Tx) -> list[HoldRow]:
    """Return the agencies' own holds that have not ended."""
    return await many(tx, HoldRow, _HOLD + " WHERE h.kind = 'own' AND h.ended IS NULL ORDER BY h.id", [])


async def tell(tx: Tx, request: str, day: date) -> bool:
    """Note that those concerned were told; tell whether they were not before."""
    query = "INSERT INTO case_end (request, told) VALUES (%s, %s) ON CONFLICT DO NOTHING"
    return bool(await changed(tx, query, [request, day]))


async def done(tx: Tx, request: str, day: date, why: str, leaf: str) -> bool:
    """Note that a case's key and copies are destroyed; tell whether they were not before."""
    return bool(
        await changed(
            tx,
            "INSERT INTO case_end (request, told, done, why, leaf) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (request) DO UPDATE SET done = excluded.done, why = excluded.why,"
            " leaf = excluded.leaf WHERE case_end.done IS NULL",
            [request, day, day, why, leaf],
        )
    )


async def ended_cases(tx: Tx) -> list[str]:
    """Return the cases whose key is destroyed."""
    query = "SELECT request FROM case_end WHERE done IS NOT NULL ORDER BY request"
    return [row[0] for row in await (await tx.execute(query)).fetchall()]


async def kept(tx: Tx, request: str) -> list[str]:
    """Return a case's copies that are not destroyed."""
    query = "SELECT id FROM disclosure WHERE request = %s AND length(hdr) > 0 ORDER BY id"
    return [row[0] for row in await (await tx.execute(query, [request])).fetchall()]


async def add_tombstone(tx: Tx, disclosure: str, day: date, why: str) -> None:
    """Leave a stone for a copy; one that stands already stays, and its payload is looked for again."""
    await tx.execute(
        "INSERT INTO tombstone (disclosure, day, why, emptied) VALUES (%s, %s, %s, false)"
        " ON CONFLICT (disclosure) DO UPDATE SET emptied = false",
        [disclosure, day, why],
    )


async def to_empty(tx: Tx) -> list[str]:
    """Return destroyed copies whose payload may still lie there."""
    query = "SELECT disclosure FROM tombstone WHERE NOT emptied ORDER BY disclosure"
    return [row[0] for row in await (await tx.execute(query)).fetchall()]


async def look_again(tx: Tx) -> list[str]:
    """Have every destroyed copy's payload looked for again; return the copies."""
    await tx.execute("UPDATE tombstone SET emptied = false")
    return await to_empty(tx)


async def emptied(tx: Tx, disclosure: str) -> None:
    """Note that a payload is gone."""
    await tx.execute("UPDATE tombstone SET emptied = true WHERE disclosure = %s", [disclosure])


async def tombstones(tx: Tx, request: str) -> list[Tombstone]:
    """Return a case's tombstones."""
    query = (
        "SELECT t.disclosure, d.request, t.day, t.why FROM tombstone t JOIN disclosure d"
        " ON d.id = t.disclosure WHERE d.request = %s ORDER BY t.day, t.disclosure"
    )
    return await many(tx, Tombstone, query, [request])


async def back(tx: Tx, names: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return, of ids that were destroyed, copies (with their case) that are there, and cases not ended."""
    copies = await tx.execute(
        "SELECT id, request FROM disclosure WHERE id = ANY(%s) AND length(hdr) > 0 ORDER BY id", [list(names)]
    )
    found = [(row[0], row[1]) for row in await copies.fetchall()]
    query = (
        "SELECT r.id FROM request r LEFT JOIN case_end e ON e.request = r.id"
        " WHERE r.id = ANY(%s) AND e.done IS NULL ORDER BY r.id"
    )
    return found, [row[0] for row in await (await tx.execute(query, [list(names)])).fetchall()]


async def withdrawn(tx: Tx) -> list[Withdrawn]:
    """Return the copies whose givers want them back and that are not destroyed."""
    return await many(
        tx,
        Withdrawn,
        "SELECT w.disclosure, d.request, r.agency, w.asked, w.due, EXISTS (SELECT FROM copy_use u"
        " WHERE u.disclosure = d.id) AS used FROM withdrawal w JOIN disclosure d ON d.id = w.disclosure"
        " JOIN request r ON r.id = d.request WHERE length(d.hdr) > 0 ORDER BY w.due, w.disclosure",
    )


async def is_over(tx: Tx, request: str) -> bool:
    """Tell whether a case's key is destroyed."""
    return any(row.done is not None for row in await cases(tx, request=request))


async def add_withdrawal(tx: Tx, disclosure: str, asked: date, due: date) -> bool:
    """Note that a copy's giver wants it back; tell whether that is new."""
    query = "INSERT INTO withdrawal (disclosure, asked, due) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
    return bool(await changed(tx, query, [disclosure, asked, due]))


async def is_used(tx: Tx, disclosure: str) -> bool:
    """Tell whether a copy is recorded as used."""
    found = await tx.execute("SELECT 1 FROM copy_use WHERE disclosure = %s LIMIT 1", [disclosure])
    return await found.fetchone() is not None


async def parties(tx: Tx, requests: Sequence[str]) -> list[Party]:
    """Return who is told beside the agency's own people."""
    return await many(
        tx,
        Party,
        "SELECT c.id, c.request, r.agency, c.name, c.day, c.told FROM case_party c"
        " JOIN request r ON r.id = c.request WHERE c.request = ANY(%s) ORDER BY c.day, c.id",
        [list(requests)],
    )


async def told_inside(tx: Tx, agency: str, officer: str) -> list[str]:
    """Return by name who of an agency is told: its custodians and the case's officer."""
    query = (
        "SELECT name FROM agency_person WHERE agency = %s AND ended IS NULL"
        " AND (role = 'custodian' OR account = %s) ORDER BY name"
    )
    return [row[0] for row in await (await tx.execute(query, [agency, officer])).fetchall()]


async def out(tx: Tx, agency: str | None = None) -> list[Out]:
    """Return exports (of an agency), oldest first."""
    return await many(
        tx,
        Out,
        "SELECT x.id AS export, x.disclosure, d.request, r.agency, x.body, o.kind, o.day FROM export x"
        " JOIN disclosure d ON d.id = x.disclosure JOIN request r ON r.id = d.request"
        " LEFT JOIN export_over o ON o.export = x.id"
        " WHERE %(agency)s::text IS NULL OR r.agency = %(agency)s"
        " ORDER BY x.body::jsonb ->> 'return_by', x.id",
        {"agency": agency},
    )


async def out_past(tx: Tx, today: date) -> dict[str, int]:
    """Return how many exports of each agency are out past their day; agencies that export have a number."""
    query = (
        "SELECT r.agency, count(*) FILTER (WHERE o.export IS NULL"
        " AND (x.body::jsonb ->> 'return_by')::date < %s)"
        " FROM export x JOIN disclosure d ON d.id = x.disclosure JOIN request r ON r.id = d.request"
        " LEFT JOIN export_over o ON o.export = x.id GROUP BY r.agency"
    )
    return {row[0]: row[1] for row in await (await tx.execute(query, [today])).fetchall()}


async def bands_said(tx: Tx) -> dict[str, str]:
    """Return what the record last said of each agency's exports."""
    found = await tx.execute("SELECT agency, band FROM export_band")
    return {row[0]: row[1] for row in await found.fetchall()}


async def say_band(tx: Tx, agency: str, band: str, leaf: str) -> None:
    """Note what the record now says of an agency's exports."""
    await tx.execute(
        "INSERT INTO export_band (agency, band, leaf) VALUES (%s, %s, %s)"
        " ON CONFLICT (agency) DO UPDATE SET band = excluded.band, leaf = excluded.leaf",
        [agency, band, leaf],
    )


async def export_of(tx: Tx, agency: str, export: str) -> Out | None:
    """Return an agency's export."""
    return next((row for row in await out(tx, agency) if row.export == export), None)


async def add_over(tx: Tx, export: str, kind: str, day: date, signed: tuple[str, str, str]) -> bool:
    """Note that a recipient's copy is over as somebody signed (body, signature, account)."""
    return bool(
        await changed(
            tx,
            "INSERT INTO export_over (export, kind, day, body, sig, by_whom) VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [export, kind, day, *signed],
        )
    )


async def add_use(tx: Tx, disclosure: str, kind: str, day: date, signed: tuple[str, str, str]) -> None:
    """Note that a copy is used, as somebody signed (body, signature, account)."""
    await tx.execute(
        "INSERT INTO copy_use (id, disclosure, kind, day, body, sig, by_whom)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [new_id(), disclosure, kind, day, *signed],
    )


async def add_party(tx: Tx, row: Party, account: str) -> None:
    """Store who else is told."""
    await tx.execute(
        "INSERT INTO case_party (id, request, name, by_whom, day) VALUES (%s, %s, %s, %s, %s)",
        [row.id, row.request, row.name, account, row.day],
    )


async def party_told(tx: Tx, agency: str, party: str, day: date) -> Party | None:
    """Note that somebody outside was told; return who, None if nobody is such or was told before."""
    return await one(
        tx,
        Party,
        "UPDATE case_party SET told = %s WHERE id = %s AND told IS NULL AND request IN"
        " (SELECT id FROM request WHERE agency = %s)"
        " RETURNING id, request, (SELECT agency FROM request WHERE id = case_party.request) AS agency, name,"
        " day, told",
        [day, party, agency],
    )
