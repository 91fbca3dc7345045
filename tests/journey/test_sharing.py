"""Copies, links, wishes, clips in posts, help and legal process by hand, in real Chromium, with axe."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey.browsing import PHONE, town_up, walk_by_hand


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`fanlight up`, as `make run` starts it; yields its address."""
    with town_up(tmp_path_factory.mktemp("town") / "home") as url:
        yield url


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("spec", ["sharing.spec.ts", "wishes.spec.ts", "process.spec.ts"])
def test_a_copy_leaves_the_home_and_a_wish_or_a_warrant_comes_to_it(
    town: str, tmp_path: Path, spec: str
) -> None:
    """R04 R06 R09 R11 R22: each step stands in web/e2e, by the name of its file."""
    walk_by_hand(tmp_path, FANLIGHT_URL=town, FANLIGHT_SPEC=spec)


@pytest.mark.timeout(900)
def test_a_clip_goes_with_a_post_from_a_phone(town: str, tmp_path: Path) -> None:
    """R09 R13: web/e2e/clip-post.spec.ts says each step."""
    walk_by_hand(tmp_path, *PHONE, FANLIGHT_URL=town, FANLIGHT_SPEC="clip-post.spec.ts")
