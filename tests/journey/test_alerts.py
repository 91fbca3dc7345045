"""Alerts by hand in real Chromium: the demo with its hub and camera, and a push service on the loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journey.browsing import DESK, walk_by_hand
from tests.ports import free_port

from fanlight.cli import up


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo, whose server may call push services on this machine; yields its address."""
    port = free_port()
    home = tmp_path_factory.mktemp("town") / "home"
    with up.running(home, port, demo=True, server_options=["--push-inside"]) as (running, _):
        yield running.url


@pytest.mark.timeout(1_800)
def test_an_alert_reaches_a_browser_and_opens_its_clip(town: str, tmp_path: Path) -> None:
    """R01 R03 R05 R11 R51: web/e2e/alerts.spec.ts says each step."""
    walk_by_hand(tmp_path, *DESK, FANLIGHT_URL=town, FANLIGHT_SPEC="alerts.spec.ts")
