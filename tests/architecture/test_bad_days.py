"""Each line of `docs/design/bad-days.md` and `shown.md` names tests that are there, Python or TypeScript."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", ["bad-days.md", "shown.md"])
def test_every_bad_day_and_promise_names_tests_that_are_there(page: str) -> None:
    """R01 R03 R05 R30: a case without a test would be a promise."""
    text_of = (ROOT / "docs/design" / page).read_text()
    files = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard", "tests/*.py", "web/*.test.ts", "web/*.spec.ts"],
        cwd=ROOT,
        text=True,
    ).split()
    texts = [(ROOT / name).read_text() for name in files]
    there = {name for text in texts for name in re.findall(r"^(?:async )?def (test_\w+)", text, re.MULTILINE)}
    spec = re.compile(r'^\s*(?:test|it)\("([^"]+)"', re.MULTILINE)
    there |= {name for text in texts for name in spec.findall(text)}
    rows = [line for line in text_of.splitlines() if re.match(r"\| (?!---|case)", line)]
    assert len(rows) > 25
    for row in rows:
        last = row.rstrip(" |").rpartition("|")[2]
        named = re.findall(r"`([^`]+)`", last)
        assert named or last.strip() == "the same", row
        assert set(named) <= there, set(named) - there
