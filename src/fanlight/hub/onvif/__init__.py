"""What a camera says beside its stream: ONVIF. Found, asked, heard, and told what to cover.

Loaded when a camera with ONVIF is there or one is being added; recording never waits for it.
"""

from fanlight.hub.onvif.bell import Report, learn_bell, presses, reports
from fanlight.hub.onvif.camera import clock_trouble, cover, device_of
from fanlight.hub.onvif.device import Device, clock_note
from fanlight.hub.onvif.discovery import discover
from fanlight.hub.onvif.errors import BadAnswer, OnvifError, OnvifFault, OnvifRefused, OnvifUnreachable
from fanlight.hub.onvif.masks import Applied, Refused
from fanlight.hub.onvif.messages import Found, Info, Stream
from fanlight.hub.onvif.signals import Signal

__all__ = [
    "Applied", "BadAnswer", "Device", "Found", "Info", "OnvifError", "OnvifFault", "OnvifRefused",
    "OnvifUnreachable", "Refused", "Report", "Signal", "Stream", "clock_note", "clock_trouble", "cover",
    "device_of", "discover", "learn_bell", "presses", "reports",
]  # fmt: skip
