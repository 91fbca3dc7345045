"""The ledger in two files, for a log without a database.

In:     a folder.
Out:    server.log.ledger.Ledger; `append`, which acknowledges leaves once they are on the disk.
Holds:  `leaves` and `signed` only ever get longer, a batch at a time: its length, a checksum, what it holds.
        A leaf's place is its place in `leaves`. A last batch that is not whole was never acknowledged and
        goes at the next opening; one that is not whole with another behind it was, and is refused.
        After a disk has failed to take something, nothing is appended until the files are opened anew:
        what such a disk says later is not to be relied on.
BUG:    a last batch of unsigned leaves that a disk lost later, within the second before they are signed,
        looks like one that was never whole, and goes.
Absent: deleting. Openings (a log without a database has none).
Why:    docs/design/record.md
"""

import asyncio
import fcntl
import os
import struct
import threading
import zlib
from array import array
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec

from fanlight.proof.tiles import pack_entry
from fanlight.server.log.ledger import LogBroken, Signed, SignedOtherwise
from fanlight.store.files import sync_folder

_HEAD = struct.Struct(">II")  # bytes that follow, their CRC-32
_LENGTH = struct.Struct(">H")
_AGAIN_S = 0.02


class AppendOnly:
    """A file of batches. Safe for several threads, and for several processes where one lock is held."""

    def __init__(self, path: Path) -> None:
        """Open or make it; raises OSError."""
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._end = 0  # behind the last batch that was read or written here
        self._failed = False

    def close(self) -> None:
        """Close it."""
        os.close(self._file)

    def news(self) -> Iterator[tuple[int, bytes]]:
        """Yield (place in the file, what it holds) of each batch that came since the last call.

        Raises:
            LogBroken: a batch that is not the last one is not whole.
        """
        size = os.fstat(self._file).st_size
        if self._failed or self._end >= size:
            return
        os.fsync(self._file)  # who wrote it may have died before, or be another process that still waits
        while self._end < size:
            head = os.pread(self._file, _HEAD.size, self._end)
            length, crc = _HEAD.unpack(head) if len(head) == _HEAD.size else (0, 0)
            after = self._end + _HEAD.size + length
            data = os.pread(self._file, length, self._end + _HEAD.size) if length and after <= size else b""
            if not length or len(data) != length or zlib.crc32(data) != crc:
                if length and after < size:
                    raise _broken(f"{self._path.name} is damaged at byte {self._end}")
                return
            start, self._end = self._end + _HEAD.size, after
            yield start, data

    def mend(self) -> None:
        """Cut off a last batch that is not whole; the caller has read all `news` and holds the lock."""
        if not self._failed and os.fstat(self._file).st_size > self._end:
            os.ftruncate(self._file, self._end)
            os.fsync(self._file)

    def append(self, data: bytes) -> int:
        """Write a batch durably and return its place; the caller has read all `news` and holds the lock.

        Raises:
            OSError: the disk did not take it. Whether it is there shows at the next opening.
        """
        if self._failed:
            raise _broken(f"{self._path.name} could not be written before")
        self._failed = True  # until the disk has said otherwise
        batch = _HEAD.pack(len(data), zlib.crc32(data)) + data
        at = 0
        while at < len(batch):
            at += os.write(self._file, batch[at:])
        os.fsync(self._file)
        self._failed = False
        start, self._end = self._end + _HEAD.size, self._end + len(batch)
        return start

    def read(self, start: int, length: int) -> bytes:
        """Return bytes of a batch."""
        return os.pread(self._file, length, start)


class FileTurn:
    """A turn under the lock of a folder."""

    def __init__(self, ledger: "FileLedger", signed: Signed | None) -> None:
        """Belong to a ledger whose lock is held."""
        self._ledger = ledger
        self.signed = signed
        self.kept: list[Signed] = []

    async def place(self, size: int, most: int) -> list[bytes]:
        """Return what stands behind `size`: its place it had from the start."""
        return await self._ledger.bodies(size, size + most)

    async def keep(self, signed: Signed) -> None:
        """Keep a checkpoint once the turn ends; raises SignedOtherwise."""
        before = self.kept[-1] if self.kept else self.signed
        if before is not None and signed.size <= before.size:
            raise SignedOtherwise(signed.size)
        self.kept.append(signed)


