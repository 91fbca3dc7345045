"""What painting a camera's zones at the hub costs, measured with that camera's own pictures.

In:     a second or two of a camera's packets, from a keyframe on.
Out:    the share of one core that painting will take.
Holds:  the figure is CPU time of really decoding, painting and encoding, so a busy machine shows the same.
Absent: what the camera costs anyway. `sample` reads a camera; `estimate` computes for about a second, so
        call it in a thread.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fanlight.hub.options import Outline
from fanlight.hub.packet import AudioPacket, Camera, Packet
from fanlight.model.errors import FanlightError

_FEW = 5  # pictures: with fewer there is nothing to average
_USUAL_FPS = 15.0
_TIMEOUT_S = 15.0
_TOO_MUCH = 0.7  # of all cores: the rest is for recording and looking


class NotMeasured(FanlightError):
    """No picture of the camera could be decoded, so nothing can be said about cost."""

    code = "privacy.not_measured"


@dataclass(frozen=True, slots=True)
class Cost:
    """What zones take: `cpu_percent` of one core, and the same as a sentence for people."""

    cpu_percent: float
    note: str


async def sample(camera: Camera, seconds: float = 2.0) -> list[Packet]:
    """Open a camera, return its pictures of `seconds` from the first keyframe on, and close it.

    Raises:
        CameraError: it cannot be read.
        NotMeasured: no keyframe came in time.
    """
    taken: list[Packet] = []
    try:
        async with asyncio.timeout(_TIMEOUT_S + seconds):
            async for packet in camera.packets():
                if isinstance(packet, AudioPacket) or not (taken or packet.is_key):
                    continue
                taken.append(packet)
                if packet.pts_90k - taken[0].pts_90k >= seconds * 90_000:
                    break
    except TimeoutError:
        if not taken:
            raise _unseen() from None
    finally:
        await camera.close()
    return taken


def estimate(packets: Sequence[Packet], outlines: Sequence[Outline], *, fps: float | None = None) -> Cost:
    """Paint `packets` and tell what that costs a camera that goes on like them.

    Args:
        packets: of one run, from a keyframe on; a lone keyframe serves, less exactly.
        outlines: the zones; none cost nothing.
        fps: pictures a second, if known better than from the packets' own times.

    Raises:
        NotMeasured: none of them could be decoded.
    """
    # Heavy, and needed only here: a hub without zones never loads a decoder for this.
    from fanlight.hub.camera.paint import Painter  # noqa: PLC0415

    if not outlines:
        return Cost(0.0, "Nothing is painted.")
    if not packets:
        raise _unseen()
    rate = fps or _rate(packets)
    if len(packets) < _FEW:  # the same keyframe a second apart: each is decoded and coded whole
        key = packets[0]
        packets = [replace(key, pts_90k=key.pts_90k + n * 90_000, dts_90k=None) for n in range(_FEW)]
    painter = Painter(packets[0].info, outlines)
    took: list[float] = []
    painted = 0
    for packet in packets:
        began = time.thread_time()
        painted += len(painter.feed(packet))
        took.append(time.thread_time() - began)
    painted += len(painter.finish())
    if not painted:
        raise _unseen()
    percent = round(100 * statistics.fmean(took[1:]) * rate, 1)
    return Cost(percent, _note(percent, os.cpu_count() or 1))


async def measure(
    camera: Camera, outlines: Sequence[Outline], *, lone: Packet, fps: float | None = None
) -> Cost:
    """Tell what painting costs a camera: with a second of its pictures, or with `lone` if it gives none now.

    Args:
        camera: a driver of its own for the camera, not painted and not opened; it is opened and closed.
        outlines: the zones.
        lone: a keyframe that is at hand. Alone it makes painting look up to twice as dear as it is.
        fps: pictures a second, to go with `lone`.

    Raises:
        NotMeasured: none of it could be decoded.
    """
    try:
        packets, rate = await sample(camera, 1.0), None
    except FanlightError:  # some cameras let nobody in beside the one who records
        packets, rate = [lone], fps
    return await asyncio.to_thread(estimate, packets, outlines, fps=rate)


def _rate(packets: Sequence[Packet]) -> float:
    times = [packet.pts_90k for packet in packets]
    spread = max(times) - min(times)
    return (len(times) - 1) * 90_000 / spread if spread else _USUAL_FPS


def _note(percent: float, cores: int) -> str:
    machine = "which has only one" if cores == 1 else f"which has {cores}"
    note = f"Painting takes about {percent:.0f} % of one core of this machine, {machine}, at all hours."
    if percent > _TOO_MUCH * 100 * cores:
        note += " That is more than it can spare: lower the camera's resolution or pictures a second first."
    return note


def _unseen() -> NotMeasured:
    return NotMeasured(
        "What the zone costs could not be measured: none of this camera's pictures could be decoded.",
        kept="Nothing was changed.",
        do="Check that the camera shows a picture, then try again.",
    )
