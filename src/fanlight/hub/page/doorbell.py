"""Routes: the bell, pressed by a device or on the page, and the replies it can speak.

Holds:  a device that can only call an address rings its own camera's bell by a key of its own, which opens
        nothing else. A bell that calls twice within a second is one press.
"""

import time
from typing import Annotated

import msgspec
from litestar import Request, post, route
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.params import FromPath, QueryParameter

from fanlight.hub.page.errors import NOTHING, KeyNeeded
from fanlight.hub.page.key import is_same, press_key
from fanlight.hub.page.parts import Hub, Parts
from fanlight.model import clock

MAX_WAV = 4 << 20  # two minutes of 16 kHz in 16 bits
APART_S = 1.0
ReplyName = Annotated[str, QueryParameter(min_length=1, max_length=80)]
AnyRequest = Request[object, object, State]


class PressView(msgspec.Struct, frozen=True, kw_only=True):
    """The event that a press made; null if it was one with the press before it."""

    event: str | None


class ReplyView(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded reply."""

    id: str
    name: str
    seconds: float


class ReplyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which reply a camera is to speak."""

    reply: str


@post("/api/cameras/{camera:str}/press", operation_id="pressBell", status_code=200)
async def press_on_page(camera: FromPath[str], hub: Hub) -> PressView:
    """Ring a camera's bell from the page, to see what happens."""
    hub.camera(camera)
    return PressView(event=await hub.pipeline.press(camera, clock.now(), "page"))


@route(
    "/press/{camera:str}/{shown:str}",
    http_method=[HttpMethod.GET, HttpMethod.POST],
    operation_id="pressByAddress",
    status_code=200,
)
async def press_by_address(camera: FromPath[str], shown: FromPath[str], hub: Hub) -> PressView:
    """Ring a camera's bell by its own address, for devices that can only call one."""
    return await _press(hub, camera, shown)


@post("/press/{camera:str}", operation_id="pressByHeader", status_code=200)
async def press_by_header(camera: FromPath[str], request: AnyRequest, hub: Hub) -> PressView:
    """Ring a camera's bell; its own key is in the header `Authorization: Bearer`."""
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    return await _press(hub, camera, shown.strip() if kind.lower() == "bearer" else "")


async def _press(hub: Parts, camera: str, shown: str) -> PressView:
    # The key is checked first and made of any name: who has none does not learn which cameras there are.
    if not is_same(shown, press_key(hub.key, camera)):
        raise KeyNeeded(
            "This needs the key of this bell.",
            kept=NOTHING,
            do="Copy the address anew from the camera's page.",
        )
    hub.camera(camera)
    now, before = time.monotonic(), hub.pressed.get(camera)
    if before is not None and now - before < APART_S:
        return PressView(event=None)
    hub.pressed[camera] = now
    return PressView(event=await hub.pipeline.press(camera, clock.now(), "http"))
