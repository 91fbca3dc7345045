"""What offices do by hand in real Chromium, in one demo town: an ordinance is tried, gifts are entered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey.browsing import DESK, town_up, walk_by_hand
from tests.journey.walking import fanlight


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo town's address."""
    with town_up(tmp_path_factory.mktemp("town") / "home") as url:
        yield url


@pytest.mark.timeout(1_800)
def test_an_ordinance_is_changed_in_a_browser_and_checked_at_a_command_line(
    town: str, tmp_path: Path
) -> None:
    """R43: web/e2e/rules.spec.ts says each step."""
    walk_by_hand(tmp_path, *DESK, FANLIGHT_URL=town, FANLIGHT_SPEC="rules.spec.ts")
    told = [fanlight("pack", "check", str(tmp_path / name)) for name in ("tried.pack.json", "tried.zip")]
    assert [one.returncode for one in told] == [0, 0]
    assert told[0].stdout == told[1].stdout
    assert "Every vector holds" in told[0].stdout
    diff = fanlight("pack", "diff", "model-ordinance", str(tmp_path / "tried.zip")).stdout
    assert "agreement.ends (law, words)" in diff


@pytest.mark.timeout(900)
def test_what_was_given_is_entered_corrected_and_raffled_by_hand(town: str, tmp_path: Path) -> None:
    """R35 R39: web/e2e/gifts.spec.ts says each step."""
    walk_by_hand(tmp_path, *DESK, FANLIGHT_URL=town, FANLIGHT_SPEC="gifts.spec.ts")


@pytest.mark.timeout(900)
def test_an_operation_and_words_handed_out_are_entered_by_hand(town: str, tmp_path: Path) -> None:
    """R29 R37 R38: web/e2e/programme.spec.ts says each step."""
    walk_by_hand(tmp_path, *DESK, FANLIGHT_URL=town, FANLIGHT_SPEC="programme.spec.ts")
