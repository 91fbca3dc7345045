"""C2PA on copies of a package's clips: R30. web/e2e/c2pa.spec.ts reads the same files by another library."""

import io
import json
import random
import struct
import subprocess
from pathlib import Path

import pytest
from c2pa import Reader
from click.testing import CliRunner, Result
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.custody.films import film, with_box
from tests.custody.forgeries import flip, pack, unpack
from tests.custody.invented_case import AGENCY, DISCLOSURE, make_case

from fanlight.cli.main import main
from fanlight.custody.c2pa_form import SIGNER, SIGNER_TEXT, copy_path, is_copy
from fanlight.custody.c2pa_reading import NamedSigner, Section, check_c2pa
from fanlight.custody.c2pa_signing import C2paSigner
from fanlight.custody.completing import complete
from fanlight.custody.errors import BadPackage, NotCompleted
from fanlight.custody.own_certificate import own_signer
from fanlight.custody.verify_package import verify_package
from fanlight.custody.zip_form import zip_files
from fanlight.model.check import Check, State
from fanlight.proof.trust import NAMED_BY_LOG
from fanlight.seal.errors import SealError
from fanlight.seal.manifest import parse_disclosure

COPY = copy_path(DISCLOSURE)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "custody"


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return film(tmp_path_factory.mktemp("film"))


@pytest.fixture(scope="module")
def plain(media: bytes) -> bytes:
    return make_case(media).build()


