"""A hub's backup: what makes it this hub and nothing of what it recorded, taken back elsewhere."""

import sqlite3
import stat
import tarfile
import wave
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.homes import CAMERA, HOUSEHOLD, HUB, make_pairing

from fanlight.cli.home import open_home
from fanlight.cli.hub.backup import BackupRefused, _read, backup, restore
from fanlight.cli.main import main
from fanlight.hub.doorbell import QuickReplies
from fanlight.hub.options import HubOptions
from fanlight.hub.page import load_page_key
from fanlight.hub.sealer import Sealer
from fanlight.hub.settings import (
    HubBusy,
    load_keys,
    load_pairing,
    lock,
    read_options,
    save_pairing,
    write_options,
)

LAST = 41


def make_hub(home: Path) -> Path:
    folder = open_home(home).folder("hub")
    save_pairing(folder, make_pairing())
    write_options(folder, HubOptions(camera=(CAMERA,)), read_options(folder))
    load_keys(folder)
    load_page_key(folder)
    Sealer(folder, HOUSEHOLD, HUB.signing).close()
    with closing(sqlite3.connect(folder / "clips.sqlite")) as db, db:
        db.execute(
            "INSERT INTO clip VALUES ('known', ?, ?, ?, 'person', '2026-05-01T12:00:00+00:00',"
            " '2026-05-01T12:00:09+00:00', 0)",
            (CAMERA.id, LAST, bytes(32)),
        )
    (folder / "keys" / "2026-05-01.key").write_bytes(b"d" * 32)
    (folder / "segments").mkdir()
    (folder / "segments" / "a-film").write_bytes(b"f" * 99)
    return folder


def test_a_restored_hub_is_the_same_hub(tmp_path: Path) -> None:
    old = make_hub(tmp_path / "old")
    with lock(old):  # also while it runs
        backup(tmp_path / "old", tmp_path / "hub.tar")
    restore(tmp_path / "new", tmp_path / "hub.tar")
    new = tmp_path / "new" / "hub"
    assert load_pairing(new) == load_pairing(old)
    assert load_keys(new) == load_keys(old)
    assert load_page_key(new) == load_page_key(old)
    assert read_options(new) == read_options(old)
    for path in new.rglob("*"):
        if path.is_file() and path.name != "lock":
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_restored_hub_speaks_its_replies_and_knows_its_masks(tmp_path: Path) -> None:
    """Only what is the hub's own comes along: a stray file beside the replies does not."""
    old = make_hub(tmp_path / "old")
    with wave.open(str(tmp_path / "said.wav"), "wb") as sound:
        sound.setparams((1, 2, 8_000, 0, "NONE", ""))
        sound.writeframes(b"\1\2" * 8_000)
    kept = QuickReplies(old / "replies").add("Leave it at the door", (tmp_path / "said.wav").read_bytes())
    (old / "replies" / "notes.txt").write_text("stray")
    (old / "masks.json").write_text('{"c": {"zones": [], "tokens": ["ours"]}}')
    (old / "home").write_text("no")
    backup(tmp_path / "old", tmp_path / "hub.tar")
    restore(tmp_path / "new", tmp_path / "hub.tar")
    new = tmp_path / "new" / "hub"
    assert QuickReplies(new / "replies").list() == [kept]
    assert QuickReplies(new / "replies").sound(kept.id) == QuickReplies(old / "replies").sound(kept.id)
    for name in ("masks.json", "home"):
        assert (new / name).read_bytes() == (old / name).read_bytes()
    assert not (new / "replies" / "notes.txt").exists()


def test_a_backup_opens_no_footage_and_is_its_owners_only(tmp_path: Path) -> None:
    make_hub(tmp_path / "old")
    backup(tmp_path / "old", tmp_path / "hub.tar")
    assert stat.S_IMODE((tmp_path / "hub.tar").stat().st_mode) == 0o600
    with tarfile.open(tmp_path / "hub.tar") as tar:
        names = set(tar.getnames())
    assert {"hub.json", "hub.toml", "keys/hub.json", "keys/page.key", "clips.sqlite"} <= names
    assert not [name for name in names if "2026" in name or "segments" in name]
    assert b"d" * 32 not in (tmp_path / "hub.tar").read_bytes()


