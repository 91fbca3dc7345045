"""A log without a server: entries from standard input, a folder that anybody checks."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.server.running import witness_process

from fanlight.cli.main import main
from fanlight.cli.verify_log import verify_log_target
from fanlight.model.check import State
from fanlight.proof.note import SignerKey
from fanlight.proof.openings import make_leaf

NAME = "clerk.example/log"


def entries(*numbers: int) -> bytes:
    return b"".join(make_leaf("case", {"n": number})[0] + b"\n" for number in numbers)


def log(folder: Path, given: bytes, *more: str) -> Result:
    return CliRunner().invoke(main, ["log", str(folder), *more], input=given)


def test_entries_of_several_calls_make_one_log_that_verifies(tmp_path: Path) -> None:
    """R42."""
    first = log(tmp_path / "log", entries(1, 2), "--name", NAME)
    assert (first.exit_code, first.output) == (0, "Entries 0 to 1 are in the log.\nNo witness watches it.\n")
    assert "Entry 2 is in the log." in log(tmp_path / "log", entries(3)).output
    assert "The log has 3 entries." in log(tmp_path / "log", b"").output
    found = {check.name: check.state for check in verify_log_target(str(tmp_path / "log"))}
    assert {found[name] for name in ("root", "entries", "tiles", "earlier checkpoint")} == {State.HOLDS}
    assert (tmp_path / "log" / "log.key").stat().st_mode & 0o077 == 0


def test_its_witnesses_sign_it_or_it_says_that_they_have_not(tmp_path: Path) -> None:
    """R42."""
    log(tmp_path / "log", b"", "--name", NAME)
    vkey = (tmp_path / "log" / "log" / "vkey").read_text().strip()
    with witness_process(tmp_path / "w", vkey) as url:
        key = SignerKey.parse((tmp_path / "w" / "witness.key").read_text().strip()).verifier
        listed = f'need = 1\n[[witness]]\nurl = "{url}"\nvkey = "{key.vkey}"\nrun_by = "the library"\n'
        (tmp_path / "witnesses.toml").write_text(listed)
        signed = log(tmp_path / "log", entries(1), "--witnesses", str(tmp_path / "witnesses.toml"))
        assert (signed.exit_code, "Enough witnesses signed it." in signed.output) == (0, True)
    states = {check.state for check in verify_log_target(str(tmp_path / "log"))}
    assert states == {State.HOLDS}


@pytest.mark.parametrize(
    ("given", "more", "said"),
    [
        (entries(1), (), "no --name for a new one"),
        (entries(1) + b'{"a": 1}\n', ("--name", NAME), "Line 2 is no entry"),
        (entries(1), ("--name", NAME, "--witnesses", "/nowhere/at/all"), "cannot be used"),
        (entries(1), ("--name", "two words"), "a key's name"),
    ],
)
def test_what_cannot_be_added_leaves_nothing_behind(
    tmp_path: Path, given: bytes, more: tuple[str, ...], said: str
) -> None:
    refused = log(tmp_path / "log", given, *more)
    assert (refused.exit_code, said in refused.stderr) == (1, True)
    assert not (tmp_path / "log" / "ledger").exists()


def test_a_log_keeps_its_name(tmp_path: Path) -> None:
    log(tmp_path / "log", entries(1), "--name", NAME)
    refused = log(tmp_path / "log", entries(2), "--name", "other.example/log")
    assert (refused.exit_code, f"is {NAME}" in refused.stderr) == (1, True)
