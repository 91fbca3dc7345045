"""Pairing a hub: two codes without a secret, read strictly, and nothing changed when something is wrong."""

import base64
import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.cells import CELL
from tests.hub.footage import ROOMY, footage, record
from tests.hub.homes import HOUSEHOLD, OWNER, make_epoch, make_page

from fanlight.cli.home import open_home
from fanlight.cli.hub.codes import HOUSE_PREFIX, HUB_PREFIX, BadCode, read_code, read_place, write_code
from fanlight.cli.main import main
from fanlight.hub.journal import Journal, Limits
from fanlight.hub.options import HubOptions, Page
from fanlight.hub.settings import load_keys, load_pairing, lock, read_options, write_options
from fanlight.seal.keys import SigningKey
from fanlight.wire import b64

WEB = Path(__file__).parents[2] / "web"
HOUSE = {
    "server": "http://localhost:8420",
    "household": HOUSEHOLD,
    "owner": b64.encode(OWNER.public),
    "cell": CELL,
}
CODE = write_code(HOUSE_PREFIX, HOUSE)
FIRST = "c" * 26
ANOTHER = SigningKey(b"a" * 32)
CAMERA = "rtsp://door:secret@192.0.2.7/stream"


def pair(home: Path, code: str = CODE, *more: str, place: str = "-122.41,37.78") -> Result:
    command = ["hub", "pair", code, "--home", str(home), "--camera", CAMERA, f"--place={place}", *more]
    return CliRunner().invoke(main, command)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@given(st.dictionaries(st.text(), st.text()), st.sampled_from([HOUSE_PREFIX, HUB_PREFIX]))
def test_a_code_comes_back_as_it_was_written(value: dict[str, str], prefix: str) -> None:
    code = write_code(prefix, value)
    assert read_code(prefix, code) == value
    assert read_code(prefix, "\n ".join([code[:9], code[9:], ""])) == value


@given(st.text() | st.text(alphabet="ABCab01-_=").map(HOUSE_PREFIX.__add__))
def test_rubbish_is_no_code_and_raises_nothing_else(typed: str) -> None:
    with pytest.raises(BadCode):
        read_code(HOUSE_PREFIX, typed)


@pytest.mark.parametrize(
    "change", [lambda code: code[:-3], lambda code: code[:20] + "!" + code[20:], str.upper]
)
def test_a_code_that_was_copied_badly_is_refused(change: object) -> None:
    assert callable(change)
    with pytest.raises(BadCode):
        read_code(HOUSE_PREFIX, change(CODE))


def test_the_home_app_writes_the_same_code_and_reads_ours(tmp_path: Path) -> None:
    """Two writers of one form: web/apps/home/household/pairing.ts is the other."""
    built = tmp_path / "pairing.mjs"
    rolldown = WEB / "node_modules/.bin/rolldown"
    subprocess.run(
        [rolldown, "apps/home/household/pairing.ts", "--format", "esm", "--file", built],
        cwd=WEB,
        check=True,
        capture_output=True,
    )
    script = (
        f'import {{ houseCode, readHubCode }} from "{built}"; const said = JSON.parse(process.argv[1]);'
        "console.log(JSON.stringify([houseCode(said.house), readHubCode(said.hub)]));"
    )
    hub = {"sign_pub": "a+/=", "age_recipient": "age1pq1xyz"}
    said = json.dumps({"house": HOUSE, "hub": write_code(HUB_PREFIX, hub)})
    command = ["node", "--input-type=module", "-e", script, said]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == [CODE, hub]


def test_pairing_keeps_what_the_house_said_and_answers_with_the_hubs_keys(tmp_path: Path) -> None:
    result = pair(tmp_path, CODE, "--name", "Back door")
    assert result.exit_code == 0
    pairing, keys = load_pairing(tmp_path / "hub"), load_keys(tmp_path / "hub")
    assert (pairing.server, pairing.household, pairing.owner, pairing.cell) == tuple(HOUSE.values())
    assert (pairing.lon, pairing.lat) == (-122.41, 37.78)
    cameras = read_options(tmp_path / "hub").options.camera
    assert [(camera.name, camera.url) for camera in cameras] == [("Back door", CAMERA)]
    (code,) = [line for line in result.output.splitlines() if line.startswith(HUB_PREFIX)]
    own = {"sign_pub": b64.encode(keys.signing.public), "age_recipient": keys.recipient}
    assert read_code(HUB_PREFIX, code) == own


def test_a_pairing_code_holds_no_secret(tmp_path: Path) -> None:
    output = pair(tmp_path).output
    keys = load_keys(tmp_path / "hub")
    (code,) = [line for line in output.splitlines() if line.startswith(HUB_PREFIX)]
    for text in (output, str(read_code(HUB_PREFIX, code))):
        for secret in (
            keys.signing.seed.hex(),
            b64.encode(keys.signing.seed),
            keys.identity,
            "secret",
            "37.78",
        ):
            assert secret not in text


