"""The hub's topics at a broker, and what a message to the hub means.

In:     the hub's prefix; bytes that anybody at the broker may have sent.
Out:    topics, and a press or a switch or nothing.
Holds:  no bytes raise an error: what is not understood does nothing.
"""

from dataclasses import dataclass

ONLINE, OFFLINE = b"online", b"offline"
ON, OFF = b"ON", b"OFF"
_NO_PRESS = frozenset({b"", b"off", b"0", b"false"})
_HOME = {b"on": True, b"home": True, b"off": False, b"away": False, b"not_home": False}


@dataclass(frozen=True, slots=True)
class Message:
    """What is published. Retained messages are what a later listener is told first: states, never a ring."""

    topic: str
    payload: bytes
    retain: bool = True


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one hub."""

    prefix: str

    def camera(self, camera_id: str, what: str) -> str:
        """Return the topic of one fact about a camera."""
        return f"{self.prefix}/{camera_id}/{what}"

    @property
    def availability(self) -> str:
        """Whether the hub is there; the broker itself writes `offline` here when it goes without a word."""
        return f"{self.prefix}/hub/availability"

    @property
    def problem(self) -> str:
        """Whether recordings are being lost."""
        return f"{self.prefix}/hub/problem"

    @property
    def home(self) -> str:
        """Whether somebody is home."""
        return f"{self.prefix}/hub/home"

    @property
    def set_home(self) -> str:
        """Where it is said that somebody is home, or nobody."""
        return f"{self.prefix}/hub/home/set"


def is_press(payload: bytes) -> bool:
    """Tell whether a message to a bell's topic is a press: any but an empty one, OFF, 0 or false."""
    return payload.strip().lower() not in _NO_PRESS


def is_home(payload: bytes) -> bool | None:
    """Return what a message says about somebody being home; None if it says nothing."""
    return _HOME.get(payload.strip().lower())
