"""`fanlight simulate` and `fanlight pack`, as somebody types them."""

import csv
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.proof.logs import flip, make_log, write_log

from fanlight.cli.main import main
from fanlight.policy import default_pack, shipped_packs
from fanlight.wire import jcs

FACTS = default_pack().vectors.base["request.open"]


def _run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


def _request(name: str, decision: str, rules: list[str], **change: Any) -> bytes:
    pub = {
        "request": name,
        "agency": "CA0380100",
        "decision": decision,
        "rules": rules,
        "facts": {**FACTS, **change},
    }
    return jcs.dumps({"commit": {}, "pub": pub, "type": "request", "v": 1})


LEAVES = [
    b"no leaf of ours",
    _request("r1", "accepted", []),
    _request("r2", "refused", ["window.most"], window_min=840),
    _request("r3", "refused", ["asker.agreement"], agreement_in_force=False, emergency=True),
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "log", make_log(1, 300, leaves=[*LEAVES, *[b"{}"] * 292, *LEAVES]))


def test_another_ordinance_is_tried_on_what_was_published(log: Path, tmp_path: Path) -> None:
    """R43: what would have been allowed or refused, and by which clause, as a table, a chart and CSV."""
    code, told = _run("simulate", "--log", log, "--pack", "oakland-9.64", "--csv", tmp_path / "rows.csv")
    assert code == 0
    assert "300 entries, 6 of them decisions of an ordinance." in told
    assert "4 would come out otherwise." in told
    assert "  window.most             2 " in told
    assert "        2  request.open      refused   accepted  window.most" in told
    with (tmp_path / "rows.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["entry"] for row in rows] == ["1", "2", "3", "297", "298", "299"]
    assert [(row["before"], row["after"], row["changed"]) for row in rows[:3]] == [
        ("accepted", "accepted", "no"),
        ("refused", "accepted", "yes"),
        ("refused", "accepted", "yes"),
    ]


def test_two_ordinances_are_compared_on_what_was_published(log: Path) -> None:
    """R43: a diff that says which past decisions would change."""
    code, told = _run("simulate", "--log", log, "--pack", "ccops-model", "--against", "oakland-9.64")
    assert code == 0
    assert "2 would come out otherwise." in told
    assert "  request.approved         2 " in told
    assert "It cannot be in force" in told


def test_one_agency_and_a_span_of_days_are_looked_at_alone(tmp_path: Path) -> None:
    """R43: the days are those of the decisions; the last one counts."""
    made = []
    for place, (agency, hours) in enumerate([("CA1", 3), ("CA1", 4), ("CA2", 5), ("CA1", 27), ("CA1", 28)]):
        leaf = jcs.loads(_request(f"r{place}", "accepted", [], hours_since_end=hours))
        leaf["pub"] |= {"agency": agency, "window": {"to": "2026-10-31T20:00:00.000Z"}}
        made.append(jcs.dumps(leaf))
    log = write_log(tmp_path / "log", make_log(1, 5, leaves=made))
    file = tmp_path / "rows.csv"
    asked = ("simulate", "--log", log, "--pack", "oakland-9.64", "--csv", file)
    code, told = _run(*asked, "--agency", "CA1", "--from", "2026-11-01", "--to", "2026-11-01")
    assert code == 0
    assert "5 entries, 2 of them decisions that were asked about." in told
    assert [line.split(",")[0] for line in file.read_text().splitlines()] == ["entry", "1", "3"]
    assert _run(*asked, "--from", "2026-11-31")[0] == 2


@pytest.mark.parametrize("path", ["tile/entries/000", "checkpoint"])
def test_nothing_is_told_of_entries_that_nobody_signed(path: str, log: Path, tmp_path: Path) -> None:
    """R42: a log that was changed is not simulated on."""
    (log / path).write_bytes(flip((log / path).read_bytes(), 40))
    code, told = _run("simulate", "--log", log, "--pack", "oakland-9.64", "--csv", tmp_path / "rows.csv")
    assert code == 1
    assert "would come out" not in told
    assert not (tmp_path / "rows.csv").exists()


def test_a_long_list_of_changes_is_cut_and_says_so(tmp_path: Path) -> None:
    many = [_request(f"r{number}", "refused", ["window.most"], window_min=840) for number in range(23)]
    log = write_log(tmp_path / "log", make_log(1, 23, leaves=many))
    code, told = _run("simulate", "--log", log, "--pack", "oakland-9.64")
    assert code == 0
    assert told.count("refused   accepted  window.most") == 20
    assert "and 3 more" in told


def test_a_file_that_cannot_be_written_is_said(log: Path, tmp_path: Path) -> None:
    code, told = _run("simulate", "--log", log, "--pack", "oakland-9.64", "--csv", tmp_path / "no/rows.csv")
    assert code == 1
    assert "would come out" not in told


def test_a_log_whose_entries_are_gone_is_not_simulated_on(log: Path) -> None:
    (log / "tile/entries/000").unlink()
    assert _run("simulate", "--log", log, "--pack", "oakland-9.64")[0] == 1
    assert _run("simulate", "--log", log / "nothing", "--pack", "oakland-9.64")[0] == 1


def test_the_packs_that_ship_are_listed_and_told() -> None:
    code, told = _run("pack", "list")
    assert code == 0
    assert all(name in told for name in shipped_packs())
    code, told = _run("pack", "show", "portland-34.10")
    assert code == 0
    assert "34.10.030  face.private  (face.use)" in told
    assert "Not legal advice." in told


def test_a_pack_is_proved_by_its_own_vectors(tmp_path: Path) -> None:
    """R43: which vectors fail, and which clauses are tested by none."""
    assert _run("pack", "check", "portland-34.10")[0] == 0
    value = jcs.loads(default_pack().canonical)
    value["vectors"]["cases"] = [
        case for case in value["vectors"]["cases"] if case["rules"] != ["gift.rewards"]
    ]
    value["vectors"]["cases"][2]["rules"] = ["asker.vote"]
    (tmp_path / "pack.json").write_bytes(jcs.dumps(value))
    code, told = _run("pack", "check", tmp_path / "pack.json")
    assert code == 1
    assert "no vector would notice: gift.rewards" in told
    assert "comes out otherwise: without the second signature it does not open" in told


def test_what_is_no_pack_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pack.json").write_text("{}")
    for name in (tmp_path, tmp_path / "pack.json", "no-such-pack"):
        assert _run("pack", "show", name)[0] == 1


def test_two_packs_are_told_apart(log: Path) -> None:
    code, told = _run("pack", "diff", "oakland-9.64", "ccops-model")
    assert code == 0
    assert "- 9.64.030(1)(C) request.place" in told
    code, told = _run("pack", "diff", "oakland-9.64", "ccops-model", "--log", log)
    assert code == 0
    assert "2 would come out otherwise." in told
    assert _run("pack", "diff", "oakland-9.64", "oakland-9.64") == (0, "The two say the same.\n")
