"""What a resident does with a clip: once with a mouse, once with the keyboard alone, in real Chromium."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey import second_camera
from tests.journey.walking import FANLIGHT, ROOT, free_ports


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`fanlight up`, and a moment that two cameras saw; yields its address."""
    home, port = tmp_path_factory.mktemp("town") / "home", free_ports(3)
    command = [FANLIGHT, "up", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Fanlight is ready: http://localhost:{port}\n"
        asyncio.run(second_camera.add(home, f"http://localhost:{port}"))
        yield f"http://localhost:{port}"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


@pytest.mark.timeout(1_800)
def test_a_clip_is_found_played_kept_written_on_and_taken_along_with_a_mouse_and_without(
    town: str, tmp_path: Path
) -> None:
    """R01 R03: each step stands in web/e2e/clips.spec.ts."""
    here = {"FANLIGHT_URL": town, "FANLIGHT_E2E_OUT": str(tmp_path), "FANLIGHT_SPEC": "clips.spec.ts"}
    result = subprocess.run(
        ["npx", "playwright", "test", "--project", "desk"],
        cwd=ROOT / "web",
        env={**os.environ, **here},
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-8_000:] + result.stderr[-2_000:]
