"""The state folder: made whole, refused in words, used by one Fanlight at a time."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.hub.limits import full_disk

from fanlight.cli.home import FOLDERS, VERSION, HomeInUse, HomeUnusable, default_path, open_home
from fanlight.cli.people import CAST, PeopleUnreadable, load_people

NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be somebody whom file modes bind; they do not bind root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_home_is_made_with_all_its_folders_for_its_owner_only(tmp_path: Path) -> None:
    home = open_home(tmp_path / "a" / "b", FOLDERS)
    assert home.path.is_absolute()
    for name in FOLDERS:
        assert stat.S_IMODE(home.folder(name).stat().st_mode) == 0o700
    assert (home.path / "version").read_text() == f"{VERSION}\n"
    assert open_home(home.path, FOLDERS) == home


def test_the_home_of_a_hub_alone_has_no_empty_folders_of_what_it_does_not_run(tmp_path: Path) -> None:
    open_home(tmp_path / "home")
    assert {path.name for path in (tmp_path / "home").iterdir()} == {"version", "hub"}


def test_the_home_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANLIGHT_HOME", str(tmp_path / "named"))
    assert open_home().path == tmp_path / "named"
    monkeypatch.delenv("FANLIGHT_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert default_path() == tmp_path / "xdg" / "fanlight"


@pytest.mark.parametrize("taken", ["home", "home/hub", "home/version/x", "home/lock/x"])
def test_something_in_the_way_is_named(tmp_path: Path, taken: str) -> None:
    path = tmp_path / taken
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    with pytest.raises(HomeUnusable, match="stands where") as refused:
        open_home(tmp_path / "home").lock()
    assert path.read_text() == "mine"
    assert "--home" in refused.value.do


def test_a_file_above_the_home_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(HomeUnusable, match="a file stands where a folder should be"):
        open_home(tmp_path / "file" / "home")


def test_a_home_that_may_not_be_written_is_said_so(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with as_nobody(), pytest.raises(HomeUnusable, match="may not be written"):
        open_home(locked / "home")
    assert list(locked.iterdir()) == []


def test_a_full_disk_is_no_traceback(tmp_path: Path) -> None:
    with full_disk(), pytest.raises(HomeUnusable) as refused:
        open_home(tmp_path / "home")
    assert refused.value.kept == "Nothing was started or changed."
    open_home(tmp_path / "home")


@pytest.mark.parametrize("stamp", ["0\n", "2\n", "", "\xff" * 100])
def test_a_home_of_another_version_is_refused_and_untouched(tmp_path: Path, stamp: str) -> None:
    (tmp_path / "version").write_text(stamp)
    with pytest.raises(HomeUnusable, match="another Fanlight") as refused:
        open_home(tmp_path)
    assert refused.value.kept == "Nothing in it was touched."
    assert [path.name for path in tmp_path.iterdir()] == ["version"]
    assert (tmp_path / "version").read_text() == stamp


def test_one_fanlight_at_a_time_uses_a_home(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    held = home.lock()
    with pytest.raises(HomeInUse) as refused:
        open_home(tmp_path).lock()
    assert "goes on" in refused.value.kept
    held.close()
    home.lock().close()


def test_a_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    holding = (
        "import sys, pathlib; from fanlight.cli.home import open_home;"
        " held = open_home(pathlib.Path(sys.argv[1])).lock(); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(HomeInUse):
            open_home(tmp_path).lock()
        other.kill()
        other.wait()
    open_home(tmp_path).lock().close()


def test_the_demo_people_keep_their_seeds(tmp_path: Path) -> None:
    first, again = load_people(tmp_path / "demo"), load_people(tmp_path / "demo")
    assert first == again
    assert list(first) == [role for role, *_ in CAST]
    assert len({person.seed for person in first.values()}) == len(CAST)
    assert stat.S_IMODE((tmp_path / "demo" / "people.json").stat().st_mode) == 0o600


def test_a_seed_is_in_no_printout_of_a_person(tmp_path: Path) -> None:
    person = load_people(tmp_path)["resident"]
    assert repr(person.seed) not in repr(person)


@pytest.mark.parametrize("content", ["", "7", "{}", '{"resident": "AA=="}'])
def test_damaged_seeds_are_named_and_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "people.json"
    path.write_text(content)
    with pytest.raises(PeopleUnreadable, match=r"people\.json"):
        load_people(tmp_path)
    assert path.read_text() == content


def test_who_came_with_a_later_release_gets_a_seed_and_the_others_keep_theirs(tmp_path: Path) -> None:
    before = load_people(tmp_path)
    seeds = json.loads((tmp_path / "people.json").read_text())
    del seeds["clerk"]
    (tmp_path / "people.json").write_text(json.dumps(seeds))
    after = load_people(tmp_path)
    assert after["clerk"].seed != before["clerk"].seed
    assert {role: after[role].seed for role in seeds} == {role: before[role].seed for role in seeds}
    assert load_people(tmp_path)["clerk"].seed == after["clerk"].seed
