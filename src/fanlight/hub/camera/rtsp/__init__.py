"""Network cameras over RTSP/1.0: `RtspCamera` is the driver, `RtspSession` the talk beneath it."""

from fanlight.hub.camera.rtsp.camera import RtspCamera
from fanlight.hub.camera.rtsp.session import RtspSession

__all__ = ["RtspCamera", "RtspSession"]
