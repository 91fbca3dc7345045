"""Send sealed clips to the vault beside a bare handler on the same ASGI server that only writes and syncs.

The peer takes the same parts in the same calls over one kept connection, writes them to a file and syncs it
with the last: no sign-in, no database, no hash, no name. Ours is a whole server over a real PostgreSQL; a
clip counts when it is kept. Each runs in a process of its own, in turn, on the same disk.
"""

import asyncio
import contextlib
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server

from fanlight.cli import up
from fanlight.cli.member import Member
from fanlight.demo import load_town
from fanlight.hub import even
from fanlight.hub.uplink import Uplink
from fanlight.model import clock
from fanlight.model.geo import home_cell
from fanlight.seal import keys
from fanlight.seal.clip import SealedClip, seal_clip
from fanlight.seal.sheet import new_sheet
from fanlight.wire import b64
from machine import Figure, free_ports, scratch, tell

MIB = 1 << 20
SIZES = (4 * MIB, 32 * MIB)
PART = 4 * MIB
RUNS = 15

HOW = f"bytes a second over loopback, same ASGI server, written and synced; median of {RUNS} ratios"

FIGURES = [
    Figure(
        key="4 MiB", what="upload of a 4 MiB clip beside a bare handler", unit="", at_least=0.7, how=HOW,
    ),
    Figure(
        key="32 MiB", what="upload of a 32 MiB clip beside a bare handler", unit="", at_least=0.7, how=HOW,
    ),
    Figure(key="32 MiB/s", what="upload of a 32 MiB clip", unit="MB/s", how="our side of it"),
]  # fmt: skip


async def bare(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Write what comes to a file, and sync it when the path says that it is the last."""
    if scope["type"] != "http":
        return
    body = bytearray()
    more = True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    folder, last = Path(os.environ["BARE_FOLDER"]), scope["path"].endswith("/last")
    await asyncio.to_thread(_write, folder / scope["path"].split("/")[1], body, last)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"ok"})


def _write(path: Path, body: bytearray, last: bool) -> None:  # noqa: FBT001 - one meaning
    with path.open("ab") as file:
        file.write(body)
        if last:
            file.flush()
            os.fsync(file.fileno())


@contextlib.asynccontextmanager
async def bare_server(folder: Path) -> AsyncIterator[str]:
    """Run the peer in a process of its own; yields its address."""
    port = free_ports()
    environment = {**os.environ, "BARE_FOLDER": str(folder)}
    process = await asyncio.create_subprocess_exec(sys.executable, __file__, str(port), env=environment)
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            answered = False
            while not answered:
                with contextlib.suppress(httpx.HTTPError):
                    answered = (await client.put(f"http://127.0.0.1:{port}/ready/x", content=b"")).is_success
                await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def send_bare(http: httpx.AsyncClient, pay: bytes) -> float:
    """Return bytes a second."""
    name, began = secrets.token_hex(8), time.perf_counter()
    for offset in range(0, len(pay), PART):
        end = "last" if offset + PART >= len(pay) else "more"
        (await http.put(f"/{name}/{end}", content=pay[offset : offset + PART])).raise_for_status()
    return len(pay) / (time.perf_counter() - began)


async def send_clip(uplink: Uplink, clip: str, sealed: SealedClip, pay: bytes) -> float:
    """Return bytes a second, from the clip's announcement to the word that it is kept."""
    began = time.perf_counter()
    wire = {
        "card": sealed.card.decode(),
        "sig": b64.encode(sealed.card_sig),
        "manifest": b64.encode(sealed.manifest_age),
        "hdr": b64.encode(sealed.hdr),
    }
    await uplink.call("PUT", f"/v1/clips/{clip}", json=wire)
    for offset in range(0, len(pay), PART):
        where = {"offset": str(offset)} | ({"last": "true"} if offset + PART >= len(pay) else {})
        part = pay[offset : offset + PART]
        answer = await uplink.call("PUT", f"/v1/clips/{clip}/pay", params=where, content=part)
    if not answer.json()["kept"]:
        raise RuntimeError("The clip was not kept.")
    return len(pay) / (time.perf_counter() - began)


async def _measure(url: str, folder: Path) -> dict[str, float]:
    member, hub = Member(keys.SigningKey.new().seed, url), keys.SigningKey.new()
    found: dict[str, float] = {}
    async with member.uplink:
        await member.sign_up()
        household = await member.found_household(home_cell(*load_town().place, load_town().homes))
        admitted = await member.admit_hub(household, hub.public, keys.new_identity().recipient)
        identity = await member.begin_book(household, new_sheet(), hubs=[admitted])
    async with (
        bare_server(folder) as peer,
        httpx.AsyncClient(base_url=peer, trust_env=False, timeout=60) as http,
        Uplink(url, hub) as uplink,
    ):
        for size in SIZES:
            pairs = []
            for _ in range(RUNS + 1):
                media, facts = even.filler(household, size, clock.now())
                sealed = seal_clip(
                    media,
                    facts=facts,
                    seq=0,
                    prev=None,
                    epoch=0,
                    epoch_recipient=identity.recipient,
                    hub_key=hub,
                    pad_to=size,
                )
                pay = bytes(sealed.pay)
                pairs.append((await send_clip(uplink, facts.clip, sealed, pay), await send_bare(http, pay)))
            ratios = [ours / theirs for ours, theirs in pairs[1:]]  # the first warms both up
            found[f"{size // MIB} MiB"] = statistics.median(ratios)
            found[f"{size // MIB} MiB/s"] = statistics.median(ours for ours, _ in pairs[1:]) / 1e6
    return found


def measure() -> dict[str, float]:
    """Run a town without cameras and the peer beside it, on one disk."""
    with (
        scratch() as folder,
        tempfile.TemporaryDirectory(dir=folder) as written,
        up.running(folder / "home", free_ports(), demo=True, cameras=False) as (town, _),
    ):
        return asyncio.run(_measure(town.url.replace("localhost", "127.0.0.1"), Path(written)))


async def _serve_bare(port: int) -> None:
    server = Server(bare, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
    await server.serve()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(_serve_bare(int(sys.argv[1])))
    else:
        tell(FIGURES, measure)
