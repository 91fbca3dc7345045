"""Rows of sealed slots, and of orders that wait for one."""

from datetime import date
from typing import Any

import msgspec

from fanlight.model.ids import new_id
from fanlight.store.database import Tx, changed, many, one, value
from fanlight.wire import jcs

_LOCK = 0x736C6F74  # any fixed number: who enters slots holds it


class SlotRow(msgspec.Struct, frozen=True):
    """A slot that was entered."""

    day: date
    number: int
    leaf: str
    due: date
    holds: str | None = None


class Shut(msgspec.Struct, frozen=True):
    """Before which day a court lets nothing be opened, and which court, in words for everybody."""

    until: date
    by: str


class OrderRow(msgspec.Struct, frozen=True):
    """An order that waits for its slot; `content` is canonical JSON. `shut_until`, `shut_by`: as of Shut."""

    id: str
    content: str
    shut_until: date | None
    shut_by: str | None

    @property
    def shut(self) -> Shut | None:
        """Until when it is kept shut beyond its slot's own day, if it is."""
        if self.shut_until is None or self.shut_by is None:
            return None
        return Shut(self.shut_until, self.shut_by)


async def lock(tx: Tx) -> None:
    """Wait until nobody else enters or opens slots; ends with the transaction."""
    await tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


async def add_order(tx: Tx, content: dict[str, Any], taken: date, shut: Shut | None) -> str:
    """Keep an order until the slots of its day, or of a later one, are entered."""
    order = new_id()
    await tx.execute(
        "INSERT INTO sealed_order (id, content, taken, shut_until, shut_by) VALUES (%s, %s, %s, %s, %s)",
        [
            *(order, jcs.dumps(content).decode(), taken),
            *((shut.until, shut.by) if shut else (None, None)),
        ],
    )
    return order


async def take_orders(tx: Tx, day: date, most: int) -> list[OrderRow]:
    """Take out at most `most` orders of a day or of earlier ones: who waits longest, of one day at random."""
    return await many(
        tx,
        OrderRow,
        "DELETE FROM sealed_order WHERE id IN"
        " (SELECT id FROM sealed_order WHERE taken <= %s ORDER BY taken, id LIMIT %s)"
        " RETURNING id, content, shut_until, shut_by",
        [day, most],
    )


async def keep_order_shut(tx: Tx, order: str, shut: Shut) -> bool:
    """Note until when an order that waits is kept shut, never earlier than before; tell whether it waits."""
    query = "UPDATE sealed_order SET shut_until = greatest(shut_until, %s), shut_by = %s WHERE id = %s"
    return bool(await changed(tx, query, [shut.until, shut.by, order]))


async def last_day(tx: Tx) -> date | None:
    """Return the last day whose slots were entered."""
    found: date | None = await value(tx, "SELECT max(day) FROM sealed_slot")
    return found


async def add_slot(tx: Tx, row: SlotRow) -> None:
    """Keep a slot; a second one of a day and number fails on the table's key."""
    await tx.execute(
        "INSERT INTO sealed_slot (day, number, leaf, due, holds) VALUES (%s, %s, %s, %s, %s)",
        [row.day, row.number, row.leaf, row.due, row.holds],
    )


async def due(tx: Tx, today: date) -> list[SlotRow]:
    """Return slots that are to be opened."""
    return await many(
        tx,
        SlotRow,
        "SELECT day, number, leaf, due, holds FROM sealed_slot WHERE opened IS NULL AND due <= %s"
        " ORDER BY day, number",
        [today],
    )


async def drop_order(tx: Tx, order: str) -> bool:
    """Take out an order that waits for its slot; tell whether it did."""
    return bool(await changed(tx, "DELETE FROM sealed_order WHERE id = %s", [order]))


async def slot_of(tx: Tx, order: str) -> SlotRow | None:
    """Return the slot that holds an order and was not opened."""
    return await one(
        tx,
        SlotRow,
        "SELECT day, number, leaf, due, holds FROM sealed_slot WHERE holds = %s AND opened IS NULL",
        [order],
    )


async def renew(tx: Tx, day: date, number: int, until: date, longest: int) -> bool:
    """Put a slot's due day off; tell whether there is such a slot, unopened, that may have that day."""
    return (
        await changed(
            tx,
            "UPDATE sealed_slot SET due = %(until)s WHERE day = %(day)s AND number = %(number)s"
            " AND opened IS NULL AND due < %(until)s AND %(until)s <= due + %(longest)s",
            {"until": until, "day": day, "number": number, "longest": longest},
        )
        == 1
    )


async def set_opened(tx: Tx, row: SlotRow, leaf: str) -> None:
    """Note which leaf opened a slot."""
    await tx.execute(
        "UPDATE sealed_slot SET opened = %s WHERE day = %s AND number = %s", [leaf, row.day, row.number]
    )
