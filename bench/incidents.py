"""Dispatches at a running town: rows a second from an upload to its answer, and the same rows shuffled.

Each row is an incident of its own of the last day, of a listed type, with a place: all of it is stored.
San Francisco's export (../shared/data/civic) goes in as it is, its two weeks moved so that they end today:
rows of several units are joined, what is medical or over a day old is read and dropped.
"""

import asyncio
import gzip
import os
import random
import re
import statistics
import time
from datetime import date, timedelta
from pathlib import Path

import msgspec

from fanlight.cli import cad
from fanlight.cli.people import load_people
from fanlight.model import clock
from fanlight.seal.keys import SigningKey
from fanlight.server.incidents.mapping import Mapping
from fanlight.server.incidents.rules import Settings
from fanlight.wire import b64
from machine import ROOT, Demo, Figure, cpu_s, scratch, tell

RUNS = 5
ROWS = 10_000
AGENCY = "CA0389900"  # the demo's
WEST, SOUTH, WIDE, HIGH = -122.45, 37.76, 0.07, 0.04  # the demo town's box
HEAD = "id,type,began,lon,lat,unit,caller"
SHARED = Path(os.environ.get("FANLIGHT_SHARED", ROOT.parent / "shared"))
EXPORT = SHARED / "data/civic/sf_fire_calls_2020-04-07_2020-04-20.csv.gz"
GUIDED = ROOT / "docs/guide/dispatch/san-francisco-fire.toml"
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
    Figure(
        key="real", what="rows of San Francisco's export taken in", unit="a second", at_least=10_000,
        how=f"10,410 rows of 32 columns, by the guide's mapping, in one signed upload; median of {RUNS}",
    ),
    Figure(
        key="cpu", what="dispatch rows taken in, of one core", unit="a second", at_least=10_000,
        how="the made rows; CPU time of server and database, whatever else runs; median",
    ),
    Figure(
        key="real cpu", what="rows of San Francisco's export taken in, of one core", unit="a second",
        at_least=10_000, how="the same of that file; median",
    ),
    Figure(
        key="real again", what="the same export shuffled, of the time of the first", unit="", at_most=0.1,
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


def real(run: int) -> list[str]:
    """Return the lines of San Francisco's export, as if its last day were today, with calls of their own."""
    text = gzip.decompress(EXPORT.read_bytes()).decode()
    first, last = date(2020, 4, 7), date(2020, 4, 20)
    for n in range((last - first).days + 2):
        day = first + timedelta(days=n)
        text = text.replace(f"{day:%m/%d/%Y}", f"{day + (clock.now().date() - last):%m/%d/%Y}")
    return re.sub(r"(?m)^(?=\d)", str(run + 1), text).splitlines()


async def against(demo: Demo, *, city: bool) -> tuple[list[float], list[float], list[float]]:
    """Hand exports in, each twice; return the seconds of first and second times, and the CPU's of the first.

    Args:
        demo: the town.
        city: San Francisco's, by the mapping of the guide; else made ones.
    """
    people, key = load_people(demo.home / "demo"), SigningKey.new()
    said = Settings(
        agency=AGENCY,
        name="Dispatch",
        mapping=msgspec.convert(MAPPING, Mapping),
        types={"Fire": "fire"},
        delay_min=30,
        key=b64.encode(key.public),
    )
    if city:
        guided = msgspec.toml.decode(GUIDED.read_text(), type=Settings)
        said = msgspec.structs.replace(said, mapping=guided.mapping, types=guided.types)
    source = await cad.begin(demo.url, people["operator"].seed, said)
    first: list[float] = []
    again: list[float] = []
    cpu: list[float] = []
    for run in range(RUNS):
        head, *rows = real(run) if city else [HEAD, *export(run)]
        for times in (first, again):
            data = "\n".join([head, *rows, ""]).encode()
            started, spent = time.perf_counter(), spent_by(demo)
            told = await cad.send(demo.url, source, key, data)
            times.append(time.perf_counter() - started)
            if times is first:
                cpu.append(spent_by(demo) - spent)
            if not told[0].startswith(f"{len(rows)} rows"):
                raise SystemExit("\n".join(told))
            random.Random(run).shuffle(rows)  # noqa: S311
    return first, again, cpu


def spent_by(demo: Demo) -> float:
    """Return the CPU seconds that server and database have used."""
    parts = demo.parts()
    return cpu_s([*parts["server"], *parts["database"]])


def measure() -> dict[str, float]:
    """Measure against a demo."""
    with scratch() as folder, Demo(folder / "home") as demo:
        first, again, cpu = asyncio.run(against(demo, city=False))
        city, city_again, city_cpu = asyncio.run(against(demo, city=True))
    return {
        "rows": ROWS / statistics.median(first),
        "again": statistics.median(again) / statistics.median(first),
        "cpu": ROWS / statistics.median(cpu),
        "real cpu": len(real(0)[1:]) / statistics.median(city_cpu),
        "real": len(real(0)[1:]) / statistics.median(city),
        "real again": statistics.median(city_again) / statistics.median(city),
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
