"""Disks that fail: each operation once, not done or done and reported as failed; and small real ones."""

import errno
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.hub.footage import ROOMY, SECOND, START, footage, now, record, rows

from fanlight.hub.journal import Journal, JournalError, Limits
from fanlight.hub.journal.check import check
from fanlight.hub.journal.disk import Disk
from fanlight.model.check import State
from fanlight.seal.keys import new_identity

ROOT = Path(__file__).parents[2]
LATER = START + timedelta(days=1)
STEPS = ("make_folder", "create", "append", "sync", "sync_folder", "rename", "remove", "shorten", "commit")


class Failing(Disk):
    """A disk of which one operation fails from when it is told to: `times` times, done or not."""

    def __init__(self) -> None:
        self.step, self.landed, self.times, self.number = "", False, 0, errno.EIO

    def fail(self, step: str, *, landed: bool, times: int = 1, number: int = errno.EIO) -> None:
        """Let the next `times` operations of a kind fail."""
        self.step, self.landed, self.times, self.number = step, landed, times, number

    def __getattribute__(self, name: str) -> object:
        """Return an operation, or one that fails in its place."""
        real = super().__getattribute__(name)
        if name not in STEPS:
            return real

        def work(*given: object) -> object:
            assert callable(real)
            if name != self.step or not self.times:
                return real(*given)
            self.times -= 1
            if self.landed:
                real(*given)
            if name == "commit":
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR
                raise error
            raise OSError(self.number, os.strerror(self.number))

        return work


def wrong(folder: Path, limits: Limits = ROOMY) -> list[object]:
    return [found for found in check(folder, limits=limits) if found.state is not State.HOLDS]


@pytest.mark.parametrize("landed", [False, True], ids=["lost", "landed-but-reported-lost"])
@pytest.mark.parametrize(
    "step", ["make_folder", "create", "append", "sync", "sync_folder", "rename", "commit"]
)
def test_a_step_that_fails_costs_that_second_and_says_so(tmp_path: Path, step: str, *, landed: bool) -> None:
    """J1, R01: what was promised before stays, what comes after is kept, and nothing is left behind."""
    disk = Failing()
    journal = Journal(tmp_path, ROOMY, disk=disk)
    begin = now() - timedelta(days=1)
    before = footage(3, start=begin)
    record(journal, "door", before)
    # Another day: new folders and a new key, so that every kind of step comes up.
    struck = footage(1, start=begin + timedelta(days=1), run=1)
    disk.fail(step, landed=landed)
    record(journal, "door", struck)
    assert disk.times == 0
    assert journal.state.state == "unwritable"
    assert journal.state.abandoned == 1
    after = footage(3, start=begin + timedelta(days=1, seconds=9), run=2)
    record(journal, "door", after)
    assert (journal.state.state, journal.state.abandoned) == ("ok", 1)
    kept = journal.read("door", begin, begin + timedelta(days=3))
    assert kept in ([*before, *after], [*before, *struck, *after])
    assert (struck[0] in kept) == (landed and step == "commit")
    gaps = journal.between("door", begin, begin + timedelta(days=3)).gaps
    assert (struck[0].wall, struck[0].wall_end, "unwritable") in gaps
    journal.close()
    assert wrong(tmp_path) == []
    again = Journal(tmp_path, ROOMY)
    assert again.read("door", begin, begin + timedelta(days=3)) == kept
    again.close()


@pytest.mark.parametrize("landed", [False, True], ids=["lost", "landed-but-reported-lost"])
@pytest.mark.parametrize("step", ["remove", "sync_folder", "commit"])
def test_a_removal_that_fails_is_done_later(tmp_path: Path, step: str, *, landed: bool) -> None:
    """J2, J4."""
    disk, limits = Failing(), Limits(quota_bytes=40_000, reserve_bytes=0)
    journal = Journal(tmp_path, limits, disk=disk)
    segments = footage(30)
    record(journal, "door", segments)
    files = rows(tmp_path, "SELECT count(*) FROM file")
    disk.fail(step, landed=landed)
    more = footage(25, start=START + 60 * SECOND, run=1)
    record(journal, "door", more)
    assert disk.times == 0
    assert files != [(0,)]
    assert journal.size_bytes <= 40_000
    assert journal.read("door", START, LATER)[-5:] == more[-5:]
    journal.close()
    assert wrong(tmp_path, limits) == []


