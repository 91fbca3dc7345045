"""From the end of an event to the moment a member's client has opened its clip's first segment.

The demo runs as it does for a person: real time, its own camera. The client asks as the home app does: the
day's clips with the tag of the last answer, the hub's status every HUB_S, then the app's own pause, or four
times what the list took.

Two ends of an event are told. `manifest`: the end of the clip's picture, as its manifest says. `left`: when
the visitor left the picture, which the demo clip's own description tells; the camera's loop is found by
comparing its pictures with the clip's.
"""

import asyncio
import contextlib
import hashlib
import re
import statistics
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from fanlight.cli.member import Member
from fanlight.cli.people import load_people
from fanlight.hub import demo_camera
from fanlight.hub.camera import open_camera
from fanlight.hub.settings import read_options
from fanlight.hub.uplink import Refused
from fanlight.model import clock
from fanlight.seal import container
from fanlight.seal.manifest import ClipManifest
from fanlight.seal.reading import ClipReader, Order, check_card, open_clip_manifest
from fanlight.wire import b64
from machine import ROOT, Demo, Figure, scratch, tell

EVENTS = 5
LEAVES_S = (19.0, 44.5, 69.0, 86.5)  # when the clip's four visitors leave, as its README has it
PACE = 4
HUB_S = 3.0
WAIT_S = 300.0

FIGURES = [
    Figure(
        key="manifest",
        what="event's end to playable",
        unit="s",
        at_most=3,
        how=f"end of the clip's picture to its first segment opened by a polling client; median of {EVENTS}",
    ),
    Figure(
        key="worst",
        what="event's end to playable, slowest",
        unit="s",
        how=f"the slowest of those {EVENTS}",
    ),
    Figure(
        key="left",
        what="visitor gone to playable",
        unit="s",
        how="from when the visitor left the picture, so with the wait for a return; median",
    ),
]


def pause_s() -> float:
    """Return the home app's shortest pause between two looks, in seconds, from its source."""
    found = re.search(r"QUICKEST_MS = ([\d_]+);", (ROOT / "web/apps/home/timeline/listing.ts").read_text())
    if found is None:
        raise SystemExit("The home app no longer says how often it asks.")
    return int(found[1].replace("_", "")) / 1000


@dataclass(slots=True)
class Watcher:
    """A member who looks at the timeline. `opened` holds (manifest, when its first segment was open)."""

    member: Member
    identities: dict[int, str]
    hub: bytes
    known: set[str] = field(default_factory=set)
    order: Order = field(default_factory=Order)
    opened: list[tuple[ClipManifest, datetime]] = field(default_factory=list)
    tag: str = ""
    hub_asked: float = 0.0

    async def look(self) -> float:
        """Ask once, as the home app does, and open what is new; return seconds that the list took."""
        if time.monotonic() - self.hub_asked > HUB_S:
            self.hub_asked = time.monotonic()
            with contextlib.suppress(Refused):  # the hub has not reported yet
                await self.member.uplink.call("GET", "/v1/hub/status")
        started = time.monotonic()
        rows = await self._listed()
        took = time.monotonic() - started
        for row in rows:
            if row["clip"] not in self.known:
                self.known.add(row["clip"])
                await self._open(row)
        return took

    async def _listed(self) -> list[dict[str, Any]]:
        asked = {"day": clock.now().date().isoformat(), "brief": "true"}
        known = {"If-None-Match": self.tag} if self.tag else {}
        answer = await self.member.uplink.call("GET", "/v1/clips", params=asked, headers=known)
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return []
        self.tag = answer.headers["ETag"]
        rows: list[dict[str, Any]] = answer.json()["clips"]
        return rows

    async def _open(self, row: dict[str, Any]) -> None:
        path, call = f"/v1/clips/{row['clip']}", self.member.uplink.call
        sealed = (await call("GET", f"{path}/manifest")).content
        card = container.open_card(row["card"].encode(), b64.decode(row["sig"]), self.hub)
        identities = [self.identities[card.epoch]]
        opened = open_clip_manifest(sealed, identities, self.hub)
        check_card(opened, card, sealed)
        self.order.add(opened)
        reader = ClipReader(opened.manifest.seal, (await call("GET", f"{path}/hdr")).content, identities)
        first = opened.manifest.facts.segments[0]
        end = first.offset + first.length
        low, high = reader.pay_range(0, end)
        asked = {"Range": f"bytes={low}-{high - 1}"}
        reader.plain_range(0, end, (await call("GET", f"{path}/pay", headers=asked)).content)
        self.opened.append((opened.manifest, clock.now()))


async def loop_start(url: str) -> tuple[datetime, timedelta]:
    """Return when a round of the demo camera at `url` began, and how long a round is."""
    loop = await demo_camera.load(demo_camera.CLIP)
    at = {hashlib.sha256(p.data).digest(): p.pts_90k for p in loop.packets if p.is_key}
    camera = open_camera(url)
    try:
        async for packet in camera.packets():
            found = at.get(hashlib.sha256(packet.data).digest())
            if found is not None:
                began = packet.wall - timedelta(seconds=found / 90_000)
                return began, timedelta(seconds=loop.duration_90k / 90_000)
    finally:
        await camera.close()
    raise SystemExit("The demo camera shows something else than the demo clip.")


def left_before(end: datetime, began: datetime, length: timedelta) -> datetime:
    """Return the last time before `end` at which a visitor had just left."""
    into = (end - began) % length
    return max(end - ((into - timedelta(seconds=leaves)) % length) for leaves in LEAVES_S)


async def watch(demo: Demo, count: int) -> list[tuple[float, float]]:
    """Return, for the next `count` events, seconds from the manifest's end and from the leaving."""
    began, length = await loop_start(read_options(demo.home / "hub").options.camera[0].url)
    member = Member(load_people(demo.home / "demo")["resident"].seed, demo.url)
    async with member.uplink:
        mine = await member.household()
        watcher = Watcher(member, member.open_epochs(mine), member.hub_keys(mine)[0])
        await watcher.look()
        watcher.opened.clear()  # those were waiting already
        pause, deadline = pause_s(), time.monotonic() + WAIT_S
        while len(watcher.opened) < count:
            demo.check()
            if time.monotonic() > deadline:
                raise SystemExit(f"Only {len(watcher.opened)} of {count} events came in {WAIT_S:.0f} s.")
            await asyncio.sleep(max(pause, await watcher.look() * PACE))
    found = []
    for manifest, seen in watcher.opened[:count]:
        end = manifest.facts.start.astimezone(UTC) + timedelta(milliseconds=manifest.facts.duration_ms)
        left = left_before(end, began, length)
        found.append(((seen - end).total_seconds(), (seen - left).total_seconds()))
        to_end, to_leaving = found[-1]
        print(f"  clip to {end:%H:%M:%S}: {to_end:.2f} s from its end, {to_leaving:.2f} s from the leaving")
    return found


def measure() -> dict[str, float]:
    """Return seconds: median and slowest from the clip's end, median from the leaving."""
    with scratch() as folder, Demo(folder / "home") as demo:
        ends, lefts = zip(*asyncio.run(watch(demo, EVENTS)), strict=True)
    return {"manifest": statistics.median(ends), "worst": max(ends), "left": statistics.median(lefts)}


if __name__ == "__main__":
    tell(FIGURES, measure)
