"""Who is clerk: appointed by the elected body, recorded by the operator, known by a key of their own.

In:     an appointment, signed by the new clerk's key and, to count at once, by a clerk in office.
Out:    rows and entries.
Holds:  the appointment names the elected body's act and the hash of its words, which are public; a clerk to
        whom no clerk in office hands over, the first too unless the town began with one, counts from the
        fifteenth day, in the record all that time, so that a key set in silence brings nothing into force;
        an appointment is never changed, only ended.
Absent: accounts and passkeys (server.accounts).
Why:    docs/design/register.md
"""

from dataclasses import dataclass
from datetime import date, timedelta

from fanlight.model.errors import FanlightError
from fanlight.seal import keys
from fanlight.server.accounts import account_by_id
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.log import Log
from fanlight.server.programme import register_store as rows
from fanlight.server.programme import steps
from fanlight.server.programme.papers import Appointment
from fanlight.server.programme.register_store import Clerk
from fanlight.store.database import Tx
from fanlight.wire import b64
from fanlight.wire.register import CONTEXT, digest

NOTICE = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An appointment as it comes in.

    Attributes:
        account: of the kind clerk, which signs with the key that the statement names.
        statement: canonical JSON.
        acceptance: the new clerk's signature.
        document: the elected body's words.
        handed_over_by: a clerk in office, and that one's signature in `handover`.
    """

    account: str
    statement: str
    acceptance: bytes
    document: str
    handed_over_by: str | None = None
    handover: bytes | None = None


async def appoint(log: Log, tx: Tx, offer: Offer, today: date, *, brought: bool = False) -> Clerk:
    """Record an appointment.

    Raises:
        Malformed: it is no appointment, or of another document, key or day.
        NotAllowed: a signature does not hold.
        Conflict: the clerk who hands over is not in office.
    """
    await rows.lock(tx)
    said = Appointment.read(offer.statement)
    account = await account_by_id(tx, offer.account)
    if account is None or account.kind != "clerk" or b64.encode(bytes(account.sign_pub)) != said.key:
        raise Malformed(
            "The appointment names another key than the account's.",
            do="Let the clerk sign up, and name that account.",
            code="register.other_key",
        )
    if said.appointed.document != digest(offer.document) or (said.day != today and not brought):
        raise Malformed(
            "The appointment names another document or day.",
            do="Let the clerk sign it today, with the hash of the very words.",
            code="register.bad_statement",
        )
    known = await rows.clerks(tx)
    at_once = brought or offer.handover is not None
    row = Clerk(
        id=said.clerk,
        account=account.id,
        name=said.name,
        office=said.office,
        sign_pub=bytes(account.sign_pub),
        statement=offer.statement,
        acceptance=offer.acceptance,
        handed_over_by=offer.handed_over_by,
        handover=offer.handover,
        document=offer.document,
        day=said.day,
        counts_from=said.day if at_once else said.day + NOTICE,
        ended=None,
        idx=None,
    )
    steps.check_signed(row, row.statement, row.acceptance)
    if offer.handover is not None:
        _check_handover(known, row, offer.handover)
    if any(one.id == row.id for one in known):
        raise Conflict(
            "This appointment is recorded.", do="Load the register again.", code="register.known_clerk"
        )
    pub = {
        "clerk": row.id,
        "name": row.name,
        "office": row.office,
        "key": said.key,
        "counts_from": row.counts_from.isoformat(),
        "brought": brought,
        "statement": row.statement,
        "acceptance": b64.encode(row.acceptance),
        "handed_over_by": row.handed_over_by,
        "handover": b64.encode(row.handover) if row.handover else None,
    }
    leaf = await log.queue_leaf(tx, "clerk", pub)
    await rows.add_clerk(tx, row, leaf, brought=brought)
    return row


async def end(log: Log, tx: Tx, clerk_id: str, reason: str, today: date) -> None:
    """End an appointment from today on; raises NotFound, Conflict."""
    await rows.lock(tx)
    row = await rows.clerk(tx, clerk_id)
    if row is None:
        raise NotFound("There is no such clerk.", do="Load the register again.", code="register.no_clerk")
    if row.ended is not None or today < row.day:
        raise Conflict(
            "This appointment has ended.", do="Load the register again.", code="register.clerk_ended"
        )
    pub = {"clerk": row.id, "day": today.isoformat(), "reason": reason}
    leaf = await log.queue_leaf(tx, "clerk-ended", pub)
    await rows.end_clerk(tx, row.id, today, leaf)


def _check_handover(known: list[Clerk], row: Clerk, handover: bytes) -> None:
    before = next((one for one in known if one.id == row.handed_over_by), None)
    if before is None or not before.in_office(row.day):
        raise Conflict(
            "Who hands over is not in office.",
            do="Let a clerk in office sign, or record it without: it then counts from the fifteenth day.",
            code="register.no_handover",
        )
    try:
        keys.verify(bytes(before.sign_pub), CONTEXT, row.statement.encode(), handover)
    except FanlightError as error:
        raise steps.bad_signature() from error
