"""Tell whether building the web client twice gives the same bytes: `python bench/client_twice.py`."""

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "src/fanlight/server/static/release.json"


def build() -> tuple[dict[str, str], float]:
    """Build; return path -> SHA-256 of what was built, and how long it took."""
    began = time.monotonic()
    subprocess.run(["npm", "run", "--silent", "build"], cwd=ROOT / "web", check=True, capture_output=True)
    return json.loads(LIST.read_text())["files"], time.monotonic() - began


def main() -> int:
    """Build twice and say which files differ."""
    (first, took_s), (second, again_s) = build(), build()
    differ = sorted(path for path in first.keys() | second.keys() if first.get(path) != second.get(path))
    print(f"{len(first)} files, built in {took_s:.0f} s and {again_s:.0f} s: {len(differ)} differ")
    for path in differ:
        print(f"  {path}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
