"""Dispatches at a running town: rows a second from an upload to its answer, and the same rows shuffled.

Each row is an incident of its own of the last day, of a listed type, with a place: all of it is stored.
"""

import asyncio
import random
import statistics
import time
from datetime import timedelta

import msgspec

from fanlight.cli import cad
from fanlight.cli.people import load_people
from fanlight.model import clock
from fanlight.seal.keys import SigningKey
from fanlight.server.incidents.mapping import Mapping
from fanlight.server.incidents.rules import Settings
from fanlight.wire import b64
from machine import Demo, Figure, scratch, tell

RUNS = 5
ROWS = 10_000
AGENCY = "CA0389900"  # the demo's
WEST, SOUTH, WIDE, HIGH = -122.45, 37.76, 0.07, 0.04  # the demo town's box
MAPPING = {
    "v": 1,
    "form": "csv",
    "key": ["id"],
    "kind": ["type"],
    "began": {"columns": ["began"]},
    "place": {"columns": ["lon", "lat"]},
}

FIGURES = [
    Figure(
        key="rows", what="dispatch rows taken in", unit="a second", at_least=10_000,
        how=f"{ROWS:,} new incidents in one signed upload, stored in PostgreSQL; median of {RUNS}",
    ),
    Figure(
        key="again", what="the same rows shuffled, of the time of the first", unit="", at_most=0.1,
        how="in turn with the first, whole call; median",
    ),
]  # fmt: skip


def export(run: int) -> list[str]:
    """Return the rows of an export."""
    chance, now = random.Random(run), clock.now()  # noqa: S311 - made-up calls
    return [
        f"{run}-{n},Fire,{(now - timedelta(minutes=chance.randrange(60, 1_200))).isoformat()},"
        f"{WEST + chance.random() * WIDE:.6f},{SOUTH + chance.random() * HIGH:.6f},E{n % 40},caller {n}"
        for n in range(ROWS)
    ]


def body(rows: list[str]) -> bytes:
    """Return an export with these rows."""
    return "\n".join(["id,type,began,lon,lat,unit,caller", *rows, ""]).encode()


async def against(demo: Demo) -> tuple[list[float], list[float]]:
    """Hand exports in, each twice; return the seconds of the first and of the second times."""
    people, key = load_people(demo.home / "demo"), SigningKey.new()
    said = Settings(
        agency=AGENCY,
        name="Dispatch",
        mapping=msgspec.convert(MAPPING, Mapping),
        types={"Fire": "fire"},
        delay_min=30,
        key=b64.encode(key.public),
    )
    source = await cad.begin(demo.url, people["operator"].seed, said)
    first: list[float] = []
    again: list[float] = []
    for run in range(RUNS):
        rows = export(run)
        for times in (first, again):
            data = body(rows)
            started = time.perf_counter()
            told = await cad.send(demo.url, source, key, data)
            times.append(time.perf_counter() - started)
            if not told[0].startswith(f"{ROWS} rows"):
                raise SystemExit("\n".join(told))
            random.Random(run).shuffle(rows)  # noqa: S311
    return first, again


def measure() -> dict[str, float]:
    """Measure against a demo."""
    with scratch() as folder, Demo(folder / "home") as demo:
        first, again = asyncio.run(against(demo))
    return {
        "rows": ROWS / statistics.median(first),
        "again": statistics.median(again) / statistics.median(first),
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
