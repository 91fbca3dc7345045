"""The two ledgers, opened for a test, and both writers' worlds with a fault at any chosen write."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from fanlight.model.ids import new_id
from fanlight.server.log.file_ledger import FileLedger
from fanlight.server.log.ledger import Ledger, Signed, Turn
from fanlight.server.log.row_ledger import RowLedger
from fanlight.store.database import Database
from fanlight.store.log_files import LogFiles


class Kept(Protocol):
    """A ledger as its users have it: two openings of one storage, and who queues leaves."""

    async def open(self) -> Ledger:
        """Open it once more, as another process would."""
        ...

    async def queue(self, *leaves: bytes) -> None:
        """Queue leaves, durably."""
        ...

    async def close(self) -> None:
        """Close what was opened."""
        ...


class Rows:
    """In a database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: Database | None = None

    async def open(self) -> RowLedger:
        # One pool for all: who has the turn is a matter of connections, and each turn has its own.
        self._db = self._db or await Database.open(self._url, size=8)
        return RowLedger(self._db)

    async def queue(self, *leaves: bytes) -> None:
        assert self._db is not None
        async with self._db.transaction() as tx:
            for leaf in leaves:
                await tx.execute("INSERT INTO leaf (id, type, body) VALUES (%s, 'x', %s)", [new_id(), leaf])

    async def close(self) -> None:
        if self._db is not None:
            await self._db.close()


class Files:
    """In a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: list[FileLedger] = []

    async def open(self) -> FileLedger:
        self._open.append(FileLedger(self._folder))
        return self._open[-1]

    async def queue(self, *leaves: bytes) -> None:
        self._open[-1].append(leaves)

    async def close(self) -> None:
        while self._open:
            self._open.pop().close()


@asynccontextmanager
async def kept_in(kind: str, database: Callable[[], str], folder: Path) -> AsyncIterator[Kept]:
    """Open one of the two; `database` is asked for only where it is needed."""
    kept = Rows(database()) if kind == "rows" else Files(folder / "ledger")
    try:
        yield kept
    finally:
        await kept.close()


class Crash(BaseException):
    """The process ends here. No handler of errors sees it."""


class Failed(Exception):
    """A write that is reported as failed."""


@dataclass
class Fault:
    """What happens at the `at`-th write.

    Attributes:
        at: which, from 0; a write is a placing, a keeping, the end of a turn, or one file.
        landed: it is done all the same.
        kind: Crash or Failed.
        seen: how many writes there were.
    """

    at: int
    landed: bool
    kind: type[BaseException]
    seen: int = 0
    happened: str = ""

    @contextlib.contextmanager
    def write(self, name: str) -> Iterator[None]:
        number, self.seen = self.seen, self.seen + 1
        if number == self.at and not self.landed:
            self.happened = name
            raise self.kind(name)
        yield
        if number == self.at:
            self.happened = name
            raise self.kind(name)


@dataclass
class FaultyTurn:
    """A turn whose writes can fail."""

    turn: Turn
    fault: Fault

    @property
    def signed(self) -> Signed | None:
        return self.turn.signed

    async def place(self, size: int, most: int) -> list[bytes]:
        with self.fault.write("place"):
            return await self.turn.place(size, most)

    async def keep(self, signed: Signed) -> None:
        with self.fault.write("keep"):
            await self.turn.keep(signed)


@dataclass
class FaultyLedger:
    """A ledger whose writes can fail."""

    ledger: Ledger
    fault: Fault

    async def last_signed(self) -> Signed | None:
        return await self.ledger.last_signed()

    async def bodies(self, first: int, end: int) -> list[bytes]:
        return await self.ledger.bodies(first, end)

    @asynccontextmanager
    async def turn(self, *, wait: bool = False) -> AsyncIterator[FaultyTurn | None]:
        async with contextlib.AsyncExitStack() as stack:
            turn = await stack.enter_async_context(self.ledger.turn(wait=wait))
            yield FaultyTurn(turn, self.fault) if turn is not None else None
            if wait or turn is None:
                return
            number = self.fault.seen
            self.fault.seen += 1
            if number == self.fault.at:
                self.fault.happened = "end of turn"
                if not self.fault.landed:
                    raise self.fault.kind("end of turn")
                await stack.aclose()
                raise self.fault.kind("end of turn")


@dataclass
class FaultyFiles(LogFiles):
    """Files whose writing can fail, one by one; it remembers all that was ever there to be read."""

    def __init__(self, folder: Path, fault: Fault, ever: "Ever") -> None:
        super().__init__(folder)
        self._fault, self._ever = fault, ever

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        for name, data in files:
            with self._fault.write(name):
                super().write([(name, data)])
                self._ever.note(name, data)


@dataclass
class Ever:
    """What readers may have seen: each tile's bytes, and each checkpoint in its order."""

    tiles: dict[str, bytes] = field(default_factory=dict)
    checkpoints: list[bytes] = field(default_factory=list)

    def note(self, name: str, data: bytes) -> None:
        if name.startswith("tile/"):
            assert self.tiles.setdefault(name, data) == data, f"{name} changed"
        elif name == "checkpoint":
            self.checkpoints.append(data)
