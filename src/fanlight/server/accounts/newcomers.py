"""Who joined within the last days, for rooms that look at what new accounts do. Nothing is kept beyond that.

In:     the day on which an account was made.
Out:    whether it is new.
Holds:  a row goes after three days, so that nobody reads from it since when somebody is here.
"""

from datetime import date, timedelta

from fanlight.store.database import Tx, value

NEW = timedelta(days=3)


async def note(tx: Tx, account: str, today: date) -> None:
    """Note that an account was made today."""
    await tx.execute(
        "INSERT INTO newcomer (account, since) VALUES (%s, %s) ON CONFLICT DO NOTHING", [account, today]
    )


async def is_new(tx: Tx, account: str, today: date) -> bool:
    """Tell whether an account was made within the last days."""
    return bool(
        await value(
            tx, "SELECT count(*) FROM newcomer WHERE account = %s AND since > %s", [account, today - NEW]
        )
    )


async def forget(tx: Tx, today: date) -> None:
    """Forget who is new no more."""
    await tx.execute("DELETE FROM newcomer WHERE since <= %s", [today - NEW])
