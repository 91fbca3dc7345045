"""Start the place of posts' media: `python -m fanlight.postmedia --home DIR --tickets KEY --origin URL`.

In:     the arguments; a folder for its key and all that it holds.
Out:    `postmedia ready <port> <key>` on stdout once it answers; ends on SIGTERM or SIGINT with 0.
Holds:  what keeps it from starting is said on stderr in three sentences, and it exits 1. Its log has no
        address, name, id or ticket in it.
Absent: everything else of Fanlight: `wire` and `model` are all it shares with the town's server.
Why:    docs/spec/media.md, docs/design/media.md
"""

import argparse
import asyncio
import contextlib
import ctypes
import errno
import fcntl
import logging
import os
import re
import secrets
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server

from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.postmedia.errors import CannotStart
from fanlight.postmedia.http import ROOMS, Place, make_app
from fanlight.postmedia.keeping import Keeping
from fanlight.postmedia.making import Making
from fanlight.wire import b64
from fanlight.wire.b64 import BadBase64
from fanlight.wire.media import public_half

KEY, PORT, LOG = "receipt.key", "port", "postmedia.log"
SWEEP_S = 3_600.0
_KEY_BYTES = 32
_ORIGIN = re.compile(r"^https?://[a-z0-9.:\[\]-]+$")
_PR_SET_DUMPABLE = 4


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("fanlight.postmedia", description="Keep the pictures of a town's posts.")
    parser.add_argument("--home", type=Path, required=True, help="folder of the key and the pictures")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--port", type=int, default=0, help="0: the one of last time, else a free one (default)"
    )
    parser.add_argument("--tickets", required=True, metavar="KEY", help="the town's public key for tickets")
    parser.add_argument(
        "--origin", action="append", required=True, help="http(s)://HOST[:PORT] of the town's pages"
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run until told to stop; return the exit status."""
    args = _arguments(argv)
    home = args.home.absolute()
    if sys.platform == "linux":  # no child may look into our memory
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    with contextlib.ExitStack() as stack:
        try:
            _open(home, stack)
            tickets = _public_key(args.tickets)
            for origin in args.origin:
                if not _ORIGIN.match(origin):
                    raise _cannot(
                        f"{origin} is no origin.", "Give http(s)://HOST[:PORT] of the town's pages."
                    )
            seed = _receipt_key(home / KEY)
            port = args.port or _port(home / PORT, args.host)
            _check_port(args.host, port)
            place = Place(
                keeping=Keeping(home, clock.now),
                making=Making(),
                tickets=tickets,
                receipts=seed,
                clock=clock.now,
                rooms=asyncio.Semaphore(ROOMS),
            )
        except (FanlightError, OSError) as error:
            said = error if isinstance(error, FanlightError) else _no_folder(home, error)
            print(f"{said.what} Kept: {said.kept} To do: {said.do}", file=sys.stderr)  # noqa: T201 - a command
            return 1
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(place, args.host, port, args.origin))
    return 0


async def _serve(place: Place, host: str, port: int, origins: list[str]) -> None:
    server = Server(
        make_app(place, origins),
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        log_access=False,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    serving = asyncio.create_task(server.serve())
    sweeping = asyncio.create_task(_sweep(place))
    try:
        await _wait_ready(host, port, serving)
        print(f"postmedia ready {port} {b64.encode(public_half(place.receipts))}", flush=True)  # noqa: T201 - as above
        await serving
    finally:
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)


async def _sweep(place: Place) -> None:
    """Drop what nobody showed in time, every hour."""
    while True:
        await asyncio.sleep(SWEEP_S)
        try:
            swept = await asyncio.to_thread(place.keeping.sweep)
        except OSError as error:
            structlog.get_logger().error("the disk", error=type(error).__name__, number=error.errno)
        else:
            structlog.get_logger().info("swept", count=swept)


async def _wait_ready(host: str, port: int, serving: "asyncio.Task[Any]") -> None:
    while not serving.done():
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            await writer.wait_closed()
            return
        await asyncio.sleep(0.02)
    await serving


def _open(home: Path, stack: contextlib.ExitStack) -> None:
    """Make the folder, take it for ourselves and log to it."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = stack.enter_context((home / "lock").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in {errno.EAGAIN, errno.EACCES}:
            raise
        raise _cannot(f"Another program uses {home}.", "Stop it, or give another folder.") from error
    file = stack.enter_context((home / LOG).open("a"))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=file),
        cache_logger_on_first_use=False,
    )
    logging.getLogger().addHandler(logging.NullHandler())


def _receipt_key(path: Path) -> bytes:
    """Return our seed, making it on the first start."""
    if not path.exists():
        pending = path.with_suffix(".new")
        handle = os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(b64.encode(secrets.token_bytes(_KEY_BYTES)).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        pending.rename(path)
    return _public_key(path.read_text("ascii", "replace").strip(), f"{path} holds no key.")


def _public_key(text: str, what: str = "The town's key is no key.") -> bytes:
    try:
        key = b64.decode(text)
    except BadBase64 as error:
        raise _cannot(what, "Give 32 bytes in base64.") from error
    if len(key) != _KEY_BYTES:
        raise _cannot(what, "Give 32 bytes in base64.")
    return key


def _port(path: Path, host: str) -> int:
    """Return the port of last time, if it is free, so that open pages find us again; else a free one."""
    said = path.read_text("ascii", "replace").strip() if path.exists() else ""
    before = int(said) if said.isdecimal() and len(said) < 6 else 0  # noqa: PLR2004 - digits of a port
    for wanted in (before, 0):
        with socket.socket(_family(host)) as probe, contextlib.suppress(OSError, OverflowError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, wanted))
            port = int(probe.getsockname()[1])
            path.write_text(f"{port}\n")
            return port
    raise _cannot("There is no free port.", "Give one with --port.")


def _check_port(host: str, port: int) -> None:
    with socket.socket(_family(host)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise _cannot(
                f"It cannot listen on {host} port {port}.", "Stop what uses the port, or give another."
            ) from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _no_folder(home: Path, error: OSError) -> CannotStart:
    return _cannot(f"The folder {home} cannot be used: {error.strerror}.", "Make room or rights there.")


def _cannot(what: str, do: str) -> CannotStart:
    return CannotStart(what, kept="Nothing was started, and what is there is as it was.", do=do)


if __name__ == "__main__":
    sys.exit(main())
