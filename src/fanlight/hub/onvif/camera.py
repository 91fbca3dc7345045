"""One camera of the settings as an ONVIF device: its login, its clock, its own masks.

In:     a camera's settings.
Out:    the device; a sentence about its clock; whether it covers what nobody may see.
"""

from collections.abc import Sequence
from urllib.parse import SplitResult, unquote, urlsplit

from fanlight.hub import options
from fanlight.hub.onvif.device import Device, clock_note
from fanlight.hub.onvif.errors import OnvifError, OnvifFault
from fanlight.hub.onvif.masks import Applied, Outline, Refused
from fanlight.hub.onvif.messages import Stream


def device_of(camera: options.Camera) -> Device:
    """Return the device of a camera, with the user and password of its stream."""
    parts = _parts(camera.url)
    return Device(camera.onvif, unquote(parts.username or ""), unquote(parts.password or ""))


async def clock_trouble(camera: options.Camera) -> str:
    """Return a sentence if the camera's clock is more than two seconds off; empty if not, or if unknown."""
    async with device_of(camera) as device:
        try:
            return clock_note(await device.clock_offset())
        except OnvifError:
            return ""


async def cover(
    camera: options.Camera, outlines: Sequence[Outline], ours: frozenset[str] = frozenset()
) -> Applied | Refused:
    """Make a camera cover `outlines` itself, on all its streams, and believe only what it reports (R09).

    Args:
        camera: its settings.
        outlines: shares of the picture.
        ours: tokens that an earlier call returned; those that are not needed any more are deleted.

    Raises:
        OnvifUnreachable, OnvifRefused, BadAnswer: what the camera covers now is not known.
    """
    async with device_of(camera) as device:
        try:
            masks = await device.masks()
            sources = _sources(camera, await device.streams())
        except OnvifFault:
            return Refused(why="The camera has no masks of its own that the hub can set.")
        if not sources:
            return Refused(why="The camera does not say to which of its pictures a mask would belong.")
        return await masks.apply(outlines, sources, ours)


def _sources(camera: options.Camera, streams: Sequence[Stream]) -> list[str]:
    """Return the source configurations of the streams that the hub reads, if it is clear which those are.

    A device with two lenses has masks for each; the wrong one would show what should be hidden.
    """
    read = {_path(url) for url in (camera.url, camera.sub_url) if url}
    mine = [stream.source for stream in streams if _path(stream.url) in read]
    everything = [stream.source for stream in streams]
    found = mine or (everything if len(set(everything)) == 1 else [])
    return list(dict.fromkeys(found)) if all(found) else []


def _path(url: str) -> tuple[str, str]:
    parts = _parts(url)
    return parts.path, parts.query


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
