"""R35: anybody draws a raffle of a log again, and codes for paper belong to nobody's account."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.proof.logs import entries as other_entries
from tests.proof.logs import make_log, write_log
from tests.proof.test_raffle import RAFFLE, TICKETS, entries

from fanlight.cli.main import main
from fanlight.cli.verify import EXIT_FAILS, EXIT_HOLDS, EXIT_UNKNOWN
from fanlight.proof.raffle import ticket


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def log(folder: Path, leaves: list[bytes]) -> str:
    write_log(folder, make_log(1, len(leaves), leaves=leaves))
    return str(folder)


def test_a_raffle_is_drawn_again_from_a_mirror_alone(tmp_path: Path) -> None:
    """R35: exit 0 if the same win, 1 if others do, 2 where there is none."""
    holds = run("verify", "raffle", log(tmp_path / "log", entries()))
    assert f"holds  raffle {RAFFLE}: Drawn again, the same 2 of 8 tickets win." in holds.output
    assert holds.exit_code == EXIT_HOLDS
    others = run("verify", "raffle", log(tmp_path / "other", entries(raffle_drawn={"winners": TICKETS[:2]})))
    assert f"FAILS  raffle {RAFFLE}" in others.output
    assert others.exit_code == EXIT_FAILS
    none = run("verify", "raffle", log(tmp_path / "none", other_entries(3)))
    assert "There is no raffle in this record." in none.output
    assert run("verify", "raffle", str(tmp_path / "nothing")).exit_code == EXIT_UNKNOWN


def test_a_raffle_of_a_log_that_does_not_hold_is_not_looked_at(tmp_path: Path) -> None:
    """R35 R42."""
    target = log(tmp_path / "log", entries())
    bundle = tmp_path / "log" / "tile" / "entries" / "000.p" / "3"
    bundle.write_bytes(bundle.read_bytes().replace(b"Everybody.", b"My cousin."))
    said = run("verify", "raffle", target)
    assert "Not looked at: the log they stand in does not hold." in said.output
    assert said.exit_code == EXIT_FAILS


def test_codes_for_paper_are_for_their_owner_and_give_the_list_of_tickets(tmp_path: Path) -> None:
    """R35: nothing that is there is overwritten."""
    out = tmp_path / "tickets"
    made = run("raffle", "tickets", RAFFLE, "--count", "12", "--out", str(out))
    assert made.exit_code == 0, made.output
    codes = (out / "codes.csv").read_text().splitlines()[1:]
    assert len(set(codes)) == 12
    listed = (out / "tickets.txt").read_text().splitlines()
    assert listed == sorted(ticket(RAFFLE, code) for code in codes)
    assert (out / "codes.csv").stat().st_mode & 0o077 == 0
    again = run("raffle", "tickets", RAFFLE, "--count", "12", "--out", str(out))
    assert again.exit_code != 0
    assert (out / "codes.csv").read_text().splitlines()[1:] == codes


@pytest.mark.parametrize("raffle", ["", "short", "A" * 26, "../../../../../../etc/passwd"])
def test_an_id_that_is_none_makes_no_codes(tmp_path: Path, raffle: str) -> None:
    """R35: a typed id with a slip in it would give codes that win nothing."""
    answer = run("raffle", "tickets", raffle, "--count", "1", "--out", str(tmp_path / "out"))
    assert answer.exit_code != 0
    assert not (tmp_path / "out").exists()
