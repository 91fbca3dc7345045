"""`fanlight up`: a whole town on one machine.

Order: home, witness, the place of posts' pictures, PostgreSQL, server, then in the demo a household,
its hub, a camera and the keyring. Ctrl-C stops them in reverse. The next start finds everything where it was.
"""

import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fanlight.cli import demo_dispatch, demo_gifts, demo_household, demo_town
from fanlight.cli.home import FOLDERS, Home, open_home
from fanlight.cli.keyring import HUB, Door, Keyring, doors_of
from fanlight.cli.people import Person, load_people
from fanlight.cli.processes import Part, Parts
from fanlight.demo import load_town
from fanlight.demo.posts import posts
from fanlight.hub.page import load_page_key
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal.keys import member_keys
from fanlight.server import setup
from fanlight.server.media_place import ticket_public
from fanlight.store import own_database
from fanlight.store.postgres import Postgres

LOOPBACK = "127.0.0.1"
WITNESS = "witness.fanlight.local"
CAMERA_USER = CAMERA_PASSWORD = "demo"  # noqa: S105 - invented, and on the loopback only


class PortTaken(FanlightError):
    """Another program listens where we should."""

    code = "cli.port_taken"


@dataclass(frozen=True, slots=True)
class Town:
    """A running town: where it answers, its home, its demo people.

    `database` is the address of its own PostgreSQL, empty if it has a database on another's. `camera` says
    how to add the demo's camera by hand; empty if there is none.
    """

    url: str
    home: Home
    database: str
    people: dict[str, Person]
    camera: str = ""


def run(home_path: Path | None, port: int, *, demo: bool) -> int:
    """Run until Ctrl-C, SIGTERM, or until a part ends by itself; return an exit status."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with running(home_path, port, demo=demo) as (town, parts):
        print(f"Fanlight is ready: {town.url}", flush=True)
        if demo:
            for person in town.people.values():
                card = f"http://localhost:{port + 1}/{person.role}"
                print(f"  {person.name:<20} {person.title:<42} {card}", flush=True)
            print(f"  {'Their hub':<20} {'Its own page':<42} http://localhost:{port + 1}/{HUB}", flush=True)
            print(f"  {'Their camera':<20} {'To add it by hand':<42} {town.camera}", flush=True)
            print("  The town, its people and its agency are invented. Ctrl-C stops everything.", flush=True)
        while not stopping.wait(0.5):
            if part := parts.ended():
                raise part.failure()
        print("Stopping ...", flush=True)
    print("Stopped. Everything is kept for the next start.", flush=True)
    return 0


@contextlib.contextmanager
def running(
    home_path: Path | None,
    port: int,
    *,
    demo: bool,
    cameras: bool = True,
    server_options: Sequence[str] = (),
) -> Iterator[tuple[Town, Parts]]:
    """Start a town and stop it at the end of the `with` block, whatever happens in it.

    Args:
        home_path: the state folder; None for the default.
        port: the server's; the demo also takes `port + 1` for the keyring and `port + 2` for the hub's page.
        demo: with the demo town and its people.
        cameras: in the demo, also with its household, hub, camera and keyring.
        server_options: what else the server is started with.

    Raises:
        FanlightError: a port is taken, the home cannot be used, or a part does not start.
    """
    home = open_home(home_path, FOLDERS)
    with contextlib.ExitStack() as stack:
        stack.callback(home.lock().close)
        for wanted in [port, port + 1, port + 2] if demo and cameras else [port]:
            _check_port(wanted)
        parts = Parts()
        stack.callback(parts.stop)
        people = load_people(home.path / "demo") if demo else {}
        camera, by_hand = _start_camera(parts, home) if demo and cameras else None, ""
        log_vkey = _prepare(home, people)
        witness = parts.start("witness", _witness_command(home, log_vkey), _errors(home, "witness"))
        url = f"http://localhost:{port}"
        pictures = parts.start("postmedia", _postmedia_command(home, url), _errors(home, "postmedia"))
        database = _database(home, stack)
        witness_at = f"http://{LOOPBACK}:{witness.wait_ready().split()[2]}"
        server = parts.start(
            "server",
            [
                *_server_command(home, port, database, witness_at, demo=demo),
                *_media(pictures.wait_ready()),
                *server_options,
            ],
            _errors(home, "server"),
        )
        server.wait_ready()
        if camera is not None:
            place = f"{LOOPBACK}:{camera.wait_ready().split()[-1]}/demo"
            by_hand = f"rtsp://{place}, user {CAMERA_USER}, password {CAMERA_PASSWORD}"
            stream = f"rtsp://{CAMERA_USER}:{CAMERA_PASSWORD}@{place}"
            hub = home.folder("hub")
            demo_household.ensure(hub, url, people["resident"], stream, page_port=port + 2)
            demo_dispatch.ensure(home.path / "demo", url, people["operator"])
            demo_gifts.ensure(home.path / "demo", url, people["clerk"])
            parts.start(
                "hub",
                [sys.executable, "-m", "fanlight.hub", "--home", str(hub)],
                _errors(home, "hub"),
            )
            doors = doors_of(people, port) | {HUB: Door(port + 2, "/", load_page_key(hub))}
            keyring = Keyring(doors, port + 1)
            stack.callback(keyring.stop)
        yield Town(url, home, database or "", people, by_hand), parts


def _database(home: Home, stack: contextlib.ExitStack) -> str | None:
    """Start the home's PostgreSQL and return its address; None if `server/database.toml` names another."""
    if own_database.read(home.path) is not None:
        return None
    own = Postgres(home.folder("postgres"))
    stack.callback(own.stop)
    return own.start()


