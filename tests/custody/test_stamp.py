"""Time stamps of packages by a real authority, made with `openssl ts`: R30."""

import base64
import contextlib
import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.custody.authority import Authority, authority
from tests.custody.forgeries import flip, pack, unpack
from tests.custody.invented_case import FOLDER, make_case
from tests.hub.answering import Answer, answering

from fanlight.cli.main import main
from fanlight.custody.completing import add_stamp
from fanlight.custody.der import BadDer, read_der
from fanlight.custody.errors import BadStamp, NotCompleted
from fanlight.custody.stamp import MOST_BYTES, ask, check_stamp, read_roots
from fanlight.custody.verify_package import verify_package
from fanlight.custody.zip_form import zip_files
from fanlight.model.check import Check, State
from fanlight.proof.trust import NAMED_BY_LOG

WHOLE = make_case().build()
STAMP, ROOTS = "added/evidence.tsr", "added/tsa.pem"
CASES: list[dict[str, str]] = json.loads((FOLDER / "stamps.json").read_text())
EVIDENCE = unpack((FOLDER / "package.zip").read_bytes())["evidence.json"]
SOUND = CASES[0]


@pytest.fixture(scope="module")
def time(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("time") / "authority")


@pytest.fixture(scope="module")
def stamped(time: Authority, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("stamped")
    (folder / "in.zip").write_bytes(WHOLE)
    add_stamp(folder / "in.zip", folder / "out.zip", time.answer, time.root)
    return (folder / "out.zip").read_bytes()


def verify(tmp_path: Path, data: bytes, roots: bytes | None = None) -> list[Check]:
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    return list(verify_package(path, NAMED_BY_LOG, None if roots is None else read_roots(roots)))


def stated(checks: list[Check]) -> str:
    (check,) = [check for check in checks if check.name == "time stamp"]
    return check.state


def failing(checks: list[Check]) -> list[str]:
    return [check.name for check in checks if check.state is State.FAILS]


def fanlight(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def test_the_agencys_machine_has_a_package_stamped_and_everybody_can_check_it(
    time: Authority, tmp_path: Path
) -> None:
    """R30: by `fanlight verify`, and by `openssl ts -verify` and `sha256sum -c` on the files themselves."""
    (tmp_path / "in.zip").write_bytes(WHOLE)
    (tmp_path / "root.pem").write_bytes(time.root)
    tell = {"POST /stamp": lambda asked: Answer(body=time.answer(asked.body))}
    with answering(**tell) as server:
        given = ["custody", "package", tmp_path / "in.zip", tmp_path / "out.zip", "--no-c2pa"]
        made = fanlight(*given, "--tsa", f"{server.url}/stamp", "--tsa-ca", tmp_path / "root.pem")
        (asked,) = server.asked
    assert made.exit_code == 0, made.output
    assert "by CN=Invented Time Clock" in made.output
    assert asked.headers["Content-Type"] == "application/timestamp-query"
    assert (tmp_path / "in.zip").read_bytes() == WHOLE
    for trusted in ([], ["--tsa-ca", tmp_path / "root.pem"]):
        told = fanlight("verify", tmp_path / "out.zip", *trusted)
        assert told.exit_code == 0
        assert told.output.splitlines()[-1] == "All 34 checks hold. Not in it: C2PA."
    for name, data in unpack((tmp_path / "out.zip").read_bytes()).items():
        (tmp_path / "case" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "case" / name).write_bytes(data)
    subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path / "case", check=True)
    openssl = ["openssl", "ts", "-verify", "-data", "evidence.json", "-in", STAMP, "-CAfile", ROOTS]
    subprocess.run(openssl, cwd=tmp_path / "case", check=True)


def test_a_package_without_a_stamp_says_so_and_holds(tmp_path: Path) -> None:
    """R30: what is optional and not there is told, never silently fine."""
    (tmp_path / "plain.zip").write_bytes(WHOLE)
    told = fanlight("verify", tmp_path / "plain.zip")
    assert told.exit_code == 0
    assert told.output.splitlines()[-1] == "All 33 checks hold. Not in it: time stamp, C2PA."
    assert stated(verify(tmp_path, (FOLDER / "version-1.zip").read_bytes())) == "absent"


def test_an_authority_that_is_not_the_trusted_one_is_caught(stamped: bytes, tmp_path: Path) -> None:
    """R30: a wrong TSA, whether the reader or the package names another."""
    other = authority(tmp_path / "other")  # of the very same names
    assert failing(verify(tmp_path, stamped, other.root)) == ["time stamp"]
    assert failing(verify(tmp_path, pack(unpack(stamped) | {ROOTS: other.root}))) == ["time stamp"]
    files = unpack(stamped)
    lent = pack(files | {STAMP: other.stamp(files["evidence.json"])})
    assert failing(verify(tmp_path, lent)) == ["time stamp"]


def test_a_stamp_of_other_bytes_is_caught(time: Authority, stamped: bytes, tmp_path: Path) -> None:
    files = unpack(stamped)
    assert failing(verify(tmp_path, pack(files | {STAMP: time.stamp(b"{}")}))) == ["time stamp"]


def test_a_certificate_that_is_not_for_time_stamps_is_refused(time: Authority) -> None:
    """Its root may vouch for mail and web sites, too: that makes none of them a clock."""
    right = time.stamp(b"data")
    assert check_stamp(right, b"data", read_roots(time.root)).by == "CN=Invented Time Clock"
    with pytest.raises(BadStamp, match="does not hold"):
        check_stamp(time.misuse(right), b"data", read_roots(time.root))


def test_a_certificate_that_its_signer_did_not_name_is_refused(time: Authority) -> None:
    """R30: one of the same issuer, number and key, that says another name; `openssl ts -verify` agrees."""
    right = time.stamp(b"data")
    (time.folder / "data").write_bytes(b"data")
    for stamp, why in (
        (right, None),
        (time.swap(right), "its signer used another certificate"),
        (time.silent(right), "its signer names no certificate"),
    ):
        (time.folder / "judged.tsr").write_bytes(stamp)
        command = ["openssl", "ts", "-verify", "-data", "data", "-in", "judged.tsr", "-CAfile", "root.pem"]
        judged = subprocess.run(command, cwd=time.folder, capture_output=True, check=False)
        assert (judged.returncode == 0) == (why is None)
        if why is None:
            assert check_stamp(stamp, b"data", read_roots(time.root)).by == "CN=Invented Time Clock"
            continue
        with pytest.raises(BadStamp, match=why):
            check_stamp(stamp, b"data", read_roots(time.root))


@given(st.binary(max_size=80) | st.lists(st.sampled_from(b"\x30\x31\xa0\x02\x01\x80\x81\x00")).map(bytes))
@settings(max_examples=200)
def test_bytes_that_are_no_der_are_called_so_whatever_they_are(data: bytes) -> None:
    with contextlib.suppress(BadDer):
        assert read_der(data).whole == data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x30\x80" * 100, "open"),
        (bytes.fromhex("30810105"), "shortest"),
        (bytes.fromhex("050000"), "behind"),
        (b"\x30\x82\xff\xff", "within"),
        (b"".join(b"\x30" + bytes([2 * n]) for n in reversed(range(40))), "deep"),
    ],
)
def test_der_has_one_spelling(data: bytes, why: str) -> None:
    with pytest.raises(BadDer, match=why):
        read_der(data)


