"""Tell the place of the media what is shown and what goes. No byte of a picture passes.

In:     ids that the town gave out.
Out:    show, hide and drop, done there when the call returns; both may be said again.
Holds:  an answer's body is never read further than its status.
Absent: trying again: who queues the deed does that, in its own transaction.
"""

from datetime import timedelta
from types import TracebackType
from typing import Literal, Self

import httpx

from fanlight.server.errors import NotFound, Unavailable
from fanlight.server.media import tickets
from fanlight.server.media_place import needed
from fanlight.server.services import Services
from fanlight.wire.media import HEADER, Kind

_TICKET = timedelta(minutes=5)
_WAIT = httpx.Timeout(15.0)
_DONE, _NONE, _GONE = 204, 404, 410


class MediaAway(Unavailable):
    """The place of the media does not answer, or not as it should; try again."""

    code = "media.away"


class MediaGone(NotFound):
    """The place has no such media: never sent, not shown in time, or dropped. Trying again is of no use."""

    code = "media.gone"


class Shelf:
    """A line to the place of the media; `async with`, or `close`."""

    def __init__(self, services: Services) -> None:
        """Open nothing yet; a town without a place is told at the first call."""
        self._services = services
        self._client = httpx.AsyncClient(timeout=_WAIT, trust_env=False, follow_redirects=False)

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def show(self, media: str, kind: Kind) -> None:
        """Let everybody see it; said again, nothing changes.

        Raises:
            MediaAway: try again later. MediaGone: it is not there. NoMediaPlace: this town has no place.
        """
        await self._tell("show", media, kind)

    async def hide(self, media: str, kind: Kind) -> None:
        """Let nobody see it who has no ticket, until it is shown again; said again, nothing changes.

        Raises:
            MediaAway: try again later. MediaGone: it is not there. NoMediaPlace: this town has no place.
        """
        await self._tell("hide", media, kind)

    async def drop(self, media: str, kind: Kind) -> None:
        """Destroy it; the id is never taken again. Said again, or of what never came, nothing changes.

        Raises:
            MediaAway: try again later. NoMediaPlace: this town has no place.
        """
        await self._tell("drop", media, kind)

    async def _tell(self, act: Literal["show", "hide", "drop"], media: str, kind: Kind) -> None:
        url = needed(self._services.media).url
        ticket = tickets.issue(self._services, act, media, kind, self._services.clock() + _TICKET)
        try:
            async with self._client.stream(
                "POST", f"{url}/v1/media/{media}/{act}", headers={HEADER: ticket}
            ) as answer:
                status = answer.status_code
        except httpx.HTTPError as error:
            raise _away() from error
        if status in {_NONE, _GONE}:
            raise MediaGone(
                "The picture is not there any more.", do="Post without it, or send the picture again."
            )
        if status != _DONE:
            raise _away()


def _away() -> MediaAway:
    return MediaAway("The place of the pictures does not answer as it should.", do="Try again in a minute.")
