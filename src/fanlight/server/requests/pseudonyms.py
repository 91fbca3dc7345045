"""Under which pseudonym a request was asked and signed: an entry of its own, once the auditor named who did.

In:     the rows of requests; pseudonyms that the agency's auditor gave.
Out:    entries `pseudonym`, in the transaction that makes the request, names the person or ends the request.
Holds:  a request waits for no pseudonym. The year is that of the day on which it was asked, of both people. A
        protected one has none before it opens: an officer's other requests would tell which class it is of.
Absent: who gives pseudonyms, and how they are made (server.auditing, and the auditor's browser).
Why:    docs/design/auditing.md
"""

from datetime import datetime, timedelta

import msgspec

from fanlight.server.log import Log
from fanlight.store.database import Tx, many

OPENS_DAYS = timedelta(days=180)
_YEAR = "extract(year FROM r.made AT TIME ZONE 'UTC')::integer"
_PARTS = "CROSS JOIN LATERAL (VALUES ('officer', r.officer), ('cosigner', r.cosigner)) AS who (part, account)"


class Waiting(msgspec.Struct, frozen=True):
    """Somebody of an agency who has no pseudonym of a year."""

    account: str
    year: int


class _Due(msgspec.Struct, frozen=True):
    request: str
    agency: str
    part: str
    year: int
    pseudonym: str
    auditor: str


async def waiting(tx: Tx, agency: str, years: list[int]) -> list[Waiting]:
    """Return who has no pseudonym: who is in office, of `years`; who asked or signed, of that year."""
    query = (
        "SELECT w.account, w.year FROM ("  # noqa: S608 - fixed text
        " SELECT p.account, y.year FROM agency_person p CROSS JOIN unnest(%(years)s::integer[]) AS y (year)"
        " WHERE p.agency = %(agency)s AND p.ended IS NULL AND p.role <> 'administrator' UNION"
        f" SELECT who.account, {_YEAR} FROM request r {_PARTS}"
        " WHERE r.agency = %(agency)s AND who.account IS NOT NULL) w"
        " WHERE NOT EXISTS (SELECT FROM pseudonym n WHERE n.account = w.account AND n.year = w.year)"
        " ORDER BY w.year, w.account"
    )
    return await many(tx, Waiting, query, {"agency": agency, "years": years})


async def enter(
    log: Log, tx: Tx, now: datetime, *, agency: str | None = None, request: str | None = None
) -> int:
    """Enter what is due of a request, of an agency's or of all that open by day; return how many."""
    also = "r.protected AND r.state <> 'closed' AND" if agency is None and request is None else ""
    query = (
        "SELECT r.id AS request, r.agency, who.part, n.year, n.pseudonym, g.auditor"  # noqa: S608 - fixed text
        f" FROM request r {_PARTS} JOIN pseudonym n ON n.account = who.account AND n.year = {_YEAR}"
        " JOIN pseudonym_naming g ON g.id = n.naming"
        f" WHERE {also} (NOT r.protected OR r.state = 'closed' OR r.made <= %(opened)s)"
        " AND (%(agency)s::text IS NULL OR r.agency = %(agency)s)"
        " AND (%(request)s::text IS NULL OR r.id = %(request)s)"
        " AND NOT EXISTS (SELECT FROM request_pseudonym e WHERE e.request = r.id AND e.part = who.part)"
        " ORDER BY r.made, r.id, who.part DESC"
    )
    opened = now - OPENS_DAYS
    due = await many(tx, _Due, query, {"opened": opened, "agency": agency, "request": request})
    for one in due:
        pub = {
            "request": one.request,
            "agency": one.agency,
            "by": one.part,
            "year": one.year,
            "pseudonym": one.pseudonym,
            "auditor": one.auditor,
        }
        leaf = await log.queue_leaf(tx, "pseudonym", pub)
        await tx.execute(
            "INSERT INTO request_pseudonym (request, part, leaf) VALUES (%s, %s, %s)",
            [one.request, one.part, leaf],
        )
    return len(due)
