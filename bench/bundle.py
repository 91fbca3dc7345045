"""What a browser fetches of the home app before it shows something, as the build left it. A size, not a time.

The main bundle is what the app's page names and what these need: scripts and style sheets, with the door that
somebody sees who is not signed in. The map, the keys' code and the other pages come after it.
"""

import gzip
import json
from pathlib import Path
from typing import TypedDict

from machine import ROOT, Figure, tell

STATIC = ROOT / "src/fanlight/server/static"
PAGE = "home/index.html"
DOOR = "home/door/SignInPage.svelte"
HOME = "home/household/home.svelte.ts"
DRAWINGS = "icons"  # the name of their file
LEVEL = 6  # as the server compresses

FIGURES = [
    Figure(
        key="main", what="home app before the map: main bundle", unit="kB", at_most=60,
        how="scripts and styles for the door and the frame of the day, each compressed by gzip; of the build",
    ),
    Figure(
        key="drawings", what="home app: drawings of icons", unit="kB",
        how="the same; after the words, which do not wait for them",
    ),
    Figure(
        key="opened", what="home app: opening a household", unit="kB",
        how="the same; the keys' code, once somebody is in",
    ),
]  # fmt: skip


class Part(TypedDict, total=False):
    """A file of the build, as Vite lists it."""

    name: str
    file: str
    imports: list[str]
    css: list[str]


def parts(static: Path = STATIC) -> dict[str, Part]:
    """Read the build's own list."""
    found: dict[str, Part] = json.loads((static / "parts.json").read_text())
    return found


def needed(listed: dict[str, Part], *entries: str) -> set[str]:
    """Return the files that these entries need before they run."""
    seen: set[str] = set()
    files: set[str] = set()
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        part = listed[name]
        files |= {part["file"], *part.get("css", [])}
        waiting += part.get("imports", [])
    return files


def compressed(files: set[str], static: Path = STATIC) -> int:
    """Return the bytes of these files, each compressed by itself."""
    return sum(len(gzip.compress((static / name).read_bytes(), LEVEL)) for name in files)


def measure() -> dict[str, float]:
    """Return kilobytes of 1,000 bytes."""
    listed = parts()
    main = needed(listed, PAGE, DOOR)
    for name in sorted(main):
        print(f"  {compressed({name}):>8,}  {name}")
    drawn = [key for key, part in listed.items() if part.get("name") == DRAWINGS]
    drawings = needed(listed, *drawn) - main
    opened = needed(listed, HOME) - main - drawings
    sizes = {"main": main, "drawings": drawings, "opened": opened}
    return {key: compressed(files) / 1000 for key, files in sizes.items()}


if __name__ == "__main__":
    tell(FIGURES, measure)
