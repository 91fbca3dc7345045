"""Copies given to agencies, in a bucket of their own whose S3 locks objects.

In:     the address of a bucket with Object Lock; where copies lay before there was one.
Out:    the same as `Blobs`.
Holds:  an object is under a legal hold from the moment it is there. No lifecycle rule, and nobody who may
        remove objects but may not end holds, takes it before `delete`, which ends the hold and removes each
        version and each marker: nothing of it is left in a bucket that keeps versions.
Absent: a day until which an object stays. Whoever keeps the S3 would read from it which copies are of one
        case; and a copy that is taken back goes sooner than its case.
Why:    docs/design/vault.md
"""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from fanlight.store.blobs import STEP_BYTES, BlobError, BlobMissing, Blobs, away

if TYPE_CHECKING:
    from minio import Minio

T = TypeVar("T")

_PART_BYTES = 8 * STEP_BYTES
_NONE = "ObjectLockConfigurationNotFoundError"
_TIMEOUT_S, _AGAIN = 10.0, 2


class NoObjectLock(BlobError):
    """The bucket for evidence does not lock objects."""

    code = "store.no_object_lock"


class LockedBlobs(Blobs):
    """A bucket whose objects are under a legal hold.

    Args:
        url: `s3://BUCKET/PREFIX`; endpoint and keys come from the environment, as for `Blobs`.
        older: where copies lie that came before there was such a bucket; read and removed there.

    Raises:
        BlobsAway: the address names no S3.
    """

    def __init__(self, url: str, older: Blobs) -> None:
        """Open it; nothing is sent yet."""
        super().__init__(url)
        self._older = older
        parts = urlsplit(url)
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/")
        try:
            self._client = _client()
        except ValueError as error:
            raise away("cannot be opened under its address", error) from error

    async def check(self) -> None:
        """Raise NoObjectLock if the bucket does not lock objects, BlobsAway if it does not say."""
        locks = await self._ask("does not say whether it locks objects", self._locks)
        if not locks:
            raise NoObjectLock(
                "The bucket for evidence does not lock objects.",
                kept="Nothing was stored in it.",
                do="Make a bucket with Object Lock (it can only be switched on with versions), or leave"
                " --evidence out.",
            )

    async def get(self, key: str, first: int, last: int) -> bytes:
        """Return bytes `first` to `last` inclusive; raises as `Blobs.get`."""
        try:
            return await super().get(key, first, last)
        except BlobMissing:
            return await self._older.get(key, first, last)

    async def delete(self, key: str) -> None:
        """End the hold of a copy and remove each version of it; fine if it is not there. Raises BlobsAway."""
        if await self._older.holds(key):
            await self._older.delete(key)
        await self._ask("does not remove what it should", partial(self._remove, self._name(key)))

    async def size(self, key: str) -> int | None:
        """Return how many bytes are stored under a key, here or in the older place; None for none."""
        own = await super().size(key)
        return own if own is not None else await self._older.size(key)

    async def _upload(self, key: str, source: Path) -> bool:
        if await self.size(key) is not None:
            return False
        await self._ask("does not take what is to be stored", partial(self._put, self._name(key), source))
        return True

    async def _ask(self, what: str, call: Callable[[], T]) -> T:
        from minio.error import MinioException  # noqa: PLC0415 - only who locks evidence loads the library
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        try:
            return await asyncio.to_thread(call)
        except (MinioException, HTTPError, OSError, ValueError) as error:
            raise away(what, error) from error

    def _name(self, key: str) -> str:
        return f"{self._prefix}/{key}" if self._prefix else key

    def _locks(self) -> bool:
        from minio.error import S3Error  # noqa: PLC0415

        try:
            self._client.get_object_lock_config(self._bucket)
        except S3Error as error:
            if error.code == _NONE:
                return False
            raise
        return True

    def _put(self, name: str, source: Path) -> None:
        self._client.fput_object(
            self._bucket, name, str(source), part_size=_PART_BYTES, num_parallel_uploads=1, legal_hold=True
        )

    def _remove(self, name: str) -> None:
        for found in self._client.list_objects(self._bucket, prefix=name, include_version=True):
            if found.object_name != name:
                continue
            if not found.is_delete_marker:
                self._client.disable_object_legal_hold(self._bucket, name, version_id=found.version_id)
            self._client.remove_object(self._bucket, name, version_id=found.version_id)


def _client() -> "Minio":
    """Return a client for the S3 that the environment names, as obstore reads it; raises ValueError."""
    import urllib3  # noqa: PLC0415 - only who locks evidence loads the library
    from minio import Minio  # noqa: PLC0415
    from minio.credentials.providers import EnvAWSProvider  # noqa: PLC0415

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    amazon = f"https://s3.{region}.amazonaws.com"
    endpoint = urlsplit(os.environ.get("AWS_ENDPOINT") or os.environ.get("AWS_ENDPOINT_URL") or amazon)
    return Minio(
        endpoint.netloc,
        secure=endpoint.scheme != "http",
        region=region,
        credentials=EnvAWSProvider(),
        http_client=urllib3.PoolManager(timeout=_TIMEOUT_S, retries=urllib3.Retry(_AGAIN)),
    )
