"""How common posts of a category are, by month and area: the context beside the feed (R14).

Holds:  the same months and areas as those of dispatch; counted anew once a month, so that no number moves
        when something is posted. The months before the first post are told as silent, not as zero.
"""

from datetime import date, datetime

from fanlight.server.neighbors import rules, store_counts
from fanlight.server.programme import years
from fanlight.store.database import Tx


async def of_town(tx: Tx, now: datetime) -> years.Years:
    """Return how many posts of each category came out a month, by area."""
    since = years.since(now.date())
    rows = await store_counts.by_month(tx, rules.start_of(since))
    first = await store_counts.first_month(tx)
    months = years.months_until(now.date())
    return await years.of_town(tx, now.date(), rows, {one for one in months if first and one >= first})


def mark(today: date) -> str:
    """Return what tells whether the counts have changed."""
    return years.months_until(today)[-1]
