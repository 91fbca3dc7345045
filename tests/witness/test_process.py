"""The witness as it runs: a process of its own, asked over a socket."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from tests.proof.logs import LOG
from tests.witness.test_store import ask, head

from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.cosignature import cosigned_at, parse_witnesses
from fanlight.proof.note import Note, VerifierKey


def command(home: Path, *more: str) -> list[str]:
    base = [sys.executable, "-m", "fanlight.witness", "--home", str(home), "--name", "w.example"]
    return [*base, "--log", LOG.verifier.vkey, *more]


@dataclass
class Running:
    process: subprocess.Popen[str]
    port: int
    key: VerifierKey

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body)
        answer = connection.getresponse()
        result = answer.status, answer.headers.get("Content-Type", ""), answer.read()
        connection.close()
        return result


def start(home: Path) -> Running:
    process = subprocess.Popen(
        command(home, "--port", "0", "--run-by", "the city library"), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    word, ready, port, vkey = process.stdout.readline().split()
    assert (word, ready) == ("witness", "ready")
    return Running(process, int(port), VerifierKey.parse(vkey))


def stop(running: Running, number: int) -> int:
    running.process.send_signal(number)
    code = running.process.wait(20)
    assert running.process.stdout is not None
    running.process.stdout.close()
    return code


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("witness"))
    yield running
    assert stop(running, signal.SIGTERM) == 0


def test_it_cosigns_over_http_and_shows_what_it_cosigned(witness: Running) -> None:
    """R42: an outsider can run the second pair of eyes, and anyone can read what it saw."""
    place = f"/{sha256(LOG.name.encode()).hexdigest()}/checkpoint"
    assert witness.ask("GET", place)[0] == 404
    status, kind, line = witness.ask("POST", "/add-checkpoint", ask(0, 300))
    assert (status, kind) == (200, "text/plain; charset=utf-8")
    note = Note.parse(sign_checkpoint(head(300), LOG) + line)
    assert cosigned_at(note, witness.key)
    assert witness.ask("GET", place)[2] == note.format()
    assert witness.ask("POST", "/add-checkpoint", ask(0, 9)) == (409, "text/x.tlog.size", b"300\n")
    assert witness.ask("POST", "/add-checkpoint", b"old")[0] == 400


def test_it_shows_its_key_and_who_runs_it(witness: Running) -> None:
    (shown,) = parse_witnesses(witness.ask("GET", "/vkey")[2].decode())
    assert (shown.key, shown.run_by) == (witness.key, "the city library")


def test_other_addresses_and_long_bodies_are_refused(witness: Running) -> None:
    assert witness.ask("GET", "/")[0] == 404
    assert witness.ask("GET", "/../witness.key")[0] == 404
    assert witness.ask("POST", "/sign-subtree", b"")[0] == 404
    with socket.create_connection(("127.0.0.1", witness.port), timeout=20) as raw:
        raw.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 99999999\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 413")
    with socket.create_connection(("127.0.0.1", witness.port), timeout=20) as raw:
        raw.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 411")
    with socket.create_connection(("127.0.0.1", witness.port), timeout=20) as raw:
        raw.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 50\r\n\r\nold 0\n")  # and goes away
    assert witness.ask("GET", "/vkey")[0] == 200


def test_it_keeps_its_key_and_state_over_a_kill(tmp_path: Path) -> None:
    first = start(tmp_path)
    assert first.ask("POST", "/add-checkpoint", ask(0, 5))[0] == 200
    assert stop(first, signal.SIGKILL) == -signal.SIGKILL
    again = start(tmp_path)
    assert again.key == first.key
    assert again.ask("POST", "/add-checkpoint", ask(0, 9))[2] == b"5\n"
    assert stop(again, signal.SIGINT) == 0
    log = (tmp_path / "witness.log").read_text()
    assert "cosigned" in log
    assert "127.0.0.1" not in log


@pytest.mark.parametrize("case", ["port", "folder", "name", "log"])
def test_what_keeps_it_from_starting_is_said_in_three_sentences(tmp_path: Path, case: str) -> None:
    home, more = tmp_path / "w", ["--port", "0"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        if case == "port":
            more = ["--port", str(taken.getsockname()[1])]
        elif case == "folder":
            home.write_bytes(b"a file stands where the folder should be")
        elif case == "name":
            more += ["--name", "two words"]
        else:
            more += ["--log", "nonsense"]
        ended = subprocess.run(command(home, *more), capture_output=True, text=True, check=False, timeout=20)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len([s for s in ended.stderr.replace(". ", ".\n").splitlines() if s]) == 3
    assert "Traceback" not in ended.stderr


def test_it_holds_no_code_of_server_hub_or_sealing() -> None:
    probe = "import sys, fanlight.witness.__main__; print(*sys.modules)"
    env = {**os.environ}
    loaded = subprocess.check_output([sys.executable, "-c", probe], text=True, env=env).split()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("fanlight.")}
    assert rooms == {"witness", "proof", "wire", "model"}
