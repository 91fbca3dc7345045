"""What a hub knows of itself: private files, whole or as before, and plain words when missing."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from tests.hub.homes import make_pairing

from fanlight.hub.options import Camera, HubOptions
from fanlight.hub.settings import (
    HubBusy,
    KeysUnreadable,
    NotPaired,
    PairingUnreadable,
    carry_cameras,
    find_pairing,
    load_keys,
    load_pairing,
    lock,
    read_options,
    save_pairing,
    write_options,
)
from fanlight.store.files import write_private

OLD_CAMERAS = [
    {"id": "c" * 26, "name": "Front door", "url": "rtsp://door:secret@192.0.2.7/stream"},
    {"id": "d" * 26, "name": "Shed", "url": "/film.mp4"},
]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def save_old(folder: Path) -> None:
    """Write `hub.json` as hubs wrote it before there was a `hub.toml`."""
    save_pairing(folder, make_pairing())
    path = folder / "hub.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "cameras": OLD_CAMERAS}))


def test_a_pairing_comes_back_as_it_was_written(tmp_path: Path) -> None:
    save_pairing(tmp_path, make_pairing())
    assert load_pairing(tmp_path) == make_pairing()


def test_pairing_keys_and_settings_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    """Passwords of cameras and the hub's keys are nobody else's."""
    old = os.umask(0)
    try:
        save_old(tmp_path)
        carry_cameras(tmp_path)
        load_keys(tmp_path)
    finally:
        os.umask(old)
    for name in ("hub.json", "hub.toml", "keys/hub.json"):
        assert mode(tmp_path / name) == 0o600
    assert mode(tmp_path / "keys") == 0o700


def test_keys_are_made_once(tmp_path: Path) -> None:
    first, again = load_keys(tmp_path), load_keys(tmp_path)
    assert first == again
    assert first.recipient.startswith("age1pq1")
    assert load_keys(tmp_path / "other").signing != first.signing


def test_a_hub_that_is_not_paired_says_how_to_pair_it(tmp_path: Path) -> None:
    assert find_pairing(tmp_path) is None
    with pytest.raises(NotPaired) as refused:
        load_pairing(tmp_path)
    assert "fanlight hub pair" in refused.value.do


@pytest.mark.parametrize("content", ["", "{}", "[" * 100_000, '{"server": 7}'])
def test_a_pairing_that_cannot_be_read_is_named_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "hub.json"
    path.write_text(content)
    with pytest.raises(PairingUnreadable, match=r"hub\.json"):
        find_pairing(tmp_path)
    assert path.read_text() == content


def test_an_older_hubs_cameras_are_carried_over_once(tmp_path: Path) -> None:
    save_old(tmp_path)
    assert find_pairing(tmp_path) == make_pairing()  # before, too
    assert carry_cameras(tmp_path) == 2
    assert find_pairing(tmp_path) == make_pairing()
    assert "secret" not in (tmp_path / "hub.json").read_text()
    wanted = msgspec.convert(OLD_CAMERAS, tuple[Camera, ...])
    assert read_options(tmp_path).options == HubOptions(camera=wanted)
    assert carry_cameras(tmp_path) == 0
    assert read_options(tmp_path).options == HubOptions(camera=wanted)


def test_a_crash_between_the_two_files_of_an_upgrade_loses_and_doubles_nothing(tmp_path: Path) -> None:
    save_old(tmp_path)
    both = (tmp_path / "hub.json").read_bytes()
    carry_cameras(tmp_path)
    (tmp_path / "hub.json").write_bytes(both)  # as if the second write had not happened
    file = read_options(tmp_path)
    renamed = Camera(id="c" * 26, name="Back door", url="/film.mp4")
    write_options(tmp_path, HubOptions(camera=(renamed,)), file)
    assert carry_cameras(tmp_path) == 1
    assert [camera.name for camera in read_options(tmp_path).options.camera] == ["Back door", "Shed"]
    assert find_pairing(tmp_path) == make_pairing()


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
    (tmp_path / ".hub.json.new").mkdir()
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
