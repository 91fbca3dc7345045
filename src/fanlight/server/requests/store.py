"""The rows of requests, of what each cell is told, and of cells' keys and files."""

from datetime import date, datetime

import msgspec

from fanlight.proof.openings import Opening
from fanlight.store.database import Tx, changed, many, one, value


class RequestRow(msgspec.Struct, frozen=True, kw_only=True):
    """A request as kept; `body` is the canonical JSON its officer signed."""

    id: str
    agency: str
    state: str
    officer: str
    cosigner: str | None
    body: str
    sig: str
    pack: str
    number_in_case: int
    decision: str
    emergency: bool
    protected: bool
    case_key: str
    made: datetime
    expires: datetime
    cosign_by: datetime | None
    reason: str | None
    band: str | None
    received: int
    leaf: str | None
    key_leaf: str | None
    close_leaf: str | None
    cosign_leaf: str | None = None
    remind_leaf: str | None = None


class CellEntry(msgspec.Struct, frozen=True):
    """What a cell's file says of one request; the last two came after it had opened, or did not."""

    request: str
    pack: str
    leaf: str
    key_leaf: str
    sealed: bytes
    cosign_leaf: str | None
    remind_leaf: str | None

    @property
    def after(self) -> list[str]:
        """The entries that came after it had opened."""
        return [leaf for leaf in (self.cosign_leaf, self.remind_leaf) if leaf]


class Token(msgspec.Struct, frozen=True):
    """What a drop token gives access to."""

    request: str
    agency: str
    state: str
    received: int


_REQUEST = (
    "SELECT id, agency, state, officer, cosigner, body, sig, pack, number_in_case, decision, emergency,"
    " protected, case_key, made, expires, cosign_by, reason, band, received, leaf,"
    " key_leaf, close_leaf, cosign_leaf, remind_leaf FROM request"
)


async def lock_agency(tx: Tx, agency: str) -> None:
    """Let requests of one agency be made one after another, so that each sees those before it."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [agency])


async def add(tx: Tx, row: RequestRow) -> None:
    """Store a request."""
    await tx.execute(
        "INSERT INTO request (id, agency, state, officer, body, sig, pack, number_in_case, decision,"
        " emergency, protected, case_key, made, expires, cosign_by, leaf, key_leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(row.id, row.agency, row.state, row.officer, row.body, row.sig, row.pack, row.number_in_case),
            *(row.decision, row.emergency, row.protected, row.case_key, row.made),
            *(row.expires, row.cosign_by, row.leaf, row.key_leaf),
        ],
    )


async def get(tx: Tx, request: str, agency: str | None = None) -> RequestRow | None:
    """Return a request (of an agency)."""
    return await one(
        tx,
        RequestRow,
        _REQUEST + " WHERE id = %(id)s AND (%(agency)s::text IS NULL OR agency = %(agency)s)",
        {"id": request, "agency": agency},
    )


async def of_agency(tx: Tx, agency: str) -> list[RequestRow]:
    """Return an agency's requests, latest first."""
    return await many(tx, RequestRow, _REQUEST + " WHERE agency = %s ORDER BY made DESC, id", [agency])


async def due(tx: Tx, now: datetime) -> list[RequestRow]:
    """Return requests whose time is over, or whose second signature did not come."""
    return await many(
        tx,
        RequestRow,
        _REQUEST + " WHERE state IN ('waiting', 'open')"
        " AND (expires <= %(now)s OR (cosigner IS NULL AND cosign_by <= %(now)s))",
        {"now": now},
    )


async def agencies_asking(tx: Tx) -> list[str]:
    """Return the agencies that have requests alive."""
    query = "SELECT DISTINCT agency FROM request WHERE state IN ('waiting', 'open') ORDER BY agency"
    return [row[0] for row in await (await tx.execute(query)).fetchall()]


async def open_request(tx: Tx, row: RequestRow) -> None:
    """Note that a request is open under its leaf and decision, until `expires`."""
    await tx.execute(
        "UPDATE request SET state = 'open', decision = %s, leaf = %s, expires = %s WHERE id = %s",
        [row.decision, row.leaf, row.expires, row.id],
    )


async def add_cosigner(tx: Tx, request: str, cosigner: str, cosig: str) -> None:
    """Note who gave the second signature."""
    await tx.execute(
        "UPDATE request SET cosigner = %s, cosig = %s, cosign_by = NULL WHERE id = %s",
        [cosigner, cosig, request],
    )


