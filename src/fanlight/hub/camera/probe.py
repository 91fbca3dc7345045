"""Try a camera once: what it sends, how much, and how it looks.

In:     an address.
Out:    Probe.
Holds:  it ends within `timeout_s`, and lets go of the camera.
"""

import asyncio
import contextlib
from dataclasses import dataclass

from fanlight.hub.camera.errors import CameraGone
from fanlight.hub.packet import AudioInfo, AudioPacket, Camera, Packet, StreamInfo

ENOUGH_S = 3.0  # of pictures after the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a camera sends. `gop_s` is the time between keyframes, 0 if only one was seen."""

    info: StreamInfo
    audio: AudioInfo | None
    fps: float
    kbps: float
    keyframe: Packet
    gop_s: float
    clock_offset_s: float | None


async def probe_camera(camera: Camera, *, timeout_s: float) -> Probe:
    """Watch a camera for some seconds, or until its second keyframe; close it.

    Raises:
        CameraError: it cannot be read.
    """
    seen: list[tuple[int, int, bool]] = []
    keyframe: Packet | None = None
    audio: AudioInfo | None = None
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                async for packet in camera.packets():
                    if isinstance(packet, AudioPacket):
                        audio = packet.info
                        continue
                    keyframe = packet if keyframe is None and packet.is_key else keyframe
                    seen.append((packet.pts_90k, len(packet.data), packet.is_key))
                    if packet.pts_90k - seen[0][0] >= ENOUGH_S * 90_000:
                        break
    finally:
        await camera.close()
    if keyframe is None:
        raise CameraGone(
            "The camera sends no picture that can be decoded.",
            kept="Nothing was recorded.",
            do="Try again, or choose another of its streams.",
        )
    times = [time for time, _, _ in seen]
    keys = [time for time, _, is_key in seen if is_key]
    length_s = (max(times) - min(times)) / 90_000
    return Probe(
        info=keyframe.info,
        audio=audio,
        fps=(len(seen) - 1) / length_s if length_s else 0.0,
        kbps=sum(size for _, size, _ in seen[:-1]) * 8 / 1_000 / length_s if length_s else 0.0,
        keyframe=keyframe,
        gop_s=(keys[-1] - keys[0]) / 90_000 / (len(keys) - 1) if len(keys) > 1 else 0.0,
        clock_offset_s=getattr(camera, "clock_offset_s", None),
    )
