"""How common incidents are, by class. Silence is told as such: a month that no source reported on is no zero.

An incident is counted when it leaves the map, a day after it began: a month is told once its last one has.
"""

from datetime import date

from fanlight.server.incidents import store
from fanlight.server.programme import years
from fanlight.store.database import Tx


async def of_town(tx: Tx, today: date) -> years.Years:
    """Return how many incidents of each class there were a month, by area."""
    since = years.since(today)
    taken = {f"{one.day:%Y-%m}" for one in await store.taken(tx, since, today)}
    return await years.of_town(tx, today, await store.by_month(tx, since), taken)
