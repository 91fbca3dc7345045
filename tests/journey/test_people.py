"""People and their keys by hand, in real Chromium with virtual passkeys; a town without demo people."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey import ahead
from tests.journey.browsing import DESK, PHONE, town_up, walk_by_hand

from fanlight.seal import opening


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A town of which nobody is known yet; yields its address."""
    home = tmp_path_factory.mktemp("town") / "home"
    ahead.settle(home)
    with town_up(home, "--no-demo") as url:
        yield url


@pytest.mark.timeout(1_800)
def test_people_sign_up_invite_remove_and_come_back_in_browsers_of_their_own(
    town: str, tmp_path: Path
) -> None:
    """R01 R03 R05 R10 R52: web/e2e/people.spec.ts says each step; what was taken along opens elsewhere."""
    walk_by_hand(tmp_path, *DESK, *PHONE, FANLIGHT_URL=town, FANLIGHT_SPEC="people.spec.ts")
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
    walk_by_hand(tmp_path, *PHONE, FANLIGHT_URL=town, FANLIGHT_SPEC="walks.spec.ts")
