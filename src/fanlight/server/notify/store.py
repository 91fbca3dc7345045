"""The rows of wishes: sealed to a household's hubs, one a browser."""

import msgspec

from fanlight.store.database import Tx, changed, many, value


class WishRow(msgspec.Struct, frozen=True):
    """A wish as kept."""

    id: str
    body: bytes


async def wishes(tx: Tx, account: str | None) -> list[WishRow]:
    """Return the wishes of the transaction's household: one account's, or all of those who are in it now."""
    return await many(
        tx,
        WishRow,
        "SELECT id, body FROM push_wish WHERE (%(account)s::text IS NULL OR account = %(account)s)"
        " AND account IN (SELECT account FROM membership WHERE household = push_wish.household)"
        " ORDER BY id",
        {"account": account},
    )


async def count(tx: Tx) -> int:
    """Return how many wishes the transaction's household has."""
    return int(await value(tx, "SELECT count(*) FROM push_wish"))


async def put(tx: Tx, household: str, wish: str, account: str, body: bytes) -> bool:
    """Keep a wish in place of the same account's earlier one; tell whether it could be."""
    return bool(
        await changed(
            tx,
            "INSERT INTO push_wish (household, id, account, body) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (household, id) DO UPDATE SET body = excluded.body"
            " WHERE push_wish.account = excluded.account",
            [household, wish, account, body],
        )
    )


async def drop(tx: Tx, wish: str, account: str) -> None:
    """Forget an account's wish."""
    await tx.execute("DELETE FROM push_wish WHERE id = %s AND account = %s", [wish, account])
