"""From submitting, and from co-signing, a footage request to a cosigned receipt that was checked.

Through the public API, with the witness of the demo. The receipt counts once its proof leads to a checkpoint
that the log signed and the witness cosigned, under the keys that the log publishes.
"""

import asyncio
import secrets
import statistics
import time
from datetime import timedelta

from fanlight.cli.people import load_people
from fanlight.cli.tour.agency import Ask, Officer
from fanlight.demo import load_town
from fanlight.model import clock
from fanlight.proof.cosignature import Witness, parse_witnesses
from fanlight.proof.note import VerifierKey
from fanlight.proof.receipt import Receipt, verify_receipt
from fanlight.seal import keys
from machine import Demo, Figure, scratch, tell

RUNS = 5
POLL_S = 0.02
WAIT_S = 30.0
HALF = 0.002  # degrees: an area within the ordinance's limits

FIGURES = [
    Figure(
        key="submit", what="submitted request to cosigned receipt", unit="s", at_most=2,
        how=f"public API, receipt checked by the client; median of {RUNS}",
    ),
    Figure(
        key="cosign", what="co-signed request to cosigned receipt", unit="s", at_most=2,
        how=f"from the second person's signature; median of {RUNS}",
    ),
]  # fmt: skip


async def proven(officer: Officer, request: str, before: str, log: VerifierKey, who: list[Witness]) -> str:
    """Wait for a receipt of another leaf than `before`, check it, and return its leaf."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        receipt = (await officer.request(request))["receipt"]
        if receipt is not None and receipt["leaf"] != before:
            leaf = str(receipt["leaf"])
            verify_receipt(leaf.encode(), Receipt.parse(receipt["receipt"]), log, who, need=1)
            return leaf
        await asyncio.sleep(POLL_S)
    raise SystemExit(f"There was no receipt within {WAIT_S:.0f} s.")


def ask(run: int) -> Ask:
    """Return a request that the demo town's ordinance accepts: its own case, hours from every other."""
    town = load_town()
    (lon, lat), sample = town.place, town.sample_request
    lon, lat = lon + 0.0003, lat + 0.0002
    end = clock.now().replace(second=0, microsecond=0) - run * timedelta(hours=2)
    return Ask(
        case_number=f"BENCH-{secrets.token_hex(4).upper()}",
        offence=sample.offence,
        purpose="identify_suspect",
        words=sample.words,
        outline=[[lon + x * HALF, lat + y * HALF] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))],
        start=end - timedelta(minutes=20),
        end=end,
    )


async def once(run: int, officer: Officer, supervisor: Officer) -> tuple[float, float]:
    """Ask and co-sign once; return the two times in seconds."""
    log = VerifierKey.parse((await officer.uplink.public("GET", "/log/vkey")).text.strip())
    who = parse_witnesses((await officer.uplink.public("GET", "/log/witness.vkeys")).text)
    filled, case_key = ask(run), keys.new_identity()
    started = time.monotonic()
    answer = await officer.ask(filled, case_key)
    if answer["state"] != "waiting":
        broken = [rule["text"] for rule in answer["decision"]["rules"] if not rule["holds"]]
        raise SystemExit(f"The request was not accepted: {' '.join(broken)}")
    first = await proven(officer, answer["request"], "", log, who)
    submitted = time.monotonic() - started
    started = time.monotonic()
    await supervisor.cosign(answer["request"])
    await proven(supervisor, answer["request"], first, log, who)
    cosigned = time.monotonic() - started
    await officer.close(answer["request"])
    return submitted, cosigned


async def runs(demo: Demo) -> dict[str, float]:
    """Return medians in seconds of asking and co-signing `RUNS` times."""
    people = load_people(demo.home / "demo")
    officer, supervisor = (Officer(people[role].seed, demo.url) for role in ("officer", "supervisor"))
    async with officer.uplink, supervisor.uplink:
        await officer.uplink.sign_in()
        await supervisor.uplink.sign_in()
        found = [await once(run, officer, supervisor) for run in range(RUNS)]
    submitted, cosigned = zip(*found, strict=True)
    return {"submit": statistics.median(submitted), "cosign": statistics.median(cosigned)}


def measure() -> dict[str, float]:
    """Return medians in seconds, on a demo of its own."""
    with scratch() as folder, Demo(folder / "home") as demo:
        return asyncio.run(runs(demo))


if __name__ == "__main__":
    tell(FIGURES, measure)
