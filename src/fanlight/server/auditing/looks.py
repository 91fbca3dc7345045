"""That an auditor looked: an entry for each kind of thing and day, so that who watches is seen to watch.

Holds:  the entry is queued in the transaction that reads what is shown. Whoever reads more of the same kind
        on one day makes no second entry: which lines an auditor read is nobody's.
Why:    docs/design/auditing.md
"""

from datetime import date
from typing import Literal

import msgspec

from fanlight.server.accounts import Session
from fanlight.server.auditing import store
from fanlight.server.auditing.store import Auditor
from fanlight.server.errors import NotAllowed, NotFound
from fanlight.server.services import Services
from fanlight.store.database import Tx, many, value

What = Literal["log", "access", "patterns", "export", "pseudonyms"]


class Look(msgspec.Struct, frozen=True):
    """A look as everybody sees it; `index` is of its entry, None while that waits."""

    auditor: str
    agency: str
    day: date
    what: str
    index: int | None


async def in_office(services: Services, tx: Tx, session: Session, agency: str) -> Auditor:
    """Return the appointment that counts today; raises as `enter`, which records that somebody looks."""
    session.of_kind("auditor")
    row = await store.of_account(tx, session.account, services.clock().date())
    if row is None:
        raise NotAllowed(
            "No appointment of an auditor counts for you today.",
            do="Ask the clerk who entered it.",
            code="auditing.not_appointed",
        )
    if row.agency != agency:
        raise NotFound(
            "There is no such agency that you audit.",
            do="Look at your own.",
            code="auditing.other_agency",
        )
    return row


async def enter(services: Services, tx: Tx, session: Session, agency: str, what: What) -> Auditor:
    """Let an agency's auditor look, and record it.

    Raises:
        NotAllowed: no auditor, or none whose appointment counts today.
        NotFound: of another agency.
    """
    row = await in_office(services, tx, session, agency)
    today = services.clock().date()
    await store.lock_looks(tx, row.id)
    known = "SELECT 1 FROM audit_look WHERE auditor = %s AND day = %s AND what = %s"
    if await value(tx, known, [row.id, today, what]) is None:
        pub = {"auditor": row.id, "agency": row.agency, "day": today.isoformat(), "what": what}
        leaf = await services.log.queue_leaf(tx, "audit-look", pub)
        await tx.execute(
            "INSERT INTO audit_look (auditor, day, what, leaf) VALUES (%s, %s, %s, %s)",
            [row.id, today, what, leaf],
        )
    return row


async def latest(tx: Tx, limit: int) -> list[Look]:
    """Return the latest looks."""
    query = (
        "SELECT k.auditor, a.agency, k.day, k.what, l.idx AS index FROM audit_look k"
        " JOIN agency_auditor a ON a.id = k.auditor JOIN leaf l ON l.id = k.leaf"
        " ORDER BY k.day DESC, l.queued DESC LIMIT %s"
    )
    return await many(tx, Look, query, [limit])
