"""`fanlight up`: starts everything, says one line, stops everything, takes up where it left off."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
from tests.journey.walking import FANLIGHT, fanlight
from tests.ports import free_port


@contextmanager
def up(home: Path, port: int, *more: str) -> Iterator[subprocess.Popen[str]]:
    command = [FANLIGHT, "up", "--home", str(home), "--port", str(port), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Fanlight is ready: http://localhost:{port}\n"
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) in {0, -signal.SIGKILL}


def test_an_empty_server_shows_a_first_run_page_and_no_demo_people(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    with up(home, port, "--no-demo"):
        page = httpx.get(f"http://localhost:{port}/", trust_env=False)
        assert page.status_code == httpx.codes.OK
        assert "Maya" not in page.text
        assert {"hub", "server", "blobs", "log", "postgres", "witness", "postmedia"} <= {
            one.name for one in home.iterdir()
        }
        pictures = httpx.get(f"http://localhost:{port}/v1/media-place", trust_env=False).json()["place"]
        assert httpx.get(f"{pictures}/healthz", trust_env=False).json() == {"state": "ready"}
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port + 1)) != 0, "no keyring without a demo"


def test_ctrl_c_stops_every_process_and_the_next_start_finds_everything(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    seen = []
    for _ in range(2):
        with up(home, port) as process:
            parts = psutil.Process(process.pid).children(recursive=True)
            assert len(parts) >= 6, "database, witness, place of pictures, server, hub and camera"
            state = httpx.get(f"http://localhost:{port}/v1/log/state", trust_env=False).json()
            vkey = httpx.get(f"http://localhost:{port}/log/vkey", trust_env=False).text
            seen.append((vkey, state["size"], (home / "hub" / "hub.json").read_text().count("household")))
        gone, alive = psutil.wait_procs(parts, timeout=10)
        assert alive == []
        assert len(gone) == len(parts)
    (first_key, first_size, _), (second_key, second_size, households) = seen
    assert first_key == second_key
    assert 0 < first_size <= second_size
    assert households == 1


def test_a_killed_fanlight_leaves_no_process_behind(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    with up(home, port, "--no-demo") as process:
        parts = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        _, alive = psutil.wait_procs(parts, timeout=20)
    assert alive == []


def _refused(*arguments: str) -> str:
    result = fanlight("up", *arguments)
    assert result.returncode == 1
    assert "ready" not in result.stdout
    assert "Traceback" not in result.stderr
    assert result.stderr.count("Kept:") == result.stderr.count("To do:") == 1
    return result.stderr


def test_a_taken_port_is_said_at_once(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert "cli.port_taken" in _refused("--home", str(tmp_path / "home"), "--port", str(port))


def test_a_home_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "cli.home_unusable" in _refused("--home", str(tmp_path / "file" / "home"), "--port", "18999")


def test_the_folder_of_another_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "version").write_text("0\n")
    assert "cli.home_unusable" in _refused("--home", str(tmp_path), "--port", "18999")
    assert (tmp_path / "version").read_text() == "0\n"


def test_a_database_that_does_not_start_is_said_with_its_own_words(tmp_path: Path) -> None:
    """A data folder that PostgreSQL refuses: its version file is of another age."""
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9.1\n")
    said = _refused("--home", str(tmp_path), "--port", str(free_port()), "--no-demo")
    assert "PostgreSQL" in said or "database" in said
    assert (data / "PG_VERSION").read_text() == "9.1\n"
