"""Changes to an ordinance, tried by hand in real Chromium; what is saved there the operator checks."""

from pathlib import Path

import pytest
from tests.journey.browsing import DESK, town_up, walk_by_hand
from tests.journey.walking import fanlight


@pytest.mark.timeout(1_800)
def test_an_ordinance_is_changed_in_a_browser_and_checked_at_a_command_line(tmp_path: Path) -> None:
    """R43: web/e2e/rules.spec.ts says each step."""
    out = tmp_path / "out"
    with town_up(tmp_path / "home") as url:
        walk_by_hand(out, *DESK, FANLIGHT_URL=url, FANLIGHT_SPEC="rules.spec.ts")
    told = [fanlight("pack", "check", str(out / name)) for name in ("tried.pack.json", "tried.zip")]
    assert [one.returncode for one in told] == [0, 0]
    assert told[0].stdout == told[1].stdout
    assert "Every vector holds" in told[0].stdout
    diff = fanlight("pack", "diff", "model-ordinance", str(out / "tried.zip")).stdout
    assert "agreement.ends (law, words)" in diff
