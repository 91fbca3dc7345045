"""How soon an alert is at the browser's push service: from the notice on the hub's board to its last byte.

Hub's room, server with PostgreSQL, and push service run on this machine; the way over the internet to a real
push service, and from there to a phone, is not in it. A press takes its picture from the camera's newest
keyframe, a person from the event's.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from machine import ROOT, Figure, tell

sys.path.insert(0, str(ROOT))

from tests.push.homes import DOOR, Home, alerted

from fanlight.hub.camera import FileCamera, Packet
from fanlight.hub.notices import EventBegan, Notice, Pressed
from fanlight.hub.push import encrypting, messages
from fanlight.hub.push.behests import Choices
from fanlight.hub.snapshot import thumb_of
from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.store.database import migrate
from fanlight.store.postgres import temporary

TIMES = 60
BROWSERS = 8
CLIP = ROOT / "src/fanlight/hub/data/one-by-one-person-detection.mp4"

FIGURES = [
    Figure(
        key="press", what="press to push service, median", unit="ms", at_most=2_000,
        how=f"median of {TIMES}, one browser, with picture",
    ),
    Figure(
        key="press_worst", what="press to push service, slowest", unit="ms", at_most=2_000, how="the same",
    ),
    Figure(
        key="person", what="person to push service, median", unit="ms", at_most=2_000,
        how=f"median of {TIMES}, one browser, with picture",
    ),
    Figure(
        key="person_worst", what="person to push service, slowest", unit="ms", at_most=2_000, how="the same",
    ),
    Figure(
        key="many", what=f"press to the last of {BROWSERS} browsers, median", unit="ms", at_most=2_000,
        how=f"median of {TIMES}, with picture",
    ),
    Figure(
        key="straight", what="the same body posted straight to the push service, median", unit="ms",
        how=f"median of {TIMES}: what a POST costs here without us",
    ),
    Figure(key="encrypt", what="encrypting one push", unit="ms", how="mean of 500, key pair and salt fresh"),
]  # fmt: skip


async def _key() -> Packet:
    camera = FileCamera(CLIP)
    try:
        async for one in camera.packets():
            if isinstance(one, Packet) and one.is_key:
                return one
    finally:
        await camera.close()
    raise AssertionError("a clip without a keyframe")


@asynccontextmanager
async def _home(folder: Path) -> AsyncIterator[Home]:
    with temporary() as postgres:
        await asyncio.to_thread(migrate, postgres.url)
        async with alerted(folder, postgres.url) as home:
            home.hub.lines[DOOR] = SimpleNamespace(latest_key=await _key())
            yield home


async def _times(home: Home, make: Callable[[], Notice], browsers: int) -> list[float]:
    running = asyncio.create_task(home.alerts.run())
    while not home.hub.board._listeners:  # noqa: ASYNC110, SLF001 - until it listens
        await asyncio.sleep(0.01)
    took = []
    for _ in range(TIMES):
        count = len(home.service.received)
        began = time.perf_counter()
        home.hub.board.post(make())
        await home.service.next(count + browsers)
        took.append((time.perf_counter() - began) * 1e3)
        await home.alerts.settle()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return took


def _press() -> Pressed:
    return Pressed(event=new_id(), camera=DOOR, at=clock.now(), by="onvif", clip=new_id())


async def _measure() -> dict[str, float]:
    found: dict[str, float] = {}
    choices = Choices(rest_s=0)
    with tempfile.TemporaryDirectory() as folder:
        async with _home(Path(folder)) as home:
            home.town.services.limits.spend = lambda *_: None  # type: ignore[method-assign]  # more than an hour's
            first = await home.browser(choices=choices)
            took = await _times(home, _press, 1)
            found |= {"press": statistics.median(took), "press_worst": max(took)}
            thumb = thumb_of(home.hub.lines[DOOR].latest_key)

            def person() -> EventBegan:
                facts: dict[str, Any] = {"camera": DOOR, "label": "person", "score": 0.9, "thumb": thumb}
                return EventBegan(event=new_id(), start=clock.now(), clip=new_id(), **facts)

            took = await _times(home, person, 1)
            found |= {"person": statistics.median(took), "person_worst": max(took)}
            for _ in range(BROWSERS - 1):
                await home.browser(choices=choices)
            found["many"] = statistics.median(await _times(home, _press, BROWSERS))
            said = messages.message("doorbell", 1, clock.now(), camera="Front door", clip=new_id())
            began = time.perf_counter()
            for _ in range(500):
                body = encrypting.encrypt(said, first.browser.p256dh, first.browser.auth)
            found["encrypt"] = (time.perf_counter() - began) * 1e3 / 500
            straight = []
            async with httpx.AsyncClient(trust_env=False) as http:
                for _ in range(TIMES):
                    began = time.perf_counter()
                    await http.post(first.browser.endpoint, content=body)
                    straight.append((time.perf_counter() - began) * 1e3)
            found["straight"] = statistics.median(straight)
    return found


def measure() -> dict[str, float]:
    """Return the figures by key."""
    return asyncio.run(_measure())


if __name__ == "__main__":
    tell(FIGURES, measure)
