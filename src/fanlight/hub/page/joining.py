"""The one code that this hub shows on its page, and the waiting for who reads it.

Holds:  a new code ends the one before; what went wrong is said, not raised: nobody may be looking.
Absent: how a household is found (`hub.meeting`).
"""

import asyncio
import logging
from typing import TYPE_CHECKING

from fanlight.model.errors import FanlightError

if TYPE_CHECKING:
    from fanlight.hub.meeting import Meeting

log = logging.getLogger("fanlight.hub.page")


class Joining:
    """At most one code that waits."""

    def __init__(self) -> None:
        """Wait for nobody."""
        self._meeting: Meeting | None = None
        self._task: asyncio.Task[None] | None = None
        self._failed = ""

    @property
    def code(self) -> str:
        """The code that waits."""
        return self._meeting.text if self._meeting and self._task and not self._task.done() else ""

    @property
    def trouble(self) -> str:
        """Why nobody can answer at present, or why the last waiting ended without a household."""
        return self._failed or (self._meeting.trouble if self._meeting else "")

    async def begin(self, meeting: "Meeting") -> None:
        """Wait for the answer to this code from now on, and for no other."""
        await self.end()
        self._meeting, self._task = meeting, asyncio.create_task(self._wait(meeting))

    async def end(self) -> None:
        """Wait no more."""
        task, self._task, self._meeting, self._failed = self._task, None, None, ""
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _wait(self, meeting: "Meeting") -> None:
        try:
            await meeting.wait()
        except FanlightError as error:
            self._failed = f"{error.what} {error.do}"
        except Exception:
            log.exception("pairing: it broke off")
            self._failed = "What the household said could not be kept. The reason is in the hub's log."
