"""The released client on one's own machine, by hand, in real Chromium with a virtual passkey."""

from pathlib import Path

import pytest
from tests.journey.browsing import DESK, running, town_up, walk_by_hand
from tests.ports import free_port


@pytest.mark.timeout(1_800)
def test_the_app_on_ones_own_machine_opens_the_household(tmp_path: Path) -> None:
    """R01 R05 R53: web/e2e/app.spec.ts says each step."""
    with town_up(tmp_path / "home") as server:
        port = free_port()
        own = f"http://localhost:{port}"
        with running(f"Fanlight is ready: {own}/home for {server}\n", "app", server, "--port", str(port)):
            said = {"FANLIGHT_URL": server, "FANLIGHT_APP": own, "FANLIGHT_SPEC": "app.spec.ts"}
            walk_by_hand(tmp_path / "out", *DESK, **said)
