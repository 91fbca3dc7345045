"""Files with bytes changed at random: each is made anew or refused in words, and the place goes on."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.postmedia import drawn
from tests.postmedia.place import Place

from fanlight.wire.media import Kind

FORMS = {"JPEG": drawn.photo_with_all, "PNG": drawn.png_with_all, "WEBP": drawn.webp_with_all}


def bent(data: bytes, seed: int) -> bytes:
    """Return a file with some bytes changed, a piece cut out or put in, or its end gone."""
    dice = random.Random(seed)
    changed = bytearray(data)
    for _ in range(dice.choice((1, 3, 20, 200))):
        changed[dice.randrange(len(changed))] = dice.choice((0, 0xFF, 0x7F, dice.randrange(256)))
    at = dice.randrange(len(changed))
    if seed % 4 == 1:
        del changed[at : at + dice.randrange(64)]
    if seed % 4 == 2:
        changed[at:at] = dice.randbytes(dice.randrange(64))
    if seed % 4 == 3:
        del changed[at:]
    return bytes(changed)


def tried(place: Place, files: list[tuple[bytes, Kind]]) -> dict[int, int]:
    """Send them, two at a time; return how many got which answer."""
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: place.send(*one), files))
    counts: dict[int, int] = {}
    for answer in answers:
        assert answer.status_code in {201, 400}, answer.text
        if answer.status_code == 400:
            assert answer.json()["code"].startswith("postmedia.")
        counts[answer.status_code] = counts.get(answer.status_code, 0) + 1
    return counts


@pytest.mark.parametrize("form", FORMS)
def test_photos_with_bytes_changed_are_made_or_refused(place: Place, form: str) -> None:
    """R13: no fault of ours, no traceback, and the next whole one is taken."""
    data = FORMS[form]()
    assert set(tried(place, [(bent(data, seed), "photo") for seed in range(12)])) <= {201, 400}
    place.made(data)


def test_clips_with_bytes_changed_are_made_or_refused(place: Place, tmp_path: Path) -> None:
    data = drawn.clip(tmp_path, size="64x64", seconds=0.5)
    head = data.rfind(b"moov")
    files: list[tuple[bytes, Kind]] = [(bent(data, seed), "clip") for seed in range(8)]
    files += [(data[:head] + bent(data[head:], seed), "clip") for seed in range(8)]
    tried(place, files)
    place.made(data, "clip")
    log = (place.home / "postmedia.log").read_text()
    assert "unexpected" not in log
    assert "the disk" not in log
