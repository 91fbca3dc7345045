"""What docs/guide/recovery.md says: a clip comes back from the sheet, with Fanlight and without it."""

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from tests.seal.books import PEOPLE, SHEET, roll_of

from fanlight.cli.open import FileTrouble, WrongKey, open_clip
from fanlight.seal import keys, sealing
from fanlight.seal.book import next_epoch
from fanlight.seal.epoch import Epoch
from fanlight.seal.notes import Notes
from fanlight.seal.sheet import Sheet, new_sheet

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide" / "recovery.md").read_text()
PLAIN = bytes(range(256)) * 600  # three pieces


def household(folder: Path, sheet: Sheet = SHEET) -> Path:
    """Leave a household's files as an export does: two sealed keys and a clip under the second."""
    chain: list[Epoch] = []
    for _ in range(2):
        identity, made = next_epoch(
            household="h" * 26,
            after=chain[-1] if chain else None,
            roll=roll_of({"alice": "owner"}, sheet=sheet),
            notes=Notes(why="month"),
            signer=PEOPLE["alice"].signing,
            day=date(2026, 11, 22),
        )
        chain.append(made)
    for name in ("keys", "clips"):
        (folder / name).mkdir()
    for made in chain:
        (folder / "keys" / f"{made.statement.n}.age").write_bytes(made.sealed)
    (folder / "clips" / "ID.age").write_bytes(sealing.seal(PLAIN, [identity.recipient]))
    (folder / "words.txt").write_text(f"{sheet.words}\n")
    return folder


@pytest.mark.parametrize("with_code", [False, True], ids=["words", "code"])
def test_the_sheet_opens_a_clip_with_fanlight_open(tmp_path: Path, with_code: bool) -> None:  # noqa: FBT001 - a parameter
    """R02, R03: the paper and a copy of the sealed files are enough."""
    home = household(tmp_path)
    if with_code:
        (home / "words.txt").write_text(SHEET.code)
    clip, words, keys_folder = home / "clips" / "ID.age", home / "words.txt", home / "keys"
    assert open_clip(clip, words, home / "one.mp4", keys_folder) == len(PLAIN)
    assert open_clip(clip, words, home / "two.mp4", keys_folder / "1.age") == len(PLAIN)
    assert (home / "one.mp4").read_bytes() == (home / "two.mp4").read_bytes() == PLAIN
    with pytest.raises(WrongKey, match="--keys"):
        open_clip(clip, words, home / "three.mp4")
    with pytest.raises(WrongKey):
        open_clip(clip, words, home / "three.mp4", keys_folder / "0.age")
    with pytest.raises(FileTrouble):
        open_clip(clip, words, home / "three.mp4", home / "nowhere")
    assert not (home / "three.mp4").exists()


def test_another_sheet_opens_nothing(tmp_path: Path) -> None:
    home = household(tmp_path)
    (home / "words.txt").write_text(new_sheet().words)
    with pytest.raises(WrongKey, match="opens none"):
        open_clip(home / "clips" / "ID.age", home / "words.txt", home / "clip.mp4", home / "keys")


def test_the_words_alone_open_a_clip_with_stock_tools_as_the_guide_says(tmp_path: Path) -> None:
    """R02: no Fanlight in it: the guide's own text, run by Node.js with the packages it names."""
    node = shutil.which("node")
    assert node, "Node.js is part of what `make` needs"
    [script] = re.findall(r"```js\n(.*?)```", GUIDE, re.DOTALL)
    imported = set(re.findall(r'from "([^"]+)"', script))
    assert not any("fanlight" in name or name.startswith(".") for name in imported)
    home = household(tmp_path)
    assert script == (ROOT / "web/apps/home/held/open.mjs").read_text()  # what the app's page shows
    (home / "open.mjs").write_text(script)
    (home / "node_modules").symlink_to(ROOT / "web" / "node_modules")
    subprocess.run([node, "open.mjs"], cwd=home, check=True, timeout=60)
    film = home / "clips" / "ID.mp4"
    assert film.read_bytes() == PLAIN
    film.unlink()
    (home / "keys" / "1.age").unlink()
    subprocess.run([node, "open.mjs"], cwd=home, check=True, timeout=60)
    assert not film.exists()  # the key before opens no later clip


def test_the_line_on_the_sheet_opens_what_the_words_open() -> None:
    secret = SHEET.age.secret
    assert secret.startswith("AGE-SECRET-KEY-PQ-1")
    assert keys.identity_recipient(secret) == SHEET.public.age_recipient