def test_a_restored_hub_uses_no_number_of_a_clip_twice(tmp_path: Path) -> None:
    """Clips were numbered after the backup was made, too: nobody knows how many."""
    make_hub(tmp_path / "old")
    backup(tmp_path / "old", tmp_path / "hub.tar")
    restore(tmp_path / "new", tmp_path / "hub.tar")
    folder = tmp_path / "new" / "hub"
    with closing(sqlite3.connect(folder / "clips.sqlite")) as db:
        ((highest,),) = db.execute("SELECT max(seq) FROM clip WHERE camera = ?", (CAMERA.id,))
    assert highest > LAST + 100_000
    sealer = Sealer(folder, HOUSEHOLD, HUB.signing)
    try:
        assert [kept.clip for kept in sealer.kept()] == ["known"]
    finally:
        sealer.close()


def test_a_hub_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    old = make_hub(tmp_path / "old")
    backup(tmp_path / "old", tmp_path / "hub.tar")
    before = (old / "hub.toml").read_bytes()
    with pytest.raises(BackupRefused, match="already"):
        restore(tmp_path / "old", tmp_path / "hub.tar")
    assert (old / "hub.toml").read_bytes() == before
    other = open_home(tmp_path / "other").folder("hub")
    with lock(other), pytest.raises(HubBusy):
        restore(tmp_path / "other", tmp_path / "hub.tar")


def test_a_backup_overwrites_no_file(tmp_path: Path) -> None:
    make_hub(tmp_path / "old")
    (tmp_path / "hub.tar").write_text("mine")
    with pytest.raises(BackupRefused):
        backup(tmp_path / "old", tmp_path / "hub.tar")
    assert (tmp_path / "hub.tar").read_text() == "mine"


def test_a_home_without_a_hub_has_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="no hub"):
        backup(tmp_path / "none", tmp_path / "hub.tar")
    assert not (tmp_path / "hub.tar").exists()


@pytest.mark.parametrize(
    "name",
    ["../hub.json", "/etc/passwd", "segments/a", "hub.json/..", "replies/../hub.json", "replies/a.wav"],
)
def test_a_file_with_other_names_is_no_backup(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    with pytest.raises(BackupRefused, match="no backup"):
        restore(tmp_path / "new", tmp_path / "bad.tar")
    assert not (tmp_path / "hub.json").exists()


@given(data=st.binary(max_size=2000))
def test_any_bytes_are_a_backup_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "hub.tar"
    file.write_bytes(data)
    with pytest.raises(BackupRefused):
        _read(file)


def test_the_commands_say_what_they_did(tmp_path: Path) -> None:
    make_hub(tmp_path / "old")
    run = CliRunner().invoke
    said = run(main, ["hub", "backup", str(tmp_path / "hub.tar"), "--home", str(tmp_path / "old")])
    assert (said.exit_code, "hub.toml" in said.output) == (0, True)
    said = run(main, ["hub", "restore", str(tmp_path / "hub.tar"), "--home", str(tmp_path / "new")])
    assert (said.exit_code, "hub.toml" in said.output) == (0, True)
    said = run(main, ["hub", "restore", str(tmp_path / "hub.tar"), "--home", str(tmp_path / "new")])
    assert said.exit_code == 1
    assert "Give the restored hub a folder of its own" in said.stderr


def test_a_restored_hub_can_still_date_its_clips(tmp_path: Path) -> None:
    old = tmp_path / "old" / "hub"
    (old / "days").mkdir(parents=True)
    (old / "hub.toml").write_text("")
    (old / "days" / "2026-11-22.json").write_text("{}")
    (old / "days" / "stray.json").write_text("{}")
    backup(tmp_path / "old", tmp_path / "backup")
    restore(tmp_path / "new", tmp_path / "backup")
    assert [path.name for path in (tmp_path / "new" / "hub" / "days").iterdir()] == ["2026-11-22.json"]
