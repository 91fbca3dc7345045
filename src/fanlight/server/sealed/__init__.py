"""Room: legal process that may not be told yet. So many slots a day, filled or dummy, that look alike.

In:     orders, from whoever has to keep quiet about them; three auditors.
Out:    leaves `sealed` for each day once it is over, `sealed-opened` on the due day, `sealed-renewed` where a
        court renewed it.
Holds:  a slot's leaf has one size and its number one chance, whatever is in it; its opening is locked to any
        two of three auditors in the leaf itself, so that nobody depends on this server to open it. Every slot
        is opened on its due day, dummies as well.
Absent: without three auditors there are no slots, and no order is taken. National-security process: it gets
        no leaf (docs/spec/log.md).
"""

import asyncio
import random
import secrets
from datetime import date, timedelta
from typing import Any

import structlog

from fanlight.proof.openings import SALT_BYTES, Opening
from fanlight.proof.sealed import A_DAY, FIELD, TERM, read_name, slot_name
from fanlight.seal import escrow
from fanlight.server.errors import Conflict, TooLarge, Unavailable
from fanlight.server.log import Log
from fanlight.server.sealed import store
from fanlight.server.sealed.auditors import Auditor
from fanlight.server.sealed.store import OrderRow, Shut, SlotRow
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import b64, jcs

__all__ = ["MOST_BYTES", "Shut", "keep_shut", "open_order", "renew", "run", "take", "tick"]
MOST_BYTES = 3_500
_RANDOM = random.SystemRandom()

log = structlog.get_logger()


async def take(
    tx: Tx, auditors: tuple[Auditor, ...], content: dict[str, Any], *, today: date, shut: Shut | None = None
) -> str:
    """Take an order for a slot of today or of one of the next days; return its id.

    Args:
        tx: the transaction that stores what the order is about.
        auditors: as the home names them.
        content: what will be opened on the due day, at most 3,500 bytes of canonical JSON.
        today: the day it is taken on; no slot of an earlier day holds it.
        shut: what a court's renewal says already; the slot is renewed with its entry where it is due earlier.

    Raises:
        Unavailable: there are no auditors to lock it to.
        TooLarge: it does not fit into a slot.
    """
    if not auditors:
        raise Unavailable(
            "Nothing can be sealed: this town names no auditors.",
            do="Name three auditors, then enter it again.",
            code="sealed.no_auditors",
        )
    if len(jcs.dumps(content)) > MOST_BYTES:
        raise TooLarge(
            f"A sealed slot holds {MOST_BYTES} bytes at most.",
            do="Shorten it, or seal the hash of the document.",
            code="sealed.too_large",
        )
    return await store.add_order(tx, content, today, shut)


async def tick(services: Services, auditors: tuple[Auditor, ...]) -> int:
    """Enter the slots of days that are over, and open what is due; return how many leaves that were."""
    today = services.clock().date()
    async with services.db.transaction() as tx:
        await store.lock(tx)
        made = await _open_due(services.log, tx, today)
        if auditors:
            last = await store.last_day(tx)
            day = last + timedelta(days=1) if last else today - timedelta(days=1)
            while day < today:
                made += await _enter_day(services.log, tx, auditors, day)
                day += timedelta(days=1)
    return made


async def _enter_day(record: Log, tx: Tx, auditors: tuple[Auditor, ...], day: date) -> int:
    rows: list[OrderRow | None] = [*await store.take_orders(tx, day, A_DAY)]
    rows += [None] * (A_DAY - len(rows))
    _RANDOM.shuffle(rows)
    made = A_DAY
    for number, row in enumerate(rows, 1):
        content = jcs.loads(row.content.encode()) if row else None
        salt = secrets.token_bytes(SALT_BYTES)
        opening = Opening(FIELD, salt, content)
        locked = await asyncio.to_thread(
            escrow.lock, jcs.dumps(opening.as_json()), [one.recipient for one in auditors]
        )
        pub = {
            "slot": slot_name(day, number),
            "due": (day + TERM).isoformat(),
            "locked": b64.encode(locked.locked),
            "shares": [b64.encode(share) for share in locked.shares],
            "auditors": [one.name for one in auditors],
        }
        leaf = await record.queue_leaf(tx, "sealed", pub, {FIELD: content}, salts={FIELD: salt})
        slot = SlotRow(day, number, leaf, day + TERM, row.id if row else None)
        await store.add_slot(tx, slot)
        if row and row.shut:
            made += await _put_off(record, tx, slot, row.shut)
    return made


