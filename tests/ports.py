"""Ports for programs that cannot choose their own.

Holds: below those that the system gives to outgoing calls (32,768 and up on Linux), of which one could be
       taken between being found free and being listened on; each worker has its own share.
"""

import os
import random
import socket

LOWEST, HIGHEST = 10_100, 32_000  # a browser refuses 10080
_SHARES = 16
_RANDOM = random.SystemRandom()


def free_port(behind: int = 2) -> int:
    """Return a port that nobody uses now, nor so many right behind it: a town's server takes two more."""
    share = (HIGHEST - LOWEST) // _SHARES
    first = LOWEST + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % _SHARES * share
    for _ in range(200):
        port = _RANDOM.randrange(first, first + share - behind)
        if all(_is_free(port + more) for more in range(behind + 1)):
            return port
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
