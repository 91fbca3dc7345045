"""What people record about a case's end: holds, uses, who is told, and recipients' copies that are over.

In:     a custodian's signed words; a giver's wish to have a copy back, whose own it is checked before.
Out:    rows; a `case` entry for each.
Holds:  an agency's own hold is placed once in a case and for 180 days at most; one by a court or on a filed
        case names document, court and docket. Nothing is recorded of a case whose key is destroyed.
Absent: whether the court said so: a custodian says it, by name and signature.
Why:    docs/design/ends.md
"""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fanlight.model.clock import to_text
from fanlight.model.ids import new_id
from fanlight.server import requests
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.evidence import acts, day, ends_store, retention, store
from fanlight.server.evidence.acts import Act
from fanlight.server.evidence.ends_store import CaseRow, HoldRow, Party
from fanlight.server.evidence.store import Custody
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import jcs

Text = Annotated[str, Meta(min_length=2, max_length=300)]
Signature = Annotated[str, Meta(min_length=88, max_length=88)]
MOST = 50
LONGEST = timedelta(days=3650)
_TAKEN = "Nothing was recorded."


class HoldIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A hold; `signature` is over {request} and all other fields. An own one has no `court` and `docket`."""

    kind: Literal["own", "court", "case"]
    until: date
    document: Text
    court: Text | None = None
    docket: Text | None = None
    signature: Signature


class EndHoldIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Why a hold ends; `signature` is over {hold, document}."""

    document: Text
    signature: Signature


class UseIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """That a copy is used; `signature` is over {disclosure, kind, document}."""

    kind: Literal["charge", "exhibit", "defence"]
    document: Text
    signature: Signature


class OverIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """That a recipient's copy is over, and how one knows; `signature` is over {export, kind, document}."""

    kind: Literal["destroyed", "returned"]
    document: Text
    signature: Signature


class PartyIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Somebody outside the agency who is told before the end, such as the defence."""

    name: Text


async def place(services: Services, signer: requests.Signer, request: str, wire: HoldIn) -> str:
    """Record a hold; return its id.

    Raises:
        NotAllowed, NotFound, Malformed, Conflict: nothing is recorded.
    """
    body = _body({"request": request}, wire)
    signer.check("hold", body, wire.signature)
    now, made = services.clock(), new_id()
    today = now.date()
    longest = retention.OWN_HOLD if wire.kind == "own" else LONGEST
    if not today < wire.until <= today + longest:
        raise Malformed(
            f"A hold of this kind ends within {longest.days} days.",
            kept=_TAKEN,
            do="Give another day. A court's order or a filed case can be held longer.",
            code="evidence.hold_days",
        )
    if (wire.court is not None) + (wire.docket is not None) != (0 if wire.kind == "own" else 2):
        raise Malformed(
            "A hold by a court or on a filed case names court and docket; an agency's own names none.",
            kept=_TAKEN,
            do="Fill in both, or choose the other kind.",
            code="evidence.hold_form",
        )
    async with services.db.transaction() as tx:
        await store.lock_end(tx, request)
        row = await own_case(tx, signer, request)
        if len(await ends_store.holds(tx, [request])) >= MOST:
            raise _too_many()
        held = HoldRow(
            id=made,
            request=request,
            agency=row.agency,
            kind=wire.kind,
            placed=today,
            until=wire.until,
            body=body.decode(),
            by_name=signer.session.name,
            ended=None,
        )
        if not await ends_store.add_hold(tx, held, wire.signature, signer.session.account):
            raise Conflict(
                "Your agency has held this case once already; its own hold is not renewed.",
                kept=_TAKEN,
                do="What is needed longer needs a court's order or a filed case.",
                code="evidence.held_once",
            )
        about = f"until {wire.until}: {wire.document}"
        await acts.line(tx, now, _act(signer, "held", request, about))
        await _enter(services, tx, signer, "held", {"hold": made, **jcs.loads(body)})
    return made


async def end(services: Services, signer: requests.Signer, hold: str, wire: EndHoldIn) -> None:
    """Record that a hold ends; raises NotFound or NotAllowed."""
    body = _body({"hold": hold}, wire)
    signer.check("hold-end", body, wire.signature)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await ends_store.hold(tx, hold)
        if row is None or row.agency != signer.session.agency:
            raise NotFound("There is no such hold of your agency.", do="Load the page again.")
        await store.lock_end(tx, row.request)
        signed = (body.decode(), wire.signature, signer.session.account)
        if not await ends_store.end_hold(tx, hold, now.date(), signed):
            raise Conflict("This hold has ended already.", kept=_TAKEN, do="Load the page again.")
        await acts.line(tx, now, _act(signer, "hold-ended", row.request, wire.document))
        await _enter(services, tx, signer, "hold-ended", {"request": row.request, **jcs.loads(body)})


async def use(services: Services, signer: requests.Signer, disclosure: str, wire: UseIn) -> None:
    """Record that a copy is used: whoever gave it cannot have it back from then on."""
    body = _body({"disclosure": disclosure}, wire)
    signer.check("copy-use", body, wire.signature)
    now = services.clock()
    async with services.db.transaction() as tx:
        found = await store.get(tx, disclosure)
        if found is None:
            raise _no_copy()
        await store.lock_end(tx, found.request)
        await own_case(tx, signer, found.request)
        if disclosure not in await ends_store.kept(tx, found.request):
            raise _no_copy()
        asked = [one for one in await ends_store.withdrawn(tx) if one.disclosure == disclosure]
        if any(one.due <= now.date() and not one.used for one in asked):
            raise Conflict(
                "Whoever gave this copy wants it back, and the days to record a use are over.",
                kept="It is destroyed as soon as no hold stands.",
                do="Ask the court that needs it for an order to hold it.",
                code="evidence.use_late",
            )
        signed = (body.decode(), wire.signature, signer.session.account)
        await ends_store.add_use(tx, disclosure, wire.kind, now.date(), signed)
        await store.lock(tx, f"custody {disclosure}")
        line = Custody(to_text(now), f"used: {wire.kind}, {wire.document}", signer.session.name)
        await store.add_custody(tx, disclosure, line)
        await _enter(services, tx, signer, "used", jcs.loads(body))


async def over(services: Services, signer: requests.Signer, export: str, wire: OverIn) -> None:
    """Record that a recipient's copy is over; raises NotFound, NotAllowed or Conflict."""
    body = _body({"export": export}, wire)
    signer.check("export-over", body, wire.signature)
    now = services.clock()
    async with services.db.transaction() as tx:
        row = await ends_store.export_of(tx, signer.session.agency, export)
        if row is None:
            raise NotFound("There is no such export of your agency.", do="Load the page again.")
        await store.lock_end(tx, row.request)
        signed = (body.decode(), wire.signature, signer.session.account)
        if not await ends_store.add_over(tx, export, wire.kind, now.date(), signed):
            raise Conflict("This export is over already.", kept=_TAKEN, do="Load the page again.")
        await store.lock(tx, f"custody {row.disclosure}")
        line = Custody(to_text(now), f"recipient's copy {wire.kind}: {wire.document}", signer.session.name)
        await store.add_custody(tx, row.disclosure, line)
        await _enter(services, tx, signer, "export-over", jcs.loads(body))


