"""Who can open a case: copies of its key given, taken back, and recovered by two custodians together.

In:     a copy sealed in the browser of somebody who can open the case; what a custodian's browser took
        out of the outer layer of a recovery file.
Out:    rows of requests.copies, each change with its `case` entry in the same transaction.
Holds:  only who can open a case gives it on, or who was handed the inner file of a recovery, to themselves;
        the last copy is not taken back unless its person left; who left holds none.
Absent: keys. The server can neither make a copy nor open one.
Why:    docs/design/evidence.md
"""

import hashlib
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.clock import to_text
from fanlight.server import accounts, requests
from fanlight.server.accounts import Caller, Session
from fanlight.server.errors import Conflict, Malformed, NotAllowed, NotFound
from fanlight.server.evidence import acts, ends_store, store
from fanlight.server.evidence.acts import Act
from fanlight.server.evidence.looks import may_look
from fanlight.server.evidence.onward import leaving
from fanlight.server.evidence.onward import store as onward
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs

_PRIVATE = {"Cache-Control": "private, no-store"}
_MAX_BODY = 64 * 1024
_SEALED = Meta(min_length=32, max_length=16 * 1024)
_SIGNATURE = Meta(min_length=88, max_length=88)


class GiveIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A copy for a person. `signature` is over {request, account, sealed}, context `case-copy`."""

    account: Annotated[str, Meta(max_length=26)]
    sealed: Annotated[str, _SEALED]
    signature: Annotated[str, _SIGNATURE]


class HandIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The inner file of a pair. `signature` is over {request, second, inner}, context `case-recovery`."""

    inner: Annotated[str, _SEALED]
    signature: Annotated[str, _SIGNATURE]


async def keyring_json(tx: Tx, row: requests.RequestRow, session: Session) -> dict[str, Any]:
    """Return a caller's own copy, who else holds one, and which custodians could recover the key together."""
    mine = await requests.copies.own(tx, row.id, session.account) if _alive(row) else None
    held = await requests.copies.holders(tx, row.id)
    pairs = await requests.copies.pairs(tx, row.id)
    return {
        "case_key_sealed": None if mine is None else b64.encode(mine),
        "holders": [
            {
                "account": one.account,
                "name": await accounts.person_name(tx, one.account),
                "why": one.why,
                "by": await accounts.person_name(tx, one.by_whom),
                "at": to_text(one.at),
            }
            for one in held
        ],
        "pairs": [
            {
                "first": pair.first,
                "first_name": await accounts.person_name(tx, pair.first),
                "second": pair.second,
                "second_name": await accounts.person_name(tx, pair.second),
                "handed": pair.handed is not None,
            }
            for pair in pairs
        ],
    }


