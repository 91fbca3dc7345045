"""Submit, co-sign, close: each reads, decides, writes once, with its leaf in the same transaction.

In:     an officer's or supervisor's signed words.
Out:    a decision with its clauses; rows and leaves.
Holds:  no request opens without a second person's signature, or closes itself when an emergency's did
        not follow in time; every attempt by a signed-in officer is a leaf, the refused ones too.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec

from fanlight.model.errors import FanlightError
from fanlight.model.ids import new_id
from fanlight.model.request import FootageRequest
from fanlight.model.sweep import number_in_case, sweep_of
from fanlight.policy import Decision
from fanlight.seal import keys
from fanlight.server import programme
from fanlight.server.accounts import Session, asks_for, people, person_name
from fanlight.server.errors import Conflict, NotAllowed, NotFound
from fanlight.server.requests import copies, pseudonyms, store
from fanlight.server.requests.desk import Asking, Desk, Signed
from fanlight.server.requests.rules import Decided, RequestIn
from fanlight.server.requests.store import RequestRow
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call: the request's id, its state, the decision, the ids of those that it adjoins."""

    request: str
    state: str
    decision: Decision
    joined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: a session and the public key it was opened with."""

    session: Session
    public: bytes

    def check(self, context: str, data: bytes, signature: str) -> None:
        """Raise NotAllowed unless `signature` is this person's over `data` in `context`."""
        try:
            keys.verify(self.public, context, data, b64.decode(signature))
        except FanlightError as error:
            raise NotAllowed(
                "The signature is not that of the person who is signed in.",
                do="Sign in again and sign the same words.",
                code="requests.bad_signature",
            ) from error


async def submit(services: Services, signer: Signer, wire: RequestIn, body: bytes) -> Outcome:
    """Decide on a new request and record the decision.

    Args:
        services: the server's parts.
        signer: an officer or supervisor.
        wire: the request as parsed.
        body: canonical JSON of what was signed of it.

    Raises:
        BadPolygon, BadWindow, BadRequest, Malformed: it has not the form of a request; nothing is recorded.
    """
    session = signer.session
    signer.check("request", body, wire.signature)
    request = wire.footage_request()
    copies.check_form(wire.case_key, wire.copies, wire.recovery, wire.copies_sha256)
    now = services.clock()
    made = new_id()
    async with services.db.transaction() as tx:
        await store.lock_agency(tx, session.agency)
        desk = Desk(services, tx, session.agency, now)
        known = await people(tx, session.agency)
        copies.check_people(wire.copies, wire.recovery, known, session.account)
        earlier = await _asked_before(tx, session.agency, now)
        sweep = sweep_of(request, list(earlier.values()))
        number = number_in_case(request, list(earlier.values()))
        asking = Asking(request=request, number=number, sweep=sweep, named=True)
        decided = await desk.decide("request.submit", asking)
        accepted = decided.decision.accepted
        leaf = await desk.add_leaf(made, decided, wire.case_key, Signed(officer=session.name))
        terms = decided.pack.meta.terms
        row = RequestRow(
            id=made,
            agency=session.agency,
            state="waiting" if accepted else "refused",
            officer=session.account,
            cosigner=None,
            body=body.decode(),
            sig=wire.signature,
            pack=decided.pack.sha256,
            number_in_case=number,
            decision=_decision_json(decided),
            emergency=request.emergency,
            protected=request.protected,
            case_key=wire.case_key,
            made=now,
            expires=now + timedelta(days=terms.open_days),
            cosign_by=now + timedelta(hours=terms.second_signature_hours) if accepted else None,
            reason=None,
            band=None,
            received=0,
            leaf=leaf,
            key_leaf=await desk.add_key_leaf(request, wire.case_key) if accepted else None,
            close_leaf=None,
        )
        await store.add(tx, row)
        await store.add_leaf(tx, made, leaf)
        if accepted:
            files = copies.Made(
                request=made,
                asker=session.account,
                at=now,
                copies=wire.copies,
                recovery=wire.recovery,
            )
            await copies.add_first(tx, files, known)
        if accepted and request.emergency:
            await desk.open(row, request)
        await desk.enter_pseudonyms(made)
    state = "open" if accepted and request.emergency else row.state
    joined = tuple(request for request, other in earlier.items() if other in sweep.others)
    return Outcome(made, state, decided.decision, joined)


