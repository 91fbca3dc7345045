"""The verbs of `fanlight hub`: nothing changes when something is wrong. Waiting: tests/hub."""

from pathlib import Path

import pytest
import segno
from click.testing import CliRunner, Result
from tests.hub.footage import ROOMY, footage, record

from fanlight.cli.home import open_home
from fanlight.cli.hub.codes import BadPlace, draw, read_place
from fanlight.cli.main import main
from fanlight.hub.journal import Journal, Limits
from fanlight.hub.options import HubOptions, Page
from fanlight.hub.settings import lock, read_options, write_options
from fanlight.seal.pairing import Code

FIRST = "c" * 26
CAMERA = "rtsp://door:secret@192.0.2.7/stream"
TOWN = "http://localhost:8420"
CODE = Code(bytes(range(32)), bytes(range(16))).text("https://fanlight.example.org")


def pair(home: Path, server: str = TOWN, *more: str, place: str = "-122.41,37.78") -> Result:
    command = ["hub", "pair", server, "--home", str(home), "--camera", CAMERA, f"--place={place}", *more]
    return CliRunner().invoke(main, command)


def test_the_terminal_shows_the_code_as_a_camera_reads_it() -> None:
    """R03: black on white in any terminal, two rows of squares a line, a border around."""
    lines = draw(CODE)
    blocks = {" ": (0, 0), "\u2580": (1, 0), "\u2584": (0, 1), "\u2588": (1, 1)}
    rows: list[list[int]] = []
    for line in lines:
        assert (line[:9], line[-4:]) == ("\x1b[30;107m", "\x1b[0m")
        pairs = [blocks[one] for one in line[9:-4]]
        rows += [[upper for upper, _ in pairs], [lower for _, lower in pairs]]
    drawn = [list(row) for row in segno.make_qr(CODE, error="m").matrix_iter(border=2)]
    assert rows[: len(drawn)] == drawn
    assert not any(any(row) for row in rows[len(drawn) :])
    assert len(lines) <= 30  # on a screen of common size


@pytest.mark.parametrize("server", ["", "town", "file:///etc/passwd", "https://town.example/home"])
def test_a_server_that_is_none_is_refused(tmp_path: Path, server: str) -> None:
    result = pair(tmp_path, server)
    assert result.exit_code == 1
    assert "no address of a town's server" in result.stderr
    assert not (tmp_path / "hub" / "hub.json").exists()
    assert read_options(tmp_path / "hub").options.camera == ()


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_name_that_could_not_be_read_again_is_refused(tmp_path: Path, name: str) -> None:
    result = pair(tmp_path, TOWN, "--name", name)
    assert result.exit_code == 1
    assert "name" in result.stderr
    assert not (tmp_path / "hub" / "hub.json").exists()


@pytest.mark.parametrize("place", ["", "here", "1", "1,2,3", "37.78,-122.41", "nan,1", "inf,0", "181,0"])
def test_a_place_that_is_none_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(BadPlace):
        read_place(place)
    result = pair(tmp_path, place=place)
    assert result.exit_code == 1
    assert "longitude and latitude" in result.stderr


def test_the_pages_link_is_printed_with_its_key(tmp_path: Path) -> None:
    """R02: before any pairing, too."""
    first = CliRunner().invoke(main, ["hub", "page", "--home", str(tmp_path)])
    assert first.exit_code == 0
    assert first.output.startswith("http://127.0.0.1:8430/#k=")
    folder = tmp_path / "hub"
    anywhere = Page(host="0.0.0.0", port=9000)  # noqa: S104 - to be recognised
    write_options(folder, HubOptions(page=anywhere), read_options(folder))
    again = CliRunner().invoke(main, ["hub", "page", "--home", str(tmp_path)])
    assert again.output.startswith("http://127.0.0.1:9000/#k=")
    assert again.output.partition("#")[2] == first.output.partition("#")[2]


def test_the_recording_moves_to_another_disk_and_the_settings_follow(tmp_path: Path) -> None:
    run = CliRunner().invoke
    home, new = tmp_path / "home", tmp_path / "disk"
    folder = open_home(home).folder("hub")
    journal = Journal(folder, ROOMY)
    record(journal, FIRST, footage(3))
    journal.close()
    missing = run(main, ["hub", "move", str(new), "--home", str(home)])
    assert (missing.exit_code, "no such folder" in missing.stderr) == (1, True)
    new.mkdir()
    with lock(folder):
        busy = run(main, ["hub", "move", str(new), "--home", str(home)])
        assert (busy.exit_code, "Another hub" in busy.stderr) == (1, True)
    moved = run(main, ["hub", "move", str(new), "--home", str(home)])
    assert (moved.exit_code, "Moved" in moved.output) == (0, True)
    assert read_options(folder).options.storage.folder == str(new)
    assert [path for path in new.rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert not [path for path in (folder / "segments").rglob("*") if path.is_file()]
    journal = Journal(folder, Limits.from_options(read_options(folder).options))
    assert len(journal.spans(FIRST)) == 1
    journal.close()
