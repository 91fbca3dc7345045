"""A decision on a request of an agency that made a thousand before: joining, then the ordinance.

Requests lie all over a town of 12 km and half a year, so that a few adjoin each new one.
"""

import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from fanlight.model.geo import Polygon
from fanlight.model.request import FootageRequest, RequestFacts, Standing
from fanlight.model.sweep import number_in_case, sweep_of
from fanlight.model.window import Window
from fanlight.policy import decide, default_pack
from machine import Figure, tell

EARLIER, NEW = 1_000, 201
START = datetime(2026, 5, 1, tzinfo=UTC)
TOWN_M, DAYS = 12_000, 180
WEST, SOUTH, LON_M, LAT_M = -122.42, 37.77, 87_900.0, 111_195.0  # metres a degree there

FIGURES = [
    Figure(
        key="joining", what="joining a request with 1,000 earlier ones of its agency", unit="ms",
        how=f"its sweep and its number in the case, {NEW} requests; median",
    ),
    Figure(
        key="whole", what="a decision on a request after 1,000 earlier ones", unit="ms", at_most=5,
        how="with the facts and the model ordinance; earlier ones kept as read, as at the server; median",
    ),
    Figure(
        key="p95", what="a decision on a request after 1,000 earlier ones, CPU, p95", unit="ms", at_most=5,
        how="the same requests, of which some adjoin several; CPU time",
    ),
]  # fmt: skip


def made(chance: random.Random, number: int) -> FootageRequest:
    """Return a request somewhere in the town."""
    west = WEST + chance.uniform(0, TOWN_M) / LON_M
    south = SOUTH + chance.uniform(0, TOWN_M) / LAT_M
    east = west + chance.choice([300, 500, 800]) / LON_M
    north = south + chance.choice([300, 600]) / LAT_M
    start = START + timedelta(minutes=chance.randrange(DAYS * 24 * 60))
    return FootageRequest(
        case_number=f"HD-2026-{number:05}",
        offence=chance.choice(["220", "23F", "11A"]),
        purpose="identify_suspect",
        words="You are free to say no.",
        area=Polygon.of([(west, south), (east, south), (east, north), (west, north)]),
        window=Window(start=start, end=start + timedelta(hours=chance.choice([1, 2, 4, 8]))),
    )


def measure() -> dict[str, float]:
    """Decide on each of some new requests."""
    chance, pack = random.Random(6), default_pack()  # noqa: S311 - a town, no secret
    earlier = [made(chance, number) for number in range(EARLIER)]
    joining, whole, cpu = [], [], []
    for number in range(NEW):
        request = made(chance, EARLIER + number)
        started, worked = time.perf_counter(), time.process_time()
        sweep, place = sweep_of(request, earlier), number_in_case(request, earlier)
        joined = time.perf_counter()
        standing = Standing(
            agency_kind="municipal", agreement_in_force=True, vote_recorded=True, named_officer=True,
            inside_jurisdiction=True, number_in_case=place, joined_area_m2=sweep.area_m2,
            joined_window_min=sweep.window_min, assembly_overlap=False, words_plain=True,
            words_no_records=True, second_signature=False,
        )  # fmt: skip
        facts = RequestFacts.of(request, standing, START + timedelta(days=DAYS + 2)).as_dict()
        decide(pack, "request.submit", pack.asks("request.submit", facts))
        joining.append((joined - started) * 1e3)
        whole.append((time.perf_counter() - started) * 1e3)
        cpu.append((time.process_time() - worked) * 1e3)
    return {
        "joining": statistics.median(joining),
        "whole": statistics.median(whole),
        "p95": statistics.quantiles(cpu, n=20)[-1],
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
