import os
import pickle
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fanlight.hub.camera import FileCamera, Packet
from fanlight.hub.journal import Journal, JournalFull, JournalUnreadable, JournalUnwritable
from fanlight.hub.segmenter import Segment, fmp4

Cut = Callable[[list[Packet]], list[Segment]]
Read = Callable[[Path], tuple[list[Packet], FileCamera]]


@pytest.fixture
def segments(video: Callable[[str], Path], read: Read, cut: Cut) -> list[Segment]:
    return cut(read(video("plain.mp4"))[0])


def files(folder: Path) -> list[Path]:
    return sorted((folder / "segments").iterdir())


def test_what_is_appended_is_read_back_the_same(tmp_path: Path, segments: list[Segment]) -> None:
    journal = Journal(tmp_path, reserve_bytes=0)
    for segment in segments:
        journal.append("door", segment)
    start = segments[0].wall
    assert journal.read("door", start, start + timedelta(seconds=9)) == segments
    assert (
        journal.read("door", start + timedelta(seconds=1.5), start + timedelta(seconds=2.5)) == segments[1:3]
    )
    assert journal.read("yard", start, start + timedelta(seconds=9)) == []
    assert journal.spans("door") == [(start, start + timedelta(seconds=4))]


def test_reading_begins_at_a_keyframe(
    tmp_path: Path, video: Callable[[str], Path], read: Read, cut: Cut, frames: Callable[..., int]
) -> None:
    journal = Journal(tmp_path, reserve_bytes=0)
    long = cut(read(video("long-gop.mp4"))[0])
    for segment in long:
        journal.append("door", segment)
    found = journal.read("door", long[2].wall, long[2].wall_end)
    assert found == long
    assert frames(fmp4.join(found).data) == 125


