"""The rows of copies that are handed on: the hand-over, who of the other agency opens it, its trail."""

from collections.abc import Sequence
from datetime import date

import msgspec

from fanlight.store.database import Tx, changed, many, one, value


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over as kept, with whose copy it is of (`agency`, `request`)."""

    id: str
    disclosure: str
    request: str
    agency: str
    to_agency: str
    ground: str
    until: date
    offered: date
    state: str
    key: str | None
    key_leaf: str | None
    hdr: bytes
    manifest: bytes
    gone: date | None
    why: str | None
    length: int
    back_due: date | None  # whoever gave it wants it back, and has it back by then

    @property
    def wanted_back(self) -> bool:
        """Tell whether whoever gave it wants it back."""
        return self.back_due is not None


class Holder(msgspec.Struct, frozen=True):
    """Who of the other agency can open a copy."""

    onward: str
    account: str
    name: str


class Act(msgspec.Struct, frozen=True):
    """A line of the other agency's trail."""

    at: str
    act: str
    by_whom: str


_ROW = (
    "SELECT o.id, o.disclosure, d.request, r.agency, o.to_agency, o.ground, o.until, o.offered, o.state,"
    " o.key, o.key_leaf, o.hdr, o.manifest, o.gone, o.why, d.length,"
    " (SELECT w.due FROM withdrawal w WHERE w.disclosure = d.id) AS back_due"
    " FROM onward o JOIN disclosure d ON d.id = o.disclosure JOIN request r ON r.id = d.request"
)


async def get(tx: Tx, name: str) -> Row | None:
    """Return a hand-over."""
    return await one(tx, Row, _ROW + " WHERE o.id = %s", [name])


async def of_agency(tx: Tx, agency: str) -> list[Row]:
    """Return the hand-overs that an agency offered or was offered, latest first."""
    query = _ROW + " WHERE %(agency)s IN (r.agency, o.to_agency) ORDER BY o.offered DESC, o.id"
    return await many(tx, Row, query, {"agency": agency})


async def standing(tx: Tx, disclosure: str) -> Row | None:
    """Return the hand-over of a copy that nobody declined or took back."""
    query = _ROW + " WHERE o.disclosure = %s AND o.state NOT IN ('declined', 'withdrawn')"
    return await one(tx, Row, query, [disclosure])


async def agencies_of(tx: Tx, disclosures: Sequence[str]) -> list[str]:
    """Return the agencies to which copies were offered or handed."""
    query = "SELECT DISTINCT to_agency FROM onward WHERE disclosure = ANY(%s)"
    return [row[0] for row in await (await tx.execute(query, [list(disclosures)])).fetchall()]


async def add(tx: Tx, row: Row, by_whom: str, signed: tuple[str, str]) -> bool:
    """Store an offer, as somebody signed it (body, signature); tell whether it is the copy's only one."""
    query = (
        "INSERT INTO onward (id, disclosure, to_agency, ground, until, offered, by_whom, body, sig, state)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'offered') ON CONFLICT DO NOTHING"
    )
    given = [row.id, row.disclosure, row.to_agency, row.ground, row.until, row.offered, by_whom, *signed]
    return bool(await changed(tx, query, given))


async def accepted(tx: Tx, name: str, key: str, leaf: str, copies: Sequence[tuple[str, bytes]]) -> None:
    """Note the key that the other agency made, with a sealed copy of it for each of its people."""
    query = "UPDATE onward SET state = 'accepted', key = %s, key_leaf = %s WHERE id = %s"
    await tx.execute(query, [key, leaf, name])
    for account, sealed in copies:
        query = "INSERT INTO onward_copy (onward, account, sealed) VALUES (%s, %s, %s)"
        await tx.execute(query, [name, account, sealed])


async def handed(tx: Tx, name: str, hdr: bytes, manifest: bytes) -> None:
    """Store what the other agency opens the copy with."""
    query = "UPDATE onward SET state = 'handed', hdr = %s, manifest = %s WHERE id = %s"
    await tx.execute(query, [hdr, manifest, name])


async def over(tx: Tx, name: str, state: str, day: date, why: str) -> None:
    """Forget what opens a copy for the other agency; what was done stays."""
    await tx.execute("DELETE FROM onward_copy WHERE onward = %s", [name])
    query = "UPDATE onward SET state = %s, hdr = '', manifest = '', gone = %s, why = %s WHERE id = %s"
    await tx.execute(query, [state, day, why, name])


