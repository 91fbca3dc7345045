"""The ledger in rows: leaves are queued in the transaction of what they record, placed in another.

In:     an opened database.
Out:    server.log.ledger.Ledger.
Holds:  PostgreSQL's commit is what makes a turn count; its advisory lock, which ends with the transaction
        and with the connection, is the turn.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fanlight.server.log import store
from fanlight.server.log.ledger import Signed, SignedOtherwise
from fanlight.store.database import Database, Tx


class RowTurn:
    """A turn within one transaction."""

    def __init__(self, tx: Tx, signed: Signed | None) -> None:
        """Wrap a transaction that holds the lock."""
        self._tx = tx
        self.signed = signed

    async def place(self, size: int, most: int) -> list[bytes]:
        """Number waiting leaves; return them."""
        return await store.number_waiting(self._tx, size, most)

    async def keep(self, signed: Signed) -> None:
        """Keep a checkpoint; raises SignedOtherwise."""
        if not await store.add_signed(self._tx, signed):
            raise SignedOtherwise(signed.size)


class RowLedger:
    """Leaves and checkpoints in PostgreSQL."""

    def __init__(self, db: Database) -> None:
        """Wrap a database."""
        self._db = db

    async def last_signed(self) -> Signed | None:
        """Return the largest checkpoint that was signed."""
        async with self._db.transaction() as tx:
            return await store.last_signed(tx)

    async def bodies(self, first: int, end: int) -> list[bytes]:
        """Return placed leaves."""
        async with self._db.transaction() as tx:
            return await store.bodies(tx, first, end)

    @asynccontextmanager
    async def turn(self, *, wait: bool = False) -> AsyncIterator[RowTurn | None]:
        """Have one's turn; see `Ledger.turn`."""
        async with self._db.transaction() as tx:
            mine = await store.take_lock(tx, wait=wait)
            yield RowTurn(tx, await store.last_signed(tx)) if mine else None
