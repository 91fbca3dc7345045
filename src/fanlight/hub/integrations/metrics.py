"""Figures for Prometheus, and the same health as lines of text. Both stand behind the page's key.

In:     the hub's health and the states of its cameras.
Out:    the text format of Prometheus; lines for people.
Holds:  nothing in it follows what happens before a camera or who is home: no counts of events, no rate of
        packets (motion makes packets larger), no CPU time (looking costs), no fill of the disk, and a camera
        that is off because somebody is home looks like one that records. Cameras go by their id, not by name.
Absent: notes, which may speak of a camera by its name: they are in the text for people only.
Why:    docs/design/threats.md, "Who learns what from integrations"
"""

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from prometheus_client import CollectorRegistry, Gauge, generate_latest

import fanlight
from fanlight.hub.health import Health
from fanlight.hub.integrations.needs import Line

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_TROUBLED = frozenset({"away", "refused", "unreadable", "unkept"})
_LEVEL = {"ok": 0, "warn": 1, "bad": 2}
_OF_ONE = ("camera ", "recording of ", "clock of ", "bell of ")  # then a camera's name
_STARTED = time.time()


class Hub(Protocol):
    """What figures need of a hub."""

    @property
    def lines(self) -> Mapping[str, Line]:
        """Its cameras by id."""
        ...

    def health(self) -> Sequence[Health]:
        """What works and what does not."""
        ...


def text(hub: Hub) -> bytes:
    """Return the figures in the text format of Prometheus."""
    registry = CollectorRegistry()
    about = Gauge("fanlight_hub_info", "The hub that answers.", ["version"], registry=registry)
    about.labels(fanlight.__version__).set(1)
    started = Gauge("fanlight_hub_start_time_seconds", "When it was started.", registry=registry)
    started.set(round(_STARTED))
    memory = Gauge("fanlight_hub_resident_bytes", "Memory of its process.", registry=registry)
    memory.set(_resident_bytes())
    trouble = Gauge(
        "fanlight_camera_trouble", "1 while a camera is away, refuses or cannot be read.", ["camera"],
        registry=registry,
    )  # fmt: skip
    for camera, line in sorted(hub.lines.items()):
        trouble.labels(camera).set(line.status.state in _TROUBLED)
    worst = Gauge(
        "fanlight_health", "0 works, 1 is to be looked at, 2 does not work.", ["what"], registry=registry
    )
    # What concerns one camera has its own figure. Whole names: a camera may be called "a" or "page".
    own = {f"{of}{line.status.name}" for line in hub.lines.values() for of in _OF_ONE}
    for health in hub.health():
        if health.what not in own:
            worst.labels(health.what).set(_LEVEL[health.state])
    return generate_latest(registry)


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
