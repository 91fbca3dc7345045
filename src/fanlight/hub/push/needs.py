"""What alerts need: of the hub, and to reach what is not theirs.

Absent: endpoints, cameras' addresses, footage.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from fanlight.hub.notices import Board


class Hub(Protocol):
    """What alerts need of a hub."""

    @property
    def board(self) -> Board:
        """Where it tells what happens."""
        ...

    @property
    def home(self) -> bool:
        """Whether somebody is home."""
        ...

    async def set_home(self, home: bool, /) -> object:  # noqa: FBT001 - a switch has one meaning
        """Take whether somebody is home."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """How the room reaches what is not its own.

    Attributes:
        household: this hub's.
        members: the signing keys of those who may ask now: who lives there, and guests while they are.
        sees: whether who signs with a key may be told of a camera now; of the hub itself where it is empty.
        lives: whether who signs with a key lives there, and so may set the household's mode.
        open: opens an age file that is sealed to this hub; raises FanlightError.
        fetch: returns the behests and their tag, None if they are as under the tag given. Raises it too.
        post: has the server post a body for a ticket: (state, seconds to wait). The same.
        camera_name: what people call a camera; empty if there is none.
        incidents: the town's public list of what dispatch reports, None if it is as it was. The same.
        picture: a JPEG of how it looks before a camera now; may be empty.
    """

    household: str
    members: Callable[[], Collection[bytes]]
    sees: Callable[[bytes, str], bool]
    lives: Callable[[bytes], bool]
    open: Callable[[bytes], bytes]
    fetch: Callable[[str], Awaitable[tuple[list[bytes], str] | None]]
    post: Callable[[str, bytes], Awaitable[tuple[str, int | None]]]
    camera_name: Callable[[str], str]
    incidents: Callable[[], Awaitable[bytes | None]]
    picture: Callable[[str], Awaitable[bytes]]
