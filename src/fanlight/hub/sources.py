"""Open a camera's streams as its options say, and never without its privacy zones.

In:     one camera's table of `hub.toml`.
Out:    ways to make its drivers, main and second stream.
Holds:  a stream of a camera with privacy zones leaves here painted, unless the camera itself has proved
        that it paints them (R09).
"""

from collections.abc import Callable

from fanlight.hub.camera import Camera as Source
from fanlight.hub.camera import open_camera
from fanlight.hub.camera.masked import MaskedCamera
from fanlight.hub.options import Camera

Make = Callable[[], Source]


def main_stream(camera: Camera, *, camera_paints: bool = False) -> Make:
    """Return how to open what is recorded."""
    return lambda: _painted(
        camera, _open(camera, camera.url, audio=camera.audio), camera_paints=camera_paints
    )


def sub_stream(camera: Camera, *, camera_paints: bool = False) -> Make | None:
    """Return how to open the second stream, None if the camera has none."""
    if not camera.sub_url:
        return None
    return lambda: _painted(camera, _open(camera, camera.sub_url, audio=False), camera_paints=camera_paints)


def _open(camera: Camera, url: str, *, audio: bool) -> Source:
    return open_camera(url, audio=audio, driver=camera.driver)


def _painted(camera: Camera, source: Source, *, camera_paints: bool) -> Source:
    if not camera.privacy.zones or camera_paints:
        return source
    return MaskedCamera(source, camera.privacy.zones)
