"""What each cell is told: one signed file, the same bytes for everyone.

In:     a request that opens; cells whose file is stale; a cosigned checkpoint.
Out:    rows with what is sealed to the cell; the cell's file.
Holds:  the bytes change only when a request of the cell opens or closes, and then only when
        all its leaves are in a cosigned checkpoint; a hub that asks says nothing but the cell, and may ask
        a cache instead.
Absent: who asks. Nothing is written when a file is fetched.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from fanlight.model.division import Division
from fanlight.model.geo import check_cell, town_cells, within_reach
from fanlight.model.request import FootageRequest
from fanlight.seal import keys, sealing
from fanlight.server import programme
from fanlight.server.errors import NotFound, Unavailable
from fanlight.server.log import Log, Proven
from fanlight.server.requests import rules, store
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs

_LAPSED_SHOWN = timedelta(days=14)
_STEP_BYTES = 4 * 1024
_OPENED = {"outline", "start", "end", "case_number", "words", "offence"}


@dataclass(frozen=True, slots=True)
class Told:
    """The cells that a request touches, and those whose file bears it so that nobody sees which."""

    cells: list[str]
    decoys: list[str]


def token_hash(token: str) -> bytes:
    """Return what is stored of a drop token."""
    return hashlib.sha256(token.encode()).digest()


async def identity_of(tx: Tx, cell: str) -> tuple[str, str]:
    """Return a cell's age identity and recipient, made on first need."""
    known = await store.cell_key(tx, cell)
    if known is not None:
        return known
    made = keys.new_identity()
    return await store.ensure_cell_key(tx, cell, made.secret, made.recipient)


async def tell(log: Log, tx: Tx, row: store.RequestRow, agency_name: str, told: Told) -> None:
    """Seal an opening request to each of its cells, with the cell's drop token.

    A protected request stands in the file of every cell, so that comparing the files, which are public,
    does not tell where it is about. Where it is not, as many sealed bytes say nothing to anybody.
    """
    openings = [one.as_json() for one in await log.openings(tx, row.leaf or "") if one.field in _OPENED]
    said = {one["field"]: one["value"] for one in openings}
    nobody = keys.new_identity().recipient
    for cell in (*told.cells, *told.decoys):
        token = secrets.token_urlsafe(24)
        plain = padded({"agency_name": agency_name, **said, "drop": token, "openings": openings})
        if cell in told.cells:
            sealed = sealing.seal(plain, [(await identity_of(tx, cell))[1]])
        else:
            sealed = sealing.seal(bytes(len(plain)), [nobody])
        await store.tell_cell(tx, row.id, cell, sealed, token_hash(token))
    await store.mark_stale(tx, [*told.cells, *told.decoys])


def padded(told: Mapping[str, Any]) -> bytes:
    """Return what a cell is told as canonical JSON whose field `pad` fills it up to whole 4 KiB.

    The files are public: a sealed length to the byte would tell how long the words are, and how many
    corners the area has.
    """
    bare = len(jcs.dumps({**told, "pad": ""}))
    return jcs.dumps({**told, "pad": "0" * (-bare % _STEP_BYTES)})


def cells_to_tell(request: FootageRequest, town: Mapping[str, Any]) -> Told:
    """Return in which cells' files a request stands, and in which of them only for show.

    It stands in the cells of every division: a household keeps the cell that it named under an older one.
    """
    divisions: Sequence[Division] = town["divisions"]
    cells = sorted({cell for division in divisions for cell in rules.cells_of(request, division)})
    if not request.protected:
        return Told(cells, [])
    everywhere = sorted({cell for one in divisions for cell in town_cells(town["bounds"], one)})
    return Told(cells, [cell for cell in everywhere if cell not in cells])