@pytest.mark.parametrize("name", [STAMP, ROOTS])
def test_half_of_what_is_added_is_no_whole_package(name: str, stamped: bytes, tmp_path: Path) -> None:
    files = {path: data for path, data in unpack(stamped).items() if path != name}
    assert "contents" in failing(verify(tmp_path, pack(files)))


def test_every_byte_of_what_is_added_is_covered(stamped: bytes, tmp_path: Path) -> None:
    """R30: also those of the answer that its own signature does not cover."""
    files = unpack(stamped)
    for name in (STAMP, ROOTS):
        for at in range(0, len(files[name]), 37):
            changed = zip_files(files | {name: flip(files[name], at)})
            assert "SHA256SUMS" in failing(verify(tmp_path, changed)), (name, at)


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_each_vector_ends_as_it_says(case: dict[str, str]) -> None:
    """The same file is read by web/core/evidence."""
    try:
        check_stamp(base64.b64decode(case["answer"]), EVIDENCE, read_roots(case["roots"].encode()))
    except BadStamp:
        assert case["expect"] == "fails"
    else:
        assert case["expect"] == "holds"


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_bytes_that_are_no_stamp_or_certificate_are_refused_as_such(data: bytes) -> None:
    with pytest.raises(BadStamp):
        check_stamp(data, EVIDENCE, read_roots(SOUND["roots"].encode()))
    with pytest.raises(BadStamp):
        read_roots(data)


