"""Room 1 of the hub: cameras. One driver a file, one interface (`hub.packet.Camera`)."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from fanlight.hub.camera.errors import (
    CameraError,
    CameraGone,
    CameraRefused,
    CameraUnreachable,
    NotAVideo,
    UnsupportedCodec,
)
from fanlight.hub.camera.media.compat import CompatCamera
from fanlight.hub.camera.media.file import FileCamera
from fanlight.hub.camera.media.made import SCHEME as MADE
from fanlight.hub.camera.media.made import MadeCamera
from fanlight.hub.camera.probe import Probe, probe_camera
from fanlight.hub.camera.rtsp import RtspCamera, RtspSession
from fanlight.hub.camera.watch import StateChanged, watch
from fanlight.hub.packet import Camera, Packet, StreamInfo

__all__ = [
    "Camera", "CameraError", "CameraGone", "CameraRefused", "CameraUnreachable", "CompatCamera", "FileCamera",
    "MadeCamera", "NotAVideo", "Packet", "Probe", "RtspCamera", "RtspSession", "StateChanged", "StreamInfo",
    "UnsupportedCodec", "open_camera", "probe", "watch",
]  # fmt: skip

Driver = Literal["auto", "own", "compat"]


def open_camera(
    url: str,
    *,
    audio: bool = False,
    driver: Driver = "auto",
    start: datetime | None = None,
    paced: bool = False,
) -> Camera:
    """Return the driver for `url`; nothing is opened yet.

    Args:
        url: `rtsp://user:password@host:port/path`, `rtsps://`, `test:` (a made picture), or the path of a
            video file (`file://` may stand before).
        audio: yield sound as well, as AudioPacket.
        driver: for a network camera, `compat` reads it by FFmpeg; `auto` and `own` by ourselves. What fails
            with our own reader and may work with FFmpeg's says so in its `do`: a hub does not switch by
            itself, since that costs several times the computing.
        start: for a file, when its first picture was taken; now if None.
        paced: for a file, yield as fast as it was recorded.
    """
    if url.startswith(MADE):
        return MadeCamera(url, audio=audio)
    if "://" in url and not url.startswith("file://"):
        return CompatCamera(url, audio=audio) if driver == "compat" else RtspCamera(url, audio=audio)
    return FileCamera(Path(url.removeprefix("file://")), start=start, paced=paced, audio=audio)


async def probe(url: str, *, driver: Driver = "auto", timeout_s: float = 10.0) -> Probe:
    """Try a camera for some seconds and say what it sends; sound is asked for, and kept nowhere.

    Raises:
        CameraUnreachable, CameraRefused, NotAVideo, UnsupportedCodec, CameraGone: it cannot be read.
    """
    return await probe_camera(open_camera(url, audio=True, driver=driver), timeout_s=timeout_s)
