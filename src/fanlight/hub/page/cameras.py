"""Routes: one camera's settings, its picture, its removal."""

import asyncio
from dataclasses import asdict
from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from fanlight.hub.options import Camera, HubOptions
from fanlight.hub.packet import Packet
from fanlight.hub.page import key
from fanlight.hub.page.errors import NOTHING, Malformed, NotNow, no_such
from fanlight.hub.page.parts import Hub
from fanlight.hub.page.views import CameraView, camera_view, merged
from fanlight.hub.settings import in_words
from fanlight.model.ids import new_id

JPEG = "image/jpeg"


@get("/api/cameras", operation_id="listCameras")
async def get_cameras(hub: Hub) -> dict[str, list[CameraView]]:
    """List the cameras."""
    lines = hub.pipeline.lines
    return {"cameras": [camera_view(one, lines[one.id]) for one in hub.settings.options.camera]}


@post("/api/cameras", operation_id="addCamera")
async def post_camera(data: JSONBody[dict[str, Any]], hub: Hub) -> CameraView:
    """Add a camera that was tried (`url_ref`), or one by its address (`url`)."""
    fields = dict(data)
    ref = fields.pop("url_ref", None)
    if ref is not None:
        fields = asdict(hub.refs.find(str(ref))) | fields
    camera = read_camera(fields | {"id": new_id()})

    def add(options: HubOptions) -> HubOptions:
        return msgspec.structs.replace(options, camera=(*options.camera, camera))

    await hub.settings.change(add)
    return camera_view(camera, hub.pipeline.line(camera.id))


@get("/api/cameras/{camera:str}", operation_id="getCamera")
async def get_camera(camera: FromPath[str], hub: Hub) -> CameraView:
    """Describe one camera."""
    return camera_view(hub.camera(camera), hub.pipeline.line(camera))


@patch("/api/cameras/{camera:str}", operation_id="changeCamera")
async def patch_camera(camera: FromPath[str], data: JSONBody[dict[str, Any]], hub: Hub) -> CameraView:
    """Change some of a camera's settings; tables within it field by field, lists as a whole."""
    if "id" in data:
        raise Malformed("A camera's `id` stays as it is.", kept=NOTHING, do="Leave it out.")

    def edit(options: HubOptions) -> HubOptions:
        if camera not in {one.id for one in options.camera}:
            raise no_such("camera")
        cameras = tuple(read_camera(merged(one, data)) if one.id == camera else one for one in options.camera)
        return msgspec.structs.replace(options, camera=cameras)

    await hub.settings.change(edit)
    return camera_view(hub.camera(camera), hub.pipeline.line(camera))


@delete("/api/cameras/{camera:str}", operation_id="removeCamera")
async def delete_camera(camera: FromPath[str], hub: Hub) -> None:
    """Remove a camera from the hub. Its recording stays until its time is over."""

    def drop(options: HubOptions) -> HubOptions:
        left = tuple(one for one in options.camera if one.id != camera)
        if len(left) == len(options.camera):
            raise no_such("camera")
        return msgspec.structs.replace(options, camera=left)

    await hub.settings.change(drop)


@get("/api/cameras/{camera:str}/picture.jpg", operation_id="getPicture", media_type=JPEG)
async def get_picture(camera: FromPath[str], hub: Hub) -> Response[bytes]:
    """Return the newest picture that stands alone, painted as it is recorded."""
    hub.camera(camera)
    key_frame = hub.pipeline.line(camera).latest_key
    data = await asyncio.to_thread(_still, key_frame) if key_frame is not None else b""
    if not data:
        raise no_picture()
    return Response(data, media_type=JPEG)


@get("/api/cameras/{camera:str}/press-address", operation_id="getPressAddress")
async def get_press_address(camera: FromPath[str], hub: Hub) -> dict[str, str]:
    """Return the path at which this camera's bell is rung, its own key in it."""
    hub.camera(camera)
    return {"path": f"/press/{camera}/{key.press_key(hub.key, camera)}"}


def no_picture() -> NotNow:
    """Return the refusal where no picture came yet."""
    return NotNow(
        "This camera has shown no picture yet.",
        kept="It is tried again all the time.",
        do="Look at its state; it says what is missing.",
    )


def _still(key_frame: Packet) -> bytes:
    from fanlight.hub.still import still  # noqa: PLC0415 - the decoder is loaded when somebody looks

    return still(key_frame)


def read_camera(fields: dict[str, Any]) -> Camera:
    """Return a camera of these fields; raises Malformed, naming the field and not its value."""
    try:
        return msgspec.convert(fields, Camera)
    except msgspec.ValidationError as error:
        raise Malformed(
            f"These settings of a camera cannot be: {in_words(str(error))}.",
            kept=NOTHING,
            do="Correct it and send it again.",
        ) from error