async def own_key(tx: Tx, name: str, account: str) -> bytes | None:
    """Return a person's own sealed copy of the key, if they have one."""
    query = "SELECT sealed FROM onward_copy WHERE onward = %s AND account = %s"
    found = await value(tx, query, [name, account])
    return None if found is None else bytes(found)


async def holders(tx: Tx, agency: str) -> list[Holder]:
    """Return who of an agency can open which copy that was handed to it."""
    query = (
        "SELECT c.onward, c.account, p.name FROM onward_copy c JOIN agency_person p ON p.account = c.account"
        " WHERE p.agency = %s ORDER BY p.name, c.onward"
    )
    return await many(tx, Holder, query, [agency])


async def held_with_others(tx: Tx, account: str) -> list[Row]:
    """Return the copies of which a person has a key, and another of their agency too."""
    query = (
        _ROW + " JOIN onward_copy c ON c.onward = o.id WHERE c.account = %s AND EXISTS"
        " (SELECT FROM onward_copy x WHERE x.onward = o.id AND x.account <> c.account)"
        " ORDER BY d.request, o.id"
    )
    return await many(tx, Row, query, [account])


async def drop_holder(tx: Tx, name: str, account: str) -> bool:
    """Delete a person's key of a copy, unless nobody else has one; tell whether it went."""
    query = (
        "DELETE FROM onward_copy c WHERE c.onward = %s AND c.account = %s AND EXISTS"
        " (SELECT FROM onward_copy x WHERE x.onward = c.onward AND x.account <> c.account)"
    )
    return bool(await changed(tx, query, [name, account]))


async def agencies_holding(tx: Tx) -> list[tuple[str, set[str]]]:
    """Return agencies with the accounts that have keys of what was handed to them."""
    query = (
        "SELECT o.to_agency, array_agg(DISTINCT c.account) FROM onward o"
        " JOIN onward_copy c ON c.onward = o.id GROUP BY o.to_agency ORDER BY o.to_agency"
    )
    return [(row[0], set(row[1])) for row in await (await tx.execute(query)).fetchall()]


_OVER = (
    " WHERE o.state IN ('offered', 'accepted', 'handed') AND (o.until < %(today)s"
    " OR (SELECT w.due FROM withdrawal w WHERE w.disclosure = d.id) <= %(today)s"
    " OR EXISTS (SELECT FROM copy_end c WHERE c.agency = o.to_agency AND c.ended >= o.offered"
    " AND c.due <= %(today)s)) ORDER BY o.id"
)


async def due(tx: Tx, today: date) -> list[Row]:
    """Return what the other agency may have no longer: its day, or its agreement, or its giver ended it."""
    return await many(tx, Row, _ROW + _OVER, {"today": today})


async def back(tx: Tx, names: Sequence[str]) -> list[Row]:
    """Return, of ids that were destroyed, those that are there again."""
    query = _ROW + " WHERE o.id = ANY(%s) AND o.state IN ('offered', 'accepted', 'handed') ORDER BY o.id"
    return await many(tx, Row, query, [list(names)])


async def ended(tx: Tx) -> list[str]:
    """Return the hand-overs that are destroyed."""
    query = "SELECT id FROM onward WHERE state = 'destroyed' ORDER BY id"
    return [row[0] for row in await (await tx.execute(query)).fetchall()]


async def add_act(tx: Tx, name: str, line: Act) -> None:
    """Add a line to the other agency's trail."""
    await tx.execute(
        "INSERT INTO onward_act (onward, place, at, act, by_whom)"
        " SELECT %(id)s, coalesce(max(place) + 1, 0), %(at)s, %(act)s, %(by)s FROM onward_act"
        " WHERE onward = %(id)s",
        {"id": name, "at": line.at, "act": line.act, "by": line.by_whom},
    )


async def acts(tx: Tx, name: str) -> list[Act]:
    """Return the other agency's trail, oldest first."""
    query = "SELECT at, act, by_whom FROM onward_act WHERE onward = %s ORDER BY place"
    return await many(tx, Act, query, [name])
