"""Preservation requests: what exists is not lost for 90 days, once renewed for 90 more, and is let go then.

In:     what counsel accepted of a request that names no court, or the one request that renews it.
Out:    rows by which the database itself puts aside what is deleted meanwhile; the end.
Holds:  nothing is handed out; a request is renewed once, by who made it, within what was accepted; an
        agency has no second one over the same days of an account while one stands; the end is a day, and
        what lies beyond it needs nobody's word.
Absent: keys. Those of a household are its own, and destroying one is never put off.
Why:    docs/design/process.md
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from fanlight.server.errors import Conflict
from fanlight.server.process import store
from fanlight.server.process.rules import LAW, PRESERVATION, ProcessIn, Scope, within
from fanlight.server.process.store import Row
from fanlight.store.database import Tx, one, value
from fanlight.wire import jcs

_FEW = 5  # accounts, above which the public record has the other band


class Term(msgspec.Struct, frozen=True):
    """Until when an accepted request stands, and which it renews."""

    until: date
    renews: str | None


async def term(tx: Tx, process: str) -> Term | None:
    """Return until when a request stands or stood; None where nothing was accepted, or it is none."""
    return await one(tx, Term, "SELECT until, renews FROM preservation_term WHERE process = %s", [process])


async def begin(tx: Tx, row: Row, given: ProcessIn, scope: Scope | None, today: date) -> None:
    """Store until when an accepted request stands, nothing of another document; raises Conflict."""
    if given.kind != PRESERVATION or scope is None:
        return
    days = timedelta(days=LAW[PRESERVATION]["days"])
    until = today + days if given.renews is None else await _renewed(tx, row, given.renews, scope, today)
    await tx.execute(
        "INSERT INTO preservation_term (process, renews, until) VALUES (%s, %s, %s)",
        [row.id, given.renews, until],
    )


async def _renewed(tx: Tx, row: Row, renews: str, scope: Scope, today: date) -> date:
    first, stands = await store.get(tx, renews, lock=True), await term(tx, renews)
    again = await value(tx, "SELECT 1 FROM preservation_term WHERE renews = %s", [renews])
    if (
        first is None
        or first.scope is None
        or first.agency != row.agency
        or stands is None
        or stands.renews is not None
        or stands.until < today
        or again
        or not within(scope, msgspec.convert(jcs.loads(first.scope.encode()), Scope))
    ):
        raise Conflict(
            "This does not renew a preservation request that stands.",
            do="It is renewed once, before its end, by who made it and within what was accepted. Reject"
            " this with that reason.",
            code="process.not_renewable",
        )
    return stands.until + timedelta(days=LAW[PRESERVATION]["days"])


async def hold(tx: Tx, row: Row, given: ProcessIn, scope: Scope | None, household: str) -> None:
    """Hold what an accepted request reaches of one household, whose transaction this is; raises Conflict."""
    if given.kind != PRESERVATION or scope is None:
        return
    found = await term(tx, row.id)
    if row.agency and await value(
        tx,
        "SELECT 1 FROM preservation p JOIN process q ON q.id = p.process WHERE q.agency = %s"
        " AND p.process IS DISTINCT FROM %s AND p.start <= %s AND p.last >= %s",
        [row.agency, given.renews, scope.end, scope.start],
    ):
        raise Conflict(
            "A request of this agency over the same days of one of these accounts stands already.",
            do="Only its one renewal puts the end off. Reject this, or narrow it to other days.",
            code="process.preserved_already",
        )
    await tx.execute(
        "INSERT INTO preservation (process, household, clips, records, start, last, until)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            *(row.id, household, "contents" in scope.what, "account_records" in scope.what),
            *(scope.start, scope.end, found.until if found else None),
        ],
    )


async def aside(tx: Tx, process: str) -> int:
    """Return how many clips the transaction's household no longer has that lie here for this request."""
    query = (
        "SELECT count(*) FROM held_clip h JOIN preservation p ON p.household = h.household"
        " WHERE p.process = %s AND p.clips AND h.day BETWEEN p.start AND p.last"
    )
    return int(await value(tx, query, [process]))


async def public(tx: Tx, process: str, accounts: Sequence[str]) -> dict[str, Any]:
    """Return what everybody reads of a request beside its decision: the end, and a band of accounts."""
    found = await term(tx, process)
    if found is None:
        return {}
    return {
        "until": found.until.isoformat(),
        "accounts": f"1-{_FEW}" if len(set(accounts)) <= _FEW else f"{_FEW + 1}-20",
        "renewal": found.renews is not None,
    }
