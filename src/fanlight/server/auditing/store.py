"""The rows of agencies' auditors: who was appointed, for which term, and by whose signatures."""

from datetime import date

import msgspec

from fanlight.store.database import Tx, many, one

LOCK = 1_919_248_499  # the register's: an appointment and a clerk's end take turns


class Auditor(msgspec.Struct, frozen=True, kw_only=True):
    """An appointment as kept; `ended` is the day from which it counts no more. `idx`: of its entry."""

    id: str
    account: str
    agency: str
    name: str
    sign_pub: bytes
    offer: str
    acceptance: bytes
    clerk: str
    statement: str
    signature: bytes
    document: str
    day: date
    valid_from: date
    valid_until: date
    ended: date | None
    idx: int | None

    def in_office(self, day: date) -> bool:
        """Tell whether the appointment counts on a day."""
        return self.valid_from <= day < self.valid_until and (self.ended is None or day < self.ended)

    def overlaps(self, first: date, until: date) -> bool:
        """Tell whether its term, as far as it was not ended, meets another."""
        end = self.valid_until if self.ended is None else min(self.valid_until, self.ended)
        return self.valid_from < until and first < end


_AUDITOR = (
    "SELECT a.id, a.account, a.agency, a.name, a.sign_pub, a.offer, a.acceptance, a.clerk, a.statement,"
    " a.signature, a.document, a.day, a.valid_from, a.valid_until, a.ended, l.idx"
    " FROM agency_auditor a JOIN leaf l ON l.id = a.leaf"
)


async def lock(tx: Tx) -> None:
    """Take turns over appointments."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


async def lock_looks(tx: Tx, auditor: str) -> None:
    """Take turns over one auditor's looks, so that two calls at once make one entry."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"look {auditor}"])


async def all_of(tx: Tx, agency: str | None = None) -> list[Auditor]:
    """Return the auditors that there ever were, of one agency or all, latest term first."""
    query = _AUDITOR + " WHERE (%(agency)s::text IS NULL OR a.agency = %(agency)s)"
    return await many(tx, Auditor, query + " ORDER BY a.valid_from DESC, a.id", {"agency": agency})


async def get(tx: Tx, auditor: str) -> Auditor | None:
    """Return an appointment."""
    return await one(tx, Auditor, _AUDITOR + " WHERE a.id = %s", [auditor])


async def of_account(tx: Tx, account: str, day: date) -> Auditor | None:
    """Return the appointment of an account that counts on a day; there is one at most."""
    found = await many(tx, Auditor, _AUDITOR + " WHERE a.account = %s ORDER BY a.valid_from", [account])
    return next((row for row in found if row.in_office(day)), None)


async def add(tx: Tx, row: Auditor, leaf: str) -> None:
    """Store an appointment; the table checks its signatures."""
    await tx.execute(
        "INSERT INTO agency_auditor (id, account, agency, name, sign_pub, offer, acceptance, clerk,"
        " statement, signature, document, day, valid_from, valid_until, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(row.id, row.account, row.agency, row.name, row.sign_pub, row.offer, row.acceptance, row.clerk),
            *(row.statement, row.signature, row.document, row.day, row.valid_from, row.valid_until, leaf),
        ],
    )


async def end(tx: Tx, auditor: str, day: date, leaf: str) -> None:
    """End an appointment."""
    await tx.execute(
        "UPDATE agency_auditor SET ended = %s, end_leaf = %s WHERE id = %s", [day, leaf, auditor]
    )
