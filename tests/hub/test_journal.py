import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.hub.footage import ROOMY, SECOND, START, files, footage, now, record, rows

from fanlight.hub.journal import CameraLimits, Journal, JournalUnreadable, JournalUnwritable, Limits
from fanlight.hub.journal.check import check
from fanlight.hub.journal.disk import Disk
from fanlight.hub.options import Camera, HubOptions, Storage
from fanlight.model.check import Check, State

LATER = START + timedelta(days=1)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path, ROOMY)
    yield made
    made.close()


def wrong(folder: Path, limits: Limits = ROOMY) -> list[Check]:
    return [found for found in check(folder, limits=limits) if found.state != State.HOLDS]


def test_what_is_offered_is_read_back_the_same(tmp_path: Path, journal: Journal) -> None:
    """R01."""
    segments = footage(4)
    record(journal, "door", segments)
    assert journal.read("door", START, LATER) == segments
    assert journal.read("door", START + 1.5 * SECOND, START + 2.5 * SECOND) == segments[1:3]
    assert journal.read("yard", START, LATER) == []
    assert journal.spans("door") == [(START, START + 4 * SECOND)]
    assert journal.committed("door") == segments[-1].wall_end
    assert journal.committed("yard") == datetime.min.replace(tzinfo=UTC)
    journal.close()
    assert wrong(tmp_path) == []


def test_a_thread_commits_what_is_offered_and_closing_commits_what_waits(tmp_path: Path) -> None:
    segments = footage(200)
    journal = Journal(tmp_path, ROOMY)
    journal.start()
    for segment in segments[:100]:
        journal.offer("door", segment)
    assert journal.flush()
    assert journal.committed("door") == segments[99].wall_end
    for segment in segments[100:]:
        journal.offer("door", segment)
    journal.close()
    journal.close()
    again = Journal(tmp_path, ROOMY)
    assert again.repair.files_removed == again.repair.files_lost == again.repair.tails_cut == 0
    assert list(again.segments("door", START, LATER)) == segments
    again.close()
    assert wrong(tmp_path) == []


def test_roles_of_a_camera_are_kept_apart(journal: Journal) -> None:
    main, sub = footage(2), footage(2, size=100)
    record(journal, "door", main)
    for segment in sub:
        journal.offer("door", segment, role="sub")
    assert journal.flush()
    assert journal.read("door", START, LATER) == main
    assert journal.read("door", START, LATER, role="sub") == sub


def test_reading_begins_at_a_keyframe_also_over_the_border_of_files(journal: Journal) -> None:
    segments = footage(130, is_key=lambda number: number == 5)
    record(journal, "door", segments)
    assert journal.read("door", segments[100].wall, segments[101].wall_end) == segments[5:102]
    assert journal.read("door", START, START + 3 * SECOND) == []
    assert journal.read("door", segments[4].wall, segments[6].wall) == segments[5:6]


def test_a_file_holds_at_most_a_minute_of_one_run_and_one_day(tmp_path: Path, journal: Journal) -> None:
    record(journal, "door", footage(150))
    record(journal, "door", footage(20, run=1, start=START + 150 * SECOND))
    record(journal, "door", footage(20, run=2, start=START.replace(hour=23, minute=59, second=50)))
    journal.close()
    spans = rows(tmp_path, "SELECT day, (end_us - start_us) / 1000000 FROM file ORDER BY id")
    assert max(length for _, length in spans) <= 60
    assert [length for day, length in spans if day == "2026-03-15"] == [10]
    runs = rows(tmp_path, "SELECT count(DISTINCT run) FROM segment GROUP BY file")
    assert {count for (count,) in runs} == {1}


