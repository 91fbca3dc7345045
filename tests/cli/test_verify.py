"""`fanlight verify` ends with 0 if all holds, 1 if something does not, 2 if something is not known."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.custody.invented_case import make_case
from tests.hub.answering import Answer, answering
from tests.proof.logs import flip, make_log, write_log

from fanlight.cli.main import main
from fanlight.cli.verify import report
from fanlight.model.check import Check, State
from fanlight.proof.note import ED25519, SignerKey


def verify(target: object, *options: str) -> Result:
    return CliRunner().invoke(main, ["verify", str(target), *options])


def outcome(result: Result) -> tuple[int, str]:
    """Return exit status and last line; nothing may look like a crash."""
    assert isinstance(result.exception, SystemExit | None)
    assert result.stderr == ""
    return result.exit_code, result.output.splitlines()[-1]


def test_a_sound_log_ends_with_0(tmp_path: Path) -> None:
    """R42: anyone can check the record."""
    result = verify(write_log(tmp_path, make_log(10, 20)))
    assert outcome(result) == (0, "All 9 checks hold.")
    assert all(line.startswith("holds ") for line in result.output.splitlines()[:-1])


def test_a_changed_log_ends_with_1(tmp_path: Path) -> None:
    files = make_log(10, 20)
    files["tile/entries/000.p/20"] = flip(files["tile/entries/000.p/20"], 9)
    result = verify(write_log(tmp_path, files))
    assert outcome(result) == (1, "This does not hold. Do not rely on it.")
    assert "FAILS " in result.output


def test_keys_from_elsewhere_are_trusted_instead_of_those_that_the_log_names(tmp_path: Path) -> None:
    """R42: a log that names keys of its own choice is caught by who knows the right ones."""
    files = make_log(10, 20)
    folder = write_log(tmp_path / "log", files)
    key, listed = files["vkey"].decode().strip(), tmp_path / "witnesses"
    listed.write_bytes(files["witness.vkeys"])
    assert outcome(verify(folder, "--log-key", key, "--witnesses", str(listed)))[0] == 0
    listed.write_text("")
    result = verify(folder, "--witnesses", str(listed))
    assert outcome(result)[0] == 2
    assert "No witness has co-signed" in result.output
    other = SignerKey("log.example", ED25519, bytes(32)).verifier.vkey
    assert outcome(verify(folder, "--log-key", other))[0] == 1


def test_keys_that_cannot_be_read_check_nothing(tmp_path: Path) -> None:
    for options in (("--log-key", "nonsense"), ("--witnesses", str(tmp_path / "none"))):
        result = CliRunner().invoke(main, ["verify", str(tmp_path), *options])
        assert result.exit_code == 2
        assert "Nothing was checked." in result.stderr


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:9/log", "http://[", "https://", "/nowhere/at/all", "none.zip"]
)
def test_what_cannot_be_reached_ends_with_2(target: str) -> None:
    status, _ = outcome(verify(target))
    assert status == 2


def test_a_log_that_is_half_away_ends_with_2() -> None:
    files = make_log(10, 20)
    served = {f"GET /{path}": Answer(body=data) for path, data in files.items()}
    served["GET /tile/entries/000.p/20"] = Answer(503)
    with answering(**served) as server:
        assert outcome(verify(server.url)) == (2, "Some of this could not be checked.")


def test_a_sound_package_ends_with_0_and_a_changed_one_with_1(tmp_path: Path) -> None:
    """R30: who is given a package can check it without us."""
    path = tmp_path / "evidence.zip"
    whole = make_case().build()
    path.write_bytes(whole)
    status, last = outcome(verify(path))
    assert status == 0
    assert last.startswith("All ")
    path.write_bytes(flip(whole, len(whole) // 2))
    assert outcome(verify(path))[0] == 1


@pytest.mark.parametrize(
    "content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)], ids=["empty", "text", "empty-zip"]
)
def test_a_file_that_is_no_package_ends_with_1(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "evidence.zip"
    path.write_bytes(content)
    result = verify(path)
    assert outcome(result)[0] == 1
    assert "not an evidence package" in result.output


def test_a_failure_weighs_more_than_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    holds, fails, unknown = (Check(state, state, "") for state in (State.HOLDS, State.FAILS, State.UNKNOWN))
    assert [report(checks) for checks in ([holds], [holds, unknown], [unknown, fails, holds], [])] == [
        0,
        2,
        1,
        2,
    ]
    assert "holds  holds\n" in capsys.readouterr().out
