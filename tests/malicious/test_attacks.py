"""The table of what a lying server tries, and the tests that try it, name the same attacks."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITES = {"tests/malicious/test_keys.py", "tests/malicious/test_clips.py"}
HOME = ROOT / "web/apps/home"
_CELL = re.compile(r"`([^`]+\.(?:py|ts))` (.+)")


def rows() -> list[list[str]]:
    text = (ROOT / "docs/design/threats.md").read_text()
    table = text.partition("## What a lying server tries")[2].partition("\nWhat it can do unnoticed")[0]
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def named() -> set[tuple[str, str]]:
    """Return file and name of each test that the table names."""
    cells = [cell for row in rows() for cell in row]
    return {(found[1], found[2]) for cell in cells if (found := _CELL.fullmatch(cell))}


def names_in(path: Path) -> set[str]:
    """Return the names of a file's tests as the table writes them: without rows, underscores and marks."""
    text = path.read_text()
    if path.suffix == ".py":
        return {
            name.replace("_", " ") for name in re.findall(r"^(?:async )?def test_(\w+)", text, re.MULTILINE)
        }
    # In TypeScript a name stands in quotation marks, behind the rows that it proves.
    names = re.findall(r"""\btest(?:\.each\(\w+\))?\("(.+?)", (?:async )?\(""", text)
    return {re.sub(r"^(?:R\d\d:? )+", "", name) for name in names}


def file_of(name: str) -> Path:
    if name.startswith("tests/"):
        return ROOT / name
    (found,) = (path for path in HOME.rglob(name))
    return found


def test_each_attack_of_the_table_is_a_test() -> None:
    """R03 R05: nothing is said to be refused that no test tries."""
    assert len(named()) > 30
    for name, test in sorted(named()):
        assert test in names_in(file_of(name)), f"{name} has no test {test!r}"


@pytest.mark.parametrize(
    "path",
    [*sorted(ROOT / suite for suite in SUITES), *sorted((HOME / "malicious").glob("*.test.ts"))],
    ids=lambda path: path.name,
)
def test_each_test_of_the_suite_is_an_attack_of_the_table(path: Path) -> None:
    """R03 R05: what is tried is told, where people look for it."""
    told = {test for name, test in named() if file_of(name) == path}
    assert names_in(path) == told


def test_every_attack_says_what_comes_of_it_and_is_tried_twice() -> None:
    """R03 R05: at the hub or with other code, and in the home app; a row that goes on names more."""
    first = [row for row in rows() if row[0]]
    assert len(first) > 20
    for row in first:
        assert len(row) == 4, row
        assert row[1], row
        assert _CELL.fullmatch(row[2]), row
        assert _CELL.fullmatch(row[3]), row