@given(st.data())
@settings(max_examples=200)
def test_a_damaged_stamp_is_refused_as_such_or_says_what_it_said(data: st.DataObject) -> None:
    roots = read_roots(SOUND["roots"].encode())
    changed = bytearray(base64.b64decode(SOUND["answer"]))
    said = check_stamp(bytes(changed), EVIDENCE, roots)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadStamp):
        assert check_stamp(bytes(changed), EVIDENCE, roots) == said


def test_an_answer_longer_than_any_is_refused() -> None:
    with pytest.raises(BadStamp, match="longer"):
        check_stamp(bytes(MOST_BYTES + 1), EVIDENCE, read_roots(SOUND["roots"].encode()))


def test_an_answer_to_an_earlier_question_is_refused(time: Authority) -> None:
    """The number in the question is used once: an old answer over the same bytes is no new one."""
    first, second = ask(b"data"), ask(b"data")
    answer = time.answer(first.as_bytes())
    check_stamp(answer, b"data", read_roots(time.root), first)
    with pytest.raises(BadStamp, match="Nonce"):
        check_stamp(answer, b"data", read_roots(time.root), second)


def test_nothing_is_written_where_something_is_in_the_way(
    time: Authority, stamped: bytes, tmp_path: Path
) -> None:
    package, out, root = tmp_path / "in.zip", tmp_path / "out.zip", tmp_path / "root.pem"
    root.write_bytes(time.root)
    for data, why in (
        (flip(WHOLE, len(WHOLE) // 2), "does not hold"),
        (stamped, "has this already"),
        ((FOLDER / "version-1.zip").read_bytes(), "earlier version"),
    ):
        package.write_bytes(data)
        with pytest.raises(NotCompleted, match=why):
            add_stamp(package, out, time.answer, time.root)
    package.write_bytes(WHOLE)
    out.write_bytes(b"mine")
    with pytest.raises(NotCompleted, match="there already"):
        add_stamp(package, out, time.answer, time.root)
    assert out.read_bytes() == b"mine"
    out.unlink()
    with answering(
        **{"POST /stamp": Answer(503), "POST /long": Answer(body=bytes(MOST_BYTES * 2))}
    ) as server:
        addresses = {
            f"{server.url}/stamp": "did not answer",
            f"{server.url}/long": "longer",
            "http://[": "not",
        }
        for address, why in addresses.items():
            options = ["--no-c2pa", "--tsa", address, "--tsa-ca", root]
            told = fanlight("custody", "package", package, out, *options)
            assert told.exit_code == 1
            assert why in told.stderr
    told = fanlight("custody", "package", tmp_path / "none", out, "--tsa", "http://x", "--tsa-ca", root)
    assert told.exit_code == 1
    assert "cannot be read" in told.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.zip", "root.pem"]


def test_certificates_that_cannot_be_read_check_nothing(tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(WHOLE)
    told = fanlight("verify", tmp_path / "package.zip", "--tsa-ca", tmp_path / "package.zip")
    assert told.exit_code == 2
    assert "Nothing was checked." in told.stderr
