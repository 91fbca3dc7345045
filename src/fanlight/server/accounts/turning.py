"""Write an epoch and bring the household's rows in step with it; let a recovery count in time.

Holds:  of a stored book no more is read than the newest epoch and one that was asked for; and in a thread, as
        reading one takes long: nobody else waits while it is done.
"""

import asyncio
from collections.abc import Sequence
from datetime import date

import msgspec
from psycopg.errors import UniqueViolation

from fanlight.seal import epoch
from fanlight.seal.epoch import Epoch
from fanlight.seal.roll import READERS
from fanlight.server.accounts import rules, store, store_homes, telling
from fanlight.server.accounts.store import EpochRow, Member
from fanlight.server.accounts.store_people import enter
from fanlight.server.errors import Conflict, Malformed
from fanlight.server.services import Services
from fanlight.store.database import Tx


async def epoch_of(row: EpochRow) -> Epoch:
    """Read a stored epoch."""
    wire = {k: v for k, v in msgspec.to_builtins(row).items() if v is not None}
    return await asyncio.to_thread(epoch.from_wire, wire)


async def epoch_at(tx: Tx, household: str, n: int) -> Epoch | None:
    """Return the stored epoch of a number."""
    row = await store.epoch_at(tx, household, n)
    return None if row is None else await epoch_of(row)


async def last_epoch(tx: Tx, household: str) -> Epoch | None:
    """Return the newest epoch that is stored."""
    row = await store.last_epoch(tx, household)
    return None if row is None else await epoch_of(row)


async def turn(  # noqa: PLR0913 - the facts of one step
    tx: Tx,
    household: str,
    made: Epoch,
    row: EpochRow,
    *,
    before: Epoch | None,
    asked: set[str],
    day: date,
) -> None:
    """Store a checked epoch; make members and hubs those it lists, and tell. Raises as `change_of`."""
    rows = await store.members_of(tx, household)
    if made.statement.book is not None:
        await _keep_in_step(tx, household, made, rows, before, asked=asked, day=day)
    await store.add_epoch(tx, household, made.statement.n, row)


async def _keep_in_step(  # noqa: PLR0913 - as above
    tx: Tx,
    household: str,
    made: Epoch,
    rows: Sequence[Member],
    before: Epoch | None,
    *,
    asked: set[str],
    day: date,
) -> None:
    roll = rules.roll_of(made)
    accounts = await store.accounts_by_id(tx, rules.listed_in(made))
    change = rules.change_of(roll, rows, before, accounts=accounts, asked=asked)
    for account, role in change.joined.items():
        await store.add_membership(tx, account, "member", household, role)
        await telling.tell_home(tx, household, "joined", about=account, day=day)
    for account, role in change.roles.items():
        await store_homes.set_role(tx, household, account, role)
        if role not in READERS:
            await store_homes.drop_earlier(tx, household, account)
        await telling.tell_home(tx, household, "role-changed", about=account, day=day, also=[account])
    for hub in change.hubs_in:
        await telling.tell_home(tx, household, "hub-added", about=hub, day=day)
    for hub in change.hubs_out:
        await store_homes.remove_membership(tx, household, hub)
        await telling.tell_home(tx, household, "hub-removed", about=hub, day=day)
    for account in change.removed:
        await store_homes.remove_membership(tx, household, account)
        await telling.tell_home(tx, household, "removed", about=account, day=day)
    await store_homes.drop_answered(tx, household, list(change.joined))
    try:
        await store_homes.put_recovery_key(tx, household, roll.recovery.sign_pub)
    except UniqueViolation as error:
        raise Conflict(
            "This recovery sheet is another household's.", do="Print a new one.", code="accounts.key_taken"
        ) from error
    for account in change.removed:
        await telling.tell_person(tx, account, "you-were-removed", day=day)


async def settle(tx: Tx, household: str, today: date) -> None:
    """Let a recovery that nobody stopped count once its days are over."""
    pending = await store_homes.pending_of(tx, household)
    if pending is None or not rules.counts(pending.day, today):
        return
    await store_homes.lock(tx, household)
    if await store_homes.pending_of(tx, household) != pending:
        return
    await store_homes.drop_pending(tx, household)
    before = await last_epoch(tx, household)
    try:
        async with tx.transaction():
            made = await epoch_of(pending.row)
            await turn(tx, household, made, pending.row, before=before, asked={pending.account}, day=today)
            await telling.tell_home(tx, household, "recovered", about=pending.account, day=today)
    except (Malformed, Conflict):  # who began it has left, or somebody it lists has: it can begin again
        await telling.tell_home(tx, household, "recovery-stopped", about=pending.account, day=today)


async def settle_for(services: Services, account: str) -> None:
    """Let the recoveries count that an account began and whose days are over."""
    today = services.clock().date()
    async with services.db.transaction(account=account) as tx:
        for pending in await store_homes.pending_by(tx, account):
            await enter(tx, household=pending.household)
            await settle(tx, pending.household, today)
