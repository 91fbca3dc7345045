"""Real footage through the place of posts' pictures."""

import os
from pathlib import Path

import pytest
from tests.postmedia.drawn import run
from tests.postmedia.place import running
from tests.postmedia.test_clips import clean

FOLDER = Path(os.environ["FANLIGHT_SHARED"]) / "data" / "footage"


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.mp4")))
def test_real_footage_is_made_anew_at_its_length(tmp_path: Path, name: str) -> None:
    """R13: cameras' own H.264, of changing frame rate too; what is longer than a minute is trimmed first."""
    cut = tmp_path / "cut.mp4"
    run("-i", str(FOLDER / name), "-t", "15", "-c", "copy", str(cut))
    with running(tmp_path / "home") as place:
        receipt, out = place.made(cut.read_bytes(), "clip")
    said = clean(out, tmp_path)
    assert receipt.seconds == pytest.approx(15, abs=0.5)
    assert float(said["format"]["duration"]) == pytest.approx(receipt.seconds, abs=0.2)
    assert min(receipt.width, receipt.height) <= 720
