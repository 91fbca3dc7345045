"""What it costs to serve a cell's file, beside a static file of the same server, and to make it anew.

A running demo has one open request. Both files are fetched in turn over one connection; the static one is
that of the app whose length is nearest. Then the town gets ten million homes, as rows, and all is measured
again. FANLIGHT_BENCH_HOMES is how many.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg

from custody import open_case
from machine import ROOT, Demo, Figure, scratch, tell

HOMES = int(os.environ.get("FANLIGHT_BENCH_HOMES", "10000000"))
STATIC = ROOT / "src" / "fanlight" / "server" / "static"
FETCHES, MAKINGS, ROUNDS = 200, 20, 5
WAIT_S = 30.0

FIGURES = [
    Figure(
        key="ratio", what="a cell's file, beside a static file of the same server", unit="",
        how=f"GET over one connection, in turn; {ROUNDS} rounds of {FETCHES}; median of their ratios",
    ),
    Figure(key="serve", what="a cell's file: GET", unit="ms", how="the same; median"),
    Figure(
        key="serve ratio", what=f"the same with {HOMES:,} homes in the town to without", unit="",
        how="rows of households, one in a hundred in this cell; median to median, in one run",
    ),
    Figure(key="make", what="a cell's file: GET that makes it anew", unit="ms", how=f"median of {MAKINGS}"),
    Figure(
        key="make ratio", what=f"the same with {HOMES:,} homes in the town to without", unit="",
        how="median to median, in one run",
    ),
]  # fmt: skip


def timed(get: Callable[[], httpx.Response]) -> float:
    """Return how many ms one call takes."""
    began = time.perf_counter()
    get().raise_for_status()
    return 1_000 * (time.perf_counter() - began)


def client_of(url: str) -> httpx.Client:
    """Return a client that takes bytes as they are: the app's files could come compressed."""
    return httpx.Client(base_url=url, headers={"Accept-Encoding": "identity"})


def nearest(length: int) -> str:
    """Return the address of the app's file whose length is nearest."""
    files = [
        path for path in (STATIC / "assets").rglob("*") if path.is_file() and path.suffix in {".js", ".css"}
    ]
    found = min(files, key=lambda path: abs(path.stat().st_size - length))
    print(f"  the cell's file {length:,} bytes, the static one {found.stat().st_size:,}")
    return f"/static/{found.relative_to(STATIC)}"


def serve(client: httpx.Client, cell: str, static: str) -> tuple[float, float]:
    """Return the median of ms of the cell's file, and that of its ratio to the static one's."""
    times, ratios = [], []
    for _ in range(ROUNDS):
        ours, theirs = [], []
        for _ in range(FETCHES):
            ours.append(timed(lambda: client.get(cell)))
            theirs.append(timed(lambda: client.get(static)))
        times += ours
        ratios.append(statistics.median(ours) / statistics.median(theirs))
    return statistics.median(times), statistics.median(ratios)


def make(client: httpx.Client, database: psycopg.Connection, cell: str, path: str) -> float:
    """Return the median of ms of a GET for which the file is made."""
    times = []
    for _ in range(MAKINGS):
        database.execute("UPDATE cell_file SET body = NULL WHERE cell = %s", [cell])
        times.append(timed(lambda: client.get(path)))
    return statistics.median(times)


def wait_for_request(client: httpx.Client, path: str) -> int:
    """Return the length of the file once the request stands in it."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        found = client.get(path)
        if found.is_success and r"\"sealed\"" in found.text:
            return len(found.content)
        time.sleep(0.1)
    raise SystemExit("The request did not come into the cell's file.")


def settle(database: psycopg.Connection, homes: int) -> None:
    """Give the town so many more homes, one in a hundred in a cell that is asked about."""
    database.execute(
        "INSERT INTO household (id, cell) SELECT 'bench-' || n, CASE WHEN n %% 100 = 0 THEN"
        " (SELECT min(cell) FROM request_cell) ELSE 'bench' || n %% 5000 END FROM generate_series(1, %s) n",
        [homes],
    )
    database.execute("ANALYZE household")


def measure() -> dict[str, float]:
    """Return the figures by key."""
    with scratch() as folder, Demo(Path(folder) / "home") as demo:
        asyncio.run(open_case(demo))
        address = f"postgresql://fanlight@/fanlight?host={demo.home}/postgres/run"
        with psycopg.connect(address, autocommit=True) as database, client_of(demo.url) as client:
            (cell,) = database.execute("SELECT min(cell) FROM request_cell").fetchone() or ("",)
            path = f"/v1/cells/{cell}/requests"
            static = nearest(wait_for_request(client, path))
            before, ratio = serve(client, path, static)
            made = make(client, database, cell, path)
            settle(database, HOMES)
            after, ratio_after = serve(client, path, static)
            made_after = make(client, database, cell, path)
    print(f"  ratio {ratio:.2f} before, {ratio_after:.2f} after; {before:.2f} and {after:.2f} ms")
    return {
        "ratio": ratio,
        "serve": before,
        "serve ratio": after / before,
        "make": made,
        "make ratio": made_after / made,
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