class FileLedger:
    """Leaves and checkpoints in a folder.

    Args:
        folder: its own; made if it is not there (mode 0700).
    """

    def __init__(self, folder: Path) -> None:
        """Open the files, mending what a crash left.

        Raises:
            LogBroken: a batch in the middle is damaged.
            OSError: the folder cannot be used.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._mutex = threading.Lock()
        self._leaves, self._checkpoints = AppendOnly(folder / "leaves"), AppendOnly(folder / "signed")
        self._starts, self._lengths = array("Q"), array("H")  # of each leaf in the file
        self._signed: Signed | None = None
        with self._locked("turn"):
            self._read_signed()
            self._checkpoints.mend()
        with self._locked("append"):
            self._read_leaves()
            if self._signed is not None and len(self._starts) < self._signed.size:
                raise _broken(f"leaves has {len(self._starts)} of the {self._signed.size} that were signed")
            self._leaves.mend()
        sync_folder(folder)

    def close(self) -> None:
        """Close the files; all that was acknowledged is in them."""
        self._leaves.close()
        self._checkpoints.close()

    def append(self, entries: Sequence[bytes]) -> int:
        """Add leaves; return the place of the first once all are on the disk.

        Raises:
            EntryRefused: one is longer than 65,535 bytes. None was added.
            LogBroken: the disk failed before; open the ledger anew.
            OSError: the disk failed. Whether they are there shows at the next opening.
        """
        packed = [pack_entry(entry) for entry in entries]
        with self._locked("append"), self._mutex:
            self._read_leaves()
            self._leaves.mend()
            first = len(self._starts)
            if packed:
                start = self._leaves.append(b"".join(packed))
                self._index(start, packed)
        return first

    async def last_signed(self) -> Signed | None:
        """Return the largest checkpoint that was signed."""

        def read() -> Signed | None:
            with self._mutex:
                self._read_signed()
                return self._signed

        return await asyncio.to_thread(read)

    async def bodies(self, first: int, end: int) -> list[bytes]:
        """Return leaves by place."""
        return await asyncio.to_thread(self._bodies, first, end)

    @asynccontextmanager
    async def turn(self, *, wait: bool = False) -> AsyncIterator[FileTurn | None]:
        """Have one's turn; see `Ledger.turn`."""
        # Asked again and again instead of waited for in a thread: a thread cannot be cancelled, and would
        # then hold a lock that nobody gives back.
        handle = self._take()
        while handle is None and wait:
            await asyncio.sleep(_AGAIN_S)
            handle = self._take()
        if handle is None:
            yield None
            return
        try:
            turn = FileTurn(self, await self.last_signed())
            yield turn
            for signed in turn.kept:
                await asyncio.to_thread(self._keep, signed)
        finally:
            os.close(handle)  # and with it goes the lock

    def _take(self) -> int | None:
        handle = os.open(self._folder / "turn.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle

    @contextmanager
    def _locked(self, what: str) -> Iterator[None]:
        # A lock belongs to one opening of the file, so that threads of one process wait for each other too.
        handle = os.open(self._folder / f"{what}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _keep(self, signed: Signed) -> None:
        with self._mutex:
            self._read_signed()
            self._checkpoints.mend()
            self._checkpoints.append(msgspec.json.encode(signed))
            self._signed = signed

    def _read_leaves(self) -> None:
        for start, data in self._leaves.news():
            packed, at = [], 0
            while at + _LENGTH.size <= len(data):
                end = at + _LENGTH.size + _LENGTH.unpack_from(data, at)[0]
                packed.append(data[at:end])
                at = end
            if at != len(data):
                raise _broken("leaves is not what this program writes")
            self._index(start, packed)

    def _index(self, start: int, packed: Sequence[bytes]) -> None:
        for record in packed:
            self._starts.append(start + _LENGTH.size)
            self._lengths.append(len(record) - _LENGTH.size)
            start += len(record)

    def _read_signed(self) -> None:
        for _, data in self._checkpoints.news():
            try:
                self._signed = msgspec.json.decode(data, type=Signed)
            except msgspec.MsgspecError as error:
                raise _broken("signed is not what this program writes") from error

    def _bodies(self, first: int, end: int) -> list[bytes]:
        with self._mutex:
            self._read_leaves()
            end = min(end, len(self._starts))
            if first >= end:
                return []
            start, last = self._starts[first], self._starts[end - 1] + self._lengths[end - 1]
            data = self._leaves.read(start, last - start)
            return [
                data[self._starts[i] - start : self._starts[i] - start + self._lengths[i]]
                for i in range(first, end)
            ]


def _broken(what: str) -> LogBroken:
    return LogBroken(
        f"The record's own files cannot be used: {what}.",
        kept="The published record was not touched, and nothing new will be signed.",
        do="Restore the folder from a backup that is not older than the published checkpoint.",
    )
