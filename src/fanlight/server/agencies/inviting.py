"""How somebody comes to a running agency: by a one-time link, own keys, and an administrator's second word.

In:     an administrator's signed invitation; the answer of who has its secret; the signed confirmation of
        their keys. Where no administrator is in office, the operator invites one; of no agency, their own
        counsel (docs/design/process.md) and moderators (docs/design/moderators.md).
Out:    a person of the agency, with an entry in the record.
Holds:  no agreement in force, nobody comes. Who answered may do nothing until the confirmation, and counts
        only once the entry with their public halves has its place in the record. The confirmation is signed
        over the very keys, so that it confirms no others. An invitation cannot be answered once its maker
        is administrator no more. No auditor comes in, and nobody by a key that was in use before.
Absent: the secret, of which a hash is kept.
Why:    docs/design/people.md
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fanlight.model.readable import skeleton
from fanlight.server import programme
from fanlight.server.accounts import Session, account_by_id, forms
from fanlight.server.agencies import invitations, store
from fanlight.server.agencies.invitations import Invitation
from fanlight.server.auditing import store as auditors
from fanlight.server.counsel import store as counsel
from fanlight.server.errors import Conflict, NotAllowed, NotFound
from fanlight.server.log import Log
from fanlight.server.moderators import store as moderators
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs

LIFE = timedelta(hours=72)
MOST = 20
OPERATOR = "operator"
PEOPLE = ("officer", "supervisor", "custodian", "administrator")
# What the operator invites to, of no agency, and the kind of account that it makes.
OFFICES = dict.fromkeys(counsel.ROLES, "counsel") | {moderators.ROLE: "moderator"}
_ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who invites and confirms; `name` is null of the operator."""

    account: str
    sign_pub: bytes
    name: str | None
    agency: str

    def check(self, act: str, of: str, signature: str) -> None:
        """Raise NotAllowed unless they signed."""
        forms.check_act(self.sign_pub, self.account, act, of, signature)


def digest(**fields: str) -> str:
    """Return the hash that stands for what is signed."""
    return hashlib.sha256(jcs.dumps(fields)).hexdigest()


def hash_of(secret: bytes) -> bytes:
    """Return what is kept of an invitation's secret."""
    return hashlib.sha256(b"fanlight/agency-invitation/v1\n" + secret).digest()


async def maker(tx: Tx, session: Session, agency: str) -> By:
    """Return the caller as one who may invite to an agency now; nobody else changes its people meanwhile.

    Raises:
        NotAllowed: an administrator of another agency, or of none any more.
        Conflict: the operator, where an administrator is in office.
    """
    await store.lock(tx, agency)
    account = await account_by_id(tx, session.account)
    if account is None:
        raise no_invitation()
    rows = {row.account: row for row in await store.everybody(tx, agency) if row.ended is None}
    if session.kind == OPERATOR and not agency:
        return By(account=account.id, sign_pub=bytes(account.sign_pub), name=None, agency="")
    if session.kind == OPERATOR:
        await programme.agency(tx, agency)
        if any(row.role == _ADMINISTRATOR for row in rows.values()):
            raise Conflict(
                "An administrator is in office at this agency, and invites.",
                do="Let an administrator of the agency invite.",
                code="agencies.somebody_in_office",
            )
        return By(account=account.id, sign_pub=bytes(account.sign_pub), name=None, agency=agency)
    own = rows.get(session.account)
    if own is None or own.role != _ADMINISTRATOR:
        raise NotAllowed(
            "Only an administrator of the agency may do this.",
            do="Ask an administrator.",
            code="accounts.other_role",
        )
    return By(account=account.id, sign_pub=bytes(account.sign_pub), name=own.name, agency=agency)


async def invite(  # noqa: PLR0913 - what was signed, and by whom
    tx: Tx, by: By, made: Invitation, *, secret_hash: bytes, signature: str, now: datetime
) -> None:
    """Keep an invitation until it ends.

    Raises:
        NotAllowed: the signature does not hold, or no agreement is in force.
        Conflict: twenty are open, this one is known, or the person audits an agency.
    """
    said = digest(
        agency=made.agency,
        invitation=made.id,
        name=made.name,
        role=made.role,
        secret_hash=b64.encode(secret_hash),
    )
    by.check("person-invite", said, signature)
    may = tuple(OFFICES) if not by.agency else (_ADMINISTRATOR,) if by.name is None else PEOPLE
    if made.role not in may:
        raise NotAllowed(
            "The operator invites counsel, moderators and an agency's first administrator, and nobody else.",
            do="Let that administrator invite the others.",
            code="agencies.only_administrator",
        )
    await _require_agreement(tx, made, now)
    await _check_no_auditor(tx, made.name, now)
    await invitations.drop_ended(tx, made.agency, now)
    if len(await invitations.of_agency(tx, made.agency, now)) >= MOST:
        raise Conflict(
            "Twenty invitations are open.", do="Take one of them back.", code="agencies.many_invitations"
        )
    if not await invitations.add(tx, made, secret_hash):
        raise Conflict("This invitation is known.", do="Make a new one.", code="agencies.known_invitation")