@post(
    "/v1/agency/requests/{request_id:str}/copies",
    operation_id="giveCaseKey",
    status_code=200,
    request_max_body_size=_MAX_BODY,
)
async def give(
    request_id: FromPath[str], data: JSONBody[GiveIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Give a person of the agency a copy of the case's key, sealed to them by somebody who can open it."""
    session.of_kind("officer")
    await may_look(services, session, request=request_id)
    signer = await requests.signer(services, session)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await _not_over(tx, session, request_id)
        signed = {"request": row.id, "account": data.account, "sealed": data.sealed}
        signer.check("case-copy", jcs.dumps(signed), data.signature)
        sealed = requests.copies.age_file(data.sealed)
        person = await holder_to_be(tx, session.agency, data.account)
        recovered = await _recovers(tx, row.id, session.account, data.account)
        if recovered is None and await requests.copies.own(tx, row.id, session.account) is None:
            raise NotAllowed(
                "Only who can open this case can let another open it.",
                do="Ask one of those who hold a copy.",
                code="evidence.holds_no_copy",
            )
        made = requests.copies.Row(
            request=row.id,
            account=data.account,
            sealed=sealed,
            by_whom=session.account,
            at=now,
            why="given" if recovered is None else "recovered",
        )
        if not await requests.copies.put(tx, made):
            raise Conflict(
                f"{person.name} has a copy already.",
                do="Take that one back first, if it does not open.",
                code="evidence.has_copy",
            )
        if recovered is not None:
            await requests.copies.hand_on(tx, row.id, recovered.first, recovered.second, None)
        act = Act(
            request=row.id,
            agency=row.agency,
            act="key-given" if recovered is None else "key-recovered",
            about=person.name,
            by=session.name,
        )
        await acts.enter(tx, now, act, to=person.name, sealed_sha256=_sha256(sealed))
    return {"account": data.account}


@delete(
    "/v1/agency/requests/{request_id:str}/copies/{account:str}",
    operation_id="takeCaseKeyBack",
    status_code=200,
)
async def take_back(
    request_id: FromPath[str], account: FromPath[str], services: Parts, session: Caller
) -> dict[str, str]:
    """Delete a person's copy of the case's key; one's own too, never the last one."""
    session.of_kind("officer")
    await may_look(services, session, request=request_id)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await _case(tx, session, request_id)
        await store.lock_end(tx, row.id)  # so that two who take each other's leave one
        held = [one.account for one in await requests.copies.holders(tx, row.id)]
        if session.account not in held and session.role != "custodian":
            raise NotAllowed(
                "Only who can open this case, or a custodian, takes a copy of its key back.",
                do="Ask one of them.",
                code="evidence.holds_no_copy",
            )
        if account not in held:
            raise NotFound("This person has no copy.", do="Load the case again.", code="evidence.no_copy")
        if held == [account]:
            raise Conflict(
                "This is the last copy of the case's key. Without it nobody could open the clips.",
                kept="It is kept.",
                do="Let another person open the case first.",
                code="evidence.last_copy",
            )
        copy = requests.copies.Held(row.id, row.agency, account)
        await _take(tx, now, copy, session.name, "taken back")
    return {"account": account}


@get("/v1/agency/requests/{request_id:str}/recovery", operation_id="getCaseRecovery")
async def recovery(
    request_id: FromPath[str], services: Parts, session: Caller
) -> Response[list[dict[str, str]]]:
    """Return what a custodian can open of their pairs' recovery files: outer layers, and inner ones."""
    session.as_role("custodian")
    await may_look(services, session, request=request_id)
    found = []
    async with services.db.transaction() as tx:
        row = await _case(tx, session, request_id)
        for pair in await requests.copies.pairs(tx, row.id):
            names = {"first": pair.first, "second": pair.second}
            if pair.first == session.account:
                found.append({**names, "layer": "outer", "file": b64.encode(bytes(pair.sealed))})
            elif pair.second == session.account and pair.handed is not None:
                found.append({**names, "layer": "inner", "file": b64.encode(bytes(pair.handed))})
    return Response(found, headers=_PRIVATE)


@post(
    "/v1/agency/requests/{request_id:str}/recovery/{second:str}",
    operation_id="handCaseRecoveryOn",
    status_code=200,
    request_max_body_size=_MAX_BODY,
)
async def hand_on(
    request_id: FromPath[str],
    second: FromPath[str],
    data: JSONBody[HandIn],
    services: Parts,
    session: Caller,
) -> dict[str, str]:
    """Hand the opened outer layer of a recovery file on to the second custodian of the pair."""
    session.as_role("custodian")
    await may_look(services, session, request=request_id)
    signer = await requests.signer(services, session)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await _not_over(tx, session, request_id)
        signed = {"request": row.id, "second": second, "inner": data.inner}
        signer.check("case-recovery", jcs.dumps(signed), data.signature)
        inner = requests.copies.age_file(data.inner)
        if not await requests.copies.hand_on(tx, row.id, session.account, second, inner):
            raise NotFound(
                "There is no recovery file for the two of you.",
                do="Load the case again.",
                code="evidence.no_recovery",
            )
        to = await accounts.person_name(tx, second)
        act = Act(request=row.id, agency=row.agency, act="recovery-handed-on", about=to, by=session.name)
        await acts.enter(tx, now, act, to=to, inner_sha256=_sha256(inner))
    return {"second": second}


async def forget_person(tx: Tx, account: str, now: datetime, by: str) -> int:
    """Delete copies, recovery files and keys of who acts for the agency no more; return of how many.

    The last copy of a case stays, so that nobody destroys a case by sending people away.

    Args:
        tx: of what deactivates the person, or later.
        account: theirs.
        now: when.
        by: who deactivated them, as it is to stand in the trail.
    """
    count = 0
    for one in await requests.copies.held_by(tx, account):
        await store.lock_end(tx, one.request)
        others = {copy.account for copy in await requests.copies.holders(tx, one.request)} - {account}
        if others:
            count += await _take(tx, now, one, by, "left")
    return count + await leaving.forget_person(tx, account, now, by)


async def forget_who_left(services: Services) -> int:
    """Delete the copies of people who act for their agency no more, whoever forgot to; return of how many."""
    now = services.clock()
    count = 0
    async with services.db.transaction() as tx:
        await store.lock(tx, "who left")
        held = [*await requests.copies.agencies_holding(tx), *await onward.agencies_holding(tx)]
        for agency, holding in sorted(held, key=lambda one: one[0]):  # as day.turns takes them
            acting = {person.account for person in await _holders_to_be(tx, agency)}
            for account in sorted(holding - acting):
                count += await forget_person(tx, account, now, "the server")
    return count


async def _take(tx: Tx, now: datetime, held: requests.copies.Held, by: str, why: str) -> bool:
    """Tell whether there was anything to take; if not, somebody else took it, with an entry."""
    name = await accounts.person_name(tx, held.account)
    gone = int(await requests.copies.take(tx, held.request, held.account))
    if why == "left":
        gone += await requests.copies.drop_pairs_of(tx, held.request, held.account)
    if not gone:
        return False
    act = Act(request=held.request, agency=held.agency, act="key-taken-back", about=name, by=by)
    await acts.enter(tx, now, act, of=name, why=why)
    return True


async def _not_over(tx: Tx, session: Session, request_id: str) -> requests.RequestRow:
    """Return a case whose key stands until this transaction is over."""
    row = await _case(tx, session, request_id)
    await store.lock_end(tx, row.id)
    if await ends_store.is_over(tx, row.id):
        raise Conflict(
            "The key of this case is destroyed.",
            kept="Nothing was changed.",
            do="Load the case again.",
            code="evidence.case_over",
        )
    return row


async def _case(tx: Tx, session: Session, request_id: str) -> requests.RequestRow:
    row = await requests.own_request(tx, session.agency, request_id)
    if not _alive(row):
        raise Conflict(
            "This request did not open yet, so nothing is sealed to its key.",
            do="Come back once it is open.",
            code="evidence.not_opened",
        )
    return row


def _alive(row: requests.RequestRow) -> bool:
    return row.state in {"open", "closed"}


async def _holders_to_be(tx: Tx, agency: str) -> list[accounts.Person]:
    return [one for one in await accounts.people(tx, agency) if one.role in requests.copies.MAY_HOLD]


async def holder_to_be(tx: Tx, agency: str, account: str) -> accounts.Person:
    """Return somebody of an agency who may open cases and counts by now; raises Malformed."""
    for one in await accounts.recipients(tx, agency):
        if one.account == account and one.role in requests.copies.MAY_HOLD:
            return one
    raise Malformed(
        "This is nobody of your agency who may open cases.",
        do="Load the page again and choose an officer, a supervisor or a custodian.",
        code="evidence.not_a_holder",
    )


async def _recovers(tx: Tx, request: str, caller: str, account: str) -> requests.copies.Pair | None:
    """Return the pair whose inner file the caller was handed, if the copy is for themselves."""
    if caller != account or await requests.copies.own(tx, request, caller) is not None:
        return None
    pairs = await requests.copies.pairs(tx, request)
    return next((one for one in pairs if one.second == caller and one.handed is not None), None)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


ROUTES = (give, take_back, recovery, hand_on)
