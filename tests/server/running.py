"""A whole town on real parts: the application on a socket, optionally a witness in its own process."""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar
from tests.server.acting import PEOPLE, SEEDS

from fanlight.cli.demo_town import document
from fanlight.model import clock
from fanlight.seal.keys import member_keys
from fanlight.server import setup
from fanlight.server.app import Options, make_app, open_services
from fanlight.server.notify.sending import Reach
from fanlight.server.services import Services

STEP_S = 0.02
CLERK = member_keys(SEEDS["clerk"]).signing


class Clock:
    """A clock that can be put forward; otherwise the real one."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return clock.now() + self.ahead


class Still(Clock):
    """A clock that stands until it is put forward: what the town's day brings by itself stays away."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = clock.now()

    def __call__(self) -> datetime:
        return self.begun + self.ahead


@dataclass
class Running:
    """A running town."""

    services: Services
    http: httpx.AsyncClient
    clock: Clock
    home: Path

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Return when `holds`; the test's own time limit is the only one."""
        while not await holds():  # noqa: ASYNC110 - the server is asked over its own interface
            await asyncio.sleep(STEP_S)

    async def json(self, path: str, **options: Any) -> Any:
        answer = await self.http.get(path, **options)
        assert answer.is_success, answer.text
        return answer.json()

    async def leaves(self, kind: str) -> list[dict[str, Any]]:
        rows = (await self.json("/v1/log/leaves", params={"type": kind}))["leaves"]
        return [json.loads(row["leaf"]) for row in rows]

    async def count(self, query: str, *params: object) -> int:
        async with self.services.db.transaction() as tx:
            cursor = await tx.execute(query, params)
            row = await cursor.fetchone()
        assert row is not None
        return int(row[0])

    async def settled(self) -> None:
        """Return when every queued leaf is cosigned and every cell file is fresh."""

        async def fresh() -> bool:
            return not await self.count(
                "SELECT (SELECT count(*) FROM leaf WHERE idx IS NULL OR idx >= %s)"
                " + (SELECT count(*) FROM cell_file WHERE stale)",
                self.services.log.sequencer.cosigned_size,
            )

        await self.until(fresh)


def prepare(home: Path) -> str:
    """Write what a first start needs; return the log's vkey."""
    return setup.prepare(home, PEOPLE, town=document(datetime.now(UTC), CLERK))


@contextlib.asynccontextmanager
async def serving(app: Litestar, at: int = 0) -> AsyncIterator[str]:
    """Serve an application on a port of the loopback, a free one by default, as the server does."""
    with socket.socket() as held:
        # granian lets others listen on its port beside it (SO_REUSEPORT), and each gets some of the calls.
        # Bound but not listening, this socket keeps the port from being given to another test meanwhile.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", at))
        port = held.getsockname()[1]
        server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False)
        task = asyncio.create_task(server.serve())
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                ready = False
                while not ready:
                    assert not task.done(), "the server ended before it was ready"
                    with contextlib.suppress(httpx.HTTPError):
                        ready = (await client.get(f"http://127.0.0.1:{port}/healthz")).is_success
                    await asyncio.sleep(STEP_S)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.stop()  # type: ignore[no-untyped-call]
            await task


@contextlib.asynccontextmanager
async def running(  # noqa: PLR0913 - each is a different part of a town
    home: Path,
    database: str,
    *,
    town: bool = True,
    prepared: bool = False,
    witness: str | None = None,
    ticking: Clock | None = None,
    push: Reach | None = None,
    at: int = 0,
    **change: Any,
) -> AsyncIterator[Running]:
    """Run a town until the end of the block; `change` is of its other Options."""
    ticking = ticking or Clock()
    if town and not prepared:
        prepare(home)
    elif not town:
        setup.prepare(home)
    options = Options(
        home=home,
        database=database,
        witness=witness,
        clock=ticking,
        demo=town,
        port=8420,
        push=push or Reach(),
        lock_after=timedelta(days=1),  # a clock put forward locks nobody out unless a test is about that
    )
    options = replace(options, **change)
    async with (
        open_services(options) as services,
        serving(make_app(options, services), at) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as client,
    ):
        yield Running(services, client, ticking, home)


@contextlib.contextmanager
def witness_process(
    home: Path, vkey: str, port: int = 0, name: str = "w.example", more: Sequence[str] = ()
) -> Iterator[str]:
    """Run a real witness in its own process; yields its address."""
    command = [sys.executable, "-m", "fanlight.witness", "--home", str(home), "--name", name]
    home.mkdir(exist_ok=True)
    with subprocess.Popen(
        [*command, "--log", vkey, "--port", str(port), *more], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline().split()
        try:
            yield f"http://127.0.0.1:{said[2]}"
        finally:
            process.terminate()
