"""What a call is that the table of access is checked with, and by which route it is found."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.server.acting import Actor
from tests.server.visitors import World

from fanlight.wire import b64

SIGNATURE = b64.encode(bytes(64))


@dataclass
class Call:
    """A call. `also` are codes of answers that only who may make it gets, `never` such that refuse it."""

    path: str
    also: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    who: Actor | None = None
    never: tuple[str, ...] = ()


Make = Callable[[World, Actor], Awaitable[Call]]
CALLS: dict[str, Make] = {}


def call(*routes: str) -> Callable[[Make], Make]:
    """Let a function make the call of these routes."""

    def note(make: Make) -> Make:
        CALLS.update(dict.fromkeys(routes, make))
        return make

    return note


def plain(route: str, path: str = "", *also: str, **options: Any) -> None:
    """Let a route be called at `path`, always alike."""

    async def make(_world: World, _who: Actor) -> Call:
        return Call(path or route.split()[1], also, options)

    CALLS[route] = make
