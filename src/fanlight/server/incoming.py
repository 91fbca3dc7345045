"""Payloads on their way in: appended in parts, resumed after a break at any byte, checked when whole.

In:     parts at an offset, from a hub (vault) or from nobody in particular (evidence).
Out:    how much is there; the finished file, its length and tree root.
Holds:  what arrived of a part that broke off is kept; bytes that were received before are accepted again
        only if they are the same; files here carry the day as their time; what is two days old is dropped
        at start-up and whenever `sweep` is called.
Absent: what the bytes are. They are ciphertext.
"""

import asyncio
import contextlib
import datetime as dt
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from fanlight.seal.chunktree import PayloadHasher
from fanlight.server.errors import Conflict, TooLarge
from fanlight.store.blobs import full
from fanlight.store.files import show_day

MAX_PART = 4 * 1024 * 1024
_STALE_S = 2 * 86_400
_STEP = 1 << 20


def _write_soon(handle: int, at: int, length: int) -> None:
    """Let the disk begin with these bytes, so that whoever syncs the file later waits for less."""
    with contextlib.suppress(OSError, AttributeError):  # a hint: not every system and disk takes it
        os.posix_fadvise(handle, at, length, os.POSIX_FADV_DONTNEED)


@dataclass(slots=True)
class _Upload:
    """One upload: who may touch it now, and what its file was when it was last hashed to its end."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    hasher: PayloadHasher = field(default_factory=PayloadHasher)
    stamp: tuple[int, int, int] | None = None


class Incoming:
    """A folder of unfinished uploads, named by random ids."""

    def __init__(self, folder: Path) -> None:
        """Make the folder and drop what nobody finished."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._uploads: defaultdict[str, _Upload] = defaultdict(_Upload)
        for path in self._stale(dt.datetime.now(dt.UTC)):
            path.unlink(missing_ok=True)

    def _stale(self, now: dt.datetime) -> list[Path]:
        return [path for path in self._folder.iterdir() if self._is_stale(path, now)]

    @staticmethod
    def _is_stale(path: Path, now: dt.datetime) -> bool:
        try:
            return now.timestamp() - path.stat().st_mtime > _STALE_S
        except FileNotFoundError:
            return False

    async def sweep(self, now: dt.datetime) -> None:
        """Drop what nobody finished, between its parts."""
        for path in await asyncio.to_thread(self._stale, now):
            async with self.lock(path.name):
                if self._is_stale(path, now):
                    self.drop(path.name)
        ended = [name for name, one in self._uploads.items() if not one.lock.locked()]
        for name in ended:
            if not self.path(name).exists():
                del self._uploads[name]

    def lock(self, name: str) -> asyncio.Lock:
        """Return the lock of one upload: parts and the end of it take turns."""
        return self._uploads[name].lock

    def path(self, name: str) -> Path:
        """Return where an upload's bytes are."""
        return self._folder / name

    def names(self, prefix: str) -> list[str]:
        """Return the uploads whose names begin so."""
        return [path.name for path in self._folder.iterdir() if path.name.startswith(prefix)]

    def received(self, name: str) -> int:
        """Return how many bytes are there."""
        try:
            return self.path(name).stat().st_size
        except FileNotFoundError:
            return 0

    def read(self, name: str) -> bytes:
        """Return a small upload's bytes, none if there are none."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            return b""

    async def receive(self, name: str, offset: int, pieces: AsyncIterator[bytes], limit: int) -> int:
        """Add a part as it arrives; return how many bytes are there now.

        If `pieces` breaks off, what came until then is kept, and its error is passed on.

        Raises:
            Conflict, TooLarge, DiskFull: as `append`.
        """
        waiting, at = bytearray(), offset
        step: asyncio.Task[int] | None = None  # is written and hashed while the next one arrives
        try:
            async for piece in pieces:
                waiting += piece
                if len(waiting) >= _STEP:
                    if step is not None:
                        await asyncio.shield(step)
                    part, waiting = waiting, bytearray()
                    step = asyncio.create_task(self.append(name, at, part, limit))
                    at += len(part)
            have = 0 if step is None else await asyncio.shield(step)
            if waiting or step is None:
                # Taken out first: whatever `append` raises, these bytes are not tried again below.
                part, waiting = waiting, bytearray()
                have = await self.append(name, at, part, limit)
        except BaseException:
            await asyncio.shield(self._keep_rest(name, at, waiting, limit, step))
            raise
        return have

    async def _keep_rest(
        self, name: str, at: int, waiting: bytearray, limit: int, step: asyncio.Task[int] | None
    ) -> None:
        """Add what came of a part that broke off, behind the step under way; not behind one that failed."""
        if step is not None:
            await asyncio.wait([step])
            if step.cancelled() or step.exception() is not None:
                return
        if waiting:
            await self.append(name, at, waiting, limit)

    async def append(self, name: str, offset: int, part: bytes | bytearray, limit: int) -> int:
        """Add a part; return how many bytes are there now.

        Raises:
            Conflict: a gap before it, or other bytes than those received there.
            TooLarge: beyond `limit` bytes.
            DiskFull: no room; what was received stays.
        """
        async with self.lock(name):
            return await asyncio.to_thread(self._append, name, offset, part, limit)

    def _append(self, name: str, offset: int, part: bytes | bytearray, limit: int) -> int:
        have = self.received(name)
        if offset > have:
            raise Conflict(
                f"Bytes {have} to {offset} are missing before this part.",
                kept=f"The first {have} bytes are here.",
                do=f"Go on at {have}.",
                code="server.upload_gap",
            )
        if offset + len(part) > limit:
            raise TooLarge(
                f"More bytes came than the {limit} that were announced.",
                kept=f"The first {have} bytes are here.",
                do="Send as many bytes as the card says.",
            )
        is_hashed = self._is_hashed(name)
        if not have:  # begun anew, also where its file vanished behind the step that hashed it
            self._uploads[name].hasher, is_hashed = PayloadHasher(), True
        try:
            with self.path(name).open("r+b" if have else "w+b") as file:
                file.seek(offset)
                known = file.read(min(len(part), have - offset))
                if known != part[: len(known)]:
                    raise Conflict(
                        "Other bytes were received for this place.",
                        kept="What was received first is here.",
                        do="Send the same bytes again, or use a new id.",
                        code="server.upload_differs",
                    )
                file.seek(have)
                file.write(memoryview(part)[len(known) :])
                file.flush()
                _write_soon(file.fileno(), have, len(part))
            if is_hashed:
                self._uploads[name].hasher.update(memoryview(part)[len(known) :])
        except OSError as error:
            raise full() from error
        finally:
            self._hide_time(name)
        if is_hashed:
            self._uploads[name].stamp = self._stamp(name)
        return max(have, offset + len(part))

    async def measure(self, name: str) -> tuple[int, str]:
        """Return length and tree root (hex) of what was received; no root of nothing."""
        return await asyncio.to_thread(self._measure, name)

    def _measure(self, name: str) -> tuple[int, str]:
        if not self.received(name):
            return 0, ""
        if self._is_hashed(name):
            hasher = self._uploads[name].hasher
            return hasher.length, hasher.root().hex()
        hasher = PayloadHasher()
        try:
            with self.path(name).open("rb") as file:
                while part := file.read(_STEP):
                    hasher.update(part)
        except FileNotFoundError:
            return 0, ""
        return hasher.length, hasher.root().hex()

    def _is_hashed(self, name: str) -> bool:
        """Tell whether each byte that is there went through the hasher, and nobody touched the file since."""
        return self._uploads[name].stamp == self._stamp(name)

    def _stamp(self, name: str) -> tuple[int, int, int] | None:
        try:
            found = self.path(name).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_ctime_ns

    def drop(self, name: str) -> None:
        """Forget an upload."""
        self.path(name).unlink(missing_ok=True)
        upload = self._uploads[name]
        if upload.lock.locked():  # whoever waits for its turn must find the same lock
            upload.hasher, upload.stamp = PayloadHasher(), None
        else:
            del self._uploads[name]
        self._hide_time()

    def _hide_time(self, name: str = "") -> None:
        paths = [path for path in (self._folder / name, self._folder) if path.exists()]
        show_day(paths, dt.datetime.now(dt.UTC).date())
