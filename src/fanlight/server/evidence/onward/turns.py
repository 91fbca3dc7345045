"""A hand-over as it is once it is a call's turn, for the agency that offered it and for the other.

In:     a session and an id, in the caller's transaction.
Out:    the row, which nobody changes until the transaction ends; or that there is none for this agency.
Holds:  changes of one hand-over come one after another, with those of the first agency's case.
"""

from fanlight.model.ids import is_id
from fanlight.server.accounts import Session
from fanlight.server.errors import Conflict, NotFound
from fanlight.server.evidence import store
from fanlight.server.evidence.onward import store as rows
from fanlight.server.evidence.onward.store import Row
from fanlight.store.database import Tx


async def offered_by(tx: Tx, session: Session, onward: str) -> Row:
    """Return a hand-over that the caller's agency offered; raises NotFound."""
    row = await rows.get(tx, onward) if is_id(onward) else None
    if row is None or row.agency != session.agency:
        raise NotFound(
            "Your agency made no such offer.", do="Load the list again.", code="evidence.no_onward"
        )
    return await _in_turn(tx, row)


async def offered_to(tx: Tx, session: Session, onward: str) -> Row:
    """Return a hand-over that was offered to the caller's agency; raises NotFound."""
    row = await rows.get(tx, onward) if is_id(onward) else None
    if row is None or row.to_agency != session.agency:
        raise NotFound(
            "No such copy was offered to your agency.", do="Load the list again.", code="evidence.no_onward"
        )
    return await _in_turn(tx, row)


def changed_meanwhile() -> Conflict:
    """Return the error for a hand-over that is in another state than the call needs."""
    return Conflict(
        "This offer is not as it was: it was accepted, declined, taken back, handed over or destroyed.",
        kept="Nothing was changed.",
        do="Load the list again.",
        code="evidence.onward_changed",
    )


async def _in_turn(tx: Tx, row: Row) -> Row:
    await store.lock_end(tx, row.request)
    return await rows.get(tx, row.id) or row