async def cosign(services: Services, signer: Signer, request_id: str, signature: str) -> Outcome:
    """Give the second signature; the request opens if the ordinance still accepts it.

    Raises:
        Conflict: the same person asked (that attempt is recorded), or it does not wait for a signature.
    """
    session = signer.session
    async with services.db.transaction() as tx:
        await store.lock_agency(tx, session.agency)
        desk = Desk(services, tx, session.agency, services.clock())
        row = await own_request(tx, session.agency, request_id)
        signer.check("cosign", row.body.encode(), signature)
        if row.state not in {"waiting", "open"} or row.cosigner is not None:
            raise Conflict(
                "This request does not wait for a second signature.",
                do="Load it again to see how it stands.",
                code="requests.not_waiting",
            )
        officer = await person_name(tx, row.officer)
        if row.officer == session.account:
            await _refuse_own_signature(desk, row, officer)
            state, decided = "same", None
        else:
            session.as_role("supervisor")
            decided = await desk.decide("request.open", await _asking_again(desk, row), second=True)
            signed = Signed(officer=officer, cosigner=session.name)
            leaf = await desk.add_leaf(row.id, decided, row.case_key, signed)
            await store.add_leaf(tx, row.id, leaf)
            state = await _after_cosigning(desk, row, decided, leaf)
            if state == "open":
                await store.add_cosigner(tx, row.id, session.account, signature)
                await desk.enter_pseudonyms(row.id)
                await copies.second_signed(tx, row.id, session.account)
            if state == row.state == "open":  # an emergency: residents see that the second person signed
                await store.set_cosign_leaf(tx, row.id, leaf)
                await store.mark_stale(tx, await store.cells_told(tx, row.id))
    if decided is None:  # outside the transaction, which has to keep the record of the attempt
        raise Conflict(
            "The second signature must be another person's.",
            kept="The request waits on; this attempt stands in the public record.",
            do="Ask a supervisor to sign.",
            code="requests.same_person",
        )
    return Outcome(request_id, state, decided.decision)


async def _asked_before(tx: Tx, agency: str, until: datetime, but: str = "") -> dict[str, FootageRequest]:
    """Return an agency's requests of which residents were or may be asked, made by then, by id."""
    rows = await store.of_agency(tx, agency)
    return {
        row.id: request_of(row)
        for row in rows
        if row.state != "refused" and row.made <= until and row.id != but
    }


async def _asking_again(desk: Desk, row: RequestRow) -> Asking:
    """Return a request that is to open among those made before it, as they stand now."""
    request = request_of(row)
    earlier = await _asked_before(desk.tx, row.agency, row.made, but=row.id)
    sweep = sweep_of(request, list(earlier.values()))
    named = await asks_for(desk.tx, row.officer, row.agency)
    return Asking(request=request, number=row.number_in_case, sweep=sweep, named=named)


async def _refuse_own_signature(desk: Desk, row: RequestRow, officer: str) -> None:
    decided = await desk.decide("request.open", await _asking_again(desk, row))
    if decided.decision.accepted:  # an emergency that is open already; the attempt is refused all the same
        decided = replace(decided, decision=replace(decided.decision, decision="refused"))
    leaf = await desk.add_leaf(row.id, decided, row.case_key, Signed(officer=officer))
    await store.add_leaf(desk.tx, row.id, leaf)


