"""A town whose vault is in a directory or a real S3, stopped and started again, restored from copies."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import obstore
import psycopg
from obstore.store import LocalStore, ObjectStore, from_url
from tests.server.acting import Household
from tests.server.running import Clock, Running, running
from tests.store.s3server import S3

from fanlight.model.ids import new_id
from fanlight.seal.clip import SealedClip
from fanlight.server.vault.keeping import Keeper
from fanlight.store.postgres import Postgres
from fanlight.wire import b64

PART = 4 * 1024 * 1024


@dataclass
class Vault:
    """What outlives a server: its home, its database, its blobs."""

    home: Path
    postgres: Postgres
    database: str
    s3: S3 | None
    prefix: str = field(default_factory=new_id)

    @property
    def place(self) -> str | None:
        return None if self.s3 is None else f"{self.s3.url}/{self.prefix}"

    @contextlib.asynccontextmanager
    async def running(self, ticking: Clock | None = None, **change: Any) -> AsyncIterator[Running]:
        url = self.postgres.url_of(self.database)
        async with running(self.home, url, ticking=ticking, blobs=self.place, **change) as town:
            yield town

    def _store(self) -> ObjectStore:
        if self.place is not None:
            return from_url(self.place)
        return LocalStore(prefix=self.home / "blobs", mkdir=True)

    def blobs(self) -> dict[str, bytes]:
        """Return all that is stored, by key, read without code of ours."""
        store = self._store()
        paths = [one["path"] for page in obstore.list(store) for one in page]
        return {path: bytes(obstore.get(store, path).bytes()) for path in paths}

    def restore_blobs(self, kept: dict[str, bytes]) -> None:
        """Make the store hold what it held."""
        if self.s3 is None:
            shutil.rmtree(self.home / "blobs")
        store = self._store()
        for path in set(self.blobs()) - set(kept):
            obstore.delete(store, path)
        for path, data in kept.items():
            obstore.put(store, path, data)

    def copy_database(self) -> str:
        """Back the database up; return the copy's name. Nothing may be connected."""
        name = f"t_{new_id()}"
        with psycopg.connect(self.postgres.url_of("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.database}"'.encode())
        return name

    def sql(self, query: str) -> list[Any]:
        """Ask the database as its owner, who sees every household's rows."""
        with psycopg.connect(self.postgres.url_of(self.database)) as owner:
            return owner.execute(query.encode()).fetchall()

    def payloads(self) -> set[str]:
        """Return the clips whose payloads are stored."""
        return {path.rpartition("/")[2] for path in self.blobs()}


def use_s3(s3: S3) -> None:
    """Say where the S3 is, as an operator does: in the environment. The fixture takes it back."""
    os.environ.update(s3.environment)


def wire(sealed: SealedClip) -> dict[str, Any]:
    """Return what a hub announces."""
    return {
        "card": sealed.card.decode(),
        "sig": b64.encode(sealed.card_sig),
        "manifest": b64.encode(sealed.manifest_age),
        "hdr": b64.encode(sealed.hdr),
    }


async def send(home: Household, name: str, sealed: SealedClip) -> str:
    """Send a clip as a hub does; return its id."""
    await home.hub.json("PUT", f"/v1/clips/{name}", json=wire(sealed))
    for offset in range(0, len(sealed.pay), PART):
        part = bytes(sealed.pay[offset : offset + PART])
        await home.hub.json("PUT", f"/v1/clips/{name}/pay?offset={offset}", content=part)
    assert (await home.hub.json("POST", f"/v1/clips/{name}/done"))["kept"]
    return name


async def listed(home: Household) -> set[str]:
    """Return the clips that a member is shown."""
    home.owner.session = {}
    page = await home.owner.json("GET", "/v1/clips", params={"brief": "true"})
    assert page["after"] is None
    return {row["clip"] for row in page["clips"]}


async def tidy(town: Running) -> None:
    """Let the vault do its own work now; two looks, since what has no row is let be at the first."""
    keeper = Keeper(town.services)
    await keeper.expire_due()
    await keeper.clear()
    for _ in range(2):
        await keeper.look()
        await asyncio.sleep(0)
