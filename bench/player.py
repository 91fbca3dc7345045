"""First picture and seek of the home app's player, in Chromium on this machine, against a running demo.

player.mjs opens a clip as a resident does. `first`: from the app's turn to the clip to its first picture on
the screen; header, keys, checks and the first pieces lie between. `seek`: from setting the time to the
picture there; the first of the positions of each run lies far from what was fetched.
"""

import asyncio
import json
import statistics
import subprocess
import time
from pathlib import Path

from fanlight.cli.member import Member
from fanlight.cli.people import load_people
from fanlight.model import clock
from machine import Demo, Figure, scratch, tell

RUNS = 5
WAIT_S = 120.0
TIMEOUT_S = 300.0

FIGURES = [
    Figure(
        key="first", what="clip to first picture in the browser", unit="ms", at_most=300,
        how=f"home app in Chromium, no graphics card, loopback; page loaded anew, median of {RUNS}",
    ),
    Figure(
        key="seek", what="seek in the browser", unit="ms", at_most=150,
        how=f"set time to picture, four positions in each of those; median of {4 * RUNS}",
    ),
    Figure(key="slowest_seek", what="seek in the browser, slowest", unit="ms", how="the slowest of those"),
]  # fmt: skip


async def first_clip(demo: Demo) -> None:
    """Wait until the household has a clip."""
    member = Member(load_people(demo.home / "demo")["resident"].seed, demo.url)
    deadline = time.monotonic() + WAIT_S
    async with member.uplink:
        while time.monotonic() < deadline:
            demo.check()
            day = {"day": clock.now().date().isoformat()}
            if (await member.uplink.call("GET", "/v1/clips", params=day)).json()["clips"]:
                return
            await asyncio.sleep(1)
    raise SystemExit(f"The demo made no clip within {WAIT_S:.0f} s.")


def measure() -> dict[str, float]:
    """Return milliseconds: median first picture, median and slowest seek."""
    with scratch() as folder, Demo(folder / "home") as demo:
        asyncio.run(first_clip(demo))
        script, card = Path(__file__).with_suffix(".mjs"), f"http://localhost:{demo.port + 1}/resident"
        command = ["node", str(script), card, str(RUNS)]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT_S).stdout
    found = json.loads(out)
    print("  first ms:", *(f"{ms:.0f}" for ms in found["first"]))
    print("   seek ms:", *(f"{ms:.0f}" for ms in found["seek"]))
    first, seek = statistics.median(found["first"]), statistics.median(found["seek"])
    return {"first": first, "seek": seek, "slowest_seek": max(found["seek"])}


if __name__ == "__main__":
    tell(FIGURES, measure)
