"""What `fanlight pack check` says of bytes, by a table that the browser holds to as well; packs as zips."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.verdicts import TABLE, bytes_of

from fanlight.cli.main import main
from fanlight.policy import (
    BadPack,
    assemble_zip,
    default_pack,
    is_zip,
    shipped_pack,
    shipped_packs,
    verdict,
    verdict_on,
)
from fanlight.policy.shipped import FILES

READ = json.loads(TABLE.read_text("utf-8"))
FOLDER = Path(__file__).parents[2] / "src/fanlight/policy/packs/model-ordinance"


@pytest.mark.parametrize("case", READ["cases"], ids=[case["why"] for case in READ["cases"]])
def test_what_is_said_of_a_pack_is_what_the_table_says(case: dict[str, Any]) -> None:
    """R43: the same table is read by web/core/policy/proving.test.ts."""
    assert verdict(bytes_of(READ["base"], case)).as_json() == case["said"]


@pytest.mark.parametrize("name", shipped_packs())
def test_every_pack_that_ships_is_sound(name: str) -> None:
    said = verdict_on(shipped_pack(name))
    assert said.sound
    assert said.uncommon == ()


def _zip(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return made.getvalue()


WHOLE = {name: (FOLDER / name).read_bytes() for name in FILES}


@pytest.mark.parametrize("below", ["", "my-town/", "a/b/"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
def test_a_zip_of_the_folder_is_the_pack_however_its_lines_end(below: str, end: bytes) -> None:
    files = {below + name: data.replace(b"\n", end) for name, data in WHOLE.items()}
    data = _zip({**files, below + "README.txt": b"hello"})
    assert is_zip(data)
    assert assemble_zip(data) == default_pack().canonical


@pytest.mark.parametrize(
    "files",
    [
        {},
        {name: data for name, data in WHOLE.items() if name != "pack.json"},
        {**WHOLE, "other/pack.json": WHOLE["pack.json"]},
        {("a/" if name == "pack.json" else "") + name: data for name, data in WHOLE.items()},
        {**WHOLE, "pack.json": b"[]"},
        {**WHOLE, "pack.json": b"{" * 5000},
        {**WHOLE, "ordinance.cedar": b"\xff"},
        {**WHOLE, "ordinance.cedar": b" " * 300_000},
    ],
    ids=["empty", "one less", "twice", "apart", "a list", "deep", "no text", "too large"],
)
def test_a_zip_that_is_no_pack_is_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(BadPack):
        assemble_zip(_zip(files))


def test_a_zip_that_is_too_large_is_not_opened() -> None:
    with pytest.raises(BadPack, match="larger than 1 MiB"):
        assemble_zip(_zip(WHOLE) + b" " * 1_100_000)


@given(st.data())
def test_a_changed_byte_of_a_zip_never_raises_anything_else(data: Any) -> None:
    raw = bytearray(_zip(WHOLE))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        assemble_zip(bytes(raw))
    except BadPack:
        return


@given(st.binary(max_size=300))
def test_whatever_follows_the_mark_of_a_zip_raises_bad_pack(data: bytes) -> None:
    with pytest.raises(BadPack):
        assemble_zip(b"PK\x03\x04" + data)


def test_the_command_takes_the_zip_and_the_file_alike(tmp_path: Path) -> None:
    """R43: what the editor hands out is what the operator checks."""
    (tmp_path / "town.zip").write_bytes(_zip(WHOLE))
    (tmp_path / "town.pack.json").write_bytes(default_pack().canonical)
    said = [CliRunner().invoke(main, ["pack", "check", str(path)]) for path in sorted(tmp_path.iterdir())]
    assert [one.exit_code for one in said] == [0, 0]
    assert said[0].output == said[1].output
    assert default_pack().sha256 in said[0].output
