"""Stop the server's standing tasks.

Holds:  it returns once every task has ended. Python 3.11's `asyncio.wait_for`, which the database's pool
        calls, takes a cancellation for its own when both come at once; such a task is cancelled again.
"""

import asyncio
from collections.abc import Iterable

_AGAIN_S = 2.0  # what a task may take to put its things in order


async def stop(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks until all have ended, whatever they end with."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=_AGAIN_S)
        for task in ended:
            if not task.cancelled():
                task.exception()  # looked at; what a task died of was told when it died
