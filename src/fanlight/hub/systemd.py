"""Tell systemd that the hub is ready, alive and about to end; nothing where systemd did not start it.

In:     NOTIFY_SOCKET and WATCHDOG_USEC of the environment.
Out:    datagrams of sd_notify(3).
Holds:  `alive` comes from the hub's own event loop: a loop that hangs is noticed, and the hub begun anew.
"""

import asyncio
import contextlib
import os
import socket

READY, ENDING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"


def tell(what: str) -> None:
    """Send one state; a systemd that does not listen is no trouble of the hub."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
        way.setblocking(False)  # noqa: FBT003 - one that does not read must not hold the hub up
        way.connect("\0" + address[1:] if address.startswith("@") else address)
        way.send(what.encode())


async def stay_alive() -> None:
    """Say twice within the watchdog's time that the event loop turns, for ever."""
    every_us = os.environ.get("WATCHDOG_USEC", "")
    if not every_us.isdecimal() or int(every_us) == 0:
        await asyncio.Event().wait()
    while True:
        tell(ALIVE)
        await asyncio.sleep(int(every_us) / 2_000_000)
