"""Routes: the bell, pressed by a device or on the page, and the replies it can speak.

Holds:  a device that can only call an address rings its own camera's bell by a key of its own, which opens
        nothing else.
"""

import asyncio
from typing import Annotated

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody, QueryParameter

from fanlight.hub.doorbell import QuickReplies
from fanlight.hub.page.errors import NOTHING, KeyNeeded
from fanlight.hub.page.key import is_same, press_key
from fanlight.hub.page.parts import Hub, Parts
from fanlight.model import clock

MAX_RECORDING = 4 << 20  # a minute as browsers record it
WAV = "audio/wav"
ReplyName = Annotated[str, QueryParameter(name="name", max_length=80)]
AnyRequest = Request[object, object, State]


class PressView(msgspec.Struct, frozen=True, kw_only=True):
    """The event that a press made, or that of the press it belongs to."""

    event: str


class ReplyView(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded reply."""

    id: str
    name: str
    seconds: float


class ReplyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which reply a camera is to speak."""

    reply: str


def replies(hub: Parts) -> QuickReplies:
    """Return the hub's replies."""
    return QuickReplies(hub.folder / "replies")


@get("/api/replies", operation_id="listReplies")
async def get_replies(hub: Hub) -> dict[str, list[ReplyView]]:
    """List the recorded replies."""
    found = await asyncio.to_thread(replies(hub).list)
    return {"replies": [ReplyView(id=one.id, name=one.name, seconds=one.seconds) for one in found]}


@post("/api/replies", operation_id="addReply", request_max_body_size=MAX_RECORDING)
async def post_reply(request: AnyRequest, hub: Hub, named: ReplyName = "") -> ReplyView:
    """Keep a recording as a reply: the body is what the browser recorded."""
    recording = await request.body()
    made = await asyncio.to_thread(replies(hub).add, named, recording)
    return ReplyView(id=made.id, name=made.name, seconds=made.seconds)


@get("/api/replies/{reply:str}/sound.wav", operation_id="getReply", media_type=WAV)
async def get_reply(reply: FromPath[str], hub: Hub) -> Response[bytes]:
    """Return a reply, to be heard on the page."""
    return Response(await asyncio.to_thread(replies(hub).wav, reply), media_type=WAV)


@delete("/api/replies/{reply:str}", operation_id="eraseReply")
async def delete_reply(reply: FromPath[str], hub: Hub) -> None:
    """Erase a reply."""
    await asyncio.to_thread(replies(hub).erase, reply)


@post("/api/cameras/{camera:str}/reply", operation_id="speakReply", status_code=200)
async def speak(camera: FromPath[str], data: JSONBody[ReplyIn], hub: Hub) -> dict[str, bool]:
    """Let a camera speak a reply; answers when it has been heard."""
    options = hub.camera(camera)
    sound = await asyncio.to_thread(replies(hub).sound, data.reply)
    await hub.mouths.speak(camera, options.url, sound)
    return {"spoken": True}


@post("/api/cameras/{camera:str}/press", operation_id="pressBell", status_code=200)
async def press_on_page(camera: FromPath[str], hub: Hub) -> PressView:
    """Ring a camera's bell from the page, to see what happens."""
    hub.camera(camera)
    return PressView(event=await hub.pipeline.press(camera, clock.now(), "page"))


@post("/press/{camera:str}/{shown:str}", operation_id="pressByAddress", status_code=200)
async def press_by_address(camera: FromPath[str], shown: FromPath[str], hub: Hub) -> PressView:
    """Ring a camera's bell by its own address, for devices that can only call one."""
    return await _press(hub, camera, shown)


@get("/press/{camera:str}/{shown:str}", operation_id="pressByGet")
async def press_by_get(camera: FromPath[str], shown: FromPath[str], hub: Hub) -> PressView:
    """Do the same for devices that can only fetch."""
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
    return PressView(event=await hub.pipeline.press(camera, clock.now(), "http"))
