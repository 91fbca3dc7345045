"""People and their keys by hand, in real Chromium with virtual passkeys; a town without demo people."""

import json
import os
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey import ahead
from tests.journey.walking import FANLIGHT, ROOT, free_ports

from fanlight.seal import opening


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A town of which nobody is known yet; yields its address."""
    home, port = tmp_path_factory.mktemp("town") / "home", free_ports(1)
    ahead.settle(home)
    command = [FANLIGHT, "up", "--no-demo", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Fanlight is ready: http://localhost:{port}\n"
        yield f"http://localhost:{port}"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def _walk(town: str, out: Path, spec: str, *more: str) -> subprocess.CompletedProcess[str]:
    here = {"FANLIGHT_URL": town, "FANLIGHT_E2E_OUT": str(out), "FANLIGHT_SPEC": spec}
    return subprocess.run(
        ["npx", "playwright", "test", *more],
        cwd=ROOT / "web",
        env={**os.environ, **here},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.timeout(1_800)
def test_people_sign_up_invite_remove_and_come_back_in_browsers_of_their_own(
    town: str, tmp_path: Path
) -> None:
    """R01 R03 R05 R10 R52: web/e2e/people.spec.ts says each step; what was taken along opens elsewhere."""
    result = _walk(town, tmp_path, "people.spec.ts", "--project", "desk", "--project", "phone")
    assert result.returncode == 0, result.stdout[-8_000:] + result.stderr[-2_000:]
    for size in ("desk", "phone"):
        with zipfile.ZipFile(tmp_path / f"taken-{size}.zip") as taken:
            assert taken.testzip() is None
            mine = taken.read("keys/mine.key").decode().strip()
            keys = [Path(name) for name in taken.namelist() if name.startswith("keys/")]
            newest = max(int(key.stem) for key in keys if key.suffix == ".age")
            secret = opening.open_age(taken.read(f"keys/{newest}.age"), [mine]).decode()
            assert taken.read(f"keys/{newest}.key").decode() == secret
            names = json.loads(taken.read("household/names.json"))["names"]
            assert sorted(names.values()) == ["Ana Moreno", "Ben"]
            assert "Ana" not in taken.read("account.json").decode()


@pytest.mark.timeout(1_800)
def test_people_leave_come_late_change_things_at_once_and_move_out(town: str, tmp_path: Path) -> None:
    """R05 R10 R52: web/e2e/walks.spec.ts says each step."""
    result = _walk(town, tmp_path, "walks.spec.ts", "--project", "phone")
    assert result.returncode == 0, result.stdout[-8_000:] + result.stderr[-2_000:]
