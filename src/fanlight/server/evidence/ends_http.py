"""Routes: what of an agency's copies ends when and why, and what its custodian records about it.

These answer after an agreement ended too: whoever still holds copies must see them end, hold them for a
court and attest what became of exports. They tell of ends only, and open nothing.
"""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from fanlight.model.ids import is_id
from fanlight.model.offence import offence
from fanlight.server import requests
from fanlight.server.accounts import Caller, Session
from fanlight.server.errors import NotFound
from fanlight.server.evidence import ends, ends_store, holds, retention, store
from fanlight.server.evidence.ends_store import CaseRow, HoldRow, Out, Party, Withdrawn
from fanlight.server.evidence.exports import custody_json
from fanlight.server.evidence.holds import EndHoldIn, HoldIn, OverIn, PartyIn, UseIn
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import jcs

_PRIVATE = {"Cache-Control": "private, no-store"}


@get("/v1/retention", operation_id="getRetention")
async def get_retention(services: Parts) -> Response[bytes]:
    """Return the list by which copies end in this town: the limit for all, and each minimum with its law."""
    body = ends.listed(services).body
    return Response(body, media_type="application/json", headers={"Cache-Control": "public, max-age=3600"})


@get("/v1/agency/ends", operation_id="listEnds")
async def get_ends(services: Parts, session: Caller) -> Response[dict[str, Any]]:
    """Return what of the agency's ends when: cases, holds, copies wanted back, exports that are out."""
    session.of_kind("officer")
    today = services.clock().date()
    async with services.db.transaction() as tx:
        rows = await ends_store.cases(tx, agency=session.agency)
        cases = [await _case_json(services, tx, row, today) for row in rows]
        exports = [_out_json(row, today) for row in await ends_store.out(tx, session.agency)]
    return Response({"today": today.isoformat(), "cases": cases, "exports": exports}, headers=_PRIVATE)


@get("/v1/agency/requests/{request_id:str}/end", operation_id="getEnd")
async def get_end(request_id: FromPath[str], services: Parts, session: Caller) -> Response[dict[str, Any]]:
    """Return one case's end: when and why, who is told, what holds it, what is destroyed."""
    session.of_kind("officer")
    today = services.clock().date()
    async with services.db.transaction() as tx:
        await requests.own_request(tx, session.agency, _id(request_id))
        found = await ends_store.cases(tx, request=request_id)
        case = await _case_json(services, tx, found[0], today) if found else None
        exports = [
            _out_json(row, today)
            for row in await ends_store.out(tx, session.agency)
            if row.request == request_id
        ]
        stones = [
            {
                "disclosure": stone.disclosure,
                "day": stone.day.isoformat(),
                "why": stone.why,
                "custody": custody_json(await store.custody_of(tx, stone.disclosure)),
            }
            for stone in await ends_store.tombstones(tx, request_id)
        ]
    answer = {"today": today.isoformat(), "case": case, "destroyed": stones, "exports": exports}
    return Response(answer, headers=_PRIVATE)


