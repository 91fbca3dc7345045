"""Each bad day of `docs/design/bad-days.md` has the test that it names, in Python or TypeScript."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/design/bad-days.md").read_text()


def test_every_bad_day_names_tests_that_are_there() -> None:
    """R01 R03 R05: a case without a test would be a promise."""
    files = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard", "tests/*.py", "web/*.test.ts", "web/*.spec.ts"],
        cwd=ROOT,
        text=True,
    ).split()
    texts = [(ROOT / name).read_text() for name in files]
    there = {name for text in texts for name in re.findall(r"^(?:async )?def (test_\w+)", text, re.MULTILINE)}
    spec = re.compile(r'^\s*(?:test|it)\("([^"]+)"', re.MULTILINE)
    there |= {name for text in texts for name in spec.findall(text)}
    rows = [line for line in PAGE.splitlines() if re.match(r"\| (?!---|case)", line)]
    assert len(rows) > 25
    for row in rows:
        last = row.rstrip(" |").rpartition("|")[2]
        named = re.findall(r"`([^`]+)`", last)
        assert named or last.strip() == "the same", row
        assert set(named) <= there, set(named) - there
