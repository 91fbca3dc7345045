"""Give waiting leaves their places, sign, have it cosigned, publish.

In:     a ledger in which others queue leaves.
Out:    the log's files: tiles, entries, `checkpoint`, `checkpoint.old`; receipts.
Holds:  places and the checkpoint over them are durable before anything of them is written where others
        read, so that a file follows from what is kept: a crash between any two steps leaves files that are
        written again with the same bytes. Tiles are durable before their checkpoint is shown. What is
        published only grows, also where two servers work on one ledger.
Absent: what leaves mean; where they are kept (server.log.ledger).
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from fanlight.proof import tiles
from fanlight.proof.checkpoint import open_checkpoint, sign_checkpoint
from fanlight.proof.cosignature import format_witnesses
from fanlight.proof.errors import ProofError
from fanlight.proof.merkle import EMPTY_ROOT, TreeHead
from fanlight.server.log.keys import LogKeys
from fanlight.server.log.ledger import Ledger, LogBroken, Signed
from fanlight.server.log.panel import Panel
from fanlight.store.log_bucket import LogPlace

BATCH = 1_000
REBUILT = 4_096  # leaves between two writes where files are made again
POLL_S = 0.25
SETTLE_S = 0.02  # between a call that queued and its commit
BUSY = 8  # leaves in one checkpoint from which on more are expected
GATHER_S = 0.12  # and waited for: a checkpoint costs as much over one leaf as over hundreds
RETRY_S = 1.0
PATIENCE_S = 3.0  # how long a checkpoint waits for an absent witness before it is published without

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Published:
    """What the log's folder says now. `cosigned` if a witness saw it, or if there is none to see it."""

    note: bytes
    head: TreeHead
    cosigned: bool