async def make_file(services: Services, cell: str) -> bytes | None:
    """Make a stale cell's file and return it; None while a leaf of it is not in a cosigned checkpoint."""
    log = services.log
    async with services.db.transaction() as tx:
        if not await store.lock_cell(tx, cell):
            return await store.get_file(tx, cell)
        published = log.published
        if not published.cosigned or await store.unproven(tx, cell, published.head.size):
            return None
        entries = await store.open_in_cell(tx, cell)
        pack = await programme.pack(tx, entries[-1].pack if entries else await _newest_pack(tx))
        lapsed = await store.lapsed_in_cell(tx, cell, services.clock().date() - _LAPSED_SHOWN)
        wanted = [leaf for one in entries for leaf in (one.leaf, one.key_leaf, *one.after)]
        rows = await log.rows(tx, [*wanted, *lapsed])
        proven = await log.prove(rows)
        rest = iter(proven)
        requests = []
        for entry in entries:
            leaf, key = next(rest), next(rest)
            requests.append(
                {
                    "request": entry.request,
                    "leaf": leaf.leaf,
                    "index": leaf.index,
                    "proof": [b64.encode(step) for step in leaf.path],
                    "key_leaf": key.leaf,
                    "key_index": key.index,
                    "key_proof": [b64.encode(step) for step in key.path],
                    "sealed": b64.encode(bytes(entry.sealed)),
                    "after": [_standing(next(rest)) for _ in entry.after],
                }
            )
        note = proven[0].note if proven else published.note
        body = {
            "v": 1,
            "type": "cell-requests",
            "cell": cell,
            "pack": {
                "id": pack.meta.id,
                "sha256": pack.sha256,
                "policies": pack.policies,
                "schema": pack.schema,
                "meta": msgspec.to_builtins(pack.meta),
            },
            "checkpoint": note.decode(),
            "vkey": log.vkey,
            "witness_vkeys": log.witness_vkeys,
            "requests": requests,
            "lapsed": [_standing(one) for one in rest],
        }
        made = _sign(log, body)
        await store.put_file(tx, cell, made)
    return made


async def _newest_pack(tx: Tx) -> str:
    hashes = await programme.pack_hashes(tx)
    if not hashes:
        raise NotFound("No town is set up on this server.", do="Set one up.", code="programme.no_town")
    return hashes[-1]


def _standing(one: Proven) -> dict[str, Any]:
    """Return an entry with its place in the record."""
    return {"leaf": one.leaf, "index": one.index, "proof": [b64.encode(step) for step in one.path]}


def _sign(log: Log, body: dict[str, Any]) -> bytes:
    text = jcs.dumps(body)
    signature = log.key.raw_sign(keys.signed_bytes("cell", text))
    return jcs.dumps({"body": text.decode(), "sig": b64.encode(signature)})


async def file_of(services: Services, cell: str) -> bytes:
    """Return a cell's file, the one before if a new one cannot be made yet.

    Raises:
        NotFound: it is no cell of this town. Unavailable: there is none yet, for want of a witness.
    """
    async with services.db.transaction() as tx:
        known = await store.get_file(tx, cell)
        if known is not None:
            return known
        check_in_town(await programme.town(tx), cell)
        await store.start_file(tx, cell)
    made = await make_file(services, cell)
    if made is None:
        raise Unavailable(
            "The witness has not signed the record yet, so this area's list cannot be made.",
            do="Try again in a minute.",
            code="log.not_cosigned",
        )
    return made


async def check_area(services: Services, cell: str) -> None:
    """Raise NotFound unless `cell` is one under which a home can be known from now on."""
    async with services.db.transaction() as tx:
        town = await programme.town(tx)
    check_in_town({**town, "divisions": town["divisions"][-1:]}, cell)


def check_in_town(town: Mapping[str, Any], cell: str) -> None:
    """Raise NotFound unless `cell` is one of a division of the town, within reach of its bounds."""
    check_cell(cell)
    if not within_reach(cell, town["bounds"]) or not any(one.has(cell) for one in town["divisions"]):
        raise NotFound("This is no area of this town.", do="Choose the place again.", code="requests.no_cell")
