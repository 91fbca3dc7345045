"""What ends by itself among people of offices: locked sessions and invitations that nobody answered.

In:     the present; which sessions lay unused (memory).
Out:    their rows are gone, with the keys and passkey of who answered an invitation and was not confirmed.
Holds:  an agency's invitations are dropped under its lock, one agency a transaction. A session that began
        meanwhile is in memory before its row can be seen, so that none in use is dropped.
"""

import asyncio

import structlog

from fanlight.server.accounts import store as accounts
from fanlight.server.agencies import invitations, store
from fanlight.server.idle import LOCKED
from fanlight.server.services import Services

_EVERY_S = 300

log = structlog.get_logger()


async def sweep(services: Services) -> None:
    """Drop the rows of locked sessions, and ended invitations."""
    async with services.db.transaction() as tx:
        sessions = await accounts.ids_of_sessions(tx, sorted(LOCKED))
        locked = services.idle.locked(sessions, services.clock())
        if locked:
            await accounts.drop_sessions(tx, locked)
        agencies = await invitations.with_ended(tx, services.clock())
    for agency in agencies:
        async with services.db.transaction() as tx:
            await store.lock(tx, agency)
            await invitations.drop_ended(tx, agency, services.clock())


async def run(services: Services) -> None:
    """Sweep every five minutes until cancelled. What fails is logged and tried again."""
    while True:
        await asyncio.sleep(_EVERY_S)
        try:
            await sweep(services)
        except Exception as error:  # noqa: BLE001 - the next round tries again
            log.warning("agencies", error=type(error).__name__)