async def _put_off(record: Log, tx: Tx, slot: SlotRow, shut: Shut) -> int:
    """Renew a slot until a day, in steps of 180 days at most; return how many entries that took."""
    due, made = slot.due, 0
    while due < shut.until:
        due = min(shut.until, due + TERM)
        await renew(record, tx, slot_name(slot.day, slot.number), due, shut.by)
        made += 1
    return made


async def _open_due(record: Log, tx: Tx, today: date) -> int:
    return sum([await _open(record, tx, row) for row in await store.due(tx, today)])


async def _open(record: Log, tx: Tx, row: SlotRow) -> bool:
    openings = await record.openings(tx, row.leaf)
    if not openings:
        log.error("a sealed slot cannot be opened", slot=slot_name(row.day, row.number))
        return False  # it becomes overdue, which everybody sees; two auditors can still open it
    pub = {"slot": slot_name(row.day, row.number), "opening": openings[0].as_json()}
    await store.set_opened(tx, row, await record.queue_leaf(tx, "sealed-opened", pub))
    return True


async def open_order(record: Log, tx: Tx, order: str) -> bool:
    """Open an order's slot before its due day, because its gag is over; one without a slot yet needs none.

    Tells whether there was an order that waited, or a slot that could be opened.
    """
    await store.lock(tx)
    if await store.drop_order(tx, order):
        return True
    row = await store.slot_of(tx, order)
    return row is not None and await _open(record, tx, row)


async def keep_shut(record: Log, tx: Tx, order: str, shut: Shut) -> None:
    """Open nothing of an order before a day: renew its slot, or the one it will get, if that is due earlier.

    Raises:
        Conflict: it was opened.
    """
    await store.lock(tx)
    if await store.keep_order_shut(tx, order, shut):
        return
    row = await store.slot_of(tx, order)
    if row is None:
        raise _not_renewed()
    await _put_off(record, tx, row, shut)


async def renew(record: Log, tx: Tx, slot: str, until: date, by: str) -> str:
    """Put a slot's due day off, as a court ordered; return the leaf's id. It shows that the slot is filled.

    Args:
        record: the log.
        tx: the transaction.
        slot: its name, `2026-11-22/1`.
        until: the new due day, at most 180 days after the one it has.
        by: who renewed it, in words for everybody.

    Raises:
        Malformed: the name is none.
        Conflict: there is no such slot, it was opened, or the day is not one it may have.
    """
    await store.lock(tx)
    if not await store.renew(tx, *read_name(slot), until, TERM.days):
        raise _not_renewed()
    pub = {"slot": slot, "due": until.isoformat(), "by": by}
    return await record.queue_leaf(tx, "sealed-renewed", pub)


def _not_renewed() -> Conflict:
    return Conflict(
        "This sealed slot cannot be renewed until that day.",
        do="Look whether it was opened; a renewal is for 180 days at most.",
        code="sealed.not_renewed",
    )


async def run(services: Services, auditors: tuple[Auditor, ...], rounds_s: float) -> None:
    """Enter and open every so many seconds until cancelled. What fails is logged and tried again."""
    while True:
        try:
            await tick(services, auditors)
        except Exception as error:  # noqa: BLE001 - the slots must go on whatever fails once
            log.error("sealed", error=type(error).__name__)  # noqa: TRY400 - values would enter the log
        await asyncio.sleep(rounds_s)