async def set_cosign_leaf(tx: Tx, request: str, leaf: str) -> None:
    """Note which leaf says that an emergency that is open already was signed by a second person."""
    await tx.execute("UPDATE request SET cosign_leaf = %s WHERE id = %s", [leaf, request])


async def may_remind(tx: Tx, request: str) -> bool:
    """Tell whether a request is open, signed by two and was not reminded of; hold it until the end."""
    return bool(
        await value(
            tx,
            "SELECT true FROM request WHERE id = %s AND state = 'open' AND cosigner IS NOT NULL"
            " AND remind_leaf IS NULL FOR UPDATE",
            [request],
        )
    )


async def set_remind_leaf(tx: Tx, request: str, leaf: str) -> None:
    """Note which leaf says that residents were reminded of a request."""
    await tx.execute("UPDATE request SET remind_leaf = %s WHERE id = %s", [leaf, request])


async def refuse(tx: Tx, request: str, decision: str, leaf: str) -> None:
    """Note that a waiting request was refused after all."""
    await tx.execute(
        "UPDATE request SET state = 'refused', decision = %s, leaf = %s WHERE id = %s",
        [decision, leaf, request],
    )


async def received_so_far(tx: Tx, request: str) -> int | None:
    """Return how many disclosures a live request has, and let none come until the transaction ends."""
    found: int | None = await value(
        tx,
        "SELECT received FROM request WHERE id = %s AND state IN ('waiting', 'open') FOR UPDATE",
        [request],
    )
    return found


async def close(tx: Tx, request: str, reason: str, band: str) -> None:
    """Close a request."""
    await tx.execute(
        "UPDATE request SET state = 'closed', reason = %s, band = %s WHERE id = %s", [reason, band, request]
    )


async def set_close_leaf(tx: Tx, request: str, leaf: str) -> None:
    """Note which leaf says that a request is closed."""
    await tx.execute("UPDATE request SET close_leaf = %s WHERE id = %s", [leaf, request])


async def close_leaves(tx: Tx, agency: str) -> list[str]:
    """Return the leaves that say that requests of an agency are closed."""
    query = "SELECT close_leaf FROM request WHERE agency = %s AND close_leaf IS NOT NULL"
    return [row[0] for row in await (await tx.execute(query, [agency])).fetchall()]


async def add_leaf(tx: Tx, request: str, leaf: str) -> None:
    """Note that a leaf is a decision on this request."""
    await tx.execute("INSERT INTO request_leaf (leaf, request) VALUES (%s, %s)", [leaf, request])


async def ensure_cell_key(tx: Tx, cell: str, identity: str, recipient: str) -> tuple[str, str]:
    """Return a cell's identity and recipient, storing these if it has none."""
    await tx.execute(
        "INSERT INTO cell_key (cell, identity, recipient) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [cell, identity, recipient],
    )
    cursor = await tx.execute("SELECT identity, recipient FROM cell_key WHERE cell = %s", [cell])
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - stored above
    return row[0], row[1]


async def cell_key(tx: Tx, cell: str) -> tuple[str, str] | None:
    """Return a cell's identity and recipient."""
    cursor = await tx.execute("SELECT identity, recipient FROM cell_key WHERE cell = %s", [cell])
    row = await cursor.fetchone()
    return None if row is None else (row[0], row[1])


async def tell_cell(tx: Tx, request: str, cell: str, sealed: bytes, token_hash: bytes) -> None:
    """Store what a cell is told of a request."""
    await tx.execute(
        "INSERT INTO request_cell (request, cell, sealed, token_hash) VALUES (%s, %s, %s, %s)",
        [request, cell, sealed, token_hash],
    )


async def cells_told(tx: Tx, request: str) -> list[str]:
    """Return the cells that were told of a request."""
    cursor = await tx.execute("SELECT cell FROM request_cell WHERE request = %s ORDER BY cell", [request])
    return [row[0] for row in await cursor.fetchall()]


async def start_file(tx: Tx, cell: str) -> None:
    """Let a cell that somebody asks about have a file, to be made."""
    await tx.execute(
        "INSERT INTO cell_file (cell, stale) VALUES (%s, true) ON CONFLICT (cell) DO UPDATE SET stale = true",
        [cell],
    )


async def mark_stale(tx: Tx, cells: list[str]) -> None:
    """Note that the files of cells, where they have one, have to be made again."""
    await tx.execute("UPDATE cell_file SET stale = true WHERE cell = ANY(%s)", [cells])


