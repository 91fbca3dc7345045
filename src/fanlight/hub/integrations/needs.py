"""What integrations need of a hub, and where they say what does not work.

The pipeline is such a hub. Integrations see names of cameras, their states and notices; they see no
address, no key and no picture but the small ones of events.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from fanlight.hub.notices import Board

Troubles = dict[str, str]  # what does not work -> a sentence for people; what works is not in it
By = Literal["onvif", "http", "mqtt", "page"]


class Status(Protocol):
    """How a camera is, as in hub.status."""

    @property
    def state(self) -> str:
        """One word."""
        ...

    @property
    def name(self) -> str:
        """What people call the camera."""
        ...


class Line(Protocol):
    """One camera at work."""

    @property
    def status(self) -> Status:
        """How it is now."""
        ...


class Hub(Protocol):
    """A hub at work."""

    @property
    def board(self) -> Board:
        """Where it tells what happens."""
        ...

    @property
    def lines(self) -> Mapping[str, Line]:
        """Its cameras by id."""
        ...

    @property
    def home(self) -> bool:
        """Whether somebody is home, as far as it was told."""
        ...

    async def press(self, camera_id: str, at: datetime, by: By, /) -> object:
        """Take a press of the bell."""
        ...

    async def set_home(self, home: bool, /) -> object:  # noqa: FBT001 - a switch has one meaning
        """Take whether somebody is home."""
        ...
