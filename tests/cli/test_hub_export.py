"""`fanlight hub export`: films beside a recording that may be going on."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.hub.demuxed import START, cut, later, make, packets

from fanlight.cli.home import open_home
from fanlight.cli.hub.export import NotExported, export, read_time
from fanlight.hub.export import ExportRefused, NothingRecorded
from fanlight.hub.journal import Journal, Limits
from fanlight.hub.options import Camera, HubOptions
from fanlight.hub.segmenter import Segment
from fanlight.hub.settings import read_options, write_options

DOOR = Camera(id="d" * 26, name="Front door", url="test:")
YARD = Camera(id="y" * 26, name="Yard", url="test:")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home whose hub knows two cameras."""
    folder = open_home(tmp_path / "home").folder("hub")
    write_options(folder, HubOptions(camera=(DOOR, YARD)), read_options(folder))
    return tmp_path / "home"


def record(home: Path, segments: list[Segment]) -> Journal:
    """Record segments and leave the journal open, as a running hub does."""
    journal = Journal(open_home(home).folder("hub"), Limits(reserve_bytes=0))
    journal.start()
    for segment in segments:
        journal.offer(DOOR.id, segment)
    assert journal.flush()
    return journal


def length_s(path: Path) -> float:
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def text(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


def test_a_film_is_written_while_the_hub_records(home: Path, tmp_path: Path) -> None:
    """R02, R12: nobody stops the hub for evidence; the file is its owner's alone."""
    journal = record(home, cut(packets(make(tmp_path / "x", "h264", "aac"))))
    out = tmp_path / "film.mp4"
    said = export("Front door", text(1), text(4), out, home=home, joined=False)
    journal.close()
    assert said == [
        f"{out}: 2026-11-01T05:59:59.250Z to 2026-11-01T06:00:02.250Z, {out.stat().st_size / 1e6:.1f} MB."
    ]
    assert length_s(out) == pytest.approx(3, abs=0.001)
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob(".*.part")] == []


def test_what_one_film_cannot_hold_becomes_two(home: Path, tmp_path: Path) -> None:
    """A camera that was changed to H.265 in the middle loses nothing in an export."""
    old, new = (
        packets(make(tmp_path / "old", "h264", seconds=3)),
        packets(make(tmp_path / "new", "h265", seconds=3)),
    )
    record(home, cut(old + later(new, 3.0, run=2))).close()
    out = tmp_path / "film.mp4"
    said = export(DOOR.id, text(1), text(5), out, home=home, joined=True)
    assert [line.partition(":")[0] for line in said] == [str(out), str(tmp_path / "film-2.mp4")]
    assert [length_s(out), length_s(tmp_path / "film-2.mp4")] == pytest.approx([2, 2], abs=0.001)


@pytest.mark.parametrize(
    ("camera", "stretch", "error"),
    [
        ("Back door", (0, 1), NotExported),
        ("Yard", (0, 1), NothingRecorded),
        ("Front door", (100, 101), NothingRecorded),
        ("Front door", (3, 1), ExportRefused),
    ],
)
def test_what_cannot_be_exported_leaves_no_file(
    home: Path, tmp_path: Path, camera: str, stretch: tuple[float, float], error: type[Exception]
) -> None:
    record(home, cut(packets(make(tmp_path / "x", "h264", seconds=2)))).close()
    out = tmp_path / "films" / "film.mp4"
    out.parent.mkdir()
    with pytest.raises(error):
        export(camera, text(stretch[0]), text(stretch[1]), out, home=home, joined=False)
    assert list(out.parent.iterdir()) == []


def test_a_file_that_is_there_and_a_folder_that_is_not_are_left_alone(home: Path, tmp_path: Path) -> None:
    record(home, cut(packets(make(tmp_path / "x", "h264", seconds=2)))).close()
    there = tmp_path / "there.mp4"
    there.write_bytes(b"mine")
    for out in (there, tmp_path / "nowhere" / "film.mp4"):
        with pytest.raises(NotExported):
            export("Front door", text(0), text(1), out, home=home, joined=False)
    assert there.read_bytes() == b"mine"


def test_a_camera_that_was_removed_is_exported_by_its_id(home: Path, tmp_path: Path) -> None:
    """R12: its footage stays until its days are over, and stays reachable."""
    record(home, cut(packets(make(tmp_path / "x", "h264", seconds=3)))).close()
    folder = home / "hub"
    write_options(folder, HubOptions(camera=(YARD,)), read_options(folder))
    export(DOOR.id, text(1), text(2), tmp_path / "film.mp4", home=home, joined=False)
    assert length_s(tmp_path / "film.mp4") == pytest.approx(1, abs=0.001)
    with pytest.raises(NotExported, match="no such camera"):
        export("x" * 26, text(1), text(2), tmp_path / "other.mp4", home=home, joined=False)


def test_what_was_not_recorded_at_the_ends_is_told(home: Path, tmp_path: Path) -> None:
    record(home, cut(packets(make(tmp_path / "x", "h264", seconds=3)))).close()
    said = export("Front door", text(-10), text(9), tmp_path / "film.mp4", home=home, joined=False)
    assert said[1].endswith(" s at the beginning.")
    assert said[2].endswith(" s at the end.")
    assert len(said) == 3
    lacks = [float(line.split()[2]) for line in said[1:]]
    assert length_s(tmp_path / "film.mp4") == pytest.approx(19 - sum(lacks), abs=0.11)


def test_cameras_of_one_name_are_told_apart_by_their_ids(home: Path, tmp_path: Path) -> None:
    record(home, cut(packets(make(tmp_path / "x", "h264", seconds=2)))).close()
    folder = home / "hub"
    twin = Camera(id=YARD.id, name=DOOR.name, url="test:")
    write_options(folder, HubOptions(camera=(DOOR, twin)), read_options(folder))
    with pytest.raises(NotExported, match="Several cameras") as refused:
        export(DOOR.name, text(0), text(1), tmp_path / "film.mp4", home=home, joined=False)
    assert f"{DOOR.name} ({DOOR.id}), {DOOR.name} ({YARD.id})" in refused.value.do


def test_a_hub_that_never_recorded_says_so(home: Path, tmp_path: Path) -> None:
    with pytest.raises(NotExported, match="no recording"):
        export("Yard", text(0), text(1), tmp_path / "film.mp4", home=home, joined=False)


@pytest.mark.parametrize("said", ["yesterday", "", "2026-13-01T00:00", "18:36"])
def test_what_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(NotExported):
        read_time(said)


def test_a_time_without_a_zone_is_this_machines() -> None:
    assert read_time("2026-11-21T18:36:41Z") == datetime(2026, 11, 21, 18, 36, 41, tzinfo=UTC)
    assert read_time("2026-11-21T18:36:41") == datetime(2026, 11, 21, 18, 36, 41).astimezone()