def test_no_picture_is_on_the_disk_in_the_clear(tmp_path: Path, segments: list[Segment]) -> None:
    """J4, R05."""
    journal = Journal(tmp_path, reserve_bytes=0)
    journal.append("door", segments[0])
    journal.close()
    (file,) = files(tmp_path)
    assert segments[0].fragment[200:300] not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (key,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_bytes() not in (tmp_path / "hub.sqlite").read_bytes()


def test_a_file_without_a_row_is_removed_at_start_up(tmp_path: Path, segments: list[Segment]) -> None:
    """J2."""
    journal = Journal(tmp_path, reserve_bytes=0)
    journal.append("door", segments[0])
    journal.close()
    (tmp_path / "segments" / "left-by-a-crash").write_bytes(b"half")
    journal = Journal(tmp_path, reserve_bytes=0)
    assert (journal.repair.files_removed, journal.repair.rows_lost) == (1, 0)
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize("harm", ["gone", "short", "altered"])
def test_a_damaged_segment_is_left_out_and_the_rest_is_read(
    tmp_path: Path, segments: list[Segment], harm: str
) -> None:
    """J2."""
    journal = Journal(tmp_path, reserve_bytes=0)
    for segment in segments:
        journal.append("door", segment)
    journal.close()
    with sqlite3.connect(tmp_path / "hub.sqlite") as db:
        (name,) = db.execute("SELECT name FROM segment WHERE place = 2").fetchone()
    db.close()
    path = tmp_path / "segments" / name
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(content if harm == "altered" else content[:40])
    journal = Journal(tmp_path, reserve_bytes=0)
    assert journal.repair.rows_lost == (0 if harm == "altered" else 1)
    start = segments[0].wall
    assert journal.read("door", start, start + timedelta(seconds=9)) == [segments[0], *segments[2:]]


def test_the_oldest_give_way_to_the_quota(tmp_path: Path, segments: list[Segment]) -> None:
    """J3."""
    quota = sum(len(segment.fragment) + 28 for segment in segments[1:])
    journal = Journal(tmp_path, quota_bytes=quota, reserve_bytes=0)
    for segment in segments:
        journal.append("door", segment)
    assert journal.size_bytes == sum(file.stat().st_size for file in files(tmp_path)) <= quota
    start = segments[0].wall
    assert journal.read("door", start, start + timedelta(seconds=9)) == segments[1:]


def test_the_key_of_a_day_goes_with_its_last_segment(tmp_path: Path, segments: list[Segment]) -> None:
    later = [replace(segment, wall=segment.wall + timedelta(days=1)) for segment in segments]
    journal = Journal(tmp_path, quota_bytes=sum(len(s.fragment) + 28 for s in segments), reserve_bytes=0)
    for segment in segments + later:
        journal.append("door", segment)
    assert [key.name for key in (tmp_path / "keys").iterdir()] == ["day-2026-11-22.key"]


def test_a_volume_with_no_room_left_is_a_state_and_an_error(tmp_path: Path, segments: list[Segment]) -> None:
    journal = Journal(tmp_path, reserve_bytes=1 << 60)
    with pytest.raises(JournalFull):
        journal.append("door", segments[0])
    assert (journal.state.state, journal.state.abandoned) == ("full", 1)
    assert files(tmp_path) == []


def test_a_volume_at_its_reserve_goes_on_with_what_it_has(tmp_path: Path, segments: list[Segment]) -> None:
    journal = Journal(tmp_path, reserve_bytes=0)
    for segment in segments[:3]:
        journal.append("door", segment)
    journal.close()
    journal = Journal(tmp_path, reserve_bytes=1 << 60)
    journal.append("door", segments[3])
    assert journal.state.state == "ok"
    start = segments[0].wall
    assert journal.read("door", start, start + timedelta(seconds=9))[-1] == segments[3]


def test_a_disk_that_refuses_a_write_loses_that_segment_only(tmp_path: Path, segments: list[Segment]) -> None:
    """J1. The refusal is real: a limit on the size of files, in a process of its own."""
    program = """
import resource, signal, sys, pickle
from pathlib import Path
from fanlight.hub.journal import Journal, JournalError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
segments = pickle.loads(sys.stdin.buffer.read())
journal = Journal(Path(sys.argv[1]), reserve_bytes=0)
journal.append("door", segments[0])
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
try:
    journal.append("door", segments[1])
except JournalError as error:
    print(error.code, journal.state.state, journal.state.abandoned)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
journal.append("door", segments[2])
print(journal.state.state, journal.state.abandoned)
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, check=True, capture_output=True, input=pickle.dumps(segments))
    assert done.stdout.decode().split() == ["journal.unwritable", "unwritable", "1", "ok", "1"]
    start = segments[0].wall
    journal = Journal(tmp_path, reserve_bytes=0)
    assert journal.repair.files_removed == journal.repair.rows_lost == 0
    assert journal.read("door", start, start + timedelta(seconds=9)) == [segments[0], segments[2]]


def test_a_killed_hub_leaves_a_journal_that_opens_with_all_that_was_acknowledged(
    tmp_path: Path, segments: list[Segment]
) -> None:
    """J1, J2."""
    program = """
import os, sys, pickle
from pathlib import Path
from fanlight.hub.journal import Journal
segments = pickle.loads(sys.stdin.buffer.read())
journal = Journal(Path(sys.argv[1]), reserve_bytes=0)
for segment in segments[:3]:
    journal.append("door", segment)
os.kill(os.getpid(), 9)
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    subprocess.run(command, check=False, input=pickle.dumps(segments))
    journal = Journal(tmp_path, reserve_bytes=0)
    start = segments[0].wall
    assert journal.read("door", start, start + timedelta(seconds=9)) == segments[:3]


def test_a_place_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalUnwritable):
        Journal(tmp_path / "file" / "hub")


def test_a_damaged_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite").write_bytes(os.urandom(8192))
    with pytest.raises(JournalUnreadable):
        Journal(tmp_path)
