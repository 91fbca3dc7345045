"""Give waiting leaves their places, sign, have it cosigned, publish.

In:     leaves queued by other rooms in their own transactions.
Out:    the log's folder: tiles, entries, `checkpoint`, `checkpoint.old`; receipts.
Holds:  rows name each leaf's place before a checkpoint covers it; a signed size and root are stored
        before anybody sees the signature; what is published only grows. A crash between any two
        steps of `_sequence` leaves rows and at worst files of a size nobody signed, which are
        written again.
Absent: what leaves mean.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from fanlight.model.errors import FanlightError
from fanlight.proof import tiles
from fanlight.proof.checkpoint import open_checkpoint, sign_checkpoint
from fanlight.proof.cosignature import cosigners, format_witnesses
from fanlight.proof.errors import ProofError
from fanlight.proof.merkle import EMPTY_ROOT, TreeHead
from fanlight.proof.note import SignerKey
from fanlight.server.log import store
from fanlight.server.log.files import LogFiles
from fanlight.server.log.store import Signed
from fanlight.server.log.witnesses import WitnessAway, WitnessClient, WitnessDisagrees
from fanlight.store.database import Database

POLL_S = 0.25
SETTLE_S = 0.02  # between a call that queued and its commit
RETRY_S = 1.0
PATIENCE_S = 3.0  # how long a checkpoint waits for an absent witness before it is published without

log = structlog.get_logger()


class LogBroken(FanlightError):
    """The rows are not those this log signed for; it will not sign again."""

    code = "log.broken"


@dataclass(frozen=True, slots=True)
class Published:
    """What the log's folder says now. `cosigned` if a witness saw it, or if there is none to see it."""

    note: bytes
    head: TreeHead
    cosigned: bool


