"""The journey by hand, in real Chromium, at two screen sizes, with axe; a fresh demo town each time."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey.walking import FANLIGHT, ROOT, fanlight, free_ports


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
def test_a_person_can_walk_the_journey_on_a_desk_and_on_a_phone(town: str, tmp_path: Path) -> None:
    """R01 R03 R05 R20 R21 R22 R24 R30 R42: web/e2e/journey.spec.ts says each step."""
    environment = {**os.environ, "FANLIGHT_URL": town, "FANLIGHT_E2E_OUT": str(tmp_path)}
    result = subprocess.run(
        ["npx", "playwright", "test"],
        cwd=ROOT / "web",
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-8_000:] + result.stderr[-2_000:]
    packages = sorted(tmp_path.glob("evidence-*.zip"))
    assert [package.name for package in packages] == ["evidence-desk.zip", "evidence-phone.zip"]
    for package in packages:
        verified = fanlight("verify", str(package))
        assert verified.returncode == 0, verified.stdout
