"""`fanlight check`: each planted violation is found by its name; what can be mended is, also in pieces."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.hub.footage import ROOMY, SECOND, START, files, footage, now, record, rows

from fanlight.cli.check import checks
from fanlight.hub.journal import Journal, Limits
from fanlight.hub.journal import check as check_module
from fanlight.hub.journal.check import INVARIANTS, check
from fanlight.hub.settings import lock
from fanlight.model.check import State
from fanlight.seal.keys import new_identity

BEGIN = now().replace(hour=12) - timedelta(days=1)  # a hub keeps its own keys of the last days
LATER = BEGIN + timedelta(days=1)
SMALL = Limits(quota_bytes=150_000, reserve_bytes=0)
Plant = Callable[[Path], object]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal in good order: two cameras, an event, a gap, two days, a day sealed to an epoch."""
    folder = tmp_path_factory.mktemp("clean") / "hub"
    journal = Journal(folder, SMALL)
    journal.seal_day_keys([new_identity().recipient])
    record(journal, "door", footage(70, start=BEGIN))
    record(journal, "yard", footage(5, start=BEGIN))
    journal.keep("door", BEGIN, BEGIN + 3 * SECOND)
    journal.begin_gap("yard", "away")
    record(journal, "door", footage(5, start=LATER, run=1))
    journal.close()
    return folder


@pytest.fixture
def hub(tmp_path: Path, clean: Path) -> Path:
    return Path(shutil.copytree(clean, tmp_path / "hub"))


def state(folder: Path, *, fix: bool = False, running: bool = False) -> dict[str, State]:
    """Return how each invariant stands."""
    found = check(folder, limits=SMALL, fix=fix, running=running)
    return {one.name.split()[0]: one.state for one in found if one.name != "mended"}


def broken(folder: Path) -> set[str]:
    return {name for name, found in state(folder).items() if found is not State.HOLDS}


def first(folder: Path) -> Path:
    """Return the file of the first row."""
    ((name,),) = rows(folder, "SELECT name FROM file ORDER BY id LIMIT 1")
    (path,) = (path for path in files(folder) if path.name == name)
    return path


def alter(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def cut(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


def grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"tail")


def overfill(folder: Path) -> None:
    journal = Journal(folder, ROOMY)
    record(journal, "door", footage(100, start=LATER + 99 * SECOND, run=2))
    journal.close()


def put_in_two_places(folder: Path) -> None:
    rows(
        folder,
        "INSERT INTO garbage SELECT name, root, camera || '/' || day || '/' || name, 1"
        " FROM file JOIN line ON line.id = line LIMIT 1",
    )


def key(folder: Path) -> Path:
    return min((folder / "keys").glob("day-*.key"))


def unlock(folder: Path) -> None:
    for path in (folder / "keys").glob(f"day-{BEGIN:%Y-%m-%d}.*"):
        path.unlink()


def scribble(folder: Path) -> None:
    """Overwrite the page that the table of segments begins on."""
    ((page, size),) = rows(
        folder, "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = 'segment'"
    )
    with (folder / "hub.sqlite").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))


LONGER = "UPDATE segment SET length = length + 1 WHERE"
UP = "UPDATE"
OPEN = "(2, 9, NULL, 'off')"
GAP = "INSERT INTO gap (line, start_us, end_us, why) VALUES"
PLANTED: dict[str, tuple[str, Plant, bool]] = {
    "a file that is gone": ("J1", lambda hub: first(hub).unlink(), True),
    "a file that was cut off": ("J1", lambda hub: cut(first(hub), 5_000), True),
    "a picture that was altered": ("J1", lambda hub: alter(first(hub), 700), True),
    "a head that was altered": ("J1", lambda hub: alter(first(hub), 0), True),
    "a file without a row": ("J2", lambda hub: (first(hub).parent / "stray").write_bytes(b"x"), True),
    "a file that is both kept and removed": ("J2", put_in_two_places, True),
    "a tail without a row": ("J3", lambda hub: grow(first(hub)), True),
    "a row over another": ("J3", lambda hub: rows(hub, f"{LONGER} file = 1 AND place = 0"), True),
    "a file with other times": ("J3", lambda hub: rows(hub, f"{UP} file SET end_us = end_us + 9"), True),
    "more than the quota": ("J4", overfill, True),
    "a day without a key": ("J5", unlock, False),
    "a key without a day": ("J5", lambda hub: (hub / "keys" / "day-2020-01-01.key").touch(), True),
    "a key that had its time": ("J5", lambda hub: rows(hub, f"{UP} file SET kept_us = 1"), True),
    "a key that others may read": ("J5", lambda hub: key(hub).chmod(0o644), True),
    "a timeline that says too much": ("J6", lambda hub: rows(hub, f"{UP} span SET end_us = 9"), True),
    "a timeline that says too little": ("J6", lambda hub: rows(hub, "DELETE FROM span"), True),
    "a gap that ends before it begins": ("J7", lambda hub: rows(hub, f"{GAP} (1, 9, 5, 'away')"), True),
    "a gap that is open twice": ("J7", lambda hub: rows(hub, f"{GAP} {OPEN}, {OPEN}"), True),
    "a gap for no reason": ("J7", lambda hub: rows(hub, f"{GAP} (1, 5, 9, 'tea')"), True),
    "a page of the database overwritten": ("J0", scribble, False),
}  # fmt: skip


