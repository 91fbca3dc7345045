"""Room: the public record. Other rooms queue leaves in their own transactions and wait for receipts.

In:     `queue_leaf` inside a caller's transaction; nothing happens unlogged.
Out:    receipts and published leaves; the folder that everybody may read.
Holds:  a receipt speaks of a cosigned checkpoint, or is not given.
Absent: what a leaf means; who is told.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fanlight.proof import tiles
from fanlight.proof.cosignature import format_witnesses
from fanlight.proof.openings import Opening
from fanlight.proof.receipt import Receipt
from fanlight.server.errors import NotFound, Unavailable
from fanlight.server.log import handing, store
from fanlight.server.log.keys import LogKeys
from fanlight.server.log.ledger import LogBroken
from fanlight.server.log.panel import Panel
from fanlight.server.log.row_ledger import RowLedger
from fanlight.server.log.sequencer import Published, Sequencer
from fanlight.server.log.store import Row
from fanlight.store.database import Database, Tx
from fanlight.store.log_bucket import LogPlace

__all__ = ["Log", "LogBroken", "Proven", "Published", "Row"]

RECEIPT_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Proven:
    """A leaf with the proof that a cosigned checkpoint holds it.

    Attributes:
        index: its place.
        leaf: its exact bytes, as text.
        path: inclusion path, nearest sibling first.
        note: the checkpoint.
    """

    index: int
    leaf: str
    path: tuple[bytes, ...]
    note: bytes

    @property
    def receipt(self) -> str:
        """The receipt's text, as C2SP tlog-proof has it."""
        return Receipt(self.index, self.path, self.note).format()


