"""Start a town as its users do, and walk it by hand in real Chromium: what the journeys share."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.journey.walking import FANLIGHT, ROOT
from tests.ports import free_port

DESK, PHONE = ("--project", "desk"), ("--project", "phone")


@contextlib.contextmanager
def town_up(home: Path, *more: str) -> Iterator[str]:
    """Run `fanlight up`, as `make run` does; yields the town's address. It stops when it is told to."""
    port = free_port()
    url = f"http://localhost:{port}"
    with running(f"Fanlight is ready: {url}\n", "up", "--home", str(home), "--port", str(port), *more):
        yield url


@contextlib.contextmanager
def running(ready: str, *arguments: str) -> Iterator[None]:
    """Run one `fanlight` command that stays, from its line `ready` until it is interrupted."""
    with subprocess.Popen([FANLIGHT, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == ready
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def walk_by_hand(out: Path, *how: str, **said: str) -> None:
    """Walk a spec of web/e2e, with what it is told by its environment; what it leaves is in `out`.

    Playwright removes all that is in `out` before it starts: a town or a hub must not live there.
    """
    assert not out.exists() or not any(out.iterdir()), f"{out} is not empty, and Playwright would empty it"
    result = subprocess.run(
        ["npx", "playwright", "test", *how],
        cwd=ROOT / "web",
        env={**os.environ, "FANLIGHT_E2E_OUT": str(out), **said},
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-8_000:] + result.stderr[-2_000:]