class Sequencer:
    """The one writer of a log's folder.

    Args:
        db: the rows.
        files: the folder.
        key: signs checkpoints; its name is the log's origin.
        witness: cosigns them; None for a log without a witness, which says so.
    """

    def __init__(self, db: Database, files: LogFiles, key: SignerKey, witness: WitnessClient | None) -> None:
        """Hold the parts; `start` reads the state."""
        self._db, self._files, self._key, self.witness = db, files, key, witness
        self._tree = tiles.TileTree()
        self._signed: Signed | None = None
        self._wake = asyncio.Event()
        self._news = asyncio.Event()
        self._signed_at = 0.0
        self._ask_after = 0.0
        self.published = Published(b"", TreeHead(0, EMPTY_ROOT), cosigned=False)
        self.cosigned_size = 0
        self.trouble: FanlightError | None = None
        self.trouble_since: datetime | None = None

    async def start(self) -> None:
        """Take up where the rows say we are, making files again that are missing.

        Raises:
            LogBroken: the rows do not give the root that was signed.
        """
        await asyncio.to_thread(self._write_keys)
        async with self._db.transaction() as tx:
            self._signed = await store.last_signed(tx)
        await self._resume()
        self._read_published()
        if self._signed is None:
            await self._sequence(first=True)
        await self._publish()

    async def run(self) -> None:
        """Sequence until cancelled. What fails is logged, shown in `trouble` and tried again."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._wake.wait()
                self._wake.clear()
                await asyncio.sleep(SETTLE_S)
            try:
                while await self._sequence():
                    await self._publish()
                await self._publish()
            except Exception as error:  # noqa: BLE001 - the record must go on whatever fails once
                log.error(  # noqa: TRY400 - a traceback's values would enter the log
                    "sequencer", error=type(error).__name__
                )
                self._tree = tiles.TileTree()
                with contextlib.suppress(Exception):
                    await self.start()
                await asyncio.sleep(RETRY_S)

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

    async def _sequence(self, *, first: bool = False) -> bool:
        """Place, write, sign; tell whether there was anything new."""
        async with self._db.transaction() as tx:
            if not await store.take_lock(tx):
                return False
            signed = await store.last_signed(tx)
            if signed is not None and signed.size != self._tree.size:
                self._signed = signed
                await self._resume()
            count = await store.number_waiting(tx, self._tree.size)
            if not count and not first:
                return False
            entries = await store.bodies(tx, self._tree.size, self._tree.size + count)
            appended = self._tree.append(entries)
            await asyncio.to_thread(self._files.write, appended.files)
            note = sign_checkpoint(TreeHead(appended.size, appended.root), self._key)
            made = Signed(appended.size, appended.root, note.decode())
            await store.add_signed(tx, made)
        self._signed = made
        self._signed_at = asyncio.get_running_loop().time()
        self._ask_after = 0.0
        return bool(count)

    async def _resume(self) -> None:
        """Bring the tree to the last signed size: from files, or from rows where files are missing."""
        signed = self._signed
        if signed is None:
            self._tree = tiles.TileTree()
            return
        with contextlib.suppress(ProofError):
            tree = await asyncio.to_thread(tiles.TileTree.resume, signed.size, self._files.read)
            if tree.root == signed.root:
                self._tree = tree
                return
        log.warning("log.rebuild", size=signed.size)
        tree = tiles.TileTree()
        while tree.size < signed.size:
            async with self._db.transaction() as tx:
                entries = await store.bodies(tx, tree.size, min(signed.size, tree.size + store.BATCH))
            if not entries:
                break
            await asyncio.to_thread(self._files.write, tree.append(entries).files)
        if (tree.size, tree.root) != (signed.size, signed.root):
            raise LogBroken(
                "The entries in the database are not those this log has signed for.",
                kept="The published record was not touched, and nothing new will be signed.",
                do="Restore the database that belongs to this log folder.",
            )
        self._tree = tree

    async def _publish(self) -> None:
        signed = self._signed
        if signed is None or (self.published.head.size == signed.size and self.published.cosigned):
            return
        now = asyncio.get_running_loop().time()
        if self.witness is None:
            await self._put(signed, signed.note.encode(), cosigned=True)
            return
        if now < self._ask_after:
            return
        try:
            note = await self.witness.cosign(signed.note.encode(), signed.size, self._prover(signed.size))
        except (WitnessAway, WitnessDisagrees) as error:
            if self.trouble is None:
                log.warning("witness", code=error.code)
                self.trouble_since = datetime.now(UTC)
            self.trouble = error
            self._ask_after = now + RETRY_S
            grown = signed.size > self.published.head.size or not self.published.note
            if grown and now - self._signed_at > PATIENCE_S:
                await self._put(signed, signed.note.encode(), cosigned=False)
            return
        self.trouble = self.trouble_since = None
        await asyncio.to_thread(self._write_keys)
        await self._put(signed, note, cosigned=True)

    def _prover(self, size: int) -> "Prover":
        return Prover(size, self._files)

    async def _put(self, signed: Signed, note: bytes, *, cosigned: bool) -> None:
        before = self.published
        files = []
        if before.note and before.head.size != signed.size:
            files.append(("checkpoint.old", before.note))
        await asyncio.to_thread(self._files.write, [*files, ("checkpoint", note)])
        self.published = Published(note, TreeHead(signed.size, signed.root), cosigned)
        if cosigned:
            self.cosigned_size = signed.size
        self._news.set()
        self._news = asyncio.Event()

    def _read_published(self) -> None:
        note = self._files.read("checkpoint")
        if note is None:
            return
        with contextlib.suppress(ProofError):
            checkpoint = open_checkpoint(note, self._key.verifier)
            if self._signed is None or checkpoint.head.size > self._signed.size:
                raise LogBroken(
                    "The published checkpoint is larger than what the database knows.",
                    kept="The published record was not touched, and nothing new will be signed.",
                    do="Restore the database that belongs to this log folder.",
                )
            cosigned = self.witness is None or bool(cosigners(checkpoint.note, self.witness.witnesses))
            self.published = Published(note, checkpoint.head, cosigned)
            if cosigned:
                self.cosigned_size = max(self.cosigned_size, checkpoint.head.size)

    def _write_keys(self) -> None:
        witnesses = format_witnesses(self.witness.witnesses if self.witness else [])
        wanted = {
            "vkey": f"{self._key.verifier.vkey}\n".encode(),
            "witness.vkeys": witnesses.encode(),
        }
        self._files.write([(name, data) for name, data in wanted.items() if self._files.read(name) != data])


class Prover:
    """Consistency proofs to one size, read from the folder."""

    def __init__(self, size: int, files: LogFiles) -> None:
        """Read nothing yet."""
        self._reader = tiles.TileReader(size, files.read)

    def __call__(self, old: int) -> Sequence[bytes]:
        """Return the proof from `old`."""
        return self._reader.consistency_proof(old)
