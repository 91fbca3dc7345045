"""One tour of the shipped clip, walked once and looked at by many tests."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.journey.walking import DEMO_CLIP, Toured, walk


@pytest.fixture(scope="session")
def toured(tmp_path_factory: pytest.TempPathFactory) -> Toured:
    return walk(str(DEMO_CLIP), tmp_path_factory.mktemp("tour") / "out")


@pytest.fixture(scope="session", autouse=True)
def _no_leftovers() -> None:
    assert Path(sys.executable).with_name("fanlight").exists(), "run `make setup` first"
    subprocess.run([sys.executable, "-m", "fanlight.cli.main", "--version"], check=True, capture_output=True)
