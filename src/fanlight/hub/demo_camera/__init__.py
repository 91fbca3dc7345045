"""A camera made of a clip: our own RTSP server, for the demo, for tests and for measurements.

Run:    python -m fanlight.hub.demo_camera --port 8554
"""

from fanlight.hub.demo_camera.server import DemoCamera
from fanlight.hub.demo_camera.tracks import CLIP, Loop, load

__all__ = ["CLIP", "DemoCamera", "Loop", "load"]
