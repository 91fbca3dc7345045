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
    assert ended.stdout == f"holds: {new} entries, 2 of 2 witnesses, consistent from {old}\n"


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
