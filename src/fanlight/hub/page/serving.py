"""Listen for the page's readers, in the hub's own event loop.

In:     the settings' address and port.
Out:    connections, answered by the application.
Holds:  until somebody opens the page, no framework is loaded: a hub that only records does without its
        15 MB. The socket listens from the start; the first reader waits the second that loading takes.
        A port that is taken is a state of the hub, never its end.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from fanlight.hub.page.errors import PageError
from fanlight.hub.page.guard import App

if TYPE_CHECKING:
    import uvicorn

_GRACE_S = 1  # a film that is being fetched must not hold up the hub's end


class PortTaken(PageError):
    """Another program listens where the page should, or the address is not this machine's, or none at all."""

    code, status = "hub.page.port_taken", 503


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # Asked for first: with a name that cannot be one, create_server leaves a socket behind.
        address = socket.getaddrinfo(host or None, port, family, socket.SOCK_STREAM, 0, socket.AI_PASSIVE)[0][
            4
        ]
        return socket.create_server(address, family=family, backlog=128, reuse_port=False)
    except (OSError, ValueError) as error:  # ValueError: letters that no name has
        raise PortTaken(
            f"The hub's page cannot listen on port {port}.",
            kept="Recording goes on.",
            do="Stop the program that uses it, or change `port` or `host` under [page] in hub.toml.",
        ) from error


async def serve(listening: socket.socket, make_app: Callable[[], App]) -> None:
    """Answer at `listening` until cancelled; `make_app` is called when the first reader comes."""
    try:
        await _first_reader(listening)
        server = await asyncio.to_thread(_new_server, make_app)
        serving = asyncio.create_task(server.serve([listening]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await asyncio.gather(serving, return_exceptions=True)
    finally:
        listening.close()


async def _first_reader(listening: socket.socket) -> None:
    loop, came = asyncio.get_running_loop(), asyncio.Event()
    listening.setblocking(False)  # noqa: FBT003 - the socket's own interface
    loop.add_reader(listening, came.set)
    try:
        await came.wait()
    finally:
        loop.remove_reader(listening)


def _new_server(make_app: Callable[[], App]) -> "uvicorn.Server":
    import uvicorn  # noqa: PLC0415 - see above

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Leave signals to the hub."""
            yield

    config = uvicorn.Config(
        make_app(),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_GRACE_S,
        limit_concurrency=64,
        h11_max_incomplete_event_size=32 * 1024,
    )
    config.load()
    return Server(config)
