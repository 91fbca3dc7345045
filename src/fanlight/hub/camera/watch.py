"""Keep reading a camera: connect again when it goes, and say how it is.

In:     how to make its driver.
Out:    Packet and AudioPacket, and StateChanged whenever the state or its reason changes.
Holds:  waits between tries grow from FIRST_WAIT_S to LONGEST_WAIT_S, each varied by a quarter so that
        cameras which went together do not come back in step. A refusal waits longest at once: many
        cameras lock an account after a few wrong passwords.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fanlight.hub.camera.errors import CameraError, CameraRefused, NotAVideo, UnsupportedCodec
from fanlight.hub.packet import AudioPacket, Camera, Packet
from fanlight.model import clock

State = Literal["recording", "away", "refused", "unreadable"]
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class StateChanged:
    """How a camera is since `at` (UTC). `note` is a sentence for people, empty while it records."""

    state: State
    at: datetime
    note: str = ""


def state_of(error: CameraError) -> State:
    """Return the state that an error puts a camera in."""
    if isinstance(error, CameraRefused):
        return "refused"
    return "unreadable" if isinstance(error, (NotAVideo, UnsupportedCodec)) else "away"


async def watch(
    make: Callable[[], Camera], *, first_wait_s: float = FIRST_WAIT_S, longest_wait_s: float = LONGEST_WAIT_S
) -> AsyncGenerator[Packet | AudioPacket | StateChanged]:
    """Yield a camera's packets for as long as the caller wants them.

    Ends only when the driver's stream ends without an error: a file that has been read.

    Args:
        make: returns a fresh driver, e.g. `lambda: open_camera(url)`.
        first_wait_s: seconds before the first new try.
        longest_wait_s: seconds between tries at most.
    """
    told: tuple[State, str] | None = None
    wait_s = first_wait_s
    while True:
        camera = make()
        try:
            async for packet in camera.packets():
                if told != ("recording", ""):
                    told = ("recording", "")
                    yield StateChanged("recording", clock.now())
                wait_s = first_wait_s
                yield packet
        except CameraError as error:
            state, note = state_of(error), f"{error.what} {error.do}"
            if told != (state, note):
                told = (state, note)
                yield StateChanged(state, clock.now(), note)
            wait_s = longest_wait_s if state == "refused" else wait_s
        else:
            return
        finally:
            await camera.close()
        await asyncio.sleep(wait_s * random.uniform(0.75, 1.25))  # noqa: S311 - spread, not secrecy
        wait_s = min(wait_s * 2, longest_wait_s)
