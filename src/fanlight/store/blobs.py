"""Sealed payloads under random keys: in a directory, or in an S3 given by URL.

In:     a finished file on our disk; ranges to read.
Out:    the same bytes, for ever: a key is written once; which keys there are.
Holds:  in a directory, bytes and name are synced before `put_file` returns, and the times of files and
        folders say midnight of the given day, so that nobody reads from them when something happened.
Absent: what the bytes are. They are ciphertext, and stay it.
BUG(S3): LastModified of an object shows when it was uploaded; see docs/design/threats.md.
"""

import asyncio
import datetime as dt
import os
import re
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from fanlight.model.errors import FanlightError
from fanlight.store.files import show_day, sync

STEP_BYTES = 1 << 20
_KEY = re.compile(r"^(?:[a-z]{1,8}/)?[a-z2-7]{2}/[a-z2-7]{26}$")
_PAGE = 1_000
_SOON = timedelta(seconds=10)  # an S3 that does not answer is told as away, and asked again by who needs it


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


class BlobsAway(BlobError):
    """The S3 does not answer, or refuses us."""

    code = "store.blobs_away"


def key_of(identifier: str, shelf: str = "") -> str:
    """Return the key for a random id: two letters, then the id, so that no folder grows too large.

    Args:
        identifier: 26 letters.
        shelf: a room's own place, such as "clips", whose keys it may list and sweep; others stay unlisted.
    """
    return f"{shelf}/{identifier[:2]}/{identifier}" if shelf else f"{identifier[:2]}/{identifier}"


