"""Routes: find a camera in the home's network, and try one before it is added.

Holds:  what a camera lacks is said as what it is: nobody there, a wrong password, a coding that is not
        recorded, no video at all.
        User and password stay at the hub: the page gets a word (`url_ref`) to add the camera by.
"""

import asyncio
import base64
import contextlib

import msgspec
from litestar import post
from litestar.params import JSONBody

from fanlight.hub.camera import (
    CameraError,
    CameraRefused,
    CameraUnreachable,
    UnsupportedCodec,
    probe,
)
from fanlight.hub.options import Outline
from fanlight.hub.packet import Packet
from fanlight.hub.page.errors import NOTHING, Codec, Malformed, NotAVideo, PageError, Refused, Unreachable
from fanlight.hub.page.parts import Hub, Parts
from fanlight.hub.page.refs import Tried
from fanlight.model.errors import FanlightError

PROBE_S = 10.0


class FoundView(msgspec.Struct, frozen=True, kw_only=True):
    """A camera that answered in the home's network; `xaddr` is where to ask it."""

    name: str
    host: str
    xaddr: str
    model: str


class TryIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A camera's address, or that of its ONVIF service with a user and password."""

    url: str = ""
    xaddr: str = ""
    user: str = ""
    password: str = ""


class TriedStream(msgspec.Struct, frozen=True, kw_only=True):
    """One of a camera's streams. `audio` is the sound's coding, empty for none."""

    role: str
    token: str
    codec: str
    width: int
    height: int
    fps: float
    audio: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """By which word the camera that was tried is added, and which privacy zone is usual at a door.

    Nobody was seen by it yet: `zone` is the same for every camera, to be moved by a person.
    """

    url_ref: str
    zone: Outline


class TriedView(msgspec.Struct, frozen=True, kw_only=True):
    """What a camera shows. `picture` is a JPEG in base64; `clock_note` says if the camera's clock is off."""

    streams: list[TriedStream]
    clock_offset_s: float | None
    clock_note: str
    picture: str
    proposal: Proposal


@post("/api/discover", operation_id="discoverCameras", status_code=200)
async def discover() -> dict[str, list[FoundView]]:
    """Ask the home's network which cameras are there; takes some four seconds."""
    from fanlight.hub import onvif  # noqa: PLC0415 - loaded when a camera is added

    found = await onvif.discover()
    return {
        "found": [FoundView(name=one.name, host=one.host, xaddr=one.xaddr, model=one.model) for one in found]
    }


@post("/api/try", operation_id="tryCamera", status_code=200)
async def try_camera(data: JSONBody[TryIn], hub: Hub) -> TriedView:
    """Read a camera for a moment: its streams, one picture, and why not."""
    if bool(data.url) == bool(data.xaddr):
        raise Malformed("Either `url` or `xaddr` is needed.", kept=NOTHING, do="Send one of them.")
    if data.xaddr:
        return await _try_onvif(data, hub)
    stream, picture = await _look(data.url, "main", "")
    tried = Tried(url=data.url)
    return TriedView(
        streams=[stream],
        clock_offset_s=None,
        clock_note="",
        picture=picture,
        proposal=_propose(hub, tried),
    )


async def _try_onvif(data: TryIn, hub: Hub) -> TriedView:
    from fanlight.hub import onvif  # noqa: PLC0415 - loaded when a camera is added

    try:
        async with onvif.Device(data.xaddr, data.user, data.password) as device:
            offset_s = await device.clock_offset()
            streams = await device.streams()
    except onvif.OnvifUnreachable as error:
        raise _as(Unreachable, error) from error
    except onvif.OnvifRefused as error:
        raise _as(Refused, error) from error
    except onvif.OnvifError as error:
        raise _as(NotAVideo, error) from error
    if not streams:
        raise NotAVideo(
            "This device offers no stream that the hub can record.",
            kept=NOTHING,
            do="Switch a stream to H.264 or H.265 in the camera's own settings, then try again.",
        )
    main, *others = streams
    seen, picture = await _look(main.url, "main", main.token)
    picture = picture or await _snapshot(data, main.token)
    sub = next((one for one in others if one.role == "sub" and one.codec == "h264"), None)
    tried = Tried(url=main.url, sub_url=sub.url if sub else "", onvif=data.xaddr)
    rest = [
        TriedStream(
            role=one.role, token=one.token, codec=one.codec, width=one.width, height=one.height,
            fps=one.fps, audio=one.audio,
        )
        for one in others
    ]  # fmt: skip
    return TriedView(
        streams=[seen, *rest],
        clock_offset_s=round(offset_s, 1),
        clock_note=onvif.clock_note(offset_s),
        picture=picture,
        proposal=_propose(hub, tried),
    )


async def _snapshot(data: TryIn, token: str) -> str:
    """Return the camera's own JPEG in base64, where its stream gave no picture; empty if none."""
    from fanlight.hub import onvif  # noqa: PLC0415 - the same

    with contextlib.suppress(onvif.OnvifError):
        async with onvif.Device(data.xaddr, data.user, data.password) as device:
            return base64.b64encode(await device.snapshot(token)).decode()
    return ""


def _propose(hub: Parts, tried: Tried) -> Proposal:
    from fanlight.hub.privacy import propose  # noqa: PLC0415 - loaded when a camera is added

    return Proposal(url_ref=hub.refs.keep(tried), zone=propose().outline)


async def _look(url: str, role: str, token: str) -> tuple[TriedStream, str]:
    """Read a stream for a moment; return what it is and a picture of it in base64."""
    try:
        found = await probe(url, timeout_s=PROBE_S)
    except UnsupportedCodec as error:
        raise _as(Codec, error) from error
    except CameraRefused as error:
        raise _as(Refused, error) from error
    except CameraUnreachable as error:
        raise _as(Unreachable, error) from error
    except CameraError as error:
        raise _as(NotAVideo, error) from error
    stream = TriedStream(
        role=role,
        token=token,
        codec=found.info.codec,
        width=found.info.width,
        height=found.info.height,
        fps=round(found.fps, 1),
        audio=found.audio.codec if found.audio else "",
    )
    return stream, base64.b64encode(await asyncio.to_thread(_picture, found.keyframe)).decode()


def _picture(key: Packet) -> bytes:
    from fanlight.hub.still import still  # noqa: PLC0415 - the decoder is loaded when somebody looks

    return still(key)


def _as(kind: type[PageError], error: FanlightError) -> PageError:
    return kind(error.what, kept=NOTHING, do=error.do)