class Sequencer:
    """What writes a log's files.

    Args:
        ledger: leaves and what was signed.
        files: where everybody reads.
        keys: sign checkpoints.
        panel: its witnesses; None for a log without any, which says so.
        batch: how many leaves one checkpoint adds at most.
    """

    def __init__(
        self, ledger: Ledger, files: LogPlace, keys: LogKeys, panel: Panel | None, *, batch: int = BATCH
    ) -> None:
        """Hold the parts; `start` reads the state."""
        self._ledger, self._files, self._keys, self.panel = ledger, files, keys, panel
        self._key, self._known = keys.key, keys.known
        self._batch = batch
        self._tree = tiles.TileTree()
        self._signed: Signed | None = None
        self._wake = asyncio.Event()
        self._news = asyncio.Event()
        self._signed_at = 0.0
        self._ask_after = 0.0
        self.published = Published(b"", TreeHead(0, EMPTY_ROOT), cosigned=False)
        self.cosigned_size = 0

    async def start(self) -> None:
        """Take up where the ledger says we are, making files again that are missing.

        Raises:
            LogBroken: what the ledger has does not give the root that was signed.
        """
        await asyncio.to_thread(self._write_keys)
        self._signed = await self._ledger.last_signed()
        await self._take_published()
        if self._signed is None:
            await self._sequence()
        else:
            await self._resume(self._signed)
        await self._publish()

    async def run(self) -> None:
        """Sequence until cancelled. What fails is logged, shown in `trouble` and tried again."""
        busy = False
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._wake.wait()
                self._wake.clear()
                await asyncio.sleep(GATHER_S if busy else SETTLE_S)
            before = self._tree.size
            try:
                await self.catch_up()
            except Exception as error:  # noqa: BLE001 - the record must go on whatever fails once
                log.error(  # noqa: TRY400 - a traceback's values would enter the log
                    "sequencer", error=type(error).__name__
                )
                self._tree = tiles.TileTree()
                with contextlib.suppress(Exception):
                    await self.start()
                await asyncio.sleep(RETRY_S)
            busy = self._tree.size - before >= BUSY
            if self._tree.size > before:  # a leaf may have been committed meanwhile that said so before
                self._wake.set()

    async def catch_up(self) -> None:
        """Place, sign and publish what waits. After an error, `start` again."""
        while await self._sequence() >= self._batch:
            await self._publish()
        await self._publish()

    def wake(self) -> None:
        """Say that a leaf was queued."""
        self._wake.set()

    async def wait_for(self, size: int, *, cosigned: bool) -> None:
        """Return when a checkpoint of at least `size` is published (and cosigned)."""
        while (self.cosigned_size if cosigned else self.published.head.size) < size:
            await self._news.wait()

    async def changed(self) -> None:
        """Return after the next publication."""
        await self._news.wait()

    async def _sequence(self) -> int:
        """Place, sign, write; tell how many leaves were new. The first time, sign the empty log."""
        async with self._ledger.turn() as turn:
            if turn is None:
                return 0
            if turn.signed is not None and turn.signed.size != self._tree.size:
                await self._resume(turn.signed)
            entries = await turn.place(self._tree.size, self._batch)
            if not entries and turn.signed is not None:
                return 0
            appended = self._tree.append(entries)
            note = sign_checkpoint(TreeHead(appended.size, appended.root), self._key, *self._keys.also)
            made = Signed(appended.size, appended.root, note.decode())
            await turn.keep(made)
        self._signed = made
        self._signed_at = asyncio.get_running_loop().time()
        self._ask_after = 0.0
        await asyncio.to_thread(self._files.write, appended.files)
        return len(entries)

    async def _resume(self, signed: Signed) -> None:
        """Bring the tree to a signed size: from files, or from leaves where files are missing or wrong."""
        self._signed = signed
        for size in (signed.size, self.published.head.size, 0):
            with contextlib.suppress(ProofError):
                tree = await asyncio.to_thread(tiles.TileTree.resume, size, self._files.read)
                await self._grow(tree, signed.size)
                if (tree.size, tree.root) == (signed.size, signed.root):
                    self._tree = tree
                    return
        raise LogBroken(
            "The entries that are kept are not those this log has signed for.",
            kept="The published record was not touched, and nothing new will be signed.",
            do="Restore the database that belongs to this log folder.",
        )

    async def _grow(self, tree: tiles.TileTree, size: int) -> None:
        if tree.size < size:
            log.warning("log.rebuild", first=tree.size, size=size)
        while tree.size < size:
            entries = await self._ledger.bodies(tree.size, min(size, tree.size + REBUILT))
            if not entries:
                return
            await asyncio.to_thread(self._files.write, tree.append(entries).files)

    async def _publish(self) -> None:
        signed = self._signed
        if signed is None or (self.published.head.size == signed.size and self.published.cosigned):
            return
        now = asyncio.get_running_loop().time()
        if self.panel is None:
            await self._put(signed, signed.note.encode(), cosigned=True)
            return
        if now < self._ask_after:
            return
        seen = await self.panel.cosign(signed.note.encode(), signed.size, self._prover(signed.size))
        await asyncio.to_thread(self._write_keys)
        if seen.enough:
            await self._put(signed, seen.note, cosigned=True)
            return
        self._ask_after = asyncio.get_running_loop().time() + RETRY_S
        grown = signed.size > self.published.head.size or not self.published.note
        if grown and self._ask_after - self._signed_at > PATIENCE_S:
            await self._put(signed, seen.note, cosigned=False)

    def _prover(self, size: int) -> "Prover":
        return Prover(size, self._files)

    async def _put(self, signed: Signed, note: bytes, *, cosigned: bool) -> None:
        """Show a checkpoint, unless another server has shown as much meanwhile."""
        async with self._ledger.turn(wait=True):
            before = await asyncio.to_thread(self._shown)
            if before is None or (before.head.size, before.cosigned) < (signed.size, cosigned):
                old = [("checkpoint.old", before.note)] if before and before.head.size < signed.size else []
                await asyncio.to_thread(self._files.write, [*old, ("checkpoint", note)])
                before = Published(note, TreeHead(signed.size, signed.root), cosigned)
        self._take(before)

    def _take(self, published: Published) -> None:
        self.published = published
        if published.cosigned:
            self.cosigned_size = max(self.cosigned_size, published.head.size)
        self._news.set()
        self._news = asyncio.Event()

    async def _take_published(self) -> None:
        """Learn what is shown already; raises LogBroken where that is more than was ever signed here."""
        shown = await asyncio.to_thread(self._shown)
        if shown is None:
            return
        if self._signed is None or shown.head.size > self._signed.size:
            raise LogBroken(
                "The published checkpoint is larger than what the database knows.",
                kept="The published record was not touched, and nothing new will be signed.",
                do="Restore the database that belongs to this log folder.",
            )
        self._take(shown)

    def _shown(self) -> Published | None:
        note = self._files.read("checkpoint")
        if note is None:
            return None
        for key in self._known:
            with contextlib.suppress(ProofError):
                checkpoint = open_checkpoint(note, key)
                cosigned = self.panel is None or self.panel.counts(checkpoint.note)
                return Published(note, checkpoint.head, cosigned)
        return None  # half a file of a broken disk; what was signed is in the ledger

    def _write_keys(self) -> None:
        witnesses = format_witnesses(self.panel.witnesses if self.panel else [])
        wanted = {
            "vkey": f"{self._key.verifier.vkey}\n".encode(),
            "witness.vkeys": witnesses.encode(),
        }
        self._files.write([(name, data) for name, data in wanted.items() if self._files.read(name) != data])


class Prover:
    """Consistency proofs to one size, read from the folder."""

    def __init__(self, size: int, files: LogPlace) -> None:
        """Read nothing yet."""
        self._reader = tiles.TileReader(size, files.read)

    def __call__(self, old: int) -> Sequence[bytes]:
        """Return the proof from `old`."""
        return self._reader.consistency_proof(old)
