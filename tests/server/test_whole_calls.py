"""An answer that looks at no body leaves the connection open for the next call, or says that it ends."""

import asyncio
from pathlib import Path

from tests.server.acting import make_household
from tests.server.running import Running, running
from tests.server.sealed import clip
from tests.server.test_vault import wire

from fanlight.model.clock import now
from fanlight.server.whole_calls import MOST


class Line:
    """One connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    @classmethod
    async def open(cls, town: Running) -> "Line":
        url = town.http.base_url
        return cls(*await asyncio.open_connection(url.host, url.port))

    async def answer(self) -> tuple[int, dict[str, str]]:
        """Read one answer; return its status and its head."""
        first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        head = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines if line)}
        await self._reader.readexactly(int(head.get("content-length", "0")))
        return int(first.split()[1]), head


def head(method: str, path: str, length: int, token: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: town.example", f"Content-Length: {length}"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode()


def test_a_part_of_what_is_kept_already_is_read_to_its_end_and_the_next_call_is_answered(
    database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            name, sealed = clip(home, now())
            path, pay = f"/v1/clips/{name}/pay", bytes(sealed.pay)
            await home.hub.json("PUT", f"/v1/clips/{name}", json=wire(sealed))
            await home.hub.json("PUT", f"{path}?last=true", content=pay)
            line, token = await Line.open(town), home.hub.session["token"]
            for asked, wanted in ((token, 200), ("", 401)):
                line.writer.write(head("PUT", f"{path}?last=true", len(pay), asked))
                for at in range(0, len(pay), 50_000):
                    line.writer.write(pay[at : at + 50_000])
                    await line.writer.drain()
                assert (await line.answer())[0] == wanted
                line.writer.write(head("GET", "/healthz", 0))
                status, said = await line.answer()
                assert status == 200
                assert "connection" not in said
            line.writer.close()

    asyncio.run(body())


def test_what_is_too_long_to_read_is_answered_at_once_and_the_answer_says_that_the_connection_ends(
    database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            line = await Line.open(town)
            line.writer.write(head("PUT", "/v1/hub/status", MOST + 1))
            status, said = await line.answer()
            assert status in {401, 413}
            assert said["connection"] == "close"
            line.writer.close()

    asyncio.run(body())
