"""The tables of what an operator of the record tries, and of what goes wrong, name tests that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CELL = re.compile(r"`(tests/[^`]+\.py)` (.+)")


def cells() -> list[tuple[str, str]]:
    text = (ROOT / "docs/design/threats.md").read_text("utf-8")
    table = text.partition("## What an operator of the record tries")[2].partition("\nWhat nobody notices")[0]
    lines = [line for line in table.splitlines() if line.startswith("|") and "---" not in line]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    named = [row for row in rows if row[-1] != "tried in"]
    assert all(len(row) == 3 and row[1] and _CELL.fullmatch(row[2]) for row in named), named
    return [(found[1], found[2]) for row in named if (found := _CELL.fullmatch(row[2]))]


def test_each_attack_on_the_record_is_a_test() -> None:
    """R42: nothing is said to be refused that no test tries."""
    found = cells()
    assert len(found) > 35
    for path, name in found:
        tests = re.findall(r"^def test_(\w+)", (ROOT / path).read_text("utf-8"), re.MULTILINE)
        assert name in {test.replace("_", " ") for test in tests}, f"{path} has no test {name!r}"
