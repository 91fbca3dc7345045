"""The log's files in an S3, from which everybody may read them without a server of ours.

In:     (path, bytes); an address such as `s3://record/town` (endpoint and keys from the environment).
Out:    the same, as objects that say how long they may be kept: tiles for ever, notes for a second.
Holds:  `write` returns once the store has all; tiles first, then the rest in the order given.
Absent: who may read: a bucket's policy says so, and the operator sets it.
Why:    docs/design/record.md. Held to the contract of a folder by tests/server/test_log_places.py
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from fanlight.store.blobs import BlobsAway
from fanlight.store.log_files import LogFiles

FOREVER = "public, max-age=31536000, immutable"
SECONDS = "public, max-age=1"
TEXT, BINARY = "text/plain; charset=utf-8", "application/octet-stream"
_SOON = timedelta(seconds=10)
_AT_ONCE = 8


class LogPlace(Protocol):
    """Where a log's files are."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None if there is no such file."""
        ...

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files durably, whole, in order; what was there under a path is replaced."""
        ...


class LogBucket:
    """Objects below one address.

    Raises:
        BlobsAway: the address names no store that we know.
    """

    def __init__(self, url: str) -> None:
        """Open it; nothing is sent yet."""
        try:
            self._store = from_url(url, retry_config={"max_retries": 2, "retry_timeout": _SOON})
        except (BaseError, ValueError) as error:
            raise _away("cannot be opened under its address", error) from error

    def read(self, path: str) -> bytes | None:
        """Return an object's bytes, or None if there is no such object; raises BlobsAway."""
        try:
            return bytes(obstore.get(self._store, path).bytes())
        except FileNotFoundError:
            return None
        except (OSError, BaseError) as error:
            raise _away("does not give what is stored there", error) from error

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Store objects; raises BlobsAway with some of them stored."""
        listed = list(files)
        tiles = [one for one in listed if one[0].startswith("tile/")]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self._put, tiles))
        for one in listed:
            if not one[0].startswith("tile/"):
                self._put(one)

    def _put(self, file: tuple[str, bytes]) -> None:
        path, data = file
        tile = path.startswith("tile/")
        said = {"Content-Type": BINARY if tile else TEXT, "Cache-Control": FOREVER if tile else SECONDS}
        try:
            obstore.put(self._store, path, data, attributes=said, use_multipart=False)
        except (OSError, BaseError) as error:
            raise _away("does not take what is to be stored", error) from error


def open_place(folder: Path, url: str | None) -> LogPlace:
    """Return where a log's files are: at `url`, or in `folder` if there is none."""
    return LogBucket(url) if url else LogFiles(folder)


def _away(what: str, error: Exception) -> BlobsAway:
    # The library's own words carry keys and addresses; its kind of error is enough to look on.
    return BlobsAway(
        f"The store of the record {what} ({type(error).__name__}).",
        kept="Entries are kept in order and are published as soon as it answers.",
        do="Look whether the store runs, and whether its address and keys are right.",
    )