async def add_party(services: Services, signer: requests.Signer, request: str, wire: PartyIn) -> str:
    """Have somebody outside told before a case ends; return the party's id."""
    made = new_id()
    async with services.db.transaction() as tx:
        await store.lock_end(tx, request)
        row = await own_case(tx, signer, request)
        if len(await ends_store.parties(tx, [request])) >= MOST:
            raise _too_many()
        party = Party(made, request, row.agency, wire.name, services.clock().date(), None)
        await ends_store.add_party(tx, party, signer.session.account)
        await acts.line(tx, services.clock(), _act(signer, "party", request, wire.name))
        await _enter(services, tx, signer, "party", {"request": request, "party": made, "name": wire.name})
    return made


async def told(services: Services, signer: requests.Signer, party: str) -> None:
    """Record that the custodian told somebody outside."""
    today = services.clock().date()
    async with services.db.transaction() as tx:
        known = await ends_store.party_told(tx, signer.session.agency, party, today)
        if known is None:
            raise NotFound("There is nobody of that name who is still to be told.", do="Load the page again.")
        await acts.line(tx, services.clock(), _act(signer, "party-told", known.request, known.name))
        await _enter(services, tx, signer, "party-told", {"party": party})


async def withdraw(services: Services, disclosure: str) -> date | None:
    """Record that whoever gave a copy wants it back. The caller has checked that it is theirs.

    Returns:
        Until when the agency can record that it is used, after which it is destroyed unless a hold stands;
        None if it is used or destroyed already, so that nothing changes.
    """
    now = services.clock()
    async with services.db.transaction() as tx:
        found = await store.get(tx, disclosure)
        if found is None or not found.hdr:
            return None
        await store.lock_end(tx, found.request)
        (row,) = await ends_store.cases(tx, request=found.request)
        kept = await ends_store.kept(tx, found.request)  # it may have been destroyed before our turn
        if disclosure not in kept or await ends_store.is_used(tx, disclosure):
            return None
        due = now.date() + retention.TO_USE
        if await ends_store.add_withdrawal(tx, disclosure, now.date(), due):
            await store.lock(tx, f"custody {disclosure}")
            line = Custody(now.date().isoformat(), "wanted back", "a resident")
            await store.add_custody(tx, disclosure, line)
            detail = {"disclosure": disclosure, "due": due.isoformat()}
            await day.enter(tx, row.agency, now, "withdrawn", detail)
            return due
        return next((one.due for one in await ends_store.withdrawn(tx) if one.disclosure == disclosure), None)


async def own_case(tx: Tx, signer: requests.Signer, request: str) -> CaseRow:
    """Return a case of the signer's agency whose key is not destroyed; raises NotFound or Conflict."""
    await requests.own_request(tx, signer.session.agency, request)
    found = await ends_store.cases(tx, request=request)
    if not found or found[0].done is not None:
        raise Conflict(
            "The key of this case is destroyed, or it never had one.",
            kept=_TAKEN,
            do="There is nothing left that could be kept.",
            code="evidence.case_over",
        )
    return found[0]


def _body(about: dict[str, Any], wire: msgspec.Struct) -> bytes:
    fields: dict[str, Any] = msgspec.to_builtins(wire)
    fields.pop("signature")
    return jcs.dumps({**about, **{name: value for name, value in fields.items() if value is not None}})


def _act(signer: requests.Signer, act: str, request: str, about: str) -> Act:
    who = signer.session
    return Act(request=request, agency=who.agency, act=act, about=about, by=who.name)


async def _enter(
    services: Services, tx: Tx, signer: requests.Signer, act: str, detail: dict[str, Any]
) -> None:
    now, session = services.clock(), signer.session
    await day.enter(tx, session.agency, now, act, {**detail, "by": session.name, "at": to_text(now)})


def _no_copy() -> NotFound:
    return NotFound(
        "There is no such disclosure to your agency.",
        do="Load the request again.",
        code="evidence.no_disclosure",
    )


def _too_many() -> Conflict:
    return Conflict(
        f"A case takes {MOST} of them at most.",
        kept=_TAKEN,
        do="End one that is over.",
        code="evidence.too_many",
    )