def test_no_picture_is_on_the_disk_in_the_clear(tmp_path: Path, journal: Journal) -> None:
    """J1, J5, R05."""
    (segment,) = footage(1)
    record(journal, "door", [segment])
    journal.close()
    (file,) = files(tmp_path)
    assert segment.fragment[200:300] not in file.read_bytes()
    assert segment.info.config not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (key,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_bytes() not in (tmp_path / "hub.sqlite").read_bytes()


def test_a_record_opens_only_at_its_place_in_its_file(tmp_path: Path, journal: Journal) -> None:
    """J1: what is swapped on the disk is not shown as something else."""
    record(journal, "door", footage(2))
    journal.close()
    (file,) = files(tmp_path)
    content = file.read_bytes()
    half = len(content) // 2
    file.write_bytes(content[half:] + content[:half])
    again = Journal(tmp_path, ROOMY)
    assert again.read("door", START, LATER) == []
    again.close()


def test_a_file_without_a_row_and_a_tail_without_one_go_at_start_up(tmp_path: Path, journal: Journal) -> None:
    """J2, J3."""
    segments = footage(3)
    record(journal, "door", segments)
    journal.close()
    (file,) = files(tmp_path)
    size = file.stat().st_size
    with file.open("ab") as tail:
        tail.write(b"half a record")
    (file.parent / "left-by-a-crash").write_bytes(b"half")
    again = Journal(tmp_path, ROOMY)
    assert (again.repair.files_removed, again.repair.tails_cut) == (1, 1)
    assert again.read("door", START, LATER) == segments
    again.close()
    assert [path.stat().st_size for path in files(tmp_path)] == [size]
    assert wrong(tmp_path) == []


@pytest.mark.parametrize("harm", ["gone", "short", "altered"])
def test_what_is_damaged_is_left_out_and_said_and_the_rest_is_read(
    tmp_path: Path, journal: Journal, harm: str
) -> None:
    """J1."""
    segments = footage(4)
    record(journal, "door", segments[:2])
    record(journal, "door", footage(2, run=1, start=START + 2 * SECOND))
    rest = journal.read("door", START + 2 * SECOND, LATER)
    journal.close()
    (name,) = rows(tmp_path, "SELECT name FROM file ORDER BY id LIMIT 1")[0]
    (path,) = (path for path in files(tmp_path) if path.name == name)
    content = bytearray(path.read_bytes())
    if harm == "gone":
        path.unlink()
    elif harm == "short":
        path.write_bytes(content[:-10])
    else:
        content[300] ^= 1
        path.write_bytes(content)
    again = Journal(tmp_path, ROOMY)
    assert again.repair.files_lost == (0 if harm == "altered" else 1)
    good = {"gone": [], "short": segments[:1], "altered": segments[1:2]}[harm]
    assert again.read("door", START, LATER) == good + rest
    assert again.flush()
    lost = (START + len(good) * SECOND * (harm == "short"), SECOND * (2 if harm == "gone" else 1))
    assert (lost[0], lost[0] + lost[1], "damaged") in again.timeline("door", START.date()).gaps
    again.close()
    assert wrong(tmp_path) == []


def test_the_oldest_give_way_to_the_quota(tmp_path: Path) -> None:
    """J4."""
    limits = Limits(quota_bytes=60_000, reserve_bytes=0)
    journal, segments = Journal(tmp_path, limits), footage(100)
    record(journal, "door", segments)
    assert journal.size_bytes == sum(file.stat().st_size for file in files(tmp_path)) <= 60_000
    kept = journal.read("door", START, LATER)
    assert kept == segments[-len(kept) :]
    assert len(kept) > 40
    assert journal.spans("door") == [(kept[0].wall, kept[-1].wall_end)]
    journal.close()
    assert wrong(tmp_path, limits) == []


def test_footage_of_events_outlives_the_rest_up_to_its_share(tmp_path: Path) -> None:
    """R51: the quota's share for events is theirs, and no more where all else wants it."""
    journal = Journal(tmp_path, Limits(quota_bytes=60_000, event_share=0.5, reserve_bytes=0))
    first, second = footage(15), footage(200, start=START + 60 * SECOND, run=1)
    record(journal, "door", first)
    journal.keep("door", START, START + 60 * SECOND)
    record(journal, "door", second)
    assert journal.read("door", START, START + 60 * SECOND) == first
    day = journal.timeline("door", START.date())
    assert day.spans[0][0::2] == (START, "event")
    journal.keep("door", START + 60 * SECOND, LATER)
    record(journal, "door", footage(60, start=START + 300 * SECOND, run=2))
    assert journal.read("door", START, START + 60 * SECOND) == []
    journal.close()
    assert wrong(tmp_path) == []


def test_what_is_still_to_come_of_an_event_is_footage_of_it(tmp_path: Path, journal: Journal) -> None:
    journal.keep("door", START, START + 5 * SECOND)
    record(journal, "door", footage(3))
    journal.close()
    assert rows(tmp_path, "SELECT DISTINCT class FROM file") == [(1,)]


def test_a_camera_has_its_own_quota(tmp_path: Path) -> None:
    limits = Limits(reserve_bytes=0, quota_bytes=200_000, cameras={"door": CameraLimits(quota_bytes=20_000)})
    journal = Journal(tmp_path, limits)
    for door, yard in zip(footage(80), footage(80), strict=True):
        journal.offer("door", door)
        journal.offer("yard", yard)
        assert journal.flush()
    sizes = dict(
        rows(tmp_path, "SELECT camera, sum(size_bytes) FROM file JOIN line ON line.id = line GROUP BY camera")
    )
    assert sizes["door"] <= 20_000
    assert len(journal.read("yard", START, LATER)) == 80
    journal.close()


def test_after_its_days_footage_goes_and_what_is_no_event_goes_sooner(tmp_path: Path) -> None:
    mine = CameraLimits(keep_s=3600, rest_s=60)
    journal = Journal(tmp_path, Limits(reserve_bytes=0, cameras={"door": mine}))
    record(journal, "door", footage(5, run=0))
    journal.keep("door", START, START + 5 * SECOND)
    record(journal, "door", footage(5, run=1, start=START + 100 * SECOND))
    record(journal, "door", footage(5, run=2, start=START + 200 * SECOND))
    age(tmp_path, journal, 61)
    assert journal.spans("door") == [
        (START, START + 5 * SECOND),
        (START + 200 * SECOND, START + 205 * SECOND),
    ]
    age(tmp_path, journal, 3601)
    assert journal.read("door", START, START + 99 * SECOND) == []
    journal.close()


def age(folder: Path, journal: Journal, seconds: float) -> None:
    """Let all that is kept be so much older."""
    rows(folder, "UPDATE file SET kept_us = kept_us - ?", round(seconds * 1e6))
    look_anew(journal)


def look_anew(journal: Journal) -> None:
    """Let the journal look for what has had its time, as it does every few seconds."""
    journal.change(replace(journal.limits, event_share=journal.limits.event_share / 2))
    assert journal.flush()


def test_hub_toml_says_the_limits() -> None:
    camera = Camera(id="a" * 26, name="Door", url="test:", keep_days=3, quota_gb=1.5, record="always")
    options = HubOptions(storage=Storage(folder="/disk", quota_gb=10, event_share=0.25), camera=(camera,))
    limits = Limits.from_options(options)
    assert (limits.folder, limits.quota_bytes, limits.event_share) == (Path("/disk"), 10**10, 0.25)
    assert limits.of("a" * 26) == CameraLimits(keep_s=3 * 86_400, rest_s=None, quota_bytes=1_500_000_000)
    brief = Limits.from_options(HubOptions(camera=(replace_camera(camera, record="events", keep_days=0),)))
    assert brief.of("a" * 26) == CameraLimits(keep_s=600, rest_s=600, quota_bytes=1_500_000_000)


def replace_camera(camera: Camera, **changes: object) -> Camera:
    return msgspec.structs.replace(camera, **changes)


def test_the_key_of_a_day_goes_with_its_last_footage(tmp_path: Path) -> None:
    """J5."""
    journal = Journal(tmp_path, Limits(quota_bytes=20_000, reserve_bytes=0))
    record(journal, "door", footage(15))
    record(journal, "door", footage(30, start=LATER, run=1))
    look_anew(journal)
    assert [key.name for key in (tmp_path / "keys").iterdir()] == ["day-2026-03-15.key"]
    journal.close()


def test_a_volume_at_its_reserve_goes_on_with_what_it_has(tmp_path: Path) -> None:
    """J4."""
    journal, segments = Journal(tmp_path, ROOMY), footage(90)
    record(journal, "door", segments)
    journal.change(Limits(reserve_bytes=1 << 60))
    journal.close()
    journal = Journal(tmp_path, Limits(reserve_bytes=1 << 60))
    record(journal, "door", footage(10, start=START + 100 * SECOND, run=1))
    assert journal.state.state == "ok"
    assert journal.spans("door")[-1] == (START + 100 * SECOND, START + 110 * SECOND)
    assert journal.spans("door")[0][0] > START
    journal.close()


def test_a_volume_with_no_room_left_is_a_state_and_a_gap(tmp_path: Path) -> None:
    journal = Journal(tmp_path, Limits(reserve_bytes=1 << 60))
    record(journal, "door", footage(3))
    assert (journal.state.state, journal.state.abandoned) == ("full", 3)
    assert "Free some space" in journal.state.note
    assert files(tmp_path) == []
    assert journal.timeline("door", START.date()).gaps == [(START, START + 3 * SECOND, "full")]
    journal.close()


def test_a_gap_says_why_there_is_nothing(tmp_path: Path, journal: Journal) -> None:
    record(journal, "door", footage(1, start=now()))
    journal.begin_gap("door", "away")
    journal.begin_gap("door", "away")
    assert journal.flush()
    (gap,) = journal.between("door", now() - 9 * SECOND, now() + 9 * SECOND).gaps
    assert gap[2] == "away"
    journal.end_gap("door", "away")
    journal.end_gap("door", "away")
    assert journal.flush()
    assert rows(tmp_path, "SELECT count(*), count(end_us) FROM gap") == [(1, 1)]


def test_the_time_in_which_the_hub_was_stopped_is_a_gap(tmp_path: Path) -> None:
    journal, begin = Journal(tmp_path, ROOMY), now() - timedelta(hours=1)
    record(journal, "door", footage(10, start=begin))
    journal.begin_gap("door", "away")
    assert journal.flush()
    rows(tmp_path, "UPDATE gap SET start_us = start_us - 3595000000")
    rows(tmp_path, "DELETE FROM meta WHERE name = 'alive_us'")
    again = Journal(tmp_path, ROOMY)
    found = again.between("door", begin, now() + SECOND).gaps
    assert {why for _, _, why in found} == {"away", "stopped"}
    (stopped,) = (gap for gap in found if gap[2] == "stopped")
    assert stopped[0] == begin + 10 * SECOND
    assert stopped[1] >= now() - SECOND
    again.close()
    journal.close()


def test_a_camera_that_is_to_be_recorded_and_is_not_is_named(journal: Journal) -> None:
    """The watchdog looks at committed bytes, whatever the reason."""
    journal.expect(["door", "yard", "shed"])
    assert journal.state.silent == ()
    journal._watch._expected = dict.fromkeys(journal._watch._expected, 1)  # long ago
    record(journal, "yard", footage(1))
    journal.begin_gap("shed", "away")
    silent: dict[str, datetime] = dict(journal.state.silent)
    assert list(silent) == ["door"]
    assert silent["door"] < now()


def test_a_note_of_a_day_is_open_while_its_key_is(tmp_path: Path, journal: Journal) -> None:
    note = journal.seal_note(START.date(), b"a thumbnail")
    assert b"thumb" not in note
    assert journal.open_note(START.date(), note) == b"a thumbnail"
    assert journal.open_note(LATER.date(), note) is None
    for cut in (0, 1, 5, 12, 30):
        assert journal.open_note(START.date(), note[:cut]) is None
    (tmp_path / "keys" / "day-2026-03-14.key").unlink()
    journal.close()
    again = Journal(tmp_path, ROOMY)
    assert again.open_note(START.date(), note) is None
    again.close()


def test_a_folder_on_another_disk_is_marked_once_and_waited_for(tmp_path: Path) -> None:
    """J8, R51: nothing is ever written below a mount that is not there."""
    disk = tmp_path / "disk"
    disk.mkdir()
    hub, limits = tmp_path / "hub", Limits(folder=disk, reserve_bytes=0)
    journal = Journal(hub, limits)
    segments = footage(3)
    record(journal, "door", segments)
    assert not (hub / "segments").exists()
    away = disk.rename(tmp_path / "away")
    disk.mkdir()
    record(journal, "door", footage(2, start=START + 10 * SECOND, run=1))
    assert (journal.state.state, journal.state.abandoned) == ("missing", 2)
    assert "not mounted" in journal.state.note
    assert list(disk.iterdir()) == []
    assert journal.read("door", START, LATER) == []
    journal.close()
    again = Journal(hub, limits)
    assert list(disk.iterdir()) == []
    assert {found.state for found in check(hub, limits=limits)} == {State.HOLDS, State.UNKNOWN}
    disk.rmdir()
    away.rename(disk)
    record(again, "door", footage(2, start=START + 20 * SECOND, run=2))
    assert again.state.state == "ok"
    assert again.read("door", START, START + 9 * SECOND) == segments
    gaps = again.timeline("door", START.date()).gaps
    assert (START + 10 * SECOND, START + 12 * SECOND, "missing") in gaps
    again.close()
    assert wrong(hub, limits) == []


def test_the_folder_of_another_hub_is_left_alone(tmp_path: Path) -> None:
    """J8."""
    limits = Limits(folder=tmp_path / "disk", reserve_bytes=0)
    (tmp_path / "disk").mkdir()
    first = Journal(tmp_path / "first", limits)
    record(first, "door", footage(2))
    first.close()
    second = Journal(tmp_path / "second", limits)
    record(second, "door", footage(2))
    assert second.state.state == "missing"
    assert "another hub" in second.state.note
    second.close()
    assert wrong(tmp_path / "first", limits) == []


def test_another_folder_is_taken_while_the_hub_runs_and_the_old_footage_stays(tmp_path: Path) -> None:
    journal, first = Journal(tmp_path, ROOMY), footage(3)
    record(journal, "door", first)
    (tmp_path / "disk").mkdir()
    journal.change(Limits(folder=tmp_path / "disk", reserve_bytes=0))
    second = footage(3, start=START + 5 * SECOND, run=1)
    record(journal, "door", second)
    assert len(files(tmp_path)) == 1
    assert journal.read("door", START, LATER) == first + second
    journal.close()
    assert wrong(tmp_path, Limits(folder=tmp_path / "disk", reserve_bytes=0)) == []


class Held(Disk):
    """A disk that takes nothing until it is let go."""

    def __init__(self) -> None:
        self.let_go, self.reached = threading.Event(), threading.Event()

    def sync(self, handle: int) -> None:
        self.reached.set()
        assert self.let_go.wait(60)
        super().sync(handle)


def test_a_slow_disk_costs_bounded_memory_the_oldest_seconds_and_an_alarm(tmp_path: Path) -> None:
    disk = Held()
    journal = Journal(tmp_path, ROOMY, disk=disk, waiting_bytes=10_000)
    segments = footage(40)
    journal.start()
    journal.offer("door", segments[0])
    journal._waiting.hurry()
    assert disk.reached.wait(60)
    for segment in segments[1:]:
        journal.offer("door", segment)
    assert journal._waiting._bytes <= 10_000
    disk.let_go.set()
    assert journal.flush()
    assert journal.state.state == "slow"
    assert journal.state.abandoned == 29
    assert journal.read("door", START, LATER) == [segments[0], *segments[30:]]
    gaps = journal.timeline("door", START.date()).gaps
    assert (START + SECOND, START + 30 * SECOND, "slow") in gaps
    journal.close()
    assert wrong(tmp_path) == []


def test_recording_loads_no_decoder(tmp_path: Path) -> None:
    """A journal costs a megabyte, not the memory of media libraries."""
    program = (
        "import sys; from pathlib import Path; from fanlight.hub.journal import Journal\n"
        "Journal(Path(sys.argv[1])).close()\n"
        "print([name for name in ('av', 'numpy', 'onnxruntime') if name in sys.modules])"
    )
    said = subprocess.check_output([sys.executable, "-c", program, str(tmp_path)], text=True)
    assert said.strip() == "[]"


def test_a_place_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalUnwritable):
        Journal(tmp_path / "file" / "hub")


def test_a_damaged_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite").write_bytes(bytes(range(256)) * 32)
    with pytest.raises(JournalUnreadable) as caught:
        Journal(tmp_path)
    assert (
        "a copy of keys/" in caught.value.do
    )  # a journal that begins anew destroys keys that it has no use for


def test_a_camera_with_a_name_for_a_path_is_refused(journal: Journal) -> None:
    with pytest.raises(ValueError, match="up"):
        journal.offer("../up", replace(footage(1)[0]))
