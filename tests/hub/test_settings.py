"""What a hub was told and its keys: private files, whole or as before, and plain words when missing."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.hub.homes import make_settings

from fanlight.hub.settings import (
    HubBusy,
    KeysUnreadable,
    NotPaired,
    load_keys,
    load_settings,
    lock,
    save_settings,
    write_private,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_settings_come_back_as_they_were_written(tmp_path: Path) -> None:
    save_settings(tmp_path, make_settings())
    assert load_settings(tmp_path) == make_settings()


def test_settings_and_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    """Passwords of cameras and the hub's keys are nobody else's."""
    old = os.umask(0)
    try:
        save_settings(tmp_path, make_settings())
        load_keys(tmp_path)
    finally:
        os.umask(old)
    assert mode(tmp_path / "hub.json") == mode(tmp_path / "keys" / "hub.json") == 0o600
    assert mode(tmp_path / "keys") == 0o700


def test_keys_are_made_once(tmp_path: Path) -> None:
    first, again = load_keys(tmp_path), load_keys(tmp_path)
    assert first == again
    assert first.recipient.startswith("age1pq1")
    assert load_keys(tmp_path / "other").signing != first.signing


def test_a_hub_that_is_not_paired_says_how_to_pair_it(tmp_path: Path) -> None:
    with pytest.raises(NotPaired) as refused:
        load_settings(tmp_path)
    assert "fanlight hub pair" in refused.value.do


@pytest.mark.parametrize("content", ["", "{}", "[" * 100_000, '{"server": 7}'])
def test_settings_that_cannot_be_read_are_named_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "hub.json"
    path.write_text(content)
    with pytest.raises(NotPaired, match=r"hub\.json"):
        load_settings(tmp_path)
    assert path.read_text() == content


@pytest.mark.parametrize(
    "change",
    [{"seed": "00"}, {"seed": "zz"}, {"identity": "AGE-SECRET-KEY-1"}, {"other": 1}],
    ids=["short", "no-hex", "no-identity", "unknown-field"],
)
def test_damaged_keys_are_never_replaced(tmp_path: Path, change: dict[str, object]) -> None:
    load_keys(tmp_path)
    path = tmp_path / "keys" / "hub.json"
    damaged = json.dumps({**json.loads(path.read_text()), **change})
    path.write_text(damaged)
    with pytest.raises(KeysUnreadable):
        load_keys(tmp_path)
    assert path.read_text() == damaged


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "hub.json"
    write_private(path, b"old")
    (tmp_path / "hub.json.new").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"


def test_one_hub_at_a_time_works_in_a_folder(tmp_path: Path) -> None:
    with lock(tmp_path):
        with pytest.raises(HubBusy, match="Another hub"):
            lock(tmp_path)
        other = "import sys, pathlib; from fanlight.hub.settings import lock; lock(pathlib.Path(sys.argv[1]))"
        done = subprocess.run(
            [sys.executable, "-c", other, str(tmp_path)], check=False, capture_output=True, text=True
        )
        assert "HubBusy" in done.stderr
    lock(tmp_path).close()


def test_a_folder_that_cannot_be_used_is_no_busy_hub(tmp_path: Path) -> None:
    with pytest.raises(HubBusy, match="cannot use"):
        lock(tmp_path / "none")