def _prepare(home: Home, people: dict[str, Person]) -> str:
    if not people:
        return setup.prepare(home.path)
    halves = [demo_town.public_half(person) for person in people.values()]
    now = clock.now()
    town = demo_town.document(now, member_keys(people["clerk"].seed).signing)
    town["posts"] = posts(load_town(), now)
    return setup.prepare(home.path, halves, town=town, maps=demo_town.maps())


def _start_camera(parts: Parts, home: Home) -> Part:
    command = [sys.executable, "-m", "fanlight.hub.demo_camera", "--port", "0"]
    command += ["--user", CAMERA_USER, "--password", CAMERA_PASSWORD]
    return parts.start("demo camera", command, home.folder("hub") / "camera-errors.log")


def _witness_command(home: Home, log_vkey: str) -> list[str]:
    folder = str(home.folder("witness"))
    return [sys.executable, "-m", "fanlight.witness", "--home", folder, "--name", WITNESS, "--log", log_vkey]


def _postmedia_command(home: Home, origin: str) -> list[str]:
    command = [sys.executable, "-m", "fanlight.postmedia", "--home", str(home.folder("postmedia"))]
    return [*command, "--tickets", ticket_public(home.path), "--origin", origin]


def _media(said: str) -> list[str]:
    """Return how the server is told of the place: under the name by which browsers know this machine."""
    _, _, port, key = said.split()
    return ["--media", f"http://localhost:{port}", "--media-key", key]


def _server_command(home: Home, port: int, database: str | None, witness: str, *, demo: bool) -> list[str]:
    command = [sys.executable, "-m", "fanlight.server", "--home", str(home.path), "--port", str(port)]
    command += ["--host", LOOPBACK, "--witness", witness]
    # An address with a password is not for the command line, which everybody on the machine may read.
    command += ["--database", database] if database else []
    return [*command, "--demo"] if demo else command


def _errors(home: Home, name: str) -> Path:
    return home.folder(name) / "errors.log"


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise PortTaken(
                f"Another program already listens on port {port}.",
                kept="Nothing was started.",
                do=f"Stop that program, or choose another port: fanlight up --port {port + 1000}.",
            ) from error