@post("/v1/agency/requests/{request_id:str}/holds", operation_id="placeHold", status_code=200)
async def post_hold(
    request_id: FromPath[str], data: JSONBody[HoldIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Hold a case's end up."""
    who = await _custodian(services, session)
    return {"hold": await holds.place(services, who, _id(request_id), data)}


@post("/v1/agency/holds/{hold:str}/end", operation_id="endHold", status_code=204)
async def post_hold_end(
    hold: FromPath[str], data: JSONBody[EndHoldIn], services: Parts, session: Caller
) -> None:
    """Record that a hold ends."""
    await holds.end(services, await _custodian(services, session), _id(hold), data)


@post("/v1/agency/requests/{request_id:str}/parties", operation_id="addParty", status_code=200)
async def post_party(
    request_id: FromPath[str], data: JSONBody[PartyIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Name somebody outside the agency who is told before the end."""
    who = await _custodian(services, session)
    return {"party": await holds.add_party(services, who, _id(request_id), data)}


@post("/v1/agency/parties/{party:str}/told", operation_id="partyTold", status_code=204)
async def post_told(party: FromPath[str], services: Parts, session: Caller) -> None:
    """Record that they were told."""
    await holds.told(services, await _custodian(services, session), _id(party))


@post("/v1/agency/disclosures/{disclosure:str}/uses", operation_id="recordUse", status_code=204)
async def post_use(
    disclosure: FromPath[str], data: JSONBody[UseIn], services: Parts, session: Caller
) -> None:
    """Record that a copy is used: a charge, an exhibit, or possibly helpful to the defence."""
    await holds.use(services, await _custodian(services, session), _id(disclosure), data)


@post("/v1/agency/exports/{export:str}/over", operation_id="exportOver", status_code=204)
async def post_over(export: FromPath[str], data: JSONBody[OverIn], services: Parts, session: Caller) -> None:
    """Attest that a recipient's copy is destroyed or came back."""
    await holds.over(services, await _custodian(services, session), _id(export), data)


async def _custodian(services: Services, session: Session) -> requests.Signer:
    session.as_role("custodian")
    return await requests.signer(services, session)


async def _case_json(services: Services, tx: Tx, row: CaseRow, today: date) -> dict[str, Any]:
    body = jcs.loads(row.body)
    category = offence(body["offence"]).category
    limits, end = ends.listed(services), ends.end_of(services, row)
    minimum = limits.minimum(category)
    held = await ends_store.holds(tx, [row.request])
    kept = await ends_store.kept(tx, row.request)
    return {
        "request": row.request,
        "case_number": body["case_number"],
        "offence": body["offence"],
        "copies": len(kept),
        "ends": (row.done or retention.goes_on(end, row.told, today)).isoformat(),
        "why": row.why or end.why,
        "keep_days": limits.keep_days,
        "minimum": {"days": minimum.days, "section": minimum.section, "read": minimum.read}
        if minimum
        else None,
        "told": row.told.isoformat() if row.told else None,
        "told_inside": await ends_store.told_inside(tx, row.agency, row.officer),
        "parties": [_party_json(one) for one in await ends_store.parties(tx, [row.request])],
        "held": any(one.hold().stands(today) for one in held),
        "holds": [_hold_json(one, today) for one in held],
        "withdrawn": [
            _back_json(one) for one in await ends_store.withdrawn(tx) if one.request == row.request
        ],
        "done": row.done.isoformat() if row.done else None,
        "leaf_index": row.leaf_index,
    }


def _hold_json(row: HoldRow, today: date) -> dict[str, Any]:
    said, hold = jcs.loads(row.body), row.hold()
    return {
        "hold": row.id,
        "kind": row.kind,
        "document": said["document"],
        "court": said.get("court"),
        "docket": said.get("docket"),
        "placed": row.placed.isoformat(),
        "until": row.until.isoformat(),
        "by": row.by_name,
        "stands": hold.stands(today),
        "overdue": hold.overdue(today),
        "ended": row.ended.isoformat() if row.ended else None,
    }


def _party_json(row: Party) -> dict[str, Any]:
    told = row.told.isoformat() if row.told else None
    return {"party": row.id, "name": row.name, "told": told}


def _back_json(row: Withdrawn) -> dict[str, Any]:
    return {
        "disclosure": row.disclosure,
        "asked": row.asked.isoformat(),
        "due": row.due.isoformat(),
        "used": row.used,
    }


def _out_json(row: Out, today: date) -> dict[str, Any]:
    said = jcs.loads(row.body)
    return {
        "export": row.export,
        "request": row.request,
        "disclosure": row.disclosure,
        "recipient": said["recipient"],
        "parts": said.get("parts"),
        "equals": said.get("equals"),
        "return_by": said["return_by"],
        "past": row.kind is None and date.fromisoformat(said["return_by"]) < today,
        "over": row.kind,
        "over_day": row.day.isoformat() if row.day else None,
    }


def _id(name: str) -> str:
    if not is_id(name):
        raise NotFound("There is no such thing of your agency.", do="Load the page again.")
    return name


ROUTES: tuple[Any, ...] = (
    get_retention,
    get_ends,
    get_end,
    post_hold,
    post_hold_end,
    post_party,
    post_told,
    post_use,
    post_over,
)
