"""What one viewer says through cameras, one camera at a time.

In:     sound as it is spoken; when it begins and ends.
Out:    the same at the camera; words on how that goes.
Holds:  one voice a camera; whoever says nothing for IDLE_S is cut off. Talk is a viewing too, told of first.
Absent: who may (`visitor`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from fanlight.hub.doorbell import Mouths, Speaking
from fanlight.model.errors import FanlightError

MOST_WAITING = 100
IDLE_S = 15.0


class _Tell(Protocol):
    def __call__(self, kind: str, **fields: object) -> None: ...


@dataclass(slots=True)
class _Spoken:
    viewing: str
    sounds: "asyncio.Queue[bytes | None]"
    task: "asyncio.Task[None]"


class Voice:
    """A viewer's voice. `tell` says words to the viewer, `over` ends a viewing."""

    def __init__(self, mouths: Mouths, tell: _Tell, over: Callable[[str], Awaitable[None]]) -> None:
        """Say nothing yet."""
        self._mouths, self._tell, self._over = mouths, tell, over
        self._now: _Spoken | None = None

    @property
    def is_heard(self) -> bool:
        """Whether something is being said."""
        return self._now is not None and not self._now.task.done()

    def begin(self, camera: str, url: str, viewing: str) -> None:
        """Speak through a camera from now on."""
        sounds: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)
        task = asyncio.create_task(self._speak(camera, url, sounds, viewing))
        self._now = _Spoken(viewing, sounds, task)

    def hear(self, pcm: bytes) -> None:
        """Take samples; what has no room is left out."""
        if self._now is not None and not self._now.sounds.full():
            self._now.sounds.put_nowait(pcm)

    def hush(self) -> None:
        """End with what was said so far."""
        if self._now is not None:
            if self._now.sounds.full():
                self._now.sounds.get_nowait()
            self._now.sounds.put_nowait(None)

    async def close(self) -> None:
        """End at once."""
        if self._now is not None:
            now, self._now = self._now, None
            now.task.cancel()
            await asyncio.gather(now.task, return_exceptions=True)
            await self._over(now.viewing)

    async def _speak(
        self, camera: str, url: str, sounds: "asyncio.Queue[bytes | None]", viewing: str
    ) -> None:
        from fanlight.hub.doorbell.spoken import speak_live  # noqa: PLC0415 - a hub that speaks nothing

        try:
            with self._mouths.hold(camera):
                self._tell("talk", camera=camera, state="on")
                await speak_live(url, _until_none(sounds))
        except Speaking:
            self._tell("talk", camera=camera, state="refused", why="busy")
        except FanlightError as error:
            self._tell("talk", camera=camera, state="refused", why=error.code.rpartition(".")[2])
        else:
            self._tell("talk", camera=camera, state="off")
        await self._over(viewing)


async def _until_none(sounds: "asyncio.Queue[bytes | None]") -> AsyncIterator[bytes]:
    """Yield what comes until None does, or nothing for IDLE_S."""
    while True:
        try:
            async with asyncio.timeout(IDLE_S):
                pcm = await sounds.get()
        except TimeoutError:
            return
        if pcm is None:
            return
        yield pcm
