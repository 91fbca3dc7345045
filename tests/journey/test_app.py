"""The released client on one's own machine, by hand, in real Chromium with a virtual passkey."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from tests.journey.walking import FANLIGHT, ROOT, free_ports


@pytest.mark.timeout(1_800)
def test_the_app_on_ones_own_machine_opens_the_household(tmp_path: Path) -> None:
    """R01 R05 R53: web/e2e/app.spec.ts says each step."""
    port = free_ports(4)
    server, own = f"http://localhost:{port}", f"http://localhost:{port + 3}"
    up = [FANLIGHT, "up", "--home", str(tmp_path / "home"), "--port", str(port)]
    app = [FANLIGHT, "app", server, "--port", str(port + 3)]
    with subprocess.Popen(up, stdout=subprocess.PIPE, text=True) as town:
        assert town.stdout is not None
        assert town.stdout.readline() == f"Fanlight is ready: {server}\n"
        with subprocess.Popen(app, stdout=subprocess.PIPE, text=True) as pages:
            assert pages.stdout is not None
            assert pages.stdout.readline() == f"Fanlight is ready: {own}/home for {server}\n"
            said = {"FANLIGHT_URL": server, "FANLIGHT_APP": own, "FANLIGHT_E2E_OUT": str(tmp_path / "out")}
            result = subprocess.run(
                ["npx", "playwright", "test", "--project=desk"],
                cwd=ROOT / "web",
                env={**os.environ, **said, "FANLIGHT_SPEC": "app.spec.ts"},
                check=False,
                capture_output=True,
                text=True,
            )
            pages.send_signal(signal.SIGINT)
            assert pages.wait(30) == 0
        town.send_signal(signal.SIGINT)
        assert town.wait(30) == 0
    assert result.returncode == 0, result.stdout[-8_000:] + result.stderr[-2_000:]
