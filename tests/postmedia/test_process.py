"""The place as a process: what it starts, what its child may do, and how both end."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tests.postmedia import drawn
from tests.postmedia.place import ORIGIN, TOWN, Place, running

from fanlight.wire import b64
from fanlight.wire.media import public_half

PHOTO = drawn.written(drawn.drawn(), "JPEG")


def test_it_keeps_its_key_its_port_and_what_it_shows_over_a_kill(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        media = first.made(PHOTO)[0].media
        first.tell("show", media)
        os.kill(first.process.pid, signal.SIGKILL)
    with running(tmp_path) as again:
        assert (again.key, again.url) == (first.key, first.url)
        assert again.http.get(f"/v1/media/{media}").status_code == 200
        again.process.send_signal(signal.SIGINT)
        assert again.process.wait(20) == 0
    assert (tmp_path / "receipt.key").stat().st_mode & 0o777 == 0o600


def test_a_kill_in_the_middle_leaves_no_process_and_no_picture(tmp_path: Path) -> None:
    """R13: and the same ticket puts it after the next start."""
    whole = drawn.clip(tmp_path, size="640x480", seconds=20)
    with running(tmp_path / "home") as place:
        media = "a" * 26
        begun = subprocess.Popen([sys.executable, "-c", SENDER, place.url, media], stdin=subprocess.PIPE)
        assert begun.stdin is not None
        begun.stdin.write(whole)
        begun.stdin.close()
        while not (children := place.children()):
            time.sleep(0.01)
        os.kill(place.process.pid, signal.SIGKILL)
        begun.wait(20)
        _, alive = psutil.wait_procs(children, timeout=20)
        assert alive == []
    with running(tmp_path / "home") as again:
        assert not list((tmp_path / "home/work").iterdir())
        assert not list((tmp_path / "home/held").iterdir())
        assert again.send(PHOTO, media=media).status_code == 201


SENDER = """
import sys, httpx
from tests.postmedia.place import ticket
try:
    answer = httpx.put(f"{sys.argv[1]}/v1/media/{sys.argv[2]}", content=sys.stdin.buffer.read(),
              headers=ticket("put", sys.argv[2], "clip"), timeout=60, trust_env=False)
    print(answer.json()["code"])
except httpx.HTTPError:
    pass
"""


def test_a_child_that_is_killed_costs_one_refusal(place: Place, tmp_path: Path) -> None:
    data = drawn.clip(tmp_path, size="640x480", seconds=20)
    begun = subprocess.Popen(
        [sys.executable, "-c", SENDER, place.url, "c" * 26], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert begun.stdin is not None
    begun.stdin.write(data)
    begun.stdin.close()
    while not (children := place.children()):
        time.sleep(0.01)
    children[0].kill()
    assert begun.stdout is not None
    assert begun.stdout.read() == b"postmedia.too_much\n"
    begun.stdout.close()
    begun.wait(60)
    assert place.send(PHOTO).status_code == 201


TRIES = {
    "a file": "open('/etc/hostname')",
    "a file to write": "open('left', 'w')",
    "a folder": "os.listdir('.')",
    "a socket": "socket.socket()",
    "a pipe": "os.pipe()",
    "a program": "subprocess.run(['true'])",
    "more files": "resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9)) if os.geteuid() else open('left', 'w')",
    "memory": "bytearray(4 << 30)",
}


def test_a_child_can_open_nothing(tmp_path: Path) -> None:
    """R13: what breaks a decoder finds no file, no network, no program and no endless memory."""
    code = f"""
import os, resource, socket, subprocess, sys
from fanlight.postmedia import child
child.load("photo")
child.bound("photo")
for what, tried in {TRIES!r}.items():
    try:
        eval(tried)
    except (OSError, ValueError, MemoryError):
        print(what)
sys.stdout.flush()
os._exit(0)
"""
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert said.stdout.splitlines() == list(TRIES), said.stderr
    assert not list(tmp_path.iterdir())


def test_a_child_has_so_much_time_and_no_more() -> None:
    """R13: a file that would be read for ever ends its own child."""
    code = (
        "from fanlight.postmedia import child; child.CPU_S['photo'] = 1; child.bound('photo')\nwhile 1: pass"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert ended.returncode in {-signal.SIGXCPU, -signal.SIGKILL}


def test_a_child_says_one_line_whatever_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "came").write_bytes(b"\xff\xd8\xff" + os.urandom(500))
    with (tmp_path / "came").open("rb") as came, (tmp_path / "media").open("w+b") as media:
        handles = came.fileno(), media.fileno()
        command = [sys.executable, "-m", "fanlight.postmedia.child", "photo", *map(str, handles)]
        said = subprocess.run(command, capture_output=True, check=True, pass_fds=handles)
    assert json.loads(said.stdout) == {"refused": "unreadable"}
    assert said.stderr == b""


@pytest.mark.parametrize("case", ["key", "origin", "folder", "twice", "port"])
def test_what_keeps_it_from_starting_is_said(tmp_path: Path, case: str) -> None:
    home, key, origin, more = tmp_path / "p", b64.encode(public_half(TOWN)), ORIGIN, []
    if case == "key":
        key = "short"
    if case == "origin":
        origin = "localhost"
    if case == "folder":
        (tmp_path / "file").touch()
        home = tmp_path / "file" / "p"
    if case == "port":
        more = ["--port", "70000"]
    command = [
        sys.executable,
        "-m",
        "fanlight.postmedia",
        "--home",
        str(home),
        "--tickets",
        key,
        "--origin",
        origin,
    ]
    if case == "twice":
        with running(home):
            said = subprocess.run(command, capture_output=True, text=True, check=False)
    else:
        said = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert said.stdout == ""
    assert "Traceback" not in said.stderr
    assert said.stderr.count("Kept:") == said.stderr.count("To do:") == 1
