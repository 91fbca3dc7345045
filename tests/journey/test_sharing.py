"""Copies, links, wishes and help from outside by hand, in real Chromium, at two screen sizes, with axe."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey.walking import FANLIGHT, ROOT, free_ports


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`fanlight up`, as `make run` starts it; yields its address."""
    home, port = tmp_path_factory.mktemp("town"), free_ports(3)
    command = [FANLIGHT, "up", "--home", str(home / "home"), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Fanlight is ready: http://localhost:{port}\n"
        yield f"http://localhost:{port}"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("spec", ["sharing.spec.ts", "wishes.spec.ts"])
def test_a_copy_leaves_the_home_and_a_wish_comes_to_it(town: str, tmp_path: Path, spec: str) -> None:
    """R04 R06 R09 R11: each step stands in web/e2e, by the name of its file."""
    environment = {
        **os.environ,
        "FANLIGHT_URL": town,
        "FANLIGHT_E2E_OUT": str(tmp_path),
        "FANLIGHT_SPEC": spec,
    }
    result = subprocess.run(
        ["npx", "playwright", "test"],
        cwd=ROOT / "web",
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-8_000:] + result.stderr[-2_000:]
