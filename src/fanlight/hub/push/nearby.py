"""Keeps the town's list of what dispatch reports, and says what a browser is told of it.

Holds:  the list is read at one pace by every hub, whether or not anybody asks for it; a reading that fails
        leaves what was read before.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fanlight.hub.push import near
from fanlight.hub.push.behests import Choices, Mode
from fanlight.hub.push.kept import Device


@dataclass(frozen=True, slots=True)
class Saying:
    """A push of kind `near`: when it happened, and its further members."""

    at: datetime
    more: dict[str, Any]


class Nearby:
    """The list as it was read last, and what was in it before. `fetch` returns None for no change."""

    def __init__(self, fetch: Callable[[], Awaitable[bytes | None]]) -> None:
        """Know nothing yet."""
        self._fetch = fetch
        self._listed: near.Listed | None = None
        self._seen: frozenset[str] | None = None

    async def read(self) -> None:
        """Read the list.

        Raises:
            FanlightError: it cannot be had, or read.
        """
        body = await self._fetch()
        self._seen = None if self._listed is None else frozenset(self._listed.incidents)
        if body is not None:
            self._listed = near.read(body)

    def sayings(self, device: Device, choices: Choices, mode: Mode, now: datetime) -> Iterator[Saying]:
        """Yield what a browser is told now, and keep at it what it was told. `now` is by its home's clock."""
        if choices.near is None or self._listed is None:
            device.near = {}
            return
        verdict = near.verdict(choices, mode, now.time())
        if verdict in {"off", "quiet"}:
            return
        said = near.due(choices.near, device.near, self._listed, self._seen, now)
        device.near = near.after(device.near, said, self._listed, now)
        begun = [one for one in said if not one.over]
        if verdict == "even":
            device.counts["near"] = device.counts.get("near", 0) + len(begun)
            return
        if len(begun) > near.MOST_AT_ONCE:
            yield Saying(now, {"counts": {"near": len(begun)}})
            said = [one for one in said if one.over]
        for one in said:
            state = "over" if one.over else ""
            yield Saying(one.at, {"what": one.words, "incident": one.incident, "state": state})