@pytest.mark.parametrize("step", ["sync", "append", "commit"])
def test_a_disk_that_fails_for_long_is_one_gap_and_recording_goes_on_after_it(
    tmp_path: Path, step: str
) -> None:
    disk = Failing()
    journal = Journal(tmp_path, ROOMY, disk=disk)
    record(journal, "door", footage(2))
    disk.fail(step, landed=False, times=10)
    record(journal, "door", footage(10, start=START + 2 * SECOND, run=1))
    record(journal, "door", footage(2, start=START + 12 * SECOND, run=2))
    assert journal.state.state == "ok"
    day = journal.timeline("door", START.date())
    assert day.gaps == [(START + 2 * SECOND, START + 12 * SECOND, "unwritable")]
    assert [(start, end) for start, end, _ in day.spans] == [
        (START, START + 2 * SECOND),
        (START + 12 * SECOND, START + 14 * SECOND),
    ]
    journal.close()
    assert wrong(tmp_path) == []


def test_a_full_disk_takes_the_place_of_the_oldest(tmp_path: Path) -> None:
    """ENOSPC before the quota: others fill the disk. The oldest file goes, and the second is kept."""
    disk = Failing()
    journal = Journal(tmp_path, ROOMY, disk=disk)
    record(journal, "door", footage(60))
    disk.fail("append", landed=False, number=errno.ENOSPC)
    more = footage(3, start=START + 100 * SECOND, run=1)
    record(journal, "door", more)
    assert (journal.state.state, journal.state.abandoned) == ("ok", 0)
    kept = journal.read("door", START, LATER)
    assert kept[-3:] == more
    assert len(kept) < 63
    journal.close()
    assert wrong(tmp_path) == []


def test_gaps_and_events_that_a_failed_commit_swallowed_are_written_with_the_next(tmp_path: Path) -> None:
    disk = Failing()
    journal = Journal(tmp_path, ROOMY, disk=disk)
    record(journal, "door", footage(3))
    for landed in (False, True):
        disk.fail("commit", landed=landed)
        journal.begin_gap("door", "away")
        journal.keep("door", START, START + SECOND)
        assert journal.flush()
        assert journal.flush()
        assert rows(tmp_path, "SELECT why FROM gap WHERE end_us IS NULL") == [("away",)]
        assert rows(tmp_path, "SELECT class FROM file") == [(1,)]
    journal.close()
    assert wrong(tmp_path) == []


@pytest.mark.parametrize("step", ["sync", "create", "rename", "sync_folder"])
@pytest.mark.parametrize("landed", [False, True], ids=["lost", "landed-but-reported-lost"])
def test_a_key_that_cannot_be_sealed_is_sealed_later(tmp_path: Path, step: str, *, landed: bool) -> None:
    """J5."""
    disk, epoch = Failing(), new_identity()
    journal = Journal(tmp_path, ROOMY, disk=disk)
    begin = now()
    record(journal, "door", footage(2, start=begin))
    disk.fail(step, landed=landed)
    with pytest.raises(JournalError):
        journal.seal_day_keys([epoch.recipient])
    journal.seal_day_keys([epoch.recipient])
    assert len(journal.sealed_day_key(begin.date())) == 1
    assert len(journal.read("door", begin, begin + 9 * SECOND)) == 2
    journal.close()
    assert wrong(tmp_path) == []


def test_a_small_real_disk_that_fills_goes_read_only_and_goes_away(tmp_path: Path) -> None:
    """R01, R51: real ENOSPC, EROFS and a mount that vanishes, in a namespace of the test's own."""
    unshare = (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    )
    program = [sys.executable, str(Path(__file__).with_name("small_disk.py")), str(tmp_path)]
    said = subprocess.run(
        [*unshare, *program], check=True, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert json.loads(said.stdout) == {
        "full of others": "full",
        "with room": "ok",
        "full of ours and others": "ok",
        "lost then": 0,
        "more than fits": "ok",
        "read-only": "unwritable",
        "read when read-only": True,
        "writable again": "ok",
        "gone": "missing",
        "nothing written below": True,
        "nothing lost for that": True,
        "gaps": ["missing", "unwritable"],
        "check": ["holds", "unknown"],
    }


@pytest.mark.parametrize("take", [lambda path: path.chmod(0o500)], ids=["read-only folder"])
def test_a_hub_whose_own_folder_refuses_says_so_at_start(
    tmp_path: Path, take: Callable[[Path], None]
) -> None:
    folder = tmp_path / "hub"
    folder.mkdir()
    (folder / "keys").write_bytes(b"a file in the place of a folder")
    with pytest.raises(JournalError):
        Journal(folder, ROOMY)
    take(folder)
    folder.chmod(0o700)
