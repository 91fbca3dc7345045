"""From `fanlight app` to Ctrl-C.

In:     a server's address and a port.
Out:    one line once the pages are there; exit 0 at SIGINT or SIGTERM.
Holds:  both loopback addresses that `localhost` may mean are ours, or it does not start: nobody else on this
        machine can answer in our place.
"""

import asyncio
import contextlib
import errno
import signal
import socket
import sys

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server

from fanlight.cli.app import rules
from fanlight.cli.app.serving import App
from fanlight.cli.up import PortTaken
from fanlight.cli.verify_client import in_the_record
from fanlight.server import release
from fanlight.server.pages import STATIC

_LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_PARTS = ("home/", "assets/", "oversight/")


def run(address: str, port: int) -> int:
    """Serve until told to stop; return the exit status.

    Raises:
        BadServerAddress: not an address to serve for.
        BadRelease: the client's files are not whole.
        PortTaken: another program listens there.
    """
    server = rules.server_origin(address)
    client = release.load(STATIC)
    files = {path: (STATIC / path).read_bytes() for path in client.files if path.startswith(_PARTS)}
    files[release.LIST] = (STATIC / release.LIST).read_bytes()
    hosts = [host for family, host in _LOOPBACKS if _free(family, host, port)]
    own = f"http://localhost:{port}"
    asyncio.run(_serve(App(own, server, files), hosts, port, client))
    return 0


def _free(family: socket.AddressFamily, host: str, port: int) -> bool:
    """Tell whether this machine has the address; raises PortTaken."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        if error.errno in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}:
            return False
        raise PortTaken(
            f"Another program already listens on port {port}.",
            kept="Nothing was started.",
            do="Stop that program, or choose another port with --port.",
        ) from error
    return True


async def _serve(app: App, hosts: list[str], port: int, client: release.Release) -> None:
    servers = [
        Server(app, address=host, port=port, interface=Interfaces.ASGINL, log_access=False, log_enabled=False)
        for host in hosts
    ]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    serving = [asyncio.create_task(server.serve()) for server in servers]
    telling = asyncio.create_task(_tell(app, client, serving))
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([waiting, *serving], return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    waiting.cancel()
    for server in servers:
        server.stop()  # type: ignore[no-untyped-call]  # the library has no types here
    await asyncio.gather(*serving, telling, waiting, return_exceptions=True)
    await app.close()


async def _tell(app: App, client: release.Release, serving: list[asyncio.Task[None]]) -> None:
    """Say that the pages are there, and whether the server's record has this release."""
    async with httpx.AsyncClient(trust_env=False) as asking:
        while not any(one.done() for one in serving):
            with contextlib.suppress(httpx.HTTPError):
                if (await asking.get(f"{app.own}/app.json")).is_success:
                    break
            await asyncio.sleep(0.05)
    print(f"Fanlight is ready: {app.own}/home for {app.server}", flush=True)
    print(f"This is release {client.version}, {client.sha256}.", flush=True)
    check = await asyncio.to_thread(in_the_record, app.server, client)
    print(f"{check.detail}", file=sys.stderr, flush=True)
