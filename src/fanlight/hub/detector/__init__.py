"""Room 4 of the hub: what is in front of a camera, and from when until when."""

from fanlight.hub.detector.detector import Detector
from fanlight.hub.detector.event import Closed, Event, Label, Opened
from fanlight.hub.detector.yolox import Yolox

__all__ = ["Closed", "Detector", "Event", "Label", "Opened", "Yolox"]
