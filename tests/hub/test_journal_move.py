"""Moving the recording to a new disk, whole and interrupted at every step."""

import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from tests.hub.footage import ROOMY, SECOND, files, footage, now, record

from fanlight.hub.journal import Journal, JournalUnwritable, Limits
from fanlight.hub.journal.check import check
from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.move import move
from fanlight.hub.segmenter.segment import Segment
from fanlight.model.check import State

BEGIN = now() - timedelta(days=1)
END = BEGIN + timedelta(days=2)


class Interrupted(Exception):
    """The process was stopped here."""


class Stopping(Disk):
    """A disk that ends the process before its n-th change."""

    def __init__(self, after: int) -> None:
        self.left = after

    def _step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Interrupted

    def create(self, path: Path) -> int:
        self._step()
        return super().create(path)

    def append(self, handle: int, parts: Sequence[bytes]) -> None:
        self._step()
        super().append(handle, parts)

    def sync(self, handle: int) -> None:
        self._step()
        super().sync(handle)

    def sync_folder(self, path: Path) -> None:
        self._step()
        super().sync_folder(path)

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)

    def commit(self, db: sqlite3.Connection) -> None:
        self._step()
        super().commit(db)


def recorded(folder: Path) -> list[Segment]:
    journal = Journal(folder, ROOMY)
    segments = footage(130, start=BEGIN)
    record(journal, "door", segments[:70])
    record(journal, "yard", footage(3, start=BEGIN))
    record(journal, "door", segments[70:])
    journal.close()
    return segments


def holds(folder: Path, limits: Limits) -> bool:
    return {found.state for found in check(folder, limits=limits)} == {State.HOLDS}


def test_all_footage_moves_and_recording_goes_on_there(tmp_path: Path) -> None:
    segments = recorded(tmp_path / "hub")
    new, told = tmp_path / "disk", list[tuple[int, int]]()
    new.mkdir()
    moved = move(tmp_path / "hub", new, lambda done, total: told.append((done, total)))
    assert told[-1] == (moved, moved)
    assert files(tmp_path / "hub") == []
    limits = Limits(folder=new, reserve_bytes=0)
    assert holds(tmp_path / "hub", limits)
    journal = Journal(tmp_path / "hub", limits)
    more = footage(5, start=BEGIN + 300 * SECOND, run=1)
    record(journal, "door", more)
    assert journal.read("door", BEGIN, END) == segments + more
    journal.close()
    assert move(tmp_path / "hub", tmp_path / "hub" / "segments", lambda *_: None) > moved
    assert holds(tmp_path / "hub", ROOMY)
    assert [path.name for path in new.iterdir()] == [".fanlight-recording"]


def test_a_move_may_be_stopped_anywhere_and_begun_again(tmp_path: Path) -> None:
    segments = recorded(tmp_path / "hub")
    new = tmp_path / "disk"
    new.mkdir()
    stops = 0
    for after in range(200):
        try:
            move(tmp_path / "hub", new, lambda *_: None, disk=Stopping(after % 23))
        except Interrupted:
            stops += 1
            journal = Journal(tmp_path / "hub", Limits(folder=new, reserve_bytes=0))
            assert journal.repair.files_lost == 0
            assert journal.read("door", BEGIN, END) == segments
            journal.close()
            assert holds(tmp_path / "hub", Limits(folder=new, reserve_bytes=0))
        else:
            break
    assert stops > 10
    assert files(tmp_path / "hub") == []


def test_a_folder_that_is_not_there_takes_nothing(tmp_path: Path) -> None:
    recorded(tmp_path / "hub")
    before = files(tmp_path / "hub")
    with pytest.raises(JournalUnwritable) as error:
        move(tmp_path / "hub", tmp_path / "nowhere", lambda *_: None)
    assert error.value.kept == "Nothing was moved."
    assert files(tmp_path / "hub") == before
