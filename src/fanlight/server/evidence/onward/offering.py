"""The agency that has a copy offers it to one other, takes an offer back, hands it over.

In:     a custodian's signed offer, with what shows that the copy's giver agreed; after the other agency made
        a key, the copy's header and manifest sealed to it, signed.
Out:    an offer, or a refusal with its entry; the header that the other agency opens the copy with.
Holds:  the giver's yes is shown against what came with the copy; the ordinance decides; the end is not later
        than the case's own; a federal agency gets nothing, whatever an ordinance says.
Absent: the other agency's part (receiving).
"""

import hashlib
from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import delete, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.clock import to_text
from fanlight.model.ids import is_id, new_id
from fanlight.proof.openings import Opening, commitment
from fanlight.server import programme, requests
from fanlight.server.accounts import Caller, Session
from fanlight.server.errors import Conflict, Malformed, NotAllowed
from fanlight.server.evidence import acts, day, ends, ends_store, rules, store
from fanlight.server.evidence.acts import Act
from fanlight.server.evidence.exports import own_in_turn
from fanlight.server.evidence.looks import may_look
from fanlight.server.evidence.onward import store as rows
from fanlight.server.evidence.onward.store import Row
from fanlight.server.evidence.onward.turns import changed_meanwhile, offered_by
from fanlight.server.evidence.store import Custody, Disclosure
from fanlight.server.services import Parts
from fanlight.store.database import Tx
from fanlight.wire import jcs

_MAX_BODY = 2 * 1024 * 1024
_SIGNATURE = Meta(min_length=88, max_length=88)
_KEPT = "The copy stays here. The record has it that this was refused."


class OfferIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """To which agency (ORI), on what ground, until which day; `signature` is over these and `disclosure`.

    `salt` (hex) shows that whoever gave the copy agreed: with it opens what the copy came with.
    """

    to: Annotated[str, Meta(min_length=1, max_length=40)]
    ground: Annotated[str, Meta(min_length=2, max_length=300)]
    until: date
    salt: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    signature: Annotated[str, _SIGNATURE]


class HandIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The copy's header and its manifest as age files to the other agency's key (base64).

    `signature` is over `{onward, key, hdr_sha256, manifest_sha256}`, context `onward-hand`.
    """

    hdr: Annotated[str, Meta(min_length=32, max_length=24 * 1024)]
    manifest: Annotated[str, Meta(min_length=32, max_length=1_500_000)]
    signature: Annotated[str, _SIGNATURE]


@post("/v1/agency/disclosures/{disclosure:str}/onward", operation_id="offerOnward", status_code=200)
async def offer(
    disclosure: FromPath[str], data: JSONBody[OfferIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Offer a copy to one other agency, if its giver agreed and the ordinance lets it."""
    session.as_role("custodian")
    await may_look(services, session, disclosure=disclosure)
    signer = await requests.signer(services, session)
    signed = {"disclosure": disclosure, "ground": data.ground, "to": data.to, "until": data.until.isoformat()}
    body = jcs.dumps(signed)
    signer.check("onward-offer", body, data.signature)
    now = services.clock()
    async with services.db.transaction() as tx:
        copy, case = await own_in_turn(tx, session.agency, disclosure if is_id(disclosure) else "")
        if data.to == session.agency:
            raise Malformed("A copy is not handed to the agency that has it.", do="Choose another agency.")
        to = await programme.agency(tx, data.to)
        agreed = _agreed(copy, data.salt)
        refused = await _refused(tx, case, to, data, now) if agreed else _not_agreed()
        if refused is None:
            (end,) = await ends_store.cases(tx, request=case.id)
            _check_end(ends.end_of(services, end).day, data.until)
            await _check_here(tx, copy)
            row = _new(copy, session, data, now)
            if not await rows.add(tx, row, session.account, (body.decode(), data.signature)):
                raise Conflict(
                    "This copy is or was offered to an agency, and its giver agreed to one.",
                    kept="Nothing was changed.",
                    do="Look at its page. An offer that nobody accepted yet can be taken back.",
                    code="evidence.onward_once",
                )
            await _line(tx, copy.id, Custody(to_text(now), f"offered to {to.name} ({to.ori})", session.name))
            detail = {**signed, "onward": row.id, "by": session.name, "at": to_text(now)}
            await day.enter(tx, session.agency, now, "onward-offered", detail)
            return {"onward": row.id}
        said = Act(
            request=case.id,
            agency=session.agency,
            act="onward-refused",
            about=to.name,
            by=session.name,
            disclosure=copy.id,
        )
        await acts.line(tx, now, said)
        detail = {**signed, "by": session.name, "at": to_text(now)}
        await day.enter(tx, session.agency, now, "onward-refused", detail)
    raise refused


@delete("/v1/agency/onward/{onward:str}", operation_id="withdrawOnward", status_code=204)
async def withdraw(onward: FromPath[str], services: Parts, session: Caller) -> None:
    """Take an offer back, as long as nothing was handed over."""
    session.as_role("custodian")
    await may_look(services, session)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await offered_by(tx, session, onward)
        if row.state not in {"offered", "accepted"}:
            raise changed_meanwhile()
        await rows.over(tx, row.id, "withdrawn", now.date(), "taken back")
        await _line(tx, row.disclosure, Custody(to_text(now), "offer taken back", session.name))
        await rows.add_act(tx, row.id, rows.Act(to_text(now), "offer taken back", "the agency that made it"))
        detail = {"onward": row.id, "by": session.name, "at": to_text(now)}
        await day.enter(tx, session.agency, now, "onward-withdrawn", detail)


