"""The home app shows its frame from few bytes: a size is no time, so it is asserted. See bench/bundle.py."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 60_000


@pytest.fixture(scope="module")
def bundle() -> ModuleType:
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        spec = importlib.util.spec_from_file_location("bundle", ROOT / "bench/bundle.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT / "bench"))
    return module


def test_the_door_and_the_frame_of_the_day_take_60_kilobytes_at_most(bundle: ModuleType) -> None:
    """R01, R51: before the map."""
    assert bundle.compressed(bundle.needed(bundle.parts(), bundle.PAGE, bundle.DOOR)) <= MOST_BYTES


def test_no_code_that_opens_anything_is_fetched_before_the_frame(bundle: ModuleType) -> None:
    """R01: keys, age, codes of sheets, redaction and the map come when they are used."""
    first = bundle.needed(bundle.parts(), bundle.PAGE)
    names = {Path(name).name for name in first}
    assert not {
        name
        for name in names
        if name.startswith(("keys-", "age-", "home.svelte-", "maplibre", "cells-", "paper-"))
    }
    opened = {Path(name).name for name in bundle.needed(bundle.parts(), bundle.HOME)}
    assert any(name.startswith("keys-") for name in opened), "the build names the keys' code otherwise"


def test_the_page_names_each_file_of_its_pages_for_use_without_a_network(bundle: ModuleType) -> None:
    """R01: what the service worker keeps is whole, and the map is not part of it."""
    listed = bundle.parts()
    page = (bundle.STATIC / bundle.PAGE).read_text()
    later = [
        key
        for key, part in listed.items()
        if key.startswith("home/") and key.endswith(("Page.svelte", "home.svelte.ts"))
    ]
    assert len(later) > 20
    missing = {name for name in bundle.needed(listed, *later) if f"/{name}" not in page}
    assert {Path(name).name.partition("-")[0] for name in missing} <= {"cells"}
    assert "maplibre" not in page
