"""Sealed payloads under random keys: in a directory, or in an S3 given by URL.

In:     a finished file on our disk; ranges to read.
Out:    the same bytes, for ever: a key is written once.
Holds:  in a directory, bytes and name are synced before `put_file` returns, and the times of files and
        folders say midnight of the given day, so that nobody reads from them when something happened.
Absent: what the bytes are. They are ciphertext, and stay it.
BUG(S3): LastModified of an object shows when it was uploaded; see docs/design/threats.md.
"""

import asyncio
import datetime as dt
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from fanlight.model.errors import FanlightError
from fanlight.store.files import sync

STEP_BYTES = 1 << 20
_KEY = re.compile(r"^[a-z2-7]{2}/[a-z2-7]{26}$")


class BlobError(FanlightError):
    """Base of what can go wrong with a blob."""

    code = "store.blob"


class ImmutableKey(BlobError):
    """The key holds other bytes already."""

    code = "store.immutable_key"


class BlobMissing(BlobError):
    """There is no such blob, or not that much of it."""

    code = "store.blob_missing"


class DiskFull(BlobError):
    """No room for more."""

    code = "store.disk_full"


def key_of(identifier: str) -> str:
    """Return the key for a random id: two letters, then the id, so that no folder grows too large."""
    return f"{identifier[:2]}/{identifier}"


class Blobs:
    """A place for blobs.

    Args:
        place: a folder, or a URL such as `s3://bucket/prefix` (credentials from the environment).
    """

    def __init__(self, place: Path | str) -> None:
        """Open the place, making the folder if it is one."""
        self.folder: Path | None = None
        if isinstance(place, Path):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder = place.absolute()
            self._store: ObjectStore = LocalStore(prefix=self.folder)
        else:
            self._store = from_url(place)

    async def put_file(self, key: str, source: Path, day: dt.date) -> None:
        """Store the bytes of `source` under `key`; again with the same bytes is fine.

        Args:
            key: as `key_of` makes it.
            source: a file on our disk; left where it is.
            day: the only time that is kept with the blob.

        Raises:
            ImmutableKey: the key holds other bytes.
            DiskFull: there is no room.
        """
        _check(key)
        try:
            held = await self._size(key)
            if held is None:
                await obstore.put_async(self._store, key, source)
        except (OSError, BaseError) as error:
            raise full() from error
        if held is not None and not await self._same(key, source):
            raise ImmutableKey(
                "Something else is stored under this name already.",
                kept="What was stored first stays.",
                do="Send the new bytes under a new name.",
            )
        if self.folder is not None:
            await asyncio.to_thread(self._settle, self.folder / key, day)

    async def get(self, key: str, first: int, last: int) -> bytes:
        """Return bytes `first` to `last` inclusive.

        Raises:
            BlobMissing: there is no such blob.
        """
        _check(key)
        try:
            return bytes(await obstore.get_range_async(self._store, key, start=first, end=last + 1))
        except FileNotFoundError as error:
            raise _missing() from error

    async def stream(self, key: str, first: int, last: int) -> AsyncIterator[bytes]:
        """Yield bytes `first` to `last` inclusive, a MiB at a time."""
        at = first
        while at <= last:
            end = min(at + STEP_BYTES - 1, last)
            yield await self.get(key, at, end)
            at = end + 1

    async def delete(self, key: str) -> None:
        """Remove a blob; fine if it is not there."""
        _check(key)
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        if self.folder is not None:
            today = dt.datetime.now(dt.UTC).date()
            await asyncio.to_thread(_date, [(self.folder / key).parent, self.folder], today)

    async def _size(self, key: str) -> int | None:
        try:
            return int((await obstore.head_async(self._store, key))["size"])
        except FileNotFoundError:
            return None

    async def _same(self, key: str, source: Path) -> bool:
        size = await asyncio.to_thread(os.path.getsize, source)
        if await self._size(key) != size:
            return False
        with source.open("rb") as file:
            async for piece in self.stream(key, 0, size - 1):
                if file.read(len(piece)) != piece:
                    return False
        return True

    def _settle(self, path: Path, day: dt.date) -> None:
        """Sync file and folders, then set their times to the day's midnight (UTC)."""
        assert self.folder is not None  # noqa: S101 - the caller checked
        parts = [path, path.parent, self.folder]
        for part in parts:
            sync(part)
        _date(parts, day)


def _date(paths: list[Path], day: dt.date) -> None:
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()
    for path in paths:
        os.utime(path, (midnight, midnight))


def _check(key: str) -> None:
    if not _KEY.match(key):
        raise _missing()


def _missing() -> BlobMissing:
    return BlobMissing(
        "There is no such stored payload.", kept="Nothing was changed.", do="Fetch the list again."
    )


def full() -> DiskFull:
    """Return the error for a disk that takes no more."""
    return DiskFull(
        "The disk of the server is full or cannot be written.",
        kept="What was stored before is still there; the sender keeps this one.",
        do="Make room on the server's disk.",
    )