@pytest.fixture(scope="module")
def signed(plain: bytes, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return sign(plain, keys, tmp_path_factory.mktemp("signed"))


def sign(data: bytes, keys: Path, folder: Path) -> bytes:
    (folder / "in.zip").write_bytes(data)
    complete(folder / "in.zip", folder / "out.zip", signer=lambda agency: own_signer(keys, agency))
    return (folder / "out.zip").read_bytes()


def fanlight(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def verify(tmp_path: Path, data: bytes, signers: str | None = None) -> list[Check]:
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    return list(verify_package(path, NAMED_BY_LOG, None, signers))


def failing(checks: list[Check]) -> list[str]:
    return [c.name.replace(f"clip {DISCLOSURE}", "clip") for c in checks if c.state is State.FAILS]


def test_the_agencys_machine_signs_a_copy_and_the_clip_stays_as_it_was_sealed(
    plain: bytes, keys: Path, tmp_path: Path
) -> None:
    """R30: by a certificate of its own, whose fingerprint the package states, with no name of a person."""
    (tmp_path / "in.zip").write_bytes(plain)
    made = fanlight("custody", "package", tmp_path / "in.zip", tmp_path / "out.zip", "--c2pa-folder", keys)
    assert made.exit_code == 0, made.output
    told = fanlight("verify", tmp_path / "out.zip")
    assert told.exit_code == 0, told.output
    assert told.output.splitlines()[-1] == "All 36 checks hold. Not in it: time stamp."
    before, after = unpack(plain), unpack((tmp_path / "out.zip").read_bytes())
    assert {name for name in after if before.get(name) != after[name]} == {
        COPY,
        SIGNER,
        SIGNER_TEXT,
        "SHA256SUMS",
    }
    text = after[SIGNER_TEXT].decode()
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-subject"],
        input=after[SIGNER], capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    fingerprint = shown.splitlines()[0].partition("=")[2].replace(":", "").lower()
    assert fingerprint in text
    assert fingerprint in told.output
    assert "unknown signer" in text
    assert AGENCY in shown
    assert "self-made" in shown
    assert [path.stat().st_mode & 0o777 for path in keys.iterdir()] == [0o600]
    for who in (b"Lindqvist", b"Marsh", b"household ", b"District"):
        assert who not in after[COPY].replace(b"household's signed manifest", b"")
    probe = [
        "ffprobe",
        "-v",
        "error",
        "-show_entries",
        "stream=nb_read_packets",
        "-count_packets",
        "-of",
        "json",
    ]
    (tmp_path / "copy.mp4").write_bytes(after[COPY])
    done = subprocess.run([*probe, str(tmp_path / "copy.mp4")], capture_output=True, check=True)
    assert json.loads(done.stdout)["streams"][0]["nb_read_packets"] == "20"


def test_what_was_done_is_told_as_the_households_manifest_tells_it(signed: bytes) -> None:
    """R30: the invented clip was trimmed."""
    with Reader("video/mp4", io.BytesIO(unpack(signed)[COPY])) as reader:
        said = json.loads(reader.json())
    assert said["validation_state"] == "Valid"
    assert [one["code"] for one in said["validation_status"]] == ["signingCredential.untrusted"]
    (manifest,) = said["manifests"].values()
    found = {one["label"]: one["data"] for one in manifest["assertions"]}
    assert [one["action"] for one in found["c2pa.actions.v2"]["actions"]] == ["c2pa.created", "c2pa.trimmed"]
    assert set(found) == {"c2pa.hash.bmff.v3", "c2pa.actions.v2", "org.fanlight.disclosure"}
    assert "time" not in manifest["signature_info"]


def test_blurred_faces_are_told_where_the_household_signed_it(tmp_path: Path) -> None:
    """R09 R30: in the manifest, in C2PA's list of what was done, and `fanlight verify` holds."""
    plain, out = tmp_path / "plain.zip", tmp_path / "out.zip"
    plain.write_bytes(make_case(film(tmp_path), blurred=True).build())
    complete(plain, out, signer=lambda agency: own_signer(tmp_path / "keys", agency))
    files = unpack(out.read_bytes())
    text = json.loads(files[f"items/{DISCLOSURE}/manifest.json"])["manifest"].encode()
    manifest = parse_disclosure(text)
    assert manifest.facts.faces_blurred
    assert manifest.to_bytes() == text
    with Reader("video/mp4", io.BytesIO(files[COPY])) as reader:
        (said,) = json.loads(reader.json())["manifests"].values()
    found = {one["label"]: one["data"] for one in said["assertions"]}["c2pa.actions.v2"]["actions"]
    assert [one["action"] for one in found] == ["c2pa.created", "c2pa.trimmed", "c2pa.edited"]
    assert not [check for check in verify(tmp_path, out.read_bytes()) if check.state is State.FAILS]
    for wrong in (b'"faces":"kept"', b'"faces":true', b'"faces":null'):
        with pytest.raises(SealError):
            parse_disclosure(text.replace(b'"faces":"blurred"', wrong))


def test_every_part_of_what_is_added_is_needed_and_covered(signed: bytes, tmp_path: Path) -> None:
    files = unpack(signed)
    for name in (COPY, SIGNER, SIGNER_TEXT):
        assert "contents" in failing(verify(tmp_path, pack({n: d for n, d in files.items() if n != name})))
    (box,) = struct.unpack_from(">I", files[COPY], 28)
    places = random.Random(30)
    for at in [places.randrange(28, 28 + box) for _ in range(20)]:
        # The signature's own padding is covered by no signature, as C2PA has it, but by the sums.
        assert "SHA256SUMS" in failing(verify(tmp_path, zip_files(files | {COPY: flip(files[COPY], at)})))
    for at, check in (
        (files[COPY].index(b"clip_sha256") + 20, "clip: C2PA manifest"),
        (files[COPY].index(b"digitalCapture"), "clip: C2PA manifest"),
        (files[COPY].index(b"Evidence export"), "clip: C2PA manifest"),
        (files[COPY].index(b"mdat") + 4_000, "clip: C2PA copy"),
        (10, "clip: C2PA copy"),
        (30, "clip: C2PA copy"),
    ):
        assert check in failing(verify(tmp_path, pack(files | {COPY: flip(files[COPY], at)})))


def test_a_manifest_from_another_clip_or_export_is_refused(
    signed: bytes, media: bytes, keys: Path, tmp_path: Path
) -> None:
    """R30: the box of one clip in another's copy, a whole copy of another, and one of another export."""
    files = unpack(signed)
    other_media = film(tmp_path, "smptebars")
    other = unpack(sign(make_case(other_media).build(), keys, tmp_path))
    assert failing(verify(tmp_path, pack(files | {COPY: other[COPY]}))) == ["clip: C2PA copy"]
    lent = with_box(files["items/" + DISCLOSURE + "/clip.mp4"], other[COPY])
    assert failing(verify(tmp_path, pack(files | {COPY: lent}))) == ["clip: C2PA manifest"]
    (tmp_path / "again").mkdir()
    again = unpack(sign(make_case(media).build(), keys, tmp_path / "again"))
    assert failing(verify(tmp_path, pack(files | {COPY: again[COPY]}))) == ["clip: C2PA manifest"]


def test_who_signed_has_to_be_the_one_that_is_stated_and_trusted(signed: bytes, tmp_path: Path) -> None:
    """R30: a root of the agency's own vouches for its signer; another agency's does not."""
    files, stranger = unpack(signed), own_signer(tmp_path / "other", AGENCY)
    root = files[SIGNER][files[SIGNER].rindex(b"-----BEGIN") :].decode()
    theirs = stranger.chain_pem[stranger.chain_pem.rindex(b"-----BEGIN") :].decode()
    assert failing(verify(tmp_path, signed, root)) == []
    assert failing(verify(tmp_path, signed, theirs)) == ["clip: C2PA manifest"]
    assert failing(verify(tmp_path, pack(files | {SIGNER: stranger.chain_pem}))) == ["C2PA signer"]
    assert failing(verify(tmp_path, pack(files | {SIGNER: b"nobody"}))) == ["C2PA signer"]
    (tmp_path / "root.pem").write_text(theirs)
    (tmp_path / "signed.zip").write_bytes(signed)
    assert fanlight("verify", tmp_path / "signed.zip", "--c2pa-ca", tmp_path / "root.pem").exit_code == 1
    assert fanlight("verify", tmp_path / "signed.zip", "--c2pa-ca", tmp_path / "signed.zip").exit_code == 2


def test_the_agencys_own_certificate_signs_where_it_has_one(plain: bytes, tmp_path: Path) -> None:
    signer = own_signer(tmp_path / "bought", "XX0000000")
    (tmp_path / "in.zip").write_bytes(plain)
    (tmp_path / "c.pem").write_bytes(signer.chain_pem)
    (tmp_path / "k.pem").write_bytes(signer.key_pem)
    given_in = ["custody", "package", tmp_path / "in.zip", tmp_path / "out.zip"]
    made = fanlight(*given_in, "--c2pa-cert", tmp_path / "c.pem", "--c2pa-key", tmp_path / "k.pem")
    assert made.exit_code == 0, made.output
    assert unpack((tmp_path / "out.zip").read_bytes())[SIGNER] == signer.chain_pem


def test_what_cannot_be_signed_is_refused_and_nothing_is_written(
    plain: bytes, keys: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.zip"
    for data, why in ((make_case().build(), "cannot be put into a clip"), (b"no zip", "no zip file")):
        (tmp_path / "in.zip").write_bytes(data)
        made = fanlight("custody", "package", tmp_path / "in.zip", out, "--c2pa-folder", keys)
        assert made.exit_code == 1
        assert why in made.stderr
    (tmp_path / "in.zip").write_bytes(plain)
    for options in (["--no-c2pa"], ["--tsa", "http://x"], ["--c2pa-cert", tmp_path / "in.zip"]):
        assert fanlight("custody", "package", tmp_path / "in.zip", out, *options).exit_code == 1
    one, two = own_signer(tmp_path / "one", AGENCY), own_signer(tmp_path / "two", AGENCY)
    for chain, key in ((one.chain_pem, two.key_pem), (b"", one.key_pem), (one.chain_pem, b"key")):
        with pytest.raises(NotCompleted):
            C2paSigner.of(chain, key)
    assert not out.exists()


def test_what_has_c2pa_already_is_not_given_it_twice(signed: bytes, keys: Path, tmp_path: Path) -> None:
    with pytest.raises(NotCompleted, match="already"):
        sign(signed, keys, tmp_path)


@given(st.binary(max_size=400), st.binary(max_size=400))
@settings(max_examples=100)
def test_any_two_files_are_a_film_and_its_copy_or_not(film_: bytes, copy: bytes) -> None:
    """Bytes from anywhere raise nothing."""
    assert not is_copy(lambda a, b: film_[a:b], len(film_), lambda a, b: copy[a:b], len(copy))


@given(st.data())
@settings(max_examples=60, derandomize=True, database=None)
def test_a_damaged_copy_is_refused_by_the_reader_and_stops_nothing(
    signed: bytes, data: st.DataObject
) -> None:
    """Several bytes at once of the manifest's box, past our own comparison, into the library itself."""
    files = unpack(signed)
    copy = bytearray(files[COPY])
    signer = NamedSigner(x509.load_pem_x509_certificates(files[SIGNER])[0], files[SIGNER].decode())
    (box,) = struct.unpack_from(">I", copy, 28)
    for _ in range(data.draw(st.integers(1, 12))):
        copy[data.draw(st.integers(28, 27 + box))] = data.draw(st.integers(0, 255))
    with pytest.raises(BadPackage):
        check_c2pa(Section(lambda a, b: bytes(copy[a:b]), len(copy)), signer, {}, [])
