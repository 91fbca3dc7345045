"""Route: learn which of a camera's reports is its bell, by hearing it pressed."""

import asyncio
from typing import Literal

import msgspec
from litestar import post
from litestar.params import FromPath

from fanlight.hub.options import Bell, HubOptions
from fanlight.hub.page.errors import NOTHING, NotNow, no_such
from fanlight.hub.page.parts import Hub

LISTEN_S = 30.0


class LearnedView(msgspec.Struct, frozen=True, kw_only=True):
    """What the camera reported, and the bell's settings from now on."""

    heard: Literal["visitor", "input"]
    bell: Bell


@post("/api/cameras/{camera:str}/bell/learn", operation_id="learnBell", status_code=200)
async def learn(camera: FromPath[str], hub: Hub) -> LearnedView:
    """Listen by ONVIF for half a minute while somebody presses the bell, and keep what was heard."""
    from fanlight.hub import onvif  # noqa: PLC0415 - only hubs with such a camera load it

    settings = hub.camera(camera)
    if not settings.onvif:
        raise NotNow(
            "This camera was added without ONVIF, so it cannot say that its bell was pressed.",
            kept=NOTHING,
            do="Ring by the bell's own address or by the broker, or add the camera again by ONVIF.",
        )
    try:
        async with asyncio.timeout(LISTEN_S):
            signal = await onvif.learn_bell(settings)
    except TimeoutError as error:
        raise NotNow(
            "No press was heard in half a minute.",
            kept="The bell's settings are as they were.",
            do="Try again and press at once, or let the doorbell call the bell's own address.",
        ) from error
    token = signal.token if signal.kind == "input" else ""

    def keep(options: HubOptions) -> HubOptions:
        if camera not in {one.id for one in options.camera}:
            raise no_such("camera")
        replace = msgspec.structs.replace
        cameras = tuple(
            replace(one, bell=replace(one.bell, onvif=True, onvif_input=token)) if one.id == camera else one
            for one in options.camera
        )
        return replace(options, camera=cameras)

    await hub.settings.change(keep)
    return LearnedView(heard="input" if token else "visitor", bell=hub.camera(camera).bell)
