"""A fault of our own in the recording's one thread: said, paid with one batch, and survived."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.hub.footage import ROOMY, SECOND, START, footage, record

from fanlight.hub.journal import Journal
from fanlight.hub.journal.check import check
from fanlight.hub.journal.disk import Disk
from fanlight.hub.journal.waiting import Task
from fanlight.model.check import State


class Faulty(Disk):
    """A disk whose next `sync` raises what no disk does."""

    faults = 0

    def sync(self, handle: int) -> None:
        if self.faults:
            self.faults -= 1
            raise ZeroDivisionError
        super().sync(handle)


def is_clean(folder: Path) -> bool:
    return {found.state for found in check(folder, limits=ROOMY)} == {State.HOLDS}


def test_a_fault_costs_its_batch_and_not_the_thread(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """R01."""
    disk = Faulty()
    journal = Journal(tmp_path, ROOMY, disk=disk)
    assert not journal.is_alive
    journal.start()
    record(journal, "door", footage(2))
    disk.faults = 2
    record(journal, "door", footage(2, start=START + 2 * SECOND, run=1))
    assert journal.state.state == "unwritable"
    assert journal.is_alive
    after = footage(2, start=START + 4 * SECOND, run=2)
    record(journal, "door", after)
    assert (journal.state.state, journal.state.abandoned) == ("ok", 2)
    assert journal.read("door", START + 4 * SECOND, START + 6 * SECOND) == after
    assert journal.timeline("door", START.date()).gaps == [
        (START + 2 * SECOND, START + 4 * SECOND, "unwritable")
    ]
    assert caplog.text.count("ZeroDivisionError at ") == 1
    journal.close()
    assert not journal.is_alive
    assert is_clean(tmp_path)


def test_what_one_camera_sends_does_not_cost_the_others_theirs(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ROOMY)
    journal.start()
    nothing_known: Any = "odd"
    good, odd = footage(3), [replace(segment, audio=nothing_known) for segment in footage(3)]
    for yard, door in zip(good, odd, strict=True):
        journal.offer("door", door)
        journal.offer("yard", yard)
        assert journal.flush()
    assert journal.is_alive
    assert journal.read("yard", START, START + 3 * SECOND) == good
    record(journal, "yard", footage(1, start=START + 3 * SECOND, run=1))  # tells the gap
    assert journal.timeline("door", START.date()).gaps == [(START, START + 3 * SECOND, "unwritable")]
    journal.close()
    assert is_clean(tmp_path)


def test_a_note_that_cannot_be_made_is_not_tried_for_ever(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ROOMY)
    journal.start()
    tried = threading.Event()

    def fail(_: int) -> None:
        tried.set()
        raise ZeroDivisionError

    journal._waiting.add(Task("door", fail))
    assert tried.wait(10)
    assert journal.flush()
    segments = footage(3)
    record(journal, "door", segments)
    assert journal.state.state == "ok"
    assert journal.read("door", START, START + 3 * SECOND) == segments
    journal.close()
    assert is_clean(tmp_path)
