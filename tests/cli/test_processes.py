"""The parts of a running Fanlight: they say when they are ready, why they died, and never outlive it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fanlight.cli import processes
from fanlight.cli.processes import PartFailed, Parts

READY = "print('part ready 7', flush=True); import time; time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {READY}"


@pytest.fixture
def parts() -> Iterator[Parts]:
    started = Parts()
    yield started
    started.stop()


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def gone(pid: int) -> bool:
    """Tell whether a process has ended; one that nobody has waited for yet has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in {"Z", "X"}


def test_a_part_is_ready_when_it_says_so(parts: Parts, tmp_path: Path) -> None:
    part = parts.start("witness", python(READY), tmp_path / "sub" / "witness.log")
    assert part.wait_ready() == "part ready 7"
    assert parts.ended() is None


def test_a_part_that_dies_names_its_last_words(parts: Parts, tmp_path: Path) -> None:
    dying = (
        "import sys; print('Port 8420 is taken.', file=sys.stderr); print('', file=sys.stderr); sys.exit(3)"
    )
    part = parts.start("server", python(dying), tmp_path / "server.log")
    with pytest.raises(PartFailed) as failed:
        part.wait_ready()
    assert failed.value.what == "The server ended with status 3. It said: Port 8420 is taken."
    assert str(tmp_path / "server.log") in failed.value.do
    assert parts.ended() is part


def test_what_an_earlier_run_said_is_not_put_into_its_mouth(parts: Parts, tmp_path: Path) -> None:
    log = tmp_path / "hub.log"
    log.write_text("The disk was full a week ago.\n")
    part = parts.start("hub", python("raise SystemExit(4)"), log)
    with pytest.raises(PartFailed) as failed:
        part.wait_ready()
    assert failed.value.what == "The hub ended with status 4."
    assert "a week ago" in log.read_text()


def test_a_part_that_ends_without_a_word_is_not_ready(parts: Parts, tmp_path: Path) -> None:
    part = parts.start("hub", python("pass"), tmp_path / "hub.log")
    with pytest.raises(PartFailed, match="ended with status 0"):
        part.wait_ready()


def test_a_part_that_says_nothing_is_not_waited_for_for_ever(parts: Parts, tmp_path: Path) -> None:
    part = parts.start("hub", python("import time; time.sleep(600)"), tmp_path / "hub.log")
    with pytest.raises(PartFailed, match="did not become ready"):
        part.wait_ready(timeout_s=0.1)


def test_a_part_that_is_killed_later_is_noticed(parts: Parts, tmp_path: Path) -> None:
    first = parts.start("one", python(READY), tmp_path / "one.log")
    second = parts.start("two", python(READY), tmp_path / "two.log")
    second.wait_ready()
    second.process.kill()
    second.process.wait()
    assert parts.ended() is second
    assert "status -9" in second.failure().what
    assert first.process.poll() is None


def test_a_part_that_talks_much_is_not_held_up(parts: Parts, tmp_path: Path) -> None:
    talking = "print('ready', flush=True)\nfor _ in range(20_000): print('x' * 100)\nraise SystemExit(5)"
    part = parts.start("hub", python(talking), tmp_path / "hub.log")
    assert part.wait_ready() == "ready"
    assert part.process.wait() == 5
    assert part.said == ["ready"]


def test_parts_stop_last_started_first(tmp_path: Path) -> None:
    parts = Parts()
    order = tmp_path / "order"
    noting = (
        "import signal, sys\n"
        f"def end(*_): open({str(order)!r}, 'a').write(sys.argv[1]); sys.exit(0)\n"
        f"signal.signal(signal.SIGTERM, end)\n{READY}"
    )
    for number in "123":
        parts.start(number, [*python(noting), number], tmp_path / number).wait_ready()
    parts.stop()
    assert order.read_text() == "321"
    parts.stop()


def test_a_part_that_will_not_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = Parts()
    part = parts.start("stubborn", python(STUBBORN), tmp_path / "stubborn.log")
    part.wait_ready()
    monkeypatch.setattr(processes, "STOP_TIMEOUT_S", 0.1)
    parts.stop()
    assert part.process.returncode == -signal.SIGKILL


PARENT = f"""
import sys, time
from pathlib import Path
from fanlight.cli.processes import Parts

parts = Parts()
for name in ("one", "two"):
    part = parts.start(name, [sys.executable, "-c", {READY!r}], Path(sys.argv[1]) / name)
    part.wait_ready()
    print(part.process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_every_part_ends_when_its_starter_is_killed(tmp_path: Path, number: signal.Signals) -> None:
    """Whatever way Fanlight ends, nothing of it goes on recording or listening."""
    with subprocess.Popen([*python(PARENT), str(tmp_path)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(parent.stdout.readline()) for _ in range(2)]
        assert not any(gone(pid) for pid in pids)
        os.kill(parent.pid, number)
        parent.wait()
    while not all(gone(pid) for pid in pids):
        time.sleep(0.02)
