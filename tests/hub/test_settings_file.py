"""hub.toml: any bytes give settings or one error, a person's comments stay, and nobody's change is lost."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tomlkit
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fanlight.hub.options import Bell, Camera, Detect, HubOptions, Mqtt, Page, Privacy, Storage, Webhook, Zone
from fanlight.hub.settings import (
    BadSettings,
    SettingsChanged,
    SettingsUnwritable,
    parse,
    read_options,
    write_options,
)
from fanlight.hub.settings.file import LARGEST
from fanlight.hub.settings.toml import merge

ID = "a" * 26
WRITTEN_BY_HAND = """\
# Our house. Do not touch the quota.
[storage]
quota_gb = 50     # the whole stick
reserve_mb = 512

[[camera]]        # the door
name = "Front door"
id = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
url = "rtsp://door:secret@192.0.2.7/stream"

  [camera.detect]
  # no cats
  labels = ["person"]

[[camera]]
id = "bbbbbbbbbbbbbbbbbbbbbbbbbb"
name = "Shed"
url = "/film.mp4"

[mqtt]
host = "broker"   # in the cellar
"""

names = st.text(
    st.characters(min_codepoint=0x20, exclude_characters="\x7f", codec="utf-8"), min_size=1, max_size=12
)
shares = st.floats(0, 1, allow_nan=False)
outlines = st.lists(st.tuples(shares, shares), min_size=3, max_size=5).map(tuple)
labels = st.lists(st.sampled_from(["person", "vehicle", "animal", "package"]), max_size=4).map(tuple)
zones = st.builds(Zone, name=names, outline=outlines, labels=labels)
cameras = st.builds(
    Camera,
    id=st.text("abc234", min_size=26, max_size=26),
    name=names,
    url=names,
    record=st.sampled_from(["events", "always", "off"]),
    keep_days=st.integers(0, 365),
    audio=st.booleans(),
    detect=st.builds(Detect, labels=labels, zones=st.lists(zones, max_size=2).map(tuple)),
    privacy=st.builds(Privacy, zones=st.lists(outlines, max_size=2).map(tuple)),
    bell=st.builds(Bell, mqtt_topic=names),
)  # fmt: skip
webhooks = st.builds(
    Webhook,
    url=st.sampled_from(["http://one/", "https://two/x?y=%20"]),
    on=st.just(("ring", "person")),
    secret=names,
)
options = st.builds(
    HubOptions,
    page=st.builds(Page, port=st.integers(1, 65535), names=st.lists(names, max_size=2).map(tuple)),
    storage=st.builds(Storage, quota_gb=st.floats(0.001, 1e6), folder=names),
    mqtt=st.builds(Mqtt, host=names, password=names, tls=st.booleans()),
    webhook=st.lists(webhooks, max_size=2, unique_by=lambda one: one.url).map(tuple),
    camera=st.lists(cameras, max_size=3, unique_by=lambda one: one.id).map(tuple),
)


def parsed(data: bytes) -> HubOptions | BadSettings:
    try:
        return parse(data)
    except BadSettings as error:
        return error


@given(st.binary(max_size=300) | st.text().map(str.encode))
@example(b"\xef\xbb\xbf[page]\nport = 1\n")
@example(b"a = " + b"[" * 100_000)
@example(b"a = " + b"9" * 10_000)
@example(b"[page]\nport = 99999999999999999999999")
def test_any_bytes_give_settings_or_one_error(data: bytes) -> None:
    assert isinstance(parsed(data), HubOptions | BadSettings)


@given(
    st.recursive(
        st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
            ["page", "port", "camera", "id", "name", "url", "detect", "zones", "outline", "mqtt", "x"]
        ), inner, max_size=4),
        max_leaves=12,
    ).filter(lambda value: isinstance(value, dict))
)  # fmt: skip
def test_any_toml_gives_settings_or_one_error(said: dict[str, Any]) -> None:
    found = parsed(tomlkit.dumps(said).encode())
    assert isinstance(found, HubOptions) or "`" in found.what


@settings(max_examples=40)  # each parses four texts in pure Python
@given(options, options)
def test_what_is_written_is_what_is_read_again_whatever_stood_there_before(
    before: HubOptions, after: HubOptions
) -> None:
    first = merge("", before)
    assert parse(first.encode()) == before
    assert parse(merge(first, after).encode()) == after


@given(options)
def test_a_persons_own_layout_takes_any_change(after: HubOptions) -> None:
    assert parse(merge(WRITTEN_BY_HAND, after).encode()) == after


def test_comments_and_order_of_a_persons_file_stay() -> None:
    before = parse(WRITTEN_BY_HAND.encode())
    door, shed = before.camera
    door = msgspec.structs.replace(
        door, record="always", detect=msgspec.structs.replace(door.detect, labels=("person", "animal"))
    )
    after = msgspec.structs.replace(
        before, camera=(door, shed), storage=msgspec.structs.replace(before.storage, quota_gb=40.0)
    )
    text = merge(WRITTEN_BY_HAND, after)
    assert parse(text.encode()) == after
    for kept in ("# Our house.", "# the whole stick", "# the door", "# no cats", "# in the cellar"):
        assert kept in text
    assert text.index("[storage]") < text.index("Front door") < text.index("Shed") < text.index("[mqtt]")
    assert merge(text, after) == text


def test_a_camera_that_is_removed_takes_its_table_with_it_and_no_other() -> None:
    before = parse(WRITTEN_BY_HAND.encode())
    text = merge(WRITTEN_BY_HAND, msgspec.structs.replace(before, camera=before.camera[1:]))
    assert "secret" not in text
    assert "Shed" in text
    assert "# in the cellar" in text


def test_defaults_are_not_written_out() -> None:
    text = merge("", HubOptions(camera=(Camera(id=ID, name="Door", url="test:"),)))
    assert set(tomllib.loads(text)) == {"camera"}
    assert set(tomllib.loads(text)["camera"][0]) == {"id", "name", "url"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[page]\nport = 'x'", "`page.port`"),
        ("[page]\nprot = 1", "`page.prot` is no setting"),
        ("pages = 1", "`pages` is no setting"),
        ("[storage]\nquota_gb = nan", "`storage.quota_gb`"),
        ("[storage]\nquota_gb = inf", "`storage.quota_gb`"),
        ("[[camera]]\nid = 'a'", "`camera[0].id`"),
        (f"[[camera]]\nid = '{ID}'\nname = 'x'", "`camera[0].url` is missing"),
        (f"[[camera]]\nid = '{ID}'\nname = 'x'\nurl = 'u'\nrecord = 'hunter2'", "`camera[0].record` is none"),
        (f"[[camera]]\nid = '{ID}'\nname = 'x'\nurl = 'u'\n" * 2, "two cameras have the same `id`"),
        (f'[[camera]]\nid = "{ID}"\nname = "x\\ny"\nurl = "u"', "`camera[0].name`"),
        ("[mqtt]\npassword = ['hunter2']", "`mqtt.password`"),
        ("[page]\nport = 1\nhunter2\n", "line 3 is not TOML"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_its_key_and_without_its_value(text: str, named: str) -> None:
    with pytest.raises(BadSettings) as refused:
        parse(text.encode())
    assert named in refused.value.what
    assert "hunter2" not in str(refused.value)


def test_a_camera_without_an_id_is_answered_with_a_fresh_one() -> None:
    written = "[[camera]]\nname = 'x'\nurl = 'u'\n"
    with pytest.raises(BadSettings) as refused:
        parse(written.encode())
    fresh = refused.value.do[refused.value.do.index("id = ") :]
    assert parse(f"{written}{fresh}\n".encode()).camera[0].name == "x"


def test_a_file_larger_than_settings_can_be_is_refused() -> None:
    with pytest.raises(BadSettings, match="larger"):
        parse(b"#" * (LARGEST + 1))


def test_a_change_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    empty = read_options(tmp_path)
    mine = msgspec.structs.replace(empty.options, page=Page(port=9000))
    (tmp_path / "hub.toml").write_text("[page]\nport = 9001\n")
    with pytest.raises(SettingsChanged):
        write_options(tmp_path, mine, empty)
    assert read_options(tmp_path).options.page.port == 9001
    again = write_options(tmp_path, mine, read_options(tmp_path))
    assert again == read_options(tmp_path)
    assert again.options == mine


def test_a_disk_that_refuses_leaves_the_settings_as_they_were(tmp_path: Path) -> None:
    file = write_options(tmp_path, HubOptions(page=Page(port=9000)), read_options(tmp_path))
    (tmp_path / ".hub.toml.new").mkdir()
    with pytest.raises(SettingsUnwritable):
        write_options(tmp_path, HubOptions(page=Page(port=9001)), file)
    assert read_options(tmp_path) == file
    (tmp_path / "as-folder").mkdir()
    (tmp_path / "as-folder" / "hub.toml").mkdir()
    with pytest.raises(SettingsUnwritable):
        read_options(tmp_path / "as-folder")


def test_sound_is_off_and_only_events_are_kept_until_a_person_says_otherwise() -> None:
    """R51: the defaults of a camera that was just added."""
    camera = Camera(id=ID, name="Door", url="test:")
    assert (camera.audio, camera.record, camera.keep_days) == (False, "events", 14)
    assert (
        camera.indoor is False
    )  # an indoor one is marked so by a person; then it is off while they are home
    parsed = parse(merge("", HubOptions(camera=(camera,))).encode())
    assert parsed.camera[0].audio is False
