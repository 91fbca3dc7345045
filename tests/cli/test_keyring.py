"""The demo's keyring gives seeds to pages on this machine, in a place that no server is ever told."""

import base64
import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from fanlight.cli.keyring import Keyring, doors_of
from fanlight.cli.people import Person

APP_PORT = 8420
SEED = bytes(range(32))
MAYA = Person(role="resident", name="Maya Brooks", title="Resident", app="home", seed=SEED)


@dataclass
class Given:
    """An answer of the keyring."""

    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    keyring = Keyring(doors_of({"resident": MAYA}, APP_PORT), 0)
    yield keyring._server.server_address[1]
    keyring.stop()


def ask(port: int, path: str = "/resident", host: str | None = None, method: str = "GET") -> Given:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.putrequest(method, path, skip_host=True)
    if host != "":
        connection.putheader("Host", host or f"localhost:{port}")
    connection.endheaders()
    answer = connection.getresponse()
    given = Given(answer.status, dict(answer.getheaders()), answer.read())
    connection.close()
    return given


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "LOCALHOST"])
def test_a_card_leads_to_the_app_with_the_seed_in_the_fragment_only(port: int, name: str) -> None:
    given = ask(port, host=f"{name}:{port}")
    assert given.status == 302
    to = urlsplit(given.headers["Location"])
    assert (to.scheme, to.hostname, to.port, to.path, to.query) == (
        "http",
        name.lower(),
        APP_PORT,
        "/home/",
        "",
    )
    seed = base64.urlsafe_b64decode(to.fragment.removeprefix("k=") + "=")
    assert seed == SEED
    assert given.body == b""


def test_no_cache_keeps_a_seed_and_no_page_is_told_where_it_came_from(port: int) -> None:
    given = ask(port)
    assert given.headers["Cache-Control"] == "no-store"
    assert given.headers["Referrer-Policy"] == "no-referrer"
    assert not any(name.lower().startswith("access-control") for name in given.headers)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil.example:8421",
        "[",
        "[::1",
        "",
        "10.0.0.1",
        "@localhost@x",
    ],
)
def test_a_page_elsewhere_that_points_its_name_here_gets_nothing(port: int, host: str) -> None:
    """DNS rebinding: the browser still sends the name of the page."""
    given = ask(port, host=host)
    assert given.status == 404
    assert "Location" not in given.headers
    assert ask(port).status == 302


@pytest.mark.parametrize("path", ["/", "/nobody", "/resident?x", "http://localhost/resident", "/../resident"])
def test_there_are_no_other_cards(port: int, path: str) -> None:
    assert ask(port, path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_written_to_it(port: int, method: str) -> None:
    assert ask(port, method=method).status == 501


def test_it_writes_down_nobody(port: int, capfd: pytest.CaptureFixture[str]) -> None:
    ask(port)
    ask(port, "/nobody")
    ask(port, host="[")
    assert capfd.readouterr() == ("", "")


def test_it_listens_on_this_machine_only_and_stops_when_told() -> None:
    keyring = Keyring(doors_of({"resident": MAYA}, APP_PORT), 0)
    host, port = keyring._server.server_address[:2]
    assert host == "127.0.0.1"
    keyring.stop()
    with pytest.raises(ConnectionRefusedError):
        ask(port)