class Blobs:
    """A place for blobs.

    Args:
        place: a folder, or a URL such as `s3://bucket/prefix` (endpoint and keys from the environment).

    Raises:
        BlobsAway: the URL names no store that we know.
    """

    def __init__(self, place: Path | str) -> None:
        """Open the place, making the folder if it is one."""
        self.folder: Path | None = None
        self._named: set[Path] = set()  # folders whose own names are known to be on the disk
        if isinstance(place, Path):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder = place.absolute()
            self._store: ObjectStore = LocalStore(prefix=self.folder)
            return
        try:
            self._store = from_url(place, retry_config={"max_retries": 2, "retry_timeout": _SOON})
        except (BaseError, ValueError) as error:
            raise away("cannot be opened under its address", error) from error

    async def put_file(self, key: str, source: Path, day: dt.date) -> None:
        """Store the bytes of `source` under `key`; again with the same bytes is fine.

        Args:
            key: as `key_of` makes it.
            source: a finished file on our disk. The caller removes it afterwards and writes to it no more:
                in a directory on the same disk, the blob is that very file under another name.
            day: the only time that is kept with the blob.

        Raises:
            ImmutableKey: the key holds other bytes.
            DiskFull: there is no room. BlobsAway: the S3 does not take it now.
        """
        _check(key)
        if self.folder is not None:
            try:
                is_new = await asyncio.to_thread(_place, source, self.folder / key)
            except OSError as error:
                raise full() from error
        else:
            is_new = await self._upload(key, source)
        if not is_new and not await self._same(key, source):
            raise ImmutableKey(
                "Something else is stored under this name already.",
                kept="What was stored first stays.",
                do="Send the new bytes under a new name.",
            )
        if self.folder is not None:
            try:
                await self._settle(self.folder / key, day)
            except OSError as error:
                raise full() from error

    async def get(self, key: str, first: int, last: int) -> bytes:
        """Return bytes `first` to `last` inclusive.

        Raises:
            BlobMissing: there is no such blob. BlobsAway: the S3 does not answer.
        """
        _check(key)
        try:
            return bytes(await obstore.get_range_async(self._store, key, start=first, end=last + 1))
        except FileNotFoundError as error:
            raise _missing() from error
        except (OSError, BaseError) as error:
            raise away("does not give what is stored there", error) from error

    async def stream(self, key: str, first: int, last: int) -> AsyncIterator[bytes]:
        """Yield bytes `first` to `last` inclusive, a MiB at a time."""
        at = first
        while at <= last:
            end = min(at + STEP_BYTES - 1, last)
            yield await self.get(key, at, end)
            at = end + 1

    async def holds(self, key: str) -> bool:
        """Tell whether there is such a blob; raises BlobsAway."""
        _check(key)
        return await self.size(key) is not None

    async def keys(self, shelf: str) -> AsyncIterator[list[str]]:
        """Yield all keys of a shelf, some at a time; what is no blob is passed over. Raises BlobsAway."""
        try:
            async for page in obstore.list(self._store, shelf, chunk_size=_PAGE):
                yield [one["path"] for one in page if _KEY.match(one["path"])]
        except (OSError, BaseError) as error:
            raise away("does not list what it holds", error) from error

    async def delete(self, key: str) -> None:
        """Remove a blob; fine if it is not there. Raises BlobsAway."""
        _check(key)
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (OSError, BaseError) as error:
            raise away("does not remove what it should", error) from error
        if self.folder is not None:
            today = dt.datetime.now(dt.UTC).date()
            await asyncio.to_thread(show_day, self._folders_of(self.folder / key), today)

    async def _upload(self, key: str, source: Path) -> bool:
        """Store a new object; tell whether the key was free."""
        try:
            if await self.size(key) is not None:
                return False
            # A file of one part is refused by the store itself where another node was quicker.
            await obstore.put_async(self._store, key, source, chunk_size=8 * STEP_BYTES)
        except AlreadyExistsError:
            return False
        except (OSError, BaseError) as error:
            raise away("does not take what is to be stored", error) from error
        return True

    async def size(self, key: str) -> int | None:
        """Return how many bytes are stored under a key, None if there is none; raises BlobsAway."""
        try:
            return int((await obstore.head_async(self._store, key))["size"])
        except FileNotFoundError:
            return None
        except (OSError, BaseError) as error:
            raise away("does not say what it holds", error) from error

    async def _same(self, key: str, source: Path) -> bool:
        size = await asyncio.to_thread(os.path.getsize, source)
        if await self.size(key) != size:
            return False
        with source.open("rb") as file:
            async for piece in self.stream(key, 0, size - 1):
                if file.read(len(piece)) != piece:
                    return False
        return True

    async def _settle(self, path: Path, day: dt.date) -> None:
        """Set the times of file and folders to the day's midnight (UTC), then sync what is new of them.

        A folder's own name is synced once while we live: nobody removes folders beside us. The disk takes
        what is synced at once in one go.
        """
        above = self._folders_of(path)
        new = [folder for folder in above[:-1] if folder not in self._named]
        await asyncio.to_thread(show_day, [path, *above], day)
        parts = {path, path.parent, *(folder.parent for folder in new)}
        await asyncio.gather(*(asyncio.to_thread(sync, part) for part in parts))
        self._named.update(new)

    def _folders_of(self, path: Path) -> list[Path]:
        """Return the folders between a blob and the place itself, which comes last."""
        assert self.folder is not None  # noqa: S101 - the callers checked
        above = list(path.parents)
        return above[: above.index(self.folder) + 1]


def _place(source: Path, path: Path) -> bool:
    """Give a file its second name; tell whether that name was free. Copied where it cannot be linked."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(source, path)
    except FileExistsError:
        return False
    except OSError:
        pass  # another disk, or one without links
    else:
        return True
    pending = path.with_name(f".{path.name}.new")
    try:
        shutil.copyfile(source, pending)
        if path.exists():
            return False
        pending.rename(path)
    finally:
        pending.unlink(missing_ok=True)
    return True


def _check(key: str) -> None:
    if not _KEY.match(key):
        raise _missing()


def _missing() -> BlobMissing:
    return BlobMissing(
        "There is no such stored payload.", kept="Nothing was changed.", do="Fetch the list again."
    )


def away(what: str, error: Exception) -> BlobsAway:
    """Return the error for an S3 that does not answer, or refuses us; `what` it does not do, in words."""
    # The library's own words carry keys and addresses; its kind of error is enough to look on.
    return BlobsAway(
        f"The store of this server {what} ({type(error).__name__}).",
        kept="What was stored before is as it was; the sender keeps what was not taken.",
        do="Look whether the store runs, and whether its address and keys are right.",
    )


def full() -> DiskFull:
    """Return the error for a disk that takes no more."""
    return DiskFull(
        "The disk of the server is full or cannot be written.",
        kept="What was stored before is still there; the sender keeps this one.",
        do="Make room on the server's disk.",
    )