def test_pairing_again_keeps_keys_and_cameras(tmp_path: Path) -> None:
    pair(tmp_path)
    keys, (first,) = load_keys(tmp_path / "hub"), read_options(tmp_path / "hub").options.camera
    assert pair(tmp_path, CODE, "--name", "Shed").exit_code == 0
    assert pair(tmp_path, CODE, "--camera", CAMERA + "2").exit_code == 0
    assert load_keys(tmp_path / "hub") == keys
    shed, door = read_options(tmp_path / "hub").options.camera
    assert (shed.name, shed.url) == ("Shed", CAMERA)
    assert (door.id, door.name, door.url) == (first.id, "Front door", CAMERA + "2")


def test_a_hub_is_paired_without_a_camera_too(tmp_path: Path) -> None:
    """R02: cameras are added on the hub's own page, before or after."""
    command = ["hub", "pair", CODE, "--home", str(tmp_path), "--place=1,2"]
    assert CliRunner().invoke(main, command).exit_code == 0
    assert load_pairing(tmp_path / "hub").household == HOUSEHOLD
    assert read_options(tmp_path / "hub").options.camera == ()


BAD_HOUSES = [
    {"server": "localhost:8420"},
    {"server": "file:///etc/passwd"},
    {"server": "http://"},
    {"server": "http://[::1"},
    {"household": "h"},
    {"owner": "AAAA"},
    {"owner": "no base64"},
    {"cell": "85283083ffffff0"},
    {"cell": "../key"},
]


@pytest.mark.parametrize("change", BAD_HOUSES, ids=str)
def test_a_house_that_cannot_be_is_refused(tmp_path: Path, change: dict[str, str]) -> None:
    pair(tmp_path)
    before = content(tmp_path)
    result = pair(tmp_path, write_code(HOUSE_PREFIX, {**HOUSE, **change}))
    assert result.exit_code == 1
    assert "not a pairing code" in result.stderr
    assert content(tmp_path) == before


@pytest.mark.parametrize("missing", HOUSE)
def test_a_code_that_lacks_something_is_refused(tmp_path: Path, missing: str) -> None:
    left = {name: value for name, value in HOUSE.items() if name != missing}
    assert pair(tmp_path, write_code(HOUSE_PREFIX, left)).exit_code == 1
    assert not (tmp_path / "hub" / "hub.json").exists()


def test_a_hub_stays_with_its_household(tmp_path: Path) -> None:
    """Clips sealed to one household and that household's keys fit no other."""
    pair(tmp_path)
    before = content(tmp_path)
    result = pair(tmp_path, write_code(HOUSE_PREFIX, {**HOUSE, "household": "g" * 26}))
    assert result.exit_code == 1
    assert "another household" in result.stderr
    assert "--home" in result.stderr
    assert content(tmp_path) == before


def test_another_owner_of_the_same_household_may_pair_the_hub_again(tmp_path: Path) -> None:
    """R52: whom the hub's own book calls an owner; the server's word or a stranger's code is not enough."""
    pair(tmp_path)
    folder = tmp_path / "hub"
    first = make_epoch()[1]
    page = make_page(first, other=ANOTHER.public)
    by_another = write_code(
        HOUSE_PREFIX, {**HOUSE, "owner": b64.encode(ANOTHER.public), "server": "http://localhost:9999"}
    )
    assert pair(tmp_path, by_another).exit_code == 1
    (folder / "epochs.json").write_text(json.dumps([one.to_wire() for one in (first, page[1])]))
    assert pair(tmp_path, by_another).exit_code == 0
    again = load_pairing(folder)
    assert (again.server, again.owner) == ("http://localhost:9999", HOUSE["owner"])
    strangers = write_code(HOUSE_PREFIX, {**HOUSE, "owner": b64.encode(b"s" * 32)})
    assert pair(tmp_path, strangers).exit_code == 1
    assert load_pairing(folder) == again


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_name_that_could_not_be_read_again_is_refused(tmp_path: Path, name: str) -> None:
    result = pair(tmp_path, CODE, "--name", name)
    assert result.exit_code == 1
    assert "name" in result.stderr
    assert not (tmp_path / "hub" / "hub.json").exists()


@pytest.mark.parametrize("place", ["", "here", "1", "1,2,3", "37.78,-122.41", "nan,1", "inf,0", "181,0"])
def test_a_place_that_is_none_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(BadCode):
        read_place(place)
    result = pair(tmp_path, place=place)
    assert result.exit_code == 1
    assert "longitude and latitude" in result.stderr


def test_a_code_of_the_wrong_side_is_refused() -> None:
    with pytest.raises(BadCode):
        read_code(HOUSE_PREFIX, write_code(HUB_PREFIX, HOUSE))
    with pytest.raises(BadCode):
        read_code(HOUSE_PREFIX, HOUSE_PREFIX + base64.urlsafe_b64encode(b'{"a": 1}').decode())


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
