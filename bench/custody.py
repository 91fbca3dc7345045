"""How long a case's custody of 10,000 lines takes until it is shown, in Chromium on this machine.

A running demo's officer asks, a supervisor signs, and the case gets 10,000 lines as rows. custody.mjs opens
the case's page as that officer. `shown`: from the page's call for the trail to its first lines painted.
`whole`: from the page's start, with the case's key opened.
"""

import asyncio
import json
import statistics
import subprocess
from pathlib import Path

import psycopg

from fanlight.cli.people import load_people
from fanlight.cli.tour.agency import Officer
from fanlight.seal import keys
from machine import Demo, Figure, scratch, tell
from receipt import ask

LINES = 10_000
RUNS = 5
TIMEOUT_S = 300.0

FIGURES = [
    Figure(
        key="shown", what="custody of 10,000 lines: shown", unit="ms", at_most=300,
        how=f"from the page's call to the latest hundred painted; Chromium, loopback, median of {RUNS}",
    ),
    Figure(
        key="whole", what="case with custody of 10,000 lines: from the page's start", unit="ms",
        how="with the app loaded and the case's key opened; median of those",
    ),
]  # fmt: skip


async def open_case(demo: Demo) -> str:
    """Ask and co-sign; return the request's id."""
    people = load_people(demo.home / "demo")
    officer, supervisor = (Officer(people[role].seed, demo.url) for role in ("officer", "supervisor"))
    async with officer.uplink, supervisor.uplink:
        await officer.uplink.sign_in()
        await supervisor.uplink.sign_in()
        answer = await officer.ask(ask(0), keys.new_identity())
        await supervisor.cosign(answer["request"])
    return str(answer["request"])


def fill(database: str, request: str) -> None:
    """Give a case its lines, a minute apart."""
    with psycopg.connect(database) as connection:
        connection.execute(
            "INSERT INTO case_act (request, place, at, act, about, by_whom) SELECT %s, n,"
            " to_char(timestamp '2026-01-01' + n * interval '1 minute', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'),"
            " 'note-added', '', 'Det. R. Lindqvist' FROM generate_series(1, %s) n",
            [request, LINES],
        )


def measure() -> dict[str, float]:
    """Return the medians in milliseconds."""
    with scratch() as folder, Demo(folder / "home") as demo:
        request = asyncio.run(open_case(demo))
        fill(f"postgresql://fanlight@/fanlight?host={demo.home}/postgres/run", request)
        script, card = Path(__file__).with_suffix(".mjs"), f"http://localhost:{demo.port + 1}/officer"
        command = ["node", str(script), card, f"{demo.url}/agency/#/case/{request}", str(RUNS)]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT_S).stdout
    found = json.loads(out)
    for key, values in found.items():
        print(f"  {key} ms:", *(f"{ms:.0f}" for ms in values))
    return {key: statistics.median(found[key]) for key in ("shown", "whole")}


if __name__ == "__main__":
    tell(FIGURES, measure)
