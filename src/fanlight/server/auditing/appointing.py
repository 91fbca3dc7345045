"""Who audits an agency: appointed by the body that voted, entered and signed by its clerk, for a term.

In:     an auditor's own signed offer, and the clerk's signed appointment; the clerk's signed end of one.
Out:    rows and entries.
Holds:  neither the agency nor the operator can appoint or end one: both need the signature of a clerk in
        office, which the table asks for again. Nobody of an agency is an auditor. An agency has one auditor
        at a time, and an auditor one agency. The auditor's public halves are in the record from that
        transaction on; an appointment is never changed, only ended.
Absent: what an auditor reads; the three auditors of sealed slots (server.sealed), who hold shares of orders.
Why:    docs/design/auditing.md
"""

from dataclasses import dataclass
from datetime import date, timedelta

from fanlight.model.errors import FanlightError
from fanlight.model.readable import skeleton
from fanlight.seal import keys, sealing
from fanlight.server import programme
from fanlight.server.accounts import account_by_id, people
from fanlight.server.auditing import papers, store
from fanlight.server.auditing.papers import Appointment, bad_statement
from fanlight.server.auditing.store import Auditor
from fanlight.server.errors import Conflict, Malformed, NotAllowed, NotFound
from fanlight.server.log import Log
from fanlight.server.programme import Clerk, clerk_of
from fanlight.store.database import Tx
from fanlight.wire import b64
from fanlight.wire.auditing import CONTEXT
from fanlight.wire.register import digest

MOST_TERM = timedelta(days=1_462)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end of an appointment as it comes in: canonical JSON, and the clerk's signature."""

    statement: str
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """An appointment as it comes in.

    Attributes:
        account: of the kind auditor, which signs with the key that the offer names.
        offer: canonical JSON, and the auditor's signature in `acceptance`.
        statement: canonical JSON, and the clerk's signature in `signature`.
        document: the elected body's words.
    """

    account: str
    offer: str
    acceptance: bytes
    statement: str
    signature: bytes
    document: str


async def appoint(log: Log, tx: Tx, by: str, naming: Naming, today: date) -> Auditor:
    """Record whom the elected body appointed; `by` is the account of the clerk who calls.

    Raises:
        Malformed: it is no appointment, or of another offer, document, key or day.
        NotAllowed: the caller is no clerk in office, or a signature does not hold.
        Conflict: a term of the agency's or the auditor's is not over, or the person is an agency's.
    """
    await store.lock(tx)
    clerk = await _in_office(tx, by, today)
    offered, said = papers.read_offer(naming.offer), papers.read_appointment(naming.statement)
    same = (offered.auditor, offered.agency) == (said.auditor, said.agency)
    if (
        not same
        or said.offer != digest(naming.offer)
        or said.appointed.document != digest(naming.document)
        or (said.clerk, said.day) != (clerk.id, today)
    ):
        raise bad_statement()
    account = await account_by_id(tx, naming.account)
    if account is None or account.kind != "auditor" or b64.encode(bytes(account.sign_pub)) != offered.key:
        raise Malformed(
            "The offer names another key than an auditor's account.",
            do="Let the auditor make a passkey on the auditor's page, and take the text that it gives.",
            code="auditing.other_key",
        )
    if account.age_recipient != offered.recipient:
        raise bad_statement()
    sealing.check_recipient(offered.recipient)
    if not today <= said.first < said.until <= said.first + MOST_TERM:
        raise Malformed(
            "The term is in the past, has no days or is longer than four years.",
            do="Give it a first day from today on and an end within four years of it.",
            code="auditing.bad_term",
        )
    _check_signed(bytes(account.sign_pub), naming.offer, naming.acceptance)
    _check_signed(bytes(clerk.sign_pub), naming.statement, naming.signature)
    await programme.agency(tx, said.agency)
    await _check_nobody_of(tx, offered.name)
    await _check_free(tx, said, account.id)
    row = Auditor(
        id=said.auditor,
        account=account.id,
        agency=said.agency,
        name=offered.name,
        sign_pub=bytes(account.sign_pub),
        offer=naming.offer,
        acceptance=naming.acceptance,
        clerk=clerk.id,
        statement=naming.statement,
        signature=naming.signature,
        document=naming.document,
        day=today,
        valid_from=said.first,
        valid_until=said.until,
        ended=None,
        idx=None,
    )
    pub = {
        "auditor": row.id,
        "agency": row.agency,
        "name": row.name,
        "key": offered.key,
        "from": row.valid_from.isoformat(),
        "until": row.valid_until.isoformat(),
        "day": today.isoformat(),
        "clerk": row.clerk,
        "offer": row.offer,
        "acceptance": b64.encode(row.acceptance),
        "statement": row.statement,
        "signature": b64.encode(row.signature),
    }
    leaf = await log.queue_leaf(tx, "agency-auditor", pub)
    await store.add(tx, row, leaf)
    return row