def test_nothing_is_found_in_a_clean_journal(hub: Path) -> None:
    found = list(check(hub, limits=SMALL))
    assert [(one.name, one.state) for one in found] == [
        (f"{name} {what}", State.HOLDS) for name, what in INVARIANTS.items()
    ]


def test_a_record_whose_key_this_hub_forgot_is_checked_by_its_place_and_tag(hub: Path) -> None:
    """J1."""
    path = first(hub)
    for own in (hub / "keys").glob("*.key"):
        own.unlink()
    told = {one.name[:2]: one for one in check(hub, limits=SMALL)}
    assert {one.state for one in told.values()} == {State.HOLDS}
    assert "80 by their tags only" in told["J1"].detail
    alter(path, path.stat().st_size - 1)
    assert broken(hub) == {"J1"}


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_violation_is_found_by_its_name(hub: Path, name: str) -> None:
    invariant, plant, _ = PLANTED[name]
    plant(hub)
    assert invariant in broken(hub)


@pytest.mark.parametrize("name", PLANTED)
def test_what_can_be_mended_is_and_the_rest_stays(hub: Path, name: str) -> None:
    invariant, plant, mends = PLANTED[name]
    plant(hub)
    after = state(hub, fix=True)
    assert (set(after.values()) == {State.HOLDS}) == mends
    assert mends or after[invariant] is State.FAILS
    if invariant not in ("J0", "J5"):
        journal = Journal(hub, SMALL)
        assert journal.read("yard", BEGIN, LATER)
        journal.close()
        assert broken(hub) == set()


def test_mending_may_be_stopped_after_every_single_step(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop after one mend, begin again, stop after two, and so on: it ends clean."""
    for name in (
        "a file that was cut off",
        "a file without a row",
        "a row over another",
        "a gap for no reason",
    ):
        PLANTED[name][1](hub)
    whole = check_module._findings

    class Stopped(Exception):
        pass

    def stop_after(count: int) -> Iterator[object]:
        def findings(*given: object) -> Iterator[object]:
            for number, finding in enumerate(whole(*given)):  # type: ignore[arg-type]
                yield finding
                if number == count and finding.mend is not None:
                    finding.mend()
                    raise Stopped

        monkeypatch.setattr(check_module, "_findings", findings)
        try:
            yield from check(hub, limits=SMALL, fix=True)
        finally:
            monkeypatch.setattr(check_module, "_findings", whole)

    stops = 0
    for count in range(5):
        try:
            list(stop_after(count))
        except Stopped:
            stops += 1
    assert stops >= 2
    assert set(state(hub, fix=True).values()) == {State.HOLDS}
    assert broken(hub) == set()


def test_a_running_hub_is_looked_at_and_not_mended(hub: Path) -> None:
    """What the hub is writing beyond its last commit is not taken for a fault; a lost file is."""
    with lock(hub):
        (first(hub).parent / "being-written").write_bytes(b"x")
        found = list(checks(hub, fix=True))
        assert (first(hub).parent / "being-written").exists()
        assert found[0].state is State.UNKNOWN
        assert {one.name[:2]: one.state for one in found[1:]} == dict.fromkeys(INVARIANTS, State.HOLDS)
        first(hub).unlink()
        assert State.FAILS in {one.state for one in checks(hub, fix=False)}


def test_a_journal_that_is_being_written_is_clean_at_every_look(tmp_path: Path) -> None:
    """On a running hub files come and go while they are read."""
    journal = Journal(tmp_path, SMALL)
    journal.start()
    for number in range(5):
        for segment in footage(60, start=START + number * 70 * SECOND, run=number):
            journal.offer("door", segment)
        assert state(tmp_path, running=True) == dict.fromkeys(INVARIANTS, State.HOLDS)
        assert journal.flush()
    journal.close()


def test_the_command_says_what_holds_and_exits_as_verify_does(tmp_path: Path, clean: Path) -> None:
    hub = Path(shutil.copytree(clean, tmp_path / "home" / "hub"))
    fanlight = str(Path(sys.executable).with_name("fanlight"))
    command = [fanlight, "check", "--home", str(tmp_path / "home")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("holds")) == (0, len(INVARIANTS))
    first(hub).unlink()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    assert subprocess.run([*command, "--fix"], capture_output=True, check=False).returncode == 0
    shutil.rmtree(hub)
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2
