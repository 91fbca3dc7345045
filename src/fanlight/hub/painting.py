"""Who paints a camera's privacy zones: the camera if it proves that it does, else the hub.

In:     a camera's options.
Out:    whose work it is, or why it is nobody's yet.
Holds:  G1 a camera's own word is no proof: it is believed when a picture from before shows what a picture
        from after hides, in every zone and on every stream that the hub reads.
        G2 while nobody is known to paint, nothing is recorded (R09).
        G3 what was proved once is checked again at each start and after each time the camera was away.
Absent: the painting (camera.masked), masks by ONVIF (onvif), the look at a picture (privacy.proof).
Why:    docs/design/privacy.md
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from fanlight.hub.camera import CameraError, probe
from fanlight.hub.options import Camera, Outline
from fanlight.hub.packet import Packet
from fanlight.model.errors import FanlightError
from fanlight.store.files import write_private

TRIES = 3
log = logging.getLogger("fanlight.hub")
Painter = Literal["hub", "camera", "none", "waiting"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who paints; `none`: there are no zones, `waiting`: nobody yet, and `note` says why in a sentence.

    `is_away`: its pictures cannot be had now, so that there is nothing to record either.
    """

    painter: Painter
    note: str = ""
    is_away: bool = False


class _Proved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a camera was once seen to hide, and the masks in it that are ours."""

    zones: tuple[Outline, ...]
    tokens: tuple[str, ...]


class Painting:
    """Decides for the cameras of one hub; remembers in `folder` which masks in cameras are its own."""

    def __init__(self, folder: Path, *, pause_s: float = 2.0) -> None:
        """Read what was proved; what cannot be read was not.

        A camera needs `pause_s` until its pictures show the mask.
        """
        self._pause_s = pause_s
        self._path = folder / "masks.json"
        self._proved: dict[str, _Proved] = {}
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            self._proved = msgspec.json.decode(self._path.read_bytes(), type=dict[str, _Proved])

    async def decide(self, camera: Camera) -> Decision:
        """Return who paints a camera; takes some seconds where the camera is asked."""
        zones, by = camera.privacy.zones, camera.privacy.by
        if not camera.onvif or (by == "hub" and camera.id not in self._proved):
            if zones and by == "camera":
                return Decision(
                    "waiting", "The camera is to paint the privacy zones, but has no ONVIF address."
                )
            return Decision("hub" if zones else "none")
        try:
            why = await self._by_camera(camera, zones if by != "hub" else ())
        except CameraError as error:
            return Decision("waiting", f"{error.what} {error.do}", is_away=True)
        except FanlightError as error:
            why = f"{error.what} {error.do}"
        if not zones:
            return Decision("none")
        if by == "hub" or (why and by == "auto"):
            return Decision("hub")
        return Decision("waiting", f"Nothing is recorded: {why}") if why else Decision("camera")

    async def _by_camera(self, camera: Camera, zones: tuple[Outline, ...]) -> str:
        """Have the camera paint `zones` and nothing else of ours; return why that is not proved, or ""."""
        from fanlight.hub import onvif  # noqa: PLC0415 - only hubs with such a camera load it

        known = self._proved.get(camera.id)
        if not zones and known is None:
            return ""
        is_new = known is None or known.zones != zones
        if zones and is_new and known is not None and known.tokens:
            # Our own masks would hide in the picture from before what they are to be seen to hide.
            cleared = await onvif.cover(camera, (), frozenset(known.tokens))
            if isinstance(cleared, onvif.Refused):
                return cleared.why
            self._remember(camera.id, None)
            known = None
            await asyncio.sleep(self._pause_s)
        before = await _pictures(camera) if zones and is_new else []
        told = await onvif.cover(camera, zones, frozenset(known.tokens if known else ()))
        if isinstance(told, onvif.Refused):
            return told.why
        if not zones:
            self._remember(camera.id, None)
            return ""
        for _ in range(TRIES):
            after = await _pictures(camera)
            if await asyncio.to_thread(_all_hidden, after, before, zones):
                self._remember(camera.id, _Proved(zones, tuple(sorted(told.tokens))))
                return ""
            await asyncio.sleep(self._pause_s)
        self._remember(camera.id, _Proved((), tuple(sorted(told.tokens))))
        return "The camera says that it paints the privacy zones, but its pictures still show them."

    def _remember(self, camera: str, proved: _Proved | None) -> None:
        if proved is None:
            self._proved.pop(camera, None)
        else:
            self._proved[camera] = proved
        try:
            write_private(self._path, msgspec.json.encode(self._proved))
        except OSError as error:
            log.warning("privacy: masks in cameras cannot be remembered (%s)", type(error).__name__)


async def _pictures(camera: Camera) -> list[Packet]:
    """Return a keyframe of each stream that the hub reads; raises CameraError."""
    urls = [camera.url, *([camera.sub_url] if camera.sub_url else [])]
    return [(await probe(url, driver=camera.driver)).keyframe for url in urls]


def _all_hidden(after: list[Packet], before: list[Packet], zones: tuple[Outline, ...]) -> bool:
    from fanlight.hub.privacy.proof import is_painted  # noqa: PLC0415 - it loads a decoder

    earlier: list[Packet] | list[None] = before or [None] * len(after)
    return all(
        is_painted(picture, zone, before=was)
        for picture, was in zip(after, earlier, strict=True)
        for zone in zones
    )
