"""Live viewing: what ten viewers cost the hub beside one, and how long a picture takes from hub to viewer.

Usage: python bench/live.py [SECONDS]
In:     a demo (`fanlight up`): its hub, relay and camera; viewers with the resident's key, through the relay.
Out:    CPU of hub and server while 0, 1 and 10 watch; milliseconds from a picture's arrival at the hub until
        a viewer has opened it, one clock for both.
Absent: decoding and drawing, and WebRTC beside it: those need a browser (`live_screen`).
"""

import asyncio
import json
import secrets
import statistics
import sys
import time
from contextlib import AsyncExitStack
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from fanlight.cli.member import Member
from fanlight.cli.people import load_people
from fanlight.hub.live import asking, sealed
from fanlight.hub.live.sealed import Listener, Speaker, open_picture
from fanlight.model import clock
from fanlight.wire import b64
from machine import Demo, Figure, cpu_s, scratch, tell

MANY = 10
SETTLED = 30  # pictures
FIGURES = [
    Figure(key="one_ms", what="hub's CPU for one viewer", unit="ms/s", how="over nobody watching"),
    Figure(key="many_ms", what=f"hub's CPU for {MANY} viewers", unit="ms/s", how="over nobody watching"),
    Figure(
        key="hub_ratio",
        what=f"hub's whole CPU, {MANY} viewers to one",
        unit="",
        how="same run",
        at_most=1.2,
    ),
    Figure(key="relay_many_ms", what=f"server's CPU for {MANY} viewers", unit="ms/s", how="over nobody"),
    Figure(key="p50_ms", what="hub to opened at the viewer, p50", unit="ms", how="one of ten viewers"),
    Figure(key="p95_ms", what="hub to opened at the viewer, p95", unit="ms", how="one of ten viewers"),
]


class Viewer:
    """One viewer; with `opens`, it opens each picture and remembers how late that was."""

    def __init__(self, member: Member, mine: dict[str, Any], pipe: ClientConnection, *, opens: bool) -> None:
        """Nothing is said yet."""
        self._member, self._mine, self._pipe, self._opens = member, mine, pipe, opens
        self.late_ms: list[float] = []
        self.pictures = 0

    async def run(self) -> None:
        """Ask, watch the only camera, and go on until cancelled."""
        hub, keys = self._mine["hubs"][0], self._member.keys
        nonce = secrets.token_bytes(16)
        session = self._member.uplink.session
        made: asking.Keys | None = None
        streams: dict[int, tuple[str, str, bytes]] = {}
        async for got in self._pipe:
            message = got if isinstance(got, bytes) else b""
            if message[0] == sealed.HELLO:
                ask = asking.make_ask(
                    household=self._mine["household"],
                    challenge=message[1:],
                    account=session["account"],
                    age_recipient=keys.age.recipient,
                    nonce=nonce,
                    at=clock.now(),
                    signing=keys.signing,
                    hub_recipient=hub["age_recipient"],
                )
                await self._pipe.send(ask)
            elif message[0] == sealed.ANSWER:
                made = asking.read_answer(
                    message[1:],
                    identity=keys.age.secret,
                    household=self._mine["household"],
                    nonce=nonce,
                    hub=b64.decode(hub["sign_pub"]),
                )
                up, down = (
                    Speaker(made.up, made.session, "up"),
                    Listener(made.down, made.session, "down"),
                )
            elif message[0] == sealed.WORDS:
                word = json.loads(down.open(message)[1])
                if word["t"] == "cameras" and not streams:
                    watch = {"t": "watch", "camera": word["cameras"][0]["id"]}
                    await self._pipe.send(up.seal(sealed.JSON, json.dumps(watch).encode()))
                elif word["t"] == "stream":
                    streams[word["stream"]] = (word["camera"], word["role"], b64.decode(word["key"]))
            else:
                self.pictures += 1
                if self._opens:
                    camera, role, key = streams[int.from_bytes(message[1:5])]
                    wall_us = open_picture(key, camera, role, message)[4]
                    self.late_ms.append(time.time() * 1000 - wall_us / 1000)


async def watched(demo: Demo, count: int, length_s: float) -> tuple[float, float, list[float]]:
    """Return the CPU seconds a second of hub and server while so many watch, and how late pictures were."""
    member = Member(load_people(demo.home / "demo")["resident"].seed, demo.url)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(member.uplink)
        mine = await member.household()
        token = (await member.uplink.sign_in())["token"]
        viewers = []
        for number in range(count):
            address = demo.url.replace("http", "ws", 1) + "/v1/relay/watch"
            pipe = await stack.enter_async_context(connect(address, proxy=None, max_size=None))
            await pipe.send(json.dumps({"token": token}))
            assert await pipe.recv() == "{}"
            viewers.append(Viewer(member, mine, pipe, opens=number == 0))
        tasks = [asyncio.create_task(viewer.run()) for viewer in viewers]
        while not all(viewer.pictures > SETTLED for viewer in viewers):  # noqa: ASYNC110 - they are other tasks
            await asyncio.sleep(0.1)
        parts = demo.parts()
        for viewer in viewers:
            viewer.late_ms.clear()
        before = cpu_s(parts["hub"]), cpu_s(parts["server"])
        began = time.monotonic()
        await asyncio.sleep(length_s)
        passed = time.monotonic() - began
        hub, server = cpu_s(parts["hub"]) - before[0], cpu_s(parts["server"]) - before[1]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return hub / passed, server / passed, viewers[0].late_ms if viewers else []


def measure(length_s: float = 20.0) -> dict[str, float]:
    """Measure all of it; each number of viewers twice, in turn: the camera's clip is not always calm."""
    with scratch() as folder, Demo(folder / "home") as demo:
        time.sleep(20)  # until the detector has loaded its model and the hub its keys
        found: dict[int, list[tuple[float, float]]] = {0: [], 1: [], MANY: []}
        late: list[float] = []
        for _ in range(2):
            for count, runs in found.items():
                hub_s, server_s, its = asyncio.run(watched(demo, count, length_s))
                runs.append((hub_s, server_s))
                late = its or late
    hub = {count: statistics.mean(run[0] for run in runs) * 1000 for count, runs in found.items()}
    relay = {count: statistics.mean(run[1] for run in runs) * 1000 for count, runs in found.items()}
    cuts = statistics.quantiles(late, n=20)
    return {
        "one_ms": hub[1] - hub[0],
        "many_ms": hub[MANY] - hub[0],
        "hub_ratio": hub[MANY] / hub[1],
        "relay_many_ms": relay[MANY] - relay[0],
        "p50_ms": statistics.median(late),
        "p95_ms": cuts[-1],
    }


if __name__ == "__main__":
    tell(FIGURES, lambda: measure(*map(float, sys.argv[1:2])))
