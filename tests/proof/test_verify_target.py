"""`fanlight verify` reads a log from a folder or an address and tells failure from not knowing."""

import functools
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.proof.logs import flip, make_log, write_log

from fanlight.cli.verify_log import verify_log_target
from fanlight.model.check import State


class Files(SimpleHTTPRequestHandler):
    broken = ""

    def do_GET(self) -> None:
        if self.broken and self.path.endswith(self.broken):
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            super().do_GET()

    def log_message(self, *_args: object) -> None:
        """Keep a test's output short."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=tmp_path))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def states(target: str) -> dict[str, State]:
    return {check.name: check.state for check in verify_log_target(target)}


def test_a_sound_log_holds_from_a_folder_and_from_an_address(tmp_path: Path, served: str) -> None:
    """R42: anyone verifies the record, with or without the server's help."""
    write_log(tmp_path / "log", make_log(100, 300))
    for target in (str(tmp_path / "log"), str(tmp_path), f"{served}/log", f"{served}/log/", served):
        assert len(states(target)) == 9
        assert set(states(target).values()) == {State.HOLDS}


def test_a_changed_file_fails_from_an_address(tmp_path: Path, served: str) -> None:
    files = make_log(100, 300)
    files["tile/entries/000"] = flip(files["tile/entries/000"], 9)
    write_log(tmp_path, files)
    assert states(served)["entries"] is State.FAILS


def test_a_server_error_leaves_a_check_unknown(
    tmp_path: Path, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_log(tmp_path, make_log(100, 300))
    monkeypatch.setattr(Files, "broken", "tile/entries/000")
    found = states(served)
    assert found["entries"] is State.UNKNOWN
    assert found["root"] is State.HOLDS
    monkeypatch.setattr(Files, "broken", "vkey")
    assert states(served) == {"log key": State.UNKNOWN}


@pytest.mark.parametrize("target", ["http://127.0.0.1:1", "http://[", "/nowhere/at/all"])
def test_what_cannot_be_reached_is_unknown(target: str) -> None:
    assert set(states(target).values()) == {State.UNKNOWN}


def test_a_folder_that_is_no_log_fails(tmp_path: Path) -> None:
    assert states(str(tmp_path)) == {"log key": State.FAILS}
