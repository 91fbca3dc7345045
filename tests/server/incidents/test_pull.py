"""R18: an export is fetched from its address and handed in; the town's server calls nobody."""

import asyncio
import contextlib
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from tests.ports import free_port
from tests.server.acting import SEEDS
from tests.server.incidents import samples
from tests.server.incidents.sending import shown, wall
from tests.server.incidents.test_commands import settings
from tests.server.running import Still, running

from fanlight.cli import cad
from fanlight.cli.cad_pull import MOST_BYTES, NotFetched, Published, rounds
from fanlight.cli.main import main
from fanlight.model.errors import FanlightError


@dataclass
class Dispatch:
    """A dispatch system that publishes an export: `status` and `said` are its next answer."""

    url: str
    data: bytes = b""
    status: int = 200
    said: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)


@contextlib.contextmanager
def dispatch(*, marks: bool = True) -> Iterator[Dispatch]:
    """Publish until the end of the block; with `marks` it knows an export again by its ETag."""
    port = free_port()
    system = Dispatch(f"http://localhost:{port}/secret-token/export.csv")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            system.asked.append(dict(self.headers.items()))
            mark = f'"{hashlib.sha256(system.data).hexdigest()}"'
            known = marks and self.headers.get("If-None-Match") == mark
            status = 304 if known and system.status == 200 else system.status
            system.sent.append(status)
            self.send_response(status)
            for name, value in system.said.items():
                self.send_header(name, value)
            if marks:
                self.send_header("ETag", mark)
            body = system.data if status == 200 else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # who wants no more goes away
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield system
        finally:
            server.shutdown()


async def once(export: Published, taken: list[bytes], error: FanlightError | None = None) -> list[str]:
    """Run one round; what is handed in is in `taken`, unless the town refuses with `error`."""

    async def hand_in(data: bytes) -> list[str]:
        if error is not None:
            raise error
        taken.append(data)
        return ["taken"]

    return [line async for line in rounds(export, hand_in, None)]


@pytest.mark.parametrize("marks", [True, False])
def test_an_export_that_did_not_change_is_not_handed_in_again(*, marks: bool) -> None:
    async def body() -> None:
        with dispatch(marks=marks) as system:
            export, taken = Published(system.url, "Bearer abc"), list[bytes]()
            system.data = b"one"
            assert await once(export, taken) == ["taken"]
            assert await once(export, taken) == ["Nothing new."]
            system.data = b"two"
            assert await once(export, taken) == ["taken"]
            assert taken == [b"one", b"two"]
            assert system.sent == [200, 304 if marks else 200, 200]
            assert {one["Authorization"] for one in system.asked} == {"Bearer abc"}

    asyncio.run(body())


def test_an_export_that_the_town_did_not_take_is_handed_in_again() -> None:
    async def body() -> None:
        with dispatch() as system:
            system.data = b"one"
            export, taken = Published(system.url), list[bytes]()
            with pytest.raises(FanlightError, match="refused"):
                await once(export, taken, FanlightError("refused", kept="nothing", do="again"))
            assert await once(export, taken) == ["taken"]
            assert taken == [b"one"]

    asyncio.run(body())


@pytest.mark.parametrize(
    ("status", "said", "data", "word"),
    [
        (302, {"Location": "https://elsewhere.example/x?token=t"}, b"", "sends on to elsewhere.example,"),
        (302, {}, b"", "sends on to another address,"),
        (401, {}, b"", "answers 401"),
        (500, {}, b"", "answers 500"),
        (200, {}, bytes(MOST_BYTES + 1), "more than 8 MiB"),
        (200, {"Content-Encoding": "gzip"}, b"any", "sends the export compressed"),
    ],
)
def test_what_is_no_export_is_one_clear_error_that_names_the_host_only(
    status: int, said: dict[str, str], data: bytes, word: str
) -> None:
    async def body() -> None:
        with dispatch() as system:
            system.status, system.said, system.data = status, said, data
            taken: list[bytes] = []
            with pytest.raises(NotFetched) as caught:
                await once(Published(system.url), taken)
            assert word in caught.value.what
            assert "token" not in f"{caught.value.what} {caught.value.kept} {caught.value.do}"
            assert not taken

    asyncio.run(body())


def test_rounds_go_on_after_an_error() -> None:
    async def body() -> list[str]:
        with dispatch() as system:
            system.status, lines = 503, list[str]()

            async def hand_in(data: bytes) -> list[str]:
                return [f"{len(data)} bytes"]

            async for line in rounds(Published(system.url), hand_in, 0.01):
                lines.append(line)
                system.status, system.data = 200, b"one"
                if line == "Nothing new.":
                    return lines
            return lines

    lines = asyncio.run(body())
    assert lines[0].startswith("localhost answers 503. Nothing was handed in")
    assert lines[1:] == ["3 bytes", "Nothing new."]


@pytest.mark.parametrize(
    "url", ["http://cad.example/x", "ftp://localhost/x", "export.csv", "https://", "http:// /"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(NotFetched, match="no https address"):
        Published(url)


def test_nobody_there_is_one_clear_error() -> None:
    async def body() -> None:
        with pytest.raises(NotFetched, match="gives no export"):
            await Published(f"http://localhost:{free_port()}/x").fetch(httpx.AsyncClient(trust_env=False))

    asyncio.run(body())


def test_the_command_pulls_from_an_address_into_a_town(database: str, tmp_path: Path) -> None:
    """R18: signed on the machine that fetched it."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            public = cad.new_key(tmp_path / "cad.key")
            server = str(town.http.base_url)
            source = await cad.begin(server, SEEDS["operator"], cad.settings(settings(tmp_path, public)))
            with dispatch() as system:
                system.data = samples.table(samples.row("1", wall(town, timedelta(hours=5))))
                said = ["--id", source, "--key", str(tmp_path / "cad.key"), "--server", server]
                command = ["cad", "pull", *said, system.url]
                pulled = await asyncio.to_thread(CliRunner().invoke, main, command)
                assert pulled.exit_code == 0, pulled.output
                assert pulled.output.startswith("1 rows: 1 taken")
                assert "secret-token" not in pulled.output
            assert len(await shown(town)) == 1

    asyncio.run(body())