async def end(log: Log, tx: Tx, by: str, ended: Ended, today: date) -> Auditor:
    """Record that an appointment counts no more from today on; raises as `appoint`, and NotFound."""
    await store.lock(tx)
    clerk = await _in_office(tx, by, today)
    said = papers.read_ending(ended.statement)
    if (said.clerk, said.day) != (clerk.id, today):
        raise bad_statement()
    _check_signed(bytes(clerk.sign_pub), ended.statement, ended.signature)
    row = await store.get(tx, said.auditor)
    if row is None:
        raise NotFound("There is no such auditor.", do="Load the list again.", code="auditing.no_auditor")
    if row.ended is not None or row.valid_until <= today:
        raise Conflict("This appointment has ended.", do="Load the list again.", code="auditing.over")
    pub = {
        "auditor": row.id,
        "agency": row.agency,
        "day": today.isoformat(),
        "reason": said.reason,
        "clerk": clerk.id,
        "statement": ended.statement,
        "signature": b64.encode(ended.signature),
    }
    leaf = await log.queue_leaf(tx, "agency-auditor-ended", pub)
    await store.end(tx, row.id, today, leaf)
    return row


async def _in_office(tx: Tx, account: str, today: date) -> Clerk:
    clerk = await clerk_of(tx, account, today)
    if clerk is None:
        raise NotAllowed(
            "Only a clerk in office enters whom the elected body appointed.",
            do="Sign in as the clerk in office.",
            code="auditing.no_clerk",
        )
    return clerk


async def _check_nobody_of(tx: Tx, name: str) -> None:
    """Raise Conflict if somebody of any agency has this name: nobody audits their own house."""
    for agency in await programme.agencies(tx):
        if skeleton(name) in {skeleton(person.name) for person in await people(tx, agency.ori)}:
            raise Conflict(
                "Somebody of an agency has this name. Nobody of an agency is an auditor.",
                do="Name somebody else; for another person of that name, write the name in full.",
                code="auditing.person_of_agency",
            )


async def _check_free(tx: Tx, said: Appointment, account: str) -> None:
    rows = await store.all_of(tx)
    if any(row.id == said.auditor for row in rows):
        raise Conflict("This appointment is recorded.", do="Load the list again.", code="auditing.known")
    mine = [row for row in rows if row.agency == said.agency or row.account == account]
    if any(row.overlaps(said.first, said.until) for row in mine):
        raise Conflict(
            "Another term of this agency or of this auditor is not over by then.",
            do="End that appointment first, or let this one begin when it is over.",
            code="auditing.term_taken",
        )


def _check_signed(key: bytes, text: str, signature: bytes) -> None:
    try:
        keys.verify(key, CONTEXT, text.encode(), signature)
    except FanlightError as error:
        raise NotAllowed(
            "A signature is not that of the person whom the statement names.",
            do="Sign the same words with their own key.",
            code="auditing.bad_signature",
        ) from error
