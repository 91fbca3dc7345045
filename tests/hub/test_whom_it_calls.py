"""R06: nothing of what a hub sees or does goes anywhere that its household did not name."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.hub.homes import CAMERA
from tests.ports import free_port

_WATCHED = """
import runpy, sys
told = open(sys.argv[1], "a", buffering=1)
def hook(event, args):
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        print(event, args[1], file=told)
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        print(event, args[:2], file=told)
sys.addaudithook(hook)
sys.argv = ["fanlight.hub", "--home", sys.argv[2]]
runpy.run_module("fanlight.hub", run_name="__main__")
"""


@contextlib.contextmanager
def started(*command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a process until the end of the block; yields it with its first line."""
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()


def test_a_hub_of_its_own_calls_its_cameras_and_nobody_else(tmp_path: Path) -> None:
    """R06: no telemetry, no look for updates or models: every name asked for and every connection is seen."""
    told, home = tmp_path / "told", tmp_path / "home"
    home.mkdir()
    with started("-m", "fanlight.hub.demo_camera", "--port", "0") as (_, said):
        port, page = int(said.split()[-1]), free_port()
        (home / "hub.toml").write_text(
            f'[page]\nport = {page}\n[[camera]]\nid = "{CAMERA.id}"\nname = "Shed"\n'
            f'url = "rtsp://127.0.0.1:{port}/demo"\nrecord = "always"\n'
        )
        with started("-c", _WATCHED, str(told), str(home)) as (hub, ready):
            assert ready == "hub ready 1\n"
            while not any(path.is_file() and path.stat().st_size for path in (home / "segments").rglob("*")):
                assert hub.poll() is None
                time.sleep(0.05)
            hub.send_signal(signal.SIGTERM)
            assert hub.wait() == 0
    called = told.read_text().splitlines()
    own = [f"socket.connect ('127.0.0.1', {port})", f"socket.getaddrinfo ('127.0.0.1', {page})"]
    assert own[0] in called, "the camera was called, so calls are seen"
    assert sorted(set(called) - set(own)) == []  # the second is where the hub's own page listens
