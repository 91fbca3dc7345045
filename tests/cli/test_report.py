"""`fanlight report`, as somebody types it who has a copy of the record and nothing else."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.oversight.recordbook import ORI, Book, Sample, fill, ground
from tests.proof.logs import LOG, make_log, write_log

from fanlight.cli.main import main
from fanlight.proof import merkle
from fanlight.server.oversight import Entry, LogState, Record, render


def run(*words: str | Path | int) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


@pytest.fixture
def sample() -> Sample:
    """Return a record with requests, and dummies of an agency's day at its end."""
    book = Book()
    ground(book)
    return fill(book)


@pytest.fixture
def log(tmp_path: Path, sample: Sample) -> Path:
    leaves = [*sample.book.leaves, *[b"no leaf of ours"] * 300]
    return write_log(tmp_path / "log", make_log(1, len(leaves), leaves=leaves))


def served(leaves: list[bytes], path: str) -> bytes:
    """Return what the town's own pages hand out while its record is of these entries."""
    state = LogState(origin=LOG.name, size=len(leaves), root=merkle.root(leaves))
    entries = [Entry.of(place, leaf) for place, leaf in enumerate(leaves)]
    page = render(path, Record.of(entries, state, Book().record().as_of))
    assert page.status == 200
    return page.body


def test_a_copy_gives_the_bytes_that_the_town_hands_out(log: Path, tmp_path: Path, sample: Sample) -> None:
    """R45: of the whole record and of its first entries, plain and in an ordinance's fields."""
    leaves = [*sample.book.leaves, *[b"no leaf of ours"] * 300]
    first = len(sample.book.leaves) - 3
    for size, cut in ((len(leaves), ()), (first, ("--size", first))):
        code, told = run("report", log, "--year", 2026, "--out", tmp_path / "out", *cut)
        assert code == 0, told
        for form in ("json", "html"):
            mine = (tmp_path / "out" / f"report-2026.{form}").read_bytes()
            assert mine == served(leaves[:size], f"/record/reports/2026.{form}")
    own = ("--ordinance", "fanlight-model-ordinance")
    assert run("report", log, "--year", 2026, "--out", tmp_path / "out", *own)[0] == 0
    mine = (tmp_path / "out" / "report-2026-fanlight-model-ordinance.json").read_bytes()
    assert mine == served(leaves, "/record/reports/2026/as/fanlight-model-ordinance.json")


def test_a_second_person_makes_the_same_bytes_again(log: Path, tmp_path: Path) -> None:
    """R45: from a report alone, though the record has grown; a figure that was changed is told."""
    out = tmp_path / "out"
    assert run("report", log, "--year", 2026, "--size", 10, "--out", out)[0] == 0
    file = out / "report-2026.json"
    code, told = run("report", log, "--again", file)
    assert (code, told) == (0, "The same bytes, counted again from 10 entries: the report of 2026.\n")
    value = json.loads(file.read_bytes())
    value["sections"][1]["figures"][0]["value"] += 1
    file.write_text(json.dumps(value))
    code, told = run("report", log, "--again", file)
    assert code == 1
    assert "has other bytes" in told
    file.write_text("{")
    assert "is no report" in run("report", log, "--again", file)[1]


def test_a_record_that_lacks_an_entry_gives_no_report(log: Path, tmp_path: Path, sample: Sample) -> None:
    """R45: neither where one was taken out, nor where one was changed, nor where a file is missing."""
    bundle = log / "tile" / "entries" / "000"
    whole = bundle.read_bytes()
    leaf = sample.book.leaves[5]
    without = whole.replace(len(leaf).to_bytes(2, "big") + leaf, b"", 1)
    changed = whole.replace(b'"accepted"', b'"refused "', 1)
    for body in (without, changed, None):
        bundle.unlink(missing_ok=True)
        if body is not None:
            assert body != whole
            bundle.write_bytes(body)
        code, told = run("report", log, "--year", 2026, "--out", tmp_path / "out")
        assert (code, "Traceback" in told) == (1, False), told
        assert run("verify", log)[0] == 1
        assert not (tmp_path / "out").exists()
    bundle.write_bytes(whole)
    assert run("report", log, "--year", 2026, "--out", tmp_path / "out")[0] == 0


def test_what_cannot_be_made_is_said(log: Path, tmp_path: Path) -> None:
    assert "tells of these years: 2026" in run("report", log, "--year", 1999)[1]
    assert "fanlight-model-ordinance" in run("report", log, "--year", 2026, "--ordinance", "none")[1]
    assert "Say which --year" in run("report", log)[1]
    assert "not 100000" in run("report", log, "--year", 2026, "--size", 100_000)[1]
    taken = tmp_path / "taken"
    taken.write_text("a file")
    assert "cannot be written" in run("report", log, "--year", 2026, "--out", taken)[1]


def test_an_agencys_records_are_the_towns_and_one_that_lacks_something_is_told(
    log: Path, tmp_path: Path, sample: Sample
) -> None:
    """R44: from a copy alone; a file without one of its entries is not whole."""
    leaves = [*sample.book.leaves, *[b"no leaf of ours"] * 300]
    code, told = run("records", log, "--agency", ORI, "--out", tmp_path / "out")
    assert code == 0, told
    file = tmp_path / "out" / f"records-{ORI}.json"
    assert file.read_bytes() == served(leaves, f"/record/agencies/{ORI}/records.json")
    assert "Whole:" in run("records", log, "--again", file)[1]
    value = json.loads(file.read_bytes())
    value["entries"].pop(3)
    file.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    code, told = run("records", log, "--again", file)
    assert code == 1
    assert "other bytes" in told
    assert "The record has no agency XX" in run("records", log, "--agency", "XX")[1]
    assert "Say which --agency" in run("records", log)[1]
    file.write_text("[]")
    assert "is no file of an agency" in run("records", log, "--again", file)[1]
