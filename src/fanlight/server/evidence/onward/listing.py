"""What an agency offered and what it was offered, and to which agencies it could hand a copy.

In:     a session of an agency.
Out:    both lists, latest first, with who can open what, the trail of what came, and the proof of a key.
Holds:  of a key's copies everybody sees who holds one, and each only their own.
"""

from typing import Any

from litestar import Response, get

from fanlight.server import programme
from fanlight.server.accounts import Caller, Session
from fanlight.server.evidence import rules
from fanlight.server.evidence.exports import receipt_json
from fanlight.server.evidence.looks import may_look
from fanlight.server.evidence.onward import store as rows
from fanlight.server.evidence.onward.store import Holder, Row
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import b64


@get("/v1/agency/onward", operation_id="listOnward")
async def list_onward(services: Parts, session: Caller) -> Response[dict[str, Any]]:
    """Return the copies that the agency offered, those offered to it, and to whom it could hand one."""
    session.of_kind("officer")
    await may_look(services, session)
    async with services.db.transaction() as tx:
        found = await rows.of_agency(tx, session.agency)
        holders = await rows.holders(tx, session.agency)
        names = {one.ori: one.name for one in await programme.agencies(tx)}
        offered = [await _offered(tx, services, row, names) for row in found if row.agency == session.agency]
        received = [
            await _received(tx, session, row, names, holders)
            for row in found
            if row.to_agency == session.agency
        ]
        agencies = await _agencies(tx, services, session)
    answer = {"offered": offered, "received": received, "agencies": agencies}
    return Response(answer, headers={"Cache-Control": "private, no-store"})


def _common(row: Row) -> dict[str, Any]:
    return {
        "onward": row.id,
        "ground": row.ground,
        "until": row.until.isoformat(),
        "offered": row.offered.isoformat(),
        "state": row.state,
        "gone": None if row.gone is None else row.gone.isoformat(),
        "why": row.why,
    }


async def _offered(tx: Tx, services: Services, row: Row, names: dict[str, str]) -> dict[str, Any]:
    proof, opening = None, None
    if row.state == "accepted" and row.key_leaf is not None:
        (leaf,) = await services.log.rows(tx, [row.key_leaf])
        if leaf.idx is not None and leaf.idx < services.log.published.head.size:
            (proven,) = await services.log.prove([leaf])
            proof = receipt_json(proven)
            opening = [one.as_json() for one in await services.log.openings(tx, row.key_leaf)]
    return {
        **_common(row),
        "disclosure": row.disclosure,
        "request": row.request,
        "to": row.to_agency,
        "to_name": names.get(row.to_agency, row.to_agency),
        "key": row.key,
        "key_receipt": proof,
        "key_opening": opening,
    }


async def _received(
    tx: Tx, session: Session, row: Row, names: dict[str, str], holders: list[Holder]
) -> dict[str, Any]:
    own = await rows.own_key(tx, row.id, session.account)
    return {
        **_common(row),
        "from": row.agency,
        "from_name": names.get(row.agency, row.agency),
        "wanted_back": row.wanted_back,
        "key_sealed": None if own is None else b64.encode(own),
        "holders": [one.name for one in holders if one.onward == row.id],
        "trail": [
            {"at": line.at, "act": line.act, "by": line.by_whom} for line in await rows.acts(tx, row.id)
        ],
    }


async def _agencies(tx: Tx, services: Services, session: Session) -> list[dict[str, str]]:
    today = services.clock().date()
    return [
        {"ori": one.ori, "name": one.name}
        for one in await programme.agencies(tx)
        if one.ori != session.agency
        and rules.recipient_kind(one.name, one.kind) in rules.AGENCIES
        and await programme.agreement_in_force(tx, one.ori, today) is not None
    ]


ROUTES = (list_onward,)
