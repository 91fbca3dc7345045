"""A day at a hub in steps: what happens, and what a listener at the broker hears of it.

The same steps are judged by a real Home Assistant (judge.py), which writes what was heard to
vectors/homeassistant, and are run again in the tests, which must hear exactly that.
"""

import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from tests.hub.broker import Heard
from tests.hub.talking import DOOR, YARD, StandIn, began, ended, hub, options, pressed, storage, told

import fanlight
from fanlight.hub.options import HubOptions

_NO_VERSION = b'"sw_version":"0"'


def settings(port: int, discovery: str = "entity") -> HubOptions:
    """Return the hub's options: two cameras, one with a button at the broker, pictures switched on."""
    return options(port, discovery=discovery, snapshots=True)


def household() -> StandIn:
    """Return the hub: both cameras record, somebody is home."""
    return hub()


@dataclass(frozen=True)
class Step:
    """One thing that happens; `says` is a message (topic, payload) that somebody else at the broker sends."""

    name: str
    does: Callable[[StandIn], object] = lambda _: None
    says: tuple[str, bytes] | None = None


def _post(*notices: Any) -> Callable[[StandIn], None]:
    def does(one: StandIn) -> None:
        for notice in notices:
            one.board.post(notice)

    return does


STEPS: tuple[Step, ...] = (
    Step("the hub starts"),
    Step("Home Assistant starts", says=("homeassistant/status", b"online")),
    Step("the bell is pressed", _post(pressed(DOOR))),
    Step("a person comes", _post(began(DOOR))),
    Step("the person goes", _post(ended(DOOR))),
    Step("a vehicle comes to the yard", _post(began(YARD, "vehicle", "e3"))),
    Step("a package is left", _post(began(DOOR, "package", "e4", change="left"))),
    Step("its event is over", _post(ended(DOOR, "package", "e4", change="left"))),
    Step("the package is taken", _post(began(DOOR, "package", "e5", change="taken"))),
    Step("the yard's camera goes away", _post(told(YARD, "away"))),
    Step("the yard's camera comes back", _post(told(YARD, "recording"))),
    Step("the disk is full", _post(storage("full"))),
    Step("the disk has room", _post(storage("ok"))),
    Step("the yard's button is pressed", says=("zigbee/button", b"single")),
    Step("everybody leaves", says=("fanlight/hub/home/set", b"OFF")),
    Step("somebody comes home, says the page", lambda one: setattr(one, "home", True)),
)


class Kept(msgspec.Struct, frozen=True):
    """One recorded message; `b64` holds a payload that is no text."""

    topic: str
    retain: bool
    payload: str = ""
    b64: str = ""


class Recorded(msgspec.Struct, frozen=True):
    """What was heard in one step."""

    step: str
    messages: list[Kept] = field(default_factory=list)


def record(step: Step, heard: Sequence[Heard]) -> Recorded:
    """Return what the hub said in a step, in the order heard, without the version of Fanlight."""
    return Recorded(step.name, [_keep(one) for one in heard if _is_the_hubs(one)])


def _is_the_hubs(one: Heard) -> bool:
    return one.topic.startswith(("fanlight/", "homeassistant/")) and not one.topic.endswith(
        ("/set", "/status")
    )


def _keep(one: Heard) -> Kept:
    payload = one.payload.replace(f'"sw_version":"{fanlight.__version__}"'.encode(), _NO_VERSION)
    try:
        return Kept(one.topic, one.retain, payload=payload.decode())
    except UnicodeDecodeError:
        return Kept(one.topic, one.retain, b64=base64.b64encode(payload).decode())


def payload_of(kept: Kept) -> bytes:
    """Return a recorded payload."""
    return base64.b64decode(kept.b64) if kept.b64 else kept.payload.encode()


Say = Callable[[str, bytes], Awaitable[None]]


async def happen(step: Step, one: StandIn, say: Say) -> None:
    """Let a step happen."""
    step.does(one)
    if step.says is not None:
        await say(*step.says)
