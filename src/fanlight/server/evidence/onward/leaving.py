"""Who acts for an agency no more holds no key of what was handed to it, unless nobody else could open it.

In:     an account, in the transaction that ends their work, or later.
Out:    deleted keys, each with a line and an entry.
"""

from datetime import datetime

from fanlight.model.clock import to_text
from fanlight.server import accounts
from fanlight.server.evidence import day, store
from fanlight.server.evidence.onward import store as rows
from fanlight.server.evidence.onward.store import Act
from fanlight.store.database import Tx


async def forget_person(tx: Tx, account: str, now: datetime, by: str) -> int:
    """Delete a person's keys of what was handed to their agency; return of how many copies."""
    count = 0
    for row in await rows.held_with_others(tx, account):
        await store.lock_end(tx, row.request)
        if not await rows.drop_holder(tx, row.id, account):
            continue
        name = await accounts.person_name(tx, account)
        await rows.add_act(tx, row.id, Act(to_text(now), f"key of {name} taken back", by))
        detail = {"onward": row.id, "of": name, "why": "left", "by": by, "at": to_text(now)}
        await day.enter(tx, row.to_agency, now, "key-taken-back", detail)
        count += 1
    return count
