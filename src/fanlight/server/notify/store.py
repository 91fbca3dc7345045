"""The rows of behests: sealed to a household's hubs, one a browser."""

import msgspec

from fanlight.store.database import Tx, changed, many, value


class BehestRow(msgspec.Struct, frozen=True):
    """A behest as kept."""

    id: str
    body: bytes


async def behests(tx: Tx, account: str | None) -> list[BehestRow]:
    """Return the behests of the transaction's household: one account's, or all of those who are in it now."""
    return await many(
        tx,
        BehestRow,
        "SELECT id, body FROM push_behest WHERE (%(account)s::text IS NULL OR account = %(account)s)"
        " AND account IN (SELECT account FROM membership WHERE household = push_behest.household)"
        " ORDER BY id",
        {"account": account},
    )


async def count(tx: Tx) -> int:
    """Return how many behests the transaction's household has."""
    return int(await value(tx, "SELECT count(*) FROM push_behest"))


async def put(tx: Tx, household: str, behest: str, account: str, body: bytes) -> bool:
    """Keep a behest in place of the same account's earlier one; tell whether it could be."""
    return bool(
        await changed(
            tx,
            "INSERT INTO push_behest (household, id, account, body) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (household, id) DO UPDATE SET body = excluded.body"
            " WHERE push_behest.account = excluded.account",
            [household, behest, account, body],
        )
    )


async def drop(tx: Tx, behest: str, account: str) -> None:
    """Forget an account's behest."""
    await tx.execute("DELETE FROM push_behest WHERE id = %s AND account = %s", [behest, account])
