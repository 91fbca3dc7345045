"""What an earlier release had in force without a clerk's signature is suspended, and the record says so once.

In:     the rows that a migration left in that state.
Out:    an entry each.
Why:    docs/design/register.md
"""

from datetime import date

from fanlight.server.log import Log
from fanlight.server.programme import register_store as rows
from fanlight.server.programme import steps
from fanlight.store.database import Database, value

REASON = "Its vote bears no clerk's signature."


async def enter(db: Database, log: Log, today: date) -> int:
    """Enter what is suspended and not entered yet; return how many."""
    count = 0
    async with db.transaction() as tx:
        await rows.lock(tx)
        for row in await rows.agreements(tx):
            if row.state != "suspended":
                continue
            known = await value(
                tx,
                "SELECT 1 FROM leaf WHERE type = 'agreement' AND convert_from(body, 'UTF8')::jsonb -> 'pub'"
                " @> jsonb_build_object('agreement', %s::text, 'state', 'suspended')",
                [row.id],
            )
            if known is None:
                pub = steps.pub_of(row, "suspended", today, brought=False)
                await log.queue_leaf(tx, "agreement", {**pub, "reason": REASON})
                count += 1
    return count