class Log:
    """The record of this town."""

    def __init__(self, db: Database, files: LogPlace, keys: LogKeys, panel: Panel | None) -> None:
        """Join the parts; `start` and `tasks` belong to the app's life."""
        self.db, self.files, self.key = db, files, keys.key
        self._changes = keys.changes
        self.sequencer = Sequencer(RowLedger(db), files, keys, panel)

    async def start(self) -> None:
        """Take up where the rows say we are; raises LogBroken."""
        await handing.enter(self, self._changes)
        await self.sequencer.start()

    def tasks(self) -> list[Coroutine[Any, Any, None]]:
        """Return what runs until it is cancelled."""
        return [self.sequencer.run(), handing.show(self, self._changes)]

    @property
    def vkey(self) -> str:
        """The log's public key as text."""
        return self.key.verifier.vkey

    @property
    def witness_vkeys(self) -> str:
        """The witnesses, one a line; empty for a log that has none."""
        panel = self.sequencer.panel
        return format_witnesses(panel.witnesses if panel else [])

    @property
    def published(self) -> Published:
        """The checkpoint everybody sees now."""
        return self.sequencer.published

    async def queue_leaf(
        self,
        tx: Tx,
        leaf_type: str,
        pub: dict[str, Any],
        private: dict[str, Any] | None = None,
        *,
        salts: Mapping[str, bytes] | None = None,
    ) -> str:
        """Add a leaf to the caller's transaction; return its id. It gets its place after the commit.

        Args:
            tx: the transaction that stores what the leaf records.
            leaf_type: such as `request`.
            pub: what everybody reads.
            private: what the leaf only commits to; kept as erasable openings.
            salts: for fields of it whose opening had to be known before the leaf.
        """
        leaf = await store.add_leaf(tx, leaf_type, pub, private or {}, salts)
        self.sequencer.wake()
        return leaf

    async def receipt(self, leaf: str, *, timeout_s: float = RECEIPT_TIMEOUT_S) -> Proven:
        """Wait until a cosigned checkpoint holds a leaf, and prove it.

        Raises:
            NotFound: there is no such leaf.
            Unavailable: no witness cosigned within `timeout_s`; the leaf stays queued.
        """
        self.sequencer.wake()
        try:
            async with asyncio.timeout(timeout_s):
                return await self._receipt(leaf)
        except TimeoutError as error:
            raise Unavailable(
                "The witness has not signed the record yet.",
                kept="The entry is in the record's queue and will be signed.",
                do="Try again in a minute.",
                code="log.not_cosigned",
            ) from error

    async def _receipt(self, leaf: str) -> Proven:
        while True:
            news = self.sequencer.changed()
            async with self.db.transaction() as tx:
                row = await store.get_leaf(tx, leaf)
            if row is None:
                news.close()
                raise no_entry()
            if row.idx is not None:
                news.close()
                await self.sequencer.wait_for(row.idx + 1, cosigned=True)
                (proven,) = await self.prove([row])
                return proven
            await news

    async def prove(self, rows: Sequence[Row]) -> list[Proven]:
        """Prove leaves against the published checkpoint, which must hold them; raises NotFound."""
        published = self.published
        if any(row.idx is None or row.idx >= published.head.size for row in rows):
            raise no_entry()
        reader = tiles.TileReader(published.head.size, self.files.read)
        found = []
        for row in rows:
            index = row.idx or 0
            path = await asyncio.to_thread(reader.inclusion_proof, index)
            found.append(Proven(index, bytes(row.body).decode(), tuple(path), published.note))
        return found

    async def proof_at(self, index: int) -> str:
        """Return the receipt of the leaf at a place; raises NotFound."""
        published = self.published
        if not 0 <= index < published.head.size:
            raise no_entry()
        reader = tiles.TileReader(published.head.size, self.files.read)
        path = await asyncio.to_thread(reader.inclusion_proof, index)
        return Receipt(index, tuple(path), published.note).format()

    async def leaves(self, *, leaf_type: str | None = None, after: int = -1, limit: int = 1_000) -> list[Row]:
        """Return published leaves in order, those behind place `after`, at most `limit`."""
        async with self.db.transaction() as tx:
            return await store.published_leaves(
                tx, self.published.head.size, leaf_type=leaf_type, after=after, limit=limit
            )

    async def of_agency(
        self, tx: Tx, agency: str, also: Sequence[str] = (), *, after: int = -1, limit: int = 1_000
    ) -> list[Row]:
        """Return published leaves that name an agency, and those of `also`, in order, behind `after`."""
        part = f'"agency":"{agency}"'.encode()
        return await store.published_with(tx, self.published.head.size, part, also, after=after, limit=limit)

    async def rows(self, tx: Tx, leaves: Sequence[str]) -> list[Row]:
        """Return leaves by id, in the order asked for; raises NotFound."""
        found = [await store.get_leaf(tx, leaf) for leaf in leaves]
        if any(row is None for row in found):
            raise no_entry()
        return [row for row in found if row is not None]

    async def openings(self, tx: Tx, leaf: str) -> list[Opening]:
        """Return what is left of a leaf's openings."""
        return await store.openings_of(tx, leaf)

    async def erase_openings(self, tx: Tx, leaf: str) -> int:
        """Forget what a leaf commits to; the log stays verifiable."""
        return await store.erase_openings(tx, leaf)

    def state(self) -> dict[str, Any]:
        """Return how the record stands, for a page of the operator and for anybody."""
        panel, published = self.sequencer.panel, self.published
        trouble = panel.trouble if panel else None
        return {
            "size": published.head.size,
            "cosigned_size": self.sequencer.cosigned_size,
            "witness": "none" if panel is None else "away" if trouble else "cosigning",
            "need": panel.need if panel else 0,
            "witnesses": panel.state() if panel else [],
            "since": trouble.since.isoformat() if trouble else None,
            "trouble": trouble.error.what if trouble else None,
        }


def no_entry() -> NotFound:
    """Return the error for a leaf that is not there."""
    return NotFound(
        "There is no such entry in the record.",
        do="Look at the record's size; entries count from 0.",
        code="log.no_entry",
    )
