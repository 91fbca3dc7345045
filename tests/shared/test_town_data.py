"""The shipped town is what the shared data makes."""

import importlib.util
import os
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_building_the_town_again_gives_the_same_bytes() -> None:
    spec = importlib.util.spec_from_file_location("build_town", ROOT / "bench/build_town.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, data in module.build(Path(os.environ["FANLIGHT_SHARED"])).items():
        assert (ROOT / "src/fanlight/demo/town" / name).read_bytes() == data, name
