"""Upgrade and downgrade, against the journal of version 0.1 itself."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.hub.earlier import journal as earlier
from tests.hub.footage import ROOMY, SECOND, START, files, footage, record, rows

from fanlight.hub.journal import Journal, JournalError, JournalNewer, JournalUnreadable, Limits
from fanlight.hub.journal.check import check
from fanlight.hub.journal.schema import VERSION
from fanlight.hub.segmenter.segment import Segment
from fanlight.model.check import State

LATER = START + timedelta(days=1)


def old_footage(folder: Path, count: int = 5) -> list[Segment]:
    """Let version 0.1 record; return what it kept. It knew no sound and no monotonic clock."""
    segments = [replace(segment, audio=None) for segment in footage(count)]
    journal = earlier.Journal(folder, reserve_bytes=0)
    for segment in segments:
        journal.append("door", segment)
    journal.close()
    return segments


def everything(folder: Path) -> dict[str, str]:
    """Return a digest of every file but SQLite's log."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".sqlite-wal", ".sqlite-shm")
    }


def test_the_recording_of_the_last_version_is_carried_over_and_ages_out(tmp_path: Path) -> None:
    old = old_footage(tmp_path)
    journal = Journal(tmp_path, ROOMY)
    assert journal.repair.files_removed == journal.repair.files_lost == 0
    new = footage(60, start=START + 10 * SECOND)
    record(journal, "door", new)
    assert journal.read("door", START, LATER) == old + new
    assert journal.spans("door") == [
        (START, START + 5 * SECOND),
        (START + 10 * SECOND, START + 70 * SECOND),
    ]
    journal.close()
    assert {found.state for found in check(tmp_path, limits=ROOMY)} == {State.HOLDS}
    assert rows(tmp_path, "PRAGMA user_version") == [(VERSION,)]
    small = Limits(quota_bytes=70_000, reserve_bytes=0)
    journal = Journal(tmp_path, small)
    record(journal, "door", footage(20, start=START + 100 * SECOND, run=1))
    assert journal.read("door", START, START + 9 * SECOND) == []
    assert journal.size_bytes == sum(path.stat().st_size for path in files(tmp_path))
    journal.close()
    assert {found.state for found in check(tmp_path, limits=small)} == {State.HOLDS}


def test_a_lost_flat_file_is_found_as_any_other(tmp_path: Path) -> None:
    """J1."""
    old = old_footage(tmp_path)
    files(tmp_path)[0].write_bytes(b"")
    journal = Journal(tmp_path, ROOMY)
    assert journal.repair.files_lost == 1
    assert len(journal.read("door", START, LATER)) == len(old) - 1
    journal.close()


def test_the_last_version_stops_at_a_newer_journal_and_loses_nothing(tmp_path: Path) -> None:
    old = old_footage(tmp_path)
    journal = Journal(tmp_path, ROOMY)
    new = footage(3, start=START + 10 * SECOND)
    record(journal, "door", new)
    journal.close()
    before = everything(tmp_path)
    with pytest.raises(JournalError):
        earlier.Journal(tmp_path, reserve_bytes=0)
    after = everything(tmp_path)
    assert {name: after[name] for name in before if name != "hub.sqlite"} == {
        name: before[name] for name in before if name != "hub.sqlite"
    }
    journal = Journal(tmp_path, ROOMY)
    assert journal.read("door", START, LATER) == old + new
    journal.close()
    assert {found.state for found in check(tmp_path, limits=ROOMY)} == {State.HOLDS}


def test_this_version_stops_at_a_newer_journal_and_touches_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ROOMY)
    record(journal, "door", footage(3))
    journal.close()
    rows(tmp_path, f"PRAGMA user_version={VERSION + 1}")
    before = everything(tmp_path)
    with pytest.raises(JournalNewer) as error:
        Journal(tmp_path, ROOMY)
    assert error.value.kept == "Nothing was changed."
    assert everything(tmp_path) == before
    (found,) = check(tmp_path, limits=ROOMY, fix=True)
    assert found.state is State.UNKNOWN
    assert everything(tmp_path) == before


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    rows(tmp_path, "CREATE TABLE recipes (name TEXT)")
    with pytest.raises(JournalUnreadable):
        Journal(tmp_path, ROOMY)
    assert rows(tmp_path, "SELECT name FROM sqlite_schema") == [("recipes",)]