@post(
    "/v1/agency/onward/{onward:str}/hand",
    operation_id="handOnward",
    status_code=204,
    request_max_body_size=_MAX_BODY,
)
async def hand(onward: FromPath[str], data: JSONBody[HandIn], services: Parts, session: Caller) -> None:
    """Hand over what opens the copy, sealed to the key that the other agency made for it."""
    session.as_role("custodian")
    await may_look(services, session)
    signer = await requests.signer(services, session)
    hdr, manifest = (requests.copies.age_file(one) for one in (data.hdr, data.manifest))
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await offered_by(tx, session, onward)
        if row.state != "accepted" or row.key is None:
            raise changed_meanwhile()
        if row.wanted_back:  # asked for after it was offered
            raise _wanted_back("Nothing was handed over.")
        hashes = {
            "hdr_sha256": hashlib.sha256(hdr).hexdigest(),
            "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
        }
        signer.check("onward-hand", jcs.dumps({"onward": row.id, "key": row.key, **hashes}), data.signature)
        await programme.require_agreement(tx, session.agency, now.date())
        to = await programme.agency(tx, row.to_agency)
        may = rules.recipient_kind(to.name, to.kind) in rules.AGENCIES  # as it is attested by now
        if not may or await programme.agreement_in_force(tx, to.ori, now.date()) is None:
            raise _not_in_force()
        await day.turns(tx, [session.agency, to.ori])
        await rows.handed(tx, row.id, hdr, manifest)
        await _line(
            tx, row.disclosure, Custody(to_text(now), f"handed to {to.name} ({to.ori})", session.name)
        )
        ours = await programme.agency(tx, session.agency)
        await rows.add_act(tx, row.id, rows.Act(to_text(now), "handed over", ours.name))
        detail = {"onward": row.id, **hashes, "at": to_text(now)}
        await day.enter(tx, session.agency, now, "onward-handed", {**detail, "by": session.name})
        await day.enter(tx, to.ori, now, "onward-received", {**detail, "from": ours.ori})


async def _refused(
    tx: Tx, case: requests.RequestRow, to: programme.Agency, data: OfferIn, now: datetime
) -> NotAllowed | None:
    """Return why a copy whose giver agreed may not be handed on; None if it may."""
    kind = rules.recipient_kind(to.name, to.kind)
    in_force = await programme.agreement_in_force(tx, to.ori, now.date()) is not None
    pack = await programme.pack(tx, case.pack)
    keep_days = (data.until - now.date()).days
    decision = rules.decide_onward(pack, kind, data.ground, keep_days, in_force=in_force)
    if decision is not None and decision.accepted and kind in rules.AGENCIES and in_force:
        return None
    clauses = [rule for rule in decision.rules if not rule.holds] if decision is not None else []
    return NotAllowed(
        clauses[0].text if clauses else "The ordinance lets no copy be handed to such an agency.",
        kept=_KEPT,
        do=clauses[0].lawful_if if clauses else "Let that agency ask the household itself.",
        code="evidence.onward_refused",
    )


def _not_agreed() -> NotAllowed:
    return NotAllowed(
        "Whoever gave this copy did not agree that another agency may have it.",
        kept=_KEPT,
        do="Let that agency ask the household itself.",
        code="evidence.onward_not_agreed",
    )


def _agreed(copy: Disclosure, salt: str) -> bool:
    """Tell whether what came with a copy commits to its giver's yes."""
    if copy.onward_commit is None:
        return False
    yes = Opening("onward", bytes.fromhex(salt), {"disclosure": copy.id, "may": True})
    return commitment("disclosure", yes) == bytes(copy.onward_commit)


def _check_end(last: date, until: date) -> None:
    if until >= last:
        raise Malformed(
            "The other agency would have the copy for longer than yours.",
            kept="Nothing was offered.",
            do=f"Give a day before {last.isoformat()}, when yours ends.",
            code="evidence.onward_too_long",
        )


async def _check_here(tx: Tx, copy: Disclosure) -> None:
    wanted = {one.disclosure for one in await ends_store.withdrawn(tx)}
    if copy.id in wanted:
        raise _wanted_back("Nothing was offered.")


def _wanted_back(kept: str) -> Conflict:
    return Conflict(
        "Whoever gave this copy wants it back.",
        kept=kept,
        do="There is nothing to do.",
        code="evidence.wanted_back",
    )


def _new(copy: Disclosure, session: Session, data: OfferIn, now: datetime) -> Row:
    return Row(
        id=new_id(),
        disclosure=copy.id,
        request=copy.request,
        agency=session.agency,
        to_agency=data.to,
        ground=data.ground,
        until=data.until,
        offered=now.date(),
        state="offered",
        key=None,
        key_leaf=None,
        hdr=b"",
        manifest=b"",
        gone=None,
        why=None,
        length=copy.length,
        back_due=None,
    )


async def _line(tx: Tx, disclosure: str, line: Custody) -> None:
    await store.lock(tx, f"custody {disclosure}")
    await store.add_custody(tx, disclosure, line)


def _not_in_force() -> NotAllowed:
    return NotAllowed(
        "The other agency is no local agency with an agreement in force any more.",
        kept="Nothing was handed over.",
        do="Take the offer back.",
        code="evidence.onward_refused",
    )


ROUTES = (offer, withdraw, hand)
