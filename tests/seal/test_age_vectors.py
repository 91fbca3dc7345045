"""The C2SP age vectors, unchanged, against our reader. The TypeScript twin reads the same folder."""

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from fanlight.seal.errors import HeaderAltered, Malformed, NotForUs, PayloadAltered, SealError
from fanlight.seal.opening import open_age, open_header

FOLDER = Path(__file__).parents[2] / "vectors" / "age"
OUT_OF_SCOPE = ("armor_", "scrypt")
NAMES = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".md")
IN_SCOPE = [name for name in NAMES if not name.startswith(OUT_OF_SCOPE)]
REFUSED = [name for name in NAMES if name not in IN_SCOPE]
ERRORS: dict[str, type[SealError]] = {
    "header failure": Malformed,
    "HMAC failure": HeaderAltered,
    "no match": NotForUs,
    "payload failure": PayloadAltered,
}


@dataclass
class Vector:
    expect: str
    identities: list[str]
    file_key: bytes
    payload: str | None
    file: bytes


def load(name: str) -> Vector:
    head, _, body = (FOLDER / name).read_bytes().partition(b"\n\n")
    fields = [line.split(": ", 1) for line in head.decode().split("\n")]
    single = dict(fields)
    if single.get("compressed") == "zlib":
        body = zlib.decompress(body)
    identities = [value for field, value in fields if field == "identity"]
    return Vector(
        single["expect"], identities, bytes.fromhex(single["file key"]), single.get("payload"), body
    )


def test_the_folder_is_whole() -> None:
    assert (len(NAMES), len(IN_SCOPE), len(REFUSED)) == (143, 85, 58)


@pytest.mark.parametrize("name", IN_SCOPE)
def test_an_age_vector_ends_as_it_says(name: str) -> None:
    """R03: footage is recovered with stock tools, so our reader agrees with them on every byte."""
    vector = load(name)
    if vector.expect == "success":
        assert hashlib.sha256(open_age(vector.file, vector.identities)).hexdigest() == vector.payload
        assert open_header(vector.file, vector.identities) == vector.file_key
    else:
        with pytest.raises(ERRORS[vector.expect]):
            open_age(vector.file, vector.identities)


@pytest.mark.parametrize("name", REFUSED)
def test_armor_and_passphrases_are_refused_cleanly(name: str) -> None:
    vector = load(name)
    some_identity = load("hybrid").identities
    with pytest.raises((Malformed, NotForUs)):
        open_age(vector.file, some_identity)