async def stale_cells(tx: Tx) -> list[str]:
    """Return the cells whose file has to be made again."""
    cursor = await tx.execute("SELECT cell FROM cell_file WHERE stale ORDER BY cell")
    return [row[0] for row in await cursor.fetchall()]


async def lock_cell(tx: Tx, cell: str) -> bool:
    """Hold a cell's file until the transaction ends; tell whether it is stale."""
    return bool(await value(tx, "SELECT stale FROM cell_file WHERE cell = %s FOR UPDATE", [cell]))


async def unproven(tx: Tx, cell: str, size: int) -> bool:
    """Tell whether any leaf of the cell's requests is not in the log's first `size`."""
    return bool(
        await value(
            tx,
            "SELECT EXISTS (SELECT 1 FROM request_cell c JOIN request r ON r.id = c.request"
            " JOIN leaf l ON l.id IN (r.leaf, r.key_leaf, r.close_leaf, r.cosign_leaf, r.remind_leaf)"
            " WHERE c.cell = %s AND (l.idx IS NULL OR l.idx >= %s))",
            [cell, size],
        )
    )


async def open_in_cell(tx: Tx, cell: str) -> list[CellEntry]:
    """Return the open requests of a cell."""
    return await many(
        tx,
        CellEntry,
        "SELECT r.id AS request, r.pack, r.leaf, r.key_leaf, c.sealed, r.cosign_leaf, r.remind_leaf"
        " FROM request_cell c JOIN request r ON r.id = c.request"
        " WHERE c.cell = %s AND r.state = 'open' ORDER BY r.id",
        [cell],
    )


async def lapsed_in_cell(tx: Tx, cell: str, since: date) -> list[str]:
    """Return the leaves that closed a cell's emergencies, asked since a day, as no second person signed."""
    cursor = await tx.execute(
        "SELECT r.close_leaf FROM request_cell c JOIN request r ON r.id = c.request WHERE c.cell = %s"
        " AND r.emergency AND r.reason = 'no second signature' AND r.close_leaf IS NOT NULL"
        " AND (r.made AT TIME ZONE 'UTC')::date >= %s ORDER BY r.id",
        [cell, since],
    )
    return [row[0] for row in await cursor.fetchall()]


async def put_file(tx: Tx, cell: str, body: bytes) -> None:
    """Store a cell's file."""
    await tx.execute("UPDATE cell_file SET body = %s, stale = false WHERE cell = %s", [body, cell])


async def get_file(tx: Tx, cell: str) -> bytes | None:
    """Return a cell's file as last made."""
    found = await value(tx, "SELECT body FROM cell_file WHERE cell = %s", [cell])
    return None if found is None else bytes(found)


async def by_token(tx: Tx, token_hash: bytes) -> Token | None:
    """Return what a drop token gives access to."""
    return await one(
        tx,
        Token,
        "SELECT c.request, r.agency, r.state, r.received FROM request_cell c"
        " JOIN request r ON r.id = c.request WHERE c.token_hash = %s",
        [token_hash],
    )


async def note_received(tx: Tx, request: str, most: int) -> bool:
    """Count a disclosure with its request; tell whether it is open still and has fewer than `most`."""
    return bool(
        await changed(
            tx,
            "UPDATE request SET received = received + 1 WHERE id = %s AND state = 'open' AND received < %s",
            [request, most],
        )
    )


class _Published(msgspec.Struct, frozen=True):
    idx: int
    field: str
    salt: bytes
    value: str


async def public_openings(tx: Tx, made_by: datetime) -> dict[int, list[Opening]]:
    """Return, by place in the log, the openings of requests that ended or were made by then."""
    rows = await many(
        tx,
        _Published,
        "SELECT l.idx, o.field, o.salt, o.value FROM request r JOIN request_leaf q ON q.request = r.id"
        " JOIN leaf l ON l.id = q.leaf JOIN opening o ON o.leaf = l.id"
        " WHERE l.idx IS NOT NULL AND o.field NOT IN ('officer', 'cosigner')"
        " AND (r.state = 'closed' OR r.made <= %s) ORDER BY l.idx, o.field",
        [made_by],
    )
    found: dict[int, list[Opening]] = {}
    for row in rows:
        opening = Opening(row.field, bytes(row.salt), msgspec.json.decode(row.value)[0])
        found.setdefault(row.idx, []).append(opening)
    return found
