"""Run the server: `python -m fanlight.server --home DIR --port N --database URL --witness URL [--demo]`.

In:     the arguments; without --database a PostgreSQL of our own is started in the home.
Out:    `server ready <port>` on stdout once it answers; ends on SIGTERM or SIGINT with 0.
Holds:  what keeps it from starting is said on stderr in three sentences, and it exits 1.
"""

import argparse
import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import structlog
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server

from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.proof.errors import ProofError
from fanlight.proof.witness_list import WitnessList, parse_witness_list
from fanlight.server.app import Options, make_app, open_services
from fanlight.server.media_place import read_place
from fanlight.server.notify.sending import Reach
from fanlight.server.pages import STATIC
from fanlight.store import own_database
from fanlight.store.postgres import Postgres

_READY_S = 30.0


class PortTaken(FanlightError):
    """Another program listens where we should."""

    code = "server.port_taken"


class HomeUnusable(FanlightError):
    """The state folder cannot be written."""

    code = "server.home_unusable"


class BadWitnesses(FanlightError):
    """The list of witnesses is none."""

    code = "server.bad_witnesses"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("fanlight.server", description="Serve one town.")
    parser.add_argument("--home", type=Path, required=True, help="state folder")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8420)
    parser.add_argument(
        "--database", help="URL for the owner; none: server/database.toml, or our own PostgreSQL"
    )
    parser.add_argument("--app-database", help="URL for the role that the server works as")
    parser.add_argument("--witness", help="address of the only witness, whose key it tells itself")
    parser.add_argument("--witnesses", type=Path, help="witnesses.toml: who has to sign the record")
    parser.add_argument("--blobs", help="URL of an object store; none: the home's folder")
    parser.add_argument("--evidence", help="URL of a bucket with Object Lock for copies given to agencies")
    parser.add_argument("--log-files", help="URL of an object store for the record's tiles; none: the folder")
    parser.add_argument("--quota-gib", type=float, default=50.0, help="space of one household for its clips")
    parser.add_argument("--contact", default="", help="mailto: or https: whom push services may write to")
    parser.add_argument(
        "--push-inside", action="store_true", help="also call push services of your own network"
    )
    parser.add_argument("--origin", help="https://HOST[:PORT] under which browsers know it; none: localhost")
    parser.add_argument("--proxy", action="append", default=[], help="address of a proxy in front")
    parser.add_argument(
        "--media", help="http(s)://HOST[:PORT] of fanlight postmedia; none: no pictures in posts"
    )
    parser.add_argument("--media-key", default="", help="the key that fanlight postmedia says")
    parser.add_argument("--demo", action="store_true", help="show the invented people on the front page")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None, now: Callable[[], datetime] = clock.now) -> int:
    """Serve until told to stop, by the clock `now`; return the exit status."""
    args = _arguments(argv)
    home = args.home.absolute()
    with contextlib.ExitStack() as stack:
        try:
            _check_port(args.host, args.port)
            _log_to(home / "server", stack)
            database, app_database = _database(args, home, stack)
            options = Options(
                home=home,
                database=database,
                app_database=app_database,
                witness=args.witness,
                witnesses=_witnesses(args.witnesses) if args.witnesses else None,
                blobs=args.blobs,
                evidence=args.evidence,
                log_files=args.log_files,
                quota_gib=args.quota_gib,
                demo=args.demo,
                port=args.port,
                origin=args.origin,
                proxies=frozenset(args.proxy),
                client=STATIC,
                push=Reach(contact=args.contact, private=args.push_inside),
                clock=now,
                media=read_place(home, args.media, args.media_key) if args.media else None,
            )
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_serve(options, args.host))
        except FanlightError as error:
            print(f"{error.what} Kept: {error.kept} To do: {error.do}", file=sys.stderr)  # noqa: T201 - a command
            return 1
    return 0


def _database(args: argparse.Namespace, home: Path, stack: contextlib.ExitStack) -> tuple[str, str | None]:
    if args.database:
        return args.database, args.app_database
    own = own_database.read(home)
    if own is not None:
        return own.owner, own.app
    return stack.enter_context(Postgres(home / "postgres")).url, None


def _witnesses(path: Path) -> WitnessList:
    try:
        return parse_witness_list(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ProofError) as error:
        raise BadWitnesses(
            f"The list of witnesses cannot be used: {getattr(error, 'what', 'it cannot be read')}",
            kept="Nothing was started.",
            do="Give url, vkey and run_by under each [[witness]], and above them how many `need` to sign.",
        ) from error


async def _serve(options: Options, host: str) -> None:
    """Open everything first, so that what is wrong is said before a port is bound."""
    async with open_services(options) as services:
        app = make_app(options, services)
        server = Server(
            app,
            address=host,
            port=options.port,
            interface=Interfaces.ASGINL,
            log_access=False,
            log_enabled=False,
        )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.stop)
        serving = asyncio.create_task(server.serve())
        await _wait_ready(host, options.port, serving)
        print(f"server ready {options.port}", flush=True)  # noqa: T201 - whoever started us waits for it
        await serving


async def _wait_ready(host: str, port: int, serving: asyncio.Task[Any]) -> None:
    deadline = asyncio.get_running_loop().time() + _READY_S
    async with httpx.AsyncClient(trust_env=False) as client:
        while not serving.done() and asyncio.get_running_loop().time() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                answer = await client.get(f"http://{host}:{port}/healthz")
                if answer.is_success:
                    return
            await asyncio.sleep(0.02)
    raise PortTaken(
        f"The server does not answer on port {port}.",
        kept="Everything stored so far is still there.",
        do="Read server/server.log in the home folder, then start again.",
    )


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Another program already listens on port {port}.",
                kept="Nothing was started.",
                do="Stop that program, or choose another port with --port.",
            ) from error


def _log_to(folder: Path, stack: contextlib.ExitStack) -> None:
    """Log JSON lines to server.log; no address, token or id enters them."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = stack.enter_context((folder / "server.log").open("a"))
    except OSError as error:
        raise HomeUnusable(
            f"The folder {folder} cannot be written ({error.strerror}).",
            kept="Nothing was started.",
            do="Make room or rights there, or choose another folder with --home.",
        ) from error
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=file),
        cache_logger_on_first_use=False,
    )
    logging.getLogger().addHandler(logging.NullHandler())
    for name in ("httpx", "httpcore", "psycopg", "psycopg.pool", "litestar", "_granian", "granian.access"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


if __name__ == "__main__":
    sys.exit(main())
