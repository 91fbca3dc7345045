"""A whole town as `fanlight up` runs it, a household in it, and a network between that fails on purpose."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.hub.cells import CELL, PLACE
from tests.ports import free_port

from fanlight.cli import up
from fanlight.cli.member import Member
from fanlight.hub.settings import HubKeys, Pairing
from fanlight.hub.uplink import Uplink
from fanlight.seal import keys
from fanlight.seal.container import open_card
from fanlight.seal.epoch import Epoch, from_wire
from fanlight.seal.keys import Identity, SigningKey
from fanlight.seal.manifest import ClipManifest
from fanlight.seal.reading import ClipReader, check_card, open_clip_manifest
from fanlight.seal.sheet import new_sheet
from fanlight.wire import b64

HEAD_END = b"\r\n\r\n"


@dataclass
class House:
    """A household at a running town: its member, its hub's keys, its first epoch."""

    url: str
    home: Path
    member: Member
    hub: HubKeys
    id: str
    epoch: Epoch
    identity: Identity

    def pairing(self, **change: Any) -> Pairing:
        lon, lat = PLACE
        parts: dict[str, Any] = {
            "server": self.url,
            "household": self.id,
            "owner": b64.encode(self.member.keys.signing.public),
            "cell": CELL,
            "lon": lon,
            "lat": lat,
        }
        return Pairing(**{**parts, **change})

    async def listed(self) -> dict[str, dict[str, Any]]:
        """Return the clips that the server lists to a member, by id."""
        found: dict[str, dict[str, Any]] = {}
        after: dict[str, str] = {}
        async with Uplink(self.url, self.member.keys.signing) as uplink:
            while True:
                page = (await uplink.call("GET", "/v1/clips", params=after)).json()
                rows = {row["clip"]: row for row in page["clips"]}
                assert not rows.keys() & found.keys(), "a clip is listed twice"
                found |= rows
                if page["after"] is None:
                    return found
                after = {"after": page["after"]}

    async def open(self, clip: str) -> tuple[ClipManifest, bytes]:
        """Return a clip as a member opens it, with every check."""
        row = (await self.listed())[clip]
        public = self.hub.signing.public
        manifest_age = b64.decode(row["manifest"])
        opened = open_clip_manifest(manifest_age, [self.identity.secret], public)
        check_card(opened, open_card(row["card"].encode(), b64.decode(row["sig"]), public), manifest_age)
        hdr, pay = await self.stored(clip)
        return opened.manifest, ClipReader(opened.manifest.seal, hdr, [self.identity.secret]).whole(pay)

    async def stored(self, clip: str) -> tuple[bytes, bytes]:
        """Return header and payload of a clip as they are at the server."""
        async with Uplink(self.url, self.member.keys.signing) as uplink:
            hdr = (await uplink.call("GET", f"/v1/clips/{clip}/hdr")).content
            pay = (await uplink.call("GET", f"/v1/clips/{clip}/pay")).content
        return hdr, pay

    async def erase(self, clip: str) -> None:
        async with Uplink(self.url, self.member.keys.signing) as uplink:
            await uplink.call("DELETE", f"/v1/clips/{clip}")


async def move_in(url: str, home: Path, seed: bytes | None = None) -> House:
    member, hub = (
        Member(seed or keys.SigningKey.new().seed, url),
        HubKeys(SigningKey.new(), keys.new_identity().secret),
    )
    async with member.uplink:
        await member.sign_up()
        household = await member.found_household(CELL)
        admitted = await member.admit_hub(household, hub.signing.public, hub.recipient)
        identity = await member.begin_book(household, new_sheet(), hubs=[admitted])
        mine = await member.household()
    return House(url, home, member, hub, household, from_wire(mine["epochs"][0]), identity)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A household in a town that runs until the tests of this process are over."""
    home = tmp_path_factory.mktemp("town")
    with up.running(home, free_port(), demo=True, cameras=False) as (town, _):
        yield asyncio.run(move_in(town.url.replace("localhost", "127.0.0.1"), home))


@dataclass
class Fault:
    """Cut the line of the next call that fits: before it is passed on, or after it was but unanswered.

    With `part`, so many bytes of its body are passed on before the line is cut.
    """

    method: str
    ending: str
    landed: bool
    part: int | None = None


@dataclass
class Network:
    """Between hub and server: passes calls on, one a connection, and fails as told."""

    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    sent_bytes: int = 0

    def fault_of(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if method == fault.method and path.partition("?")[0].endswith(fault.ending):
                self.faults.remove(fault)
                return fault
        return None


@contextlib.asynccontextmanager
async def network(server: str) -> AsyncIterator[Network]:
    """Run a network to `server` until the end of the block."""
    host, _, port = server.removeprefix("http://").partition(":")
    between = Network()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await _carry(between, (host, int(port)), reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    listening = await asyncio.start_server(carry, "127.0.0.1", 0, limit=1 << 20)
    between.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield between
    finally:
        listening.close()
        await listening.wait_closed()


async def _carry(
    between: Network, to: tuple[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    head = await reader.readuntil(HEAD_END)
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ),
        0,
    )
    body = await reader.readexactly(length)
    method, path = head.split(b" ", 2)[:2]
    call = f"{method.decode()} {path.decode()}"
    fault = between.fault_of(method.decode(), path.decode())
    if fault is not None and not fault.landed and fault.part is None:
        return
    onward, back = (await asyncio.open_connection(*to))[::-1]
    try:
        onward.write(head[: -len(HEAD_END)] + b"\r\nConnection: close" + HEAD_END)
        onward.write(body if fault is None or fault.part is None else body[: fault.part])
        await onward.drain()
        if fault is not None and fault.part is not None:
            return
        between.passed.append(call)
        between.sent_bytes += (
            len(body) if method == b"PUT" and path.partition(b"?")[0].endswith(b"/pay") else 0
        )
        answer = await back.read()
        if fault is None:
            first, _, rest = answer.partition(b"\r\n")
            writer.write(first + b"\r\nConnection: close\r\n" + rest)
            await writer.drain()
    finally:
        onward.close()
        with contextlib.suppress(ConnectionError):
            await onward.wait_closed()
