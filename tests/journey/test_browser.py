"""The journey by hand, in real Chromium, at two screen sizes, with axe; a fresh demo town each time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey.browsing import town_up, walk_by_hand
from tests.journey.walking import fanlight


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`fanlight up`, as `make run` starts it; yields its address."""
    with town_up(tmp_path_factory.mktemp("town") / "home") as url:
        yield url


@pytest.mark.timeout(1_800)
def test_a_person_can_walk_the_journey_on_a_desk_and_on_a_phone(town: str, tmp_path: Path) -> None:
    """R01 R03 R05 R20 R21 R22 R24 R30 R42: web/e2e/journey.spec.ts says each step."""
    walk_by_hand(tmp_path, FANLIGHT_URL=town)
    packages = sorted(tmp_path.glob("evidence-*.zip"))
    assert [package.name for package in packages] == ["evidence-desk.zip", "evidence-phone.zip"]
    for package in packages:
        verified = fanlight("verify", str(package))
        assert verified.returncode == 0, verified.stdout
        copy = tmp_path / package.name.replace("evidence", "defence")
        compared = fanlight("verify", str(package), str(copy))
        assert compared.returncode == 0, compared.stdout
        assert "holds  same evidence" in compared.stdout