async def opened(tx: Tx, secret: bytes, now: datetime) -> Invitation:
    """Return the invitation of a secret while it can be answered.

    Raises:
        NotFound: there is none, or it was answered. NotAllowed: no agreement is in force.
    """
    found = await invitations.by_secret(tx, hash_of(secret), now)
    if found is None or found.account is not None:
        raise no_invitation()
    await _require_agreement(tx, found, now)
    await store.lock(tx, found.agency)
    people = [row for row in await store.everybody(tx, found.agency) if row.ended is None]
    managing = [row.account for row in people if row.role == _ADMINISTRATOR]
    # Where nobody manages the agency's people, the operator's own for an administrator alone can be answered.
    holds = found.by_whom in managing if managing else not people or found.role == _ADMINISTRATOR
    if not holds:
        raise no_invitation()  # its maker is an administrator no more, or the operator's came too late
    return found


async def confirm(  # noqa: PLR0913 - what was signed, and by whom
    log: Log, tx: Tx, by: By, invitation: str, *, signature: str, now: datetime
) -> None:
    """Let who answered act for the agency, and enter it with their public halves.

    Raises:
        NotFound: no such invitation was answered.
        NotAllowed: the signature is not over these keys, or no agreement is in force.
        Conflict: the person audits an agency.
    """
    found = await invitations.get(tx, invitation, now)
    if found is None or found.agency != by.agency or found.account is None or found.sign_pub is None:
        raise no_invitation()
    if found.by_whom != by.account and by.name is None:
        raise no_invitation()
    key, recipient = b64.encode(bytes(found.sign_pub)), found.age_recipient or ""
    by.check("person-confirm", keys_digest(found, found.account, key, recipient), signature)
    await _require_agreement(tx, found, now)
    await auditors.lock(tx)
    await _check_no_auditor(tx, found.name, now)
    if not found.agency:
        await invitations.used(tx, found)
        await _take_office(log, tx, found, account=found.account, day=now.date(), signature=signature)
        return
    pub = {
        "agency": found.agency,
        "day": now.date().isoformat(),
        "role": found.role,
        "key": key,
        "recipient": recipient,
        "made_by": OPERATOR if by.name is None else _ADMINISTRATOR,
    }
    committed = {"name": found.name, "by": by.name or OPERATOR, "signature": signature}
    leaf = await log.queue_leaf(tx, "agency-person-joined", pub, committed)
    await invitations.come(tx, found, None if by.name is None else by.account, now.date(), leaf)


async def _take_office(  # noqa: PLR0913 - what the entry says
    log: Log, tx: Tx, of: Invitation, *, account: str, day: date, signature: str
) -> None:
    if of.role == moderators.ROLE:
        await moderators.come(
            log, tx, account=account, name=of.name, day=day, made_by=OPERATOR, signature=signature
        )
        return
    await counsel.come(
        log, tx, account=account, name=of.name, role=of.role, day=day, made_by=OPERATOR, signature=signature
    )


def keys_digest(of: Invitation, account: str, sign_pub: str, age_recipient: str) -> str:
    """Return the hash that both sides compare, shortened, and that is confirmed: docs/design/people.md."""
    return digest(
        account=account,
        age_recipient=age_recipient,
        agency=of.agency,
        invitation=of.id,
        name=of.name,
        role=of.role,
        sign_pub=sign_pub,
    )


async def _require_agreement(tx: Tx, of: Invitation, now: datetime) -> None:
    """Raise NotAllowed where an agency has no agreement in force; an office of no agency needs none."""
    if of.agency:
        await programme.require_agreement(tx, of.agency, now.date())


async def _check_no_auditor(tx: Tx, name: str, now: datetime) -> None:
    today = now.date()
    for row in await auditors.all_of(tx):
        over = row.valid_until <= today or (row.ended is not None and row.ended <= today)
        if not over and skeleton(row.name) == skeleton(name):
            raise Conflict(
                "An auditor has this name. Nobody of an agency is an auditor.",
                do="Invite somebody else; for another person of that name, write the name in full.",
                code="agencies.auditor",
            )


def no_invitation() -> NotFound:
    """Return the error for an invitation that is not open, whatever the reason."""
    return NotFound(
        "This invitation is not open: it was answered or taken back, it has ended, or there was none.",
        do="Ask for a new one.",
        code="agencies.no_invitation",
    )
