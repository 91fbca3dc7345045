"""Room 1 of the hub: cameras. One driver a file, one interface (`hub.packet.Camera`)."""

from datetime import datetime
from pathlib import Path

from fanlight.hub.camera.errors import (
    CameraError,
    CameraGone,
    CameraRefused,
    CameraUnreachable,
    NotAVideo,
    UnsupportedCodec,
)
from fanlight.hub.camera.media.file import FileCamera
from fanlight.hub.camera.rtsp import RtspCamera, RtspSession
from fanlight.hub.camera.watch import StateChanged, watch
from fanlight.hub.packet import Camera, Packet, StreamInfo

__all__ = [
    "Camera", "CameraError", "CameraGone", "CameraRefused", "CameraUnreachable", "FileCamera", "NotAVideo",
    "Packet", "RtspCamera", "RtspSession", "StateChanged", "StreamInfo", "UnsupportedCodec", "open_camera",
    "watch",
]  # fmt: skip


def open_camera(
    url: str,
    *,
    audio: bool = False,
    start: datetime | None = None,
    paced: bool = False,
) -> Camera:
    """Return the driver for `url`; nothing is opened yet.

    Args:
        url: `rtsp://user:password@host:port/path`, `rtsps://`, or the path of a video file (`file://` may
            stand before).
        audio: yield sound as well, as AudioPacket.
        start: for a file, when its first picture was taken; now if None.
        paced: for a file, yield as fast as it was recorded.
    """
    if "://" in url and not url.startswith("file://"):
        return RtspCamera(url, audio=audio)
    return FileCamera(Path(url.removeprefix("file://")), start=start, paced=paced, audio=audio)
