"""A hub as integrations see it: a real board, cameras with states, and a memory of what it was told."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ParamSpec

from fanlight.hub.health import Health
from fanlight.hub.notices import Board, CameraTold, EventBegan, EventEnded, Pressed, StorageTold
from fanlight.hub.options import Bell, Camera, HubOptions, Mqtt

P = ParamSpec("P")
DOOR, YARD = "d" * 26, "y" * 26
AT = datetime(2026, 11, 21, 18, 36, 41, 123000, tzinfo=UTC)


@dataclass
class Status:
    state: str
    name: str


@dataclass
class Line:
    status: Status


@dataclass
class StandIn:
    """Does what the pipeline does for integrations: remembers a press, posts it."""

    board: Board = field(default_factory=Board)
    lines: dict[str, Line] = field(default_factory=dict)
    home: bool = True
    presses: list[tuple[str, str]] = field(default_factory=list)
    found: list[Health] = field(default_factory=list)

    async def press(self, camera_id: str, at: datetime, by: Any, /) -> None:
        self.presses.append((camera_id, by))
        self.board.post(Pressed(event="e", camera=camera_id, at=at, by=by))

    async def set_home(self, home: bool, /) -> None:  # noqa: FBT001 - as the hub has it
        self.home = home

    def health(self) -> list[Health]:
        return self.found


def hub(**states: str) -> StandIn:
    names = {DOOR: "Front door", YARD: "Yard"}
    lines = {each: Line(Status(states.get(each[0], "recording"), name)) for each, name in names.items()}
    return StandIn(lines=lines)


def options(port: int = 1883, *, cameras: tuple[Camera, ...] | None = None, **mqtt: Any) -> HubOptions:
    door = Camera(id=DOOR, name="Front door", url="rtsp://name:geheim@192.0.2.7/stream")
    yard = Camera(id=YARD, name="Yard", url="test:", bell=Bell(mqtt_topic="zigbee/button"))
    both = (door, yard) if cameras is None else cameras
    return HubOptions(mqtt=Mqtt(host="127.0.0.1", port=port, **mqtt), camera=both)


def began(camera: str = DOOR, label: str = "person", event: str = "e1", **more: Any) -> EventBegan:
    return EventBegan(
        event=event, camera=camera, label=label, start=AT, score=0.9, thumb=b"\xff\xd8jpeg", **more
    )


def ended(camera: str = DOOR, label: str = "person", event: str = "e1", **more: Any) -> EventEnded:
    return EventEnded(
        event=event, camera=camera, label=label, start=AT, end=AT, score=0.9, thumb=b"\xff\xd8jpeg", **more
    )


def pressed(camera: str = DOOR) -> Pressed:
    return Pressed(event="e2", camera=camera, at=AT, by="onvif")


def told(camera: str, state: str) -> CameraTold:
    return CameraTold(camera=camera, state=state, since=AT, note="The camera at 192.0.2.7 does not answer.")


def storage(state: str) -> StorageTold:
    return StorageTold(state=state, note="The disk is full.")


def in_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Let a test be a coroutine."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


async def until(holds: Callable[[], object]) -> None:
    """Wait for something; a minute is the limit for what would never come."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what is waited for sets no event
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Run something beside a test; an error of it is an error of the test."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
