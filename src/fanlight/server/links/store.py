"""The rows of links."""

from collections.abc import Iterable
from datetime import date
from typing import LiteralString

import msgspec

from fanlight.store.database import Tx, changed, many, one, value


class LinkRow(msgspec.Struct, frozen=True):
    """A link as kept."""

    id: str
    kind: str
    state: str
    until: date
    most: int
    opened: int
    length: int
    about: bytes
    own: bytes


_LINK = "SELECT id, kind, state, until, most, opened, length, about, own FROM link"
_END: LiteralString = "UPDATE link SET state = %s, about = '' WHERE id = %s AND state IN ('coming', 'open')"


async def name(tx: Tx, link: str) -> None:
    """Let this transaction see the one link whose id was named."""
    await tx.execute("SELECT set_config('fanlight.link', %s, true)", [link])


async def see_over(tx: Tx, before: date) -> None:
    """Let this transaction see the links whose last day was before `before`."""
    await tx.execute("SELECT set_config('fanlight.over_before', %s, true)", [before.isoformat()])


async def add(tx: Tx, household: str, row: LinkRow) -> bool:
    """Store a link that is to come; tell whether its id was new."""
    return bool(
        await changed(
            tx,
            "INSERT INTO link (id, household, kind, until, most, length, about, own)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [row.id, household, row.kind, row.until, row.most, row.length, row.about, row.own],
        )
    )


async def get(tx: Tx, link: str) -> LinkRow | None:
    """Return a link that this transaction may see."""
    return await one(tx, LinkRow, _LINK + " WHERE id = %s", [link])


async def of_household(tx: Tx) -> list[LinkRow]:
    """Return the household's links, in the order of their random ids."""
    return await many(tx, LinkRow, _LINK + " ORDER BY id")


async def alive(tx: Tx, today: date) -> int:
    """Return how many of the household's links are open or on their way."""
    return int(
        await value(
            tx, "SELECT count(*) FROM link WHERE state IN ('coming', 'open') AND until >= %s", [today]
        )
    )


async def open_link(tx: Tx, link: str) -> None:
    """Note that a link's file is whole."""
    await tx.execute("UPDATE link SET state = 'open' WHERE id = %s AND state = 'coming'", [link])


async def count(tx: Tx, link: str) -> int | None:
    """Count one opening; return how many are left, or None where there was none left for this one."""
    found: int | None = await value(
        tx,
        "UPDATE link SET opened = opened + 1 WHERE id = %s AND state = 'open' AND opened < most"
        " RETURNING most - opened",
        [link],
    )
    return found


async def end(tx: Tx, link: str, state: str) -> bool:
    """End a link and drop what it told; tell whether it was alive."""
    return bool(await changed(tx, _END, [state, link]))


async def end_named(tx: Tx, links: Iterable[str]) -> None:
    """End those of the links that there are and that are alive."""
    async with tx.pipeline():  # the list is long, and hardly any of it is there
        for link in links:
            await name(tx, link)
            await tx.execute(_END, ["over", link])


async def over(tx: Tx) -> list[str]:
    """Return the links that `see_over` shows and that still have a file."""
    return [row.id for row in await many(tx, LinkRow, _LINK + " WHERE state IN ('coming', 'open')")]


async def forget(tx: Tx, before: date) -> None:
    """Drop the rows of links whose last day was before `before`."""
    await tx.execute("DELETE FROM link WHERE until < %s", [before])