async def _after_cosigning(desk: Desk, row: RequestRow, decided: Decided, leaf: str) -> str:
    if not decided.decision.accepted:
        if row.state == "open":
            await desk.close(row, "no second signature")
            return "closed"
        await store.refuse(desk.tx, row.id, _decision_json(decided), leaf)
        await copies.forget_case_key(desk.tx, row.id)  # it can never open: nothing will be sealed to this key
        return "refused"
    if row.state == "waiting":
        until = desk.now + timedelta(days=decided.pack.meta.terms.open_days)
        opened = msgspec.structs.replace(row, decision=_decision_json(decided), leaf=leaf, expires=until)
        await desk.open(opened, decided.request)
    return "open"


async def remind(services: Services, session: Session, request_id: str) -> None:
    """Remind the residents of a request: an entry in the files of its cells, without a word of the agency's.

    Raises:
        Conflict: they were reminded once, it is not open, or the second signature is still to come.
    """
    async with services.db.transaction() as tx:
        row = await own_request(tx, session.agency, request_id)
        now = services.clock()
        await programme.require_agreement(tx, session.agency, now.date())
        if not await store.may_remind(tx, row.id):
            raise Conflict(
                "Residents cannot be reminded of this request.",
                kept="Nothing was sent. A request is reminded of once, while it is open and signed by two.",
                do="Wait for answers until it closes.",
                code="requests.no_reminder",
            )
        pub = {"request": row.id, "agency": session.agency, "day": now.date().isoformat()}
        leaf = await services.log.queue_leaf(tx, "request-reminder", pub)
        await store.set_remind_leaf(tx, row.id, leaf)
        await store.mark_stale(tx, await store.cells_told(tx, row.id))


async def close(services: Services, session: Session, request_id: str) -> str:
    """Close a request at its agency's wish; return its band. Raises Conflict if it is not alive."""
    async with services.db.transaction() as tx:
        row = await own_request(tx, session.agency, request_id)
        desk = Desk(services, tx, session.agency, services.clock())
        band = await desk.close(row, "officer")
        if band is None:
            raise Conflict("This request is closed already.", do="Load it again.", code="requests.not_open")
    return band


async def close_due(services: Services) -> int:
    """Close what has expired or was not co-signed in time; return how many."""
    now = services.clock()
    async with services.db.transaction() as tx:
        rows = await store.due(tx, now)
        for row in rows:
            unsigned = row.cosigner is None and row.cosign_by is not None and row.cosign_by <= now
            desk = Desk(services, tx, row.agency, now)
            await desk.close(row, "no second signature" if unsigned else "expired")
    return len(rows)


async def enter_opened_pseudonyms(services: Services) -> None:
    """Enter who asked what was protected until today."""
    async with services.db.transaction() as tx:
        await pseudonyms.enter(services.log, tx, services.clock())


async def close_without_agreement(services: Services) -> int:
    """Close what agencies ask whose agreement is over; return how many."""
    now = services.clock()
    count = 0
    async with services.db.transaction() as tx:
        for agency in await store.agencies_asking(tx):
            if await programme.agreement_in_force(tx, agency, now.date()) is not None:
                continue
            await store.lock_agency(tx, agency)
            desk = Desk(services, tx, agency, now)
            for row in await store.of_agency(tx, agency):
                if row.state in {"waiting", "open"}:
                    count += await desk.close(row, "agreement ended") is not None
    return count


async def own_request(tx: Tx, agency: str, request_id: str) -> RequestRow:
    """Return a request of an agency; raises NotFound."""
    row = await store.get(tx, request_id, agency)
    if row is None:
        raise NotFound(
            "There is no such request of your agency.", do="Load the list again.", code="requests.no_request"
        )
    return row


def request_of(row: RequestRow) -> FootageRequest:
    """Return the request that a row keeps."""
    return _read(row.body, row.sig)


# What was signed does not change, and an agency's earlier requests are read at each new one of it.
@lru_cache(maxsize=4_096)
def _read(body: str, signature: str) -> FootageRequest:
    fields = {**jcs.loads(body), "signature": signature}
    fields.pop("case_key_sealed", None)  # signed by officers of earlier releases
    return msgspec.convert(fields, RequestIn).footage_request()


def _decision_json(decided: Decided) -> str:
    return msgspec.json.encode(decided.decision.as_json()).decode()
