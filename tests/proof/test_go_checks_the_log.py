"""An independent program agrees with ours on logs that hold and on logs that do not."""

from pathlib import Path

import pytest
from tests.proof.gocheck import go_verify
from tests.proof.logs import LOG, entries, flip, make_log, write_log

from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.merkle import EMPTY_ROOT, TreeHead


@pytest.mark.parametrize(("old", "new"), [(100, 700), (256, 512), (511, 513), (0, 1), (7, 7)])
def test_go_verifies_every_entry_and_the_growth_of_our_log(tmp_path: Path, old: int, new: int) -> None:
    """R42: the record verifies with tools that are not ours."""
    ended = go_verify(write_log(tmp_path, make_log(old, new)))
    assert ended.stderr == ""
    told = f"holds: {new} entries ({new} from tiles alone), 2 of 2 witnesses, consistent from {old}\n"
    assert ended.stdout == told


def test_go_verifies_a_log_whose_tiles_stand_three_deep(tmp_path: Path) -> None:
    """R42: every entry against the signed root; a thousand, and as many growths, as its client does."""
    ended = go_verify(write_log(tmp_path, make_log(65_535, 66_000)))
    assert ended.stderr == ""
    assert ended.stdout == (
        "holds: 66000 entries (1000 from tiles alone), 2 of 2 witnesses, consistent from 65535\n"
    )


def test_go_reads_the_full_file_where_a_partial_one_made_way(tmp_path: Path) -> None:
    files, larger = make_log(100, 300), make_log(300, 512)
    for path in ("tile/0/001", "tile/entries/001"):
        files[path] = larger[path]
        del files[f"{path}.p/44"]
    assert go_verify(write_log(tmp_path, files)).stdout.startswith("holds: 300 entries")
    files["tile/0/001"] = flip(files["tile/0/001"], 5)
    assert go_verify(write_log(tmp_path, files)).returncode == 1


def test_go_verifies_an_empty_log(tmp_path: Path) -> None:
    files = {"vkey": LOG.verifier.vkey.encode(), "checkpoint": sign_checkpoint(TreeHead(0, EMPTY_ROOT), LOG)}
    assert go_verify(write_log(tmp_path, files)).stdout == "holds: 0 entries\n"


@pytest.mark.parametrize(
    ("path", "at"),
    [
        ("tile/0/000", 100),
        ("tile/0/001.p/44", 100),
        ("tile/1/000.p/1", 3),
        ("tile/entries/000", 7),
        ("tile/entries/001.p/44", 7),
        ("tile/entries/001.p/44", 0),
        ("checkpoint", 40),
        ("checkpoint", -40),
        ("checkpoint.old", 40),
        ("vkey", -9),
    ],
)
def test_one_flipped_byte_makes_go_refuse_the_log(tmp_path: Path, path: str, at: int) -> None:
    files = make_log(100, 300)
    files[path] = flip(files[path], at % len(files[path]))
    assert go_verify(write_log(tmp_path, files)).returncode == 1


def test_go_refuses_a_rewritten_log(tmp_path: Path) -> None:
    files = make_log(100, 300, leaves=[b"changed", *entries(300)[1:]])
    files["checkpoint.old"] = make_log(100, 300)["checkpoint.old"]
    ended = go_verify(write_log(tmp_path, files))
    assert ended.returncode == 1
    assert "from 100" in ended.stderr


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"])
def test_go_misses_a_file_that_is_withheld(tmp_path: Path, path: str) -> None:
    files = make_log(100, 300)
    del files[path]
    ended = go_verify(write_log(tmp_path, files))
    assert ended.returncode == 1
    assert path.partition(".p")[0] in ended.stderr
