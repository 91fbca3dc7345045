"""What a resident does with a clip: once with a mouse, once with the keyboard alone, in real Chromium."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey import second_camera
from tests.journey.browsing import DESK, town_up, walk_by_hand


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`fanlight up`, and a moment that two cameras saw; yields its address."""
    home = tmp_path_factory.mktemp("town") / "home"
    with town_up(home) as url:
        asyncio.run(second_camera.add(home, url))
        yield url


@pytest.mark.timeout(1_800)
def test_a_clip_is_found_played_kept_written_on_and_taken_along_with_a_mouse_and_without(
    town: str, tmp_path: Path
) -> None:
    """R01 R03: each step stands in web/e2e/clips.spec.ts."""
    walk_by_hand(tmp_path, *DESK, FANLIGHT_URL=town, FANLIGHT_SPEC="clips.spec.ts")
