"""Write vectors/geo/joined-*.json and sweeps.json anew. Look at the difference.

    PYTHONPATH=. python tests/model/make_joined_vectors.py

Sizes and distances are shapely's; a browser comes to them by another way (web/core/geo/joined.ts).
"""

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fanlight.model.clock import from_text, to_text
from fanlight.model.geo import Polygon
from fanlight.model.joined import distance_m, joined_area_m2
from fanlight.model.request import FootageRequest
from fanlight.model.sweep import number_in_case, sweep_of
from fanlight.model.window import Window

FOLDER = Path(__file__).parents[2] / "vectors/geo"
M = 1 / 111_194.93  # degrees of latitude a metre
Ring = list[list[float]]


def box(west: float, south: float, width_m: float, height_m: float) -> Ring:
    """Return a rectangle from its south-west corner."""
    east = west + width_m * M / math.cos(math.radians(south))
    north = south + height_m * M
    return [[west, south], [east, south], [east, north], [west, north]]


def star(lon: float, lat: float, radius_m: float, corners: int) -> Ring:
    """Return an outline with as many corners, every other one drawn in."""
    ring = []
    for number in range(corners):
        turn, far = math.tau * number / corners, radius_m * (1 if number % 2 else 0.6)
        ring.append(
            [
                lon + far * M * math.cos(turn) / math.cos(math.radians(lat)),
                lat + far * M * math.sin(turn),
            ]
        )
    return ring


LON, LAT = -122.42, 37.77
EAST = LON + 400 * M / math.cos(math.radians(LAT))
NEXT = box(LON, LAT, 400, 400)[1][0]
AREAS: dict[str, tuple[str, list[Ring]]] = {
    "one": ("one area is its own size", [box(LON, LAT, 500, 400)]),
    "twice": ("one area named twice is counted once", [box(LON, LAT, 500, 400)] * 2),
    "adjoining": (
        "two that share an edge, to the last bit",
        [box(LON, LAT, 400, 400), box(NEXT, LAT, 400, 400)],
    ),
    "half-shared": (
        "two that share half of their ground",
        [box(LON, LAT, 400, 400), box(LON, LAT + 200 * M, 400, 400)],
    ),
    "apart": ("two with a street between them", [box(LON, LAT, 400, 400), box(EAST + 0.001, LAT, 400, 400)]),
    "within": ("one within the other", [box(LON, LAT, 800, 800), box(LON + 0.001, LAT + 0.001, 100, 100)]),
    "crossing": (
        "two long ones that cross",
        [box(LON, LAT, 1500, 200), box(LON + 0.005, LAT - 0.005, 200, 1500)],
    ),
    "part-of-an-edge": (
        "two that share a part of an edge",
        [box(LON, LAT, 400, 400), box(NEXT, LAT + 100 * M, 400, 400)],
    ),
    "corner": (
        "two that share a corner only",
        [box(LON, LAT, 400, 400), box(NEXT, box(LON, LAT, 400, 400)[2][1], 400, 400)],
    ),
    "courtyard": (
        "four around a courtyard, which is asked about by none",
        [
            box(LON, LAT, 900, 300),
            box(LON, LAT + 600 * M, 900, 300),
            box(LON, LAT, 300, 900),
            box(LON + 0.0068, LAT, 300, 900),
        ],
    ),
    "stars": (
        "two of a hundred corners, and a third across both",
        [star(LON, LAT, 700, 100), star(LON + 0.004, LAT + 0.003, 700, 100), box(LON - 0.01, LAT, 2000, 150)],
    ),
    "antimeridian": (
        "one on each side of the 180th meridian",
        [box(179.996, -16.8, 400, 400), box(-179.9999, -16.8, 400, 400)],
    ),
    "north": ("as far north as a map goes", [box(20.0, 84.9, 600, 600), box(20.01, 84.902, 600, 600)]),
    "equator": (
        "over the equator and the first meridian",
        [box(-0.002, -0.002, 600, 600), box(0.001, 0.0, 600, 600)],
    ),
    "half-the-globe-apart": ("half the globe apart", [box(10, 50, 500, 500), box(-170, -50, 500, 500)]),
}

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LIMIT = 1_138.0  # metres: a square of 0.5 square miles


def asked(ring: Ring, hours: float, length_h: float, **change: Any) -> dict[str, Any]:
    """Return a request of a vector."""
    start = START + timedelta(hours=hours)
    return {
        "case_number": "HD-2026-0001",
        "offence": "220",
        "outline": ring,
        "start": to_text(start),
        "end": to_text(start + timedelta(hours=length_h)),
        **change,
    }


SMALL, FAR = box(LON, LAT, 400, 400), box(LON + 0.05, LAT, 400, 400)
BESIDE = box(NEXT, LAT, 400, 400)
LARGE = box(LON, LAT, LIMIT, LIMIT)
LARGE_NEXT = LARGE[1][0]
OTHER = {"case_number": "HD-2026-0002"}
SWEEPS: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
    ("the first of an agency", asked(SMALL, 0, 2), []),
    ("the same again, under another case", asked(SMALL, 0, 2, **OTHER), [asked(SMALL, 0, 2)]),
    (
        "the same ground and time under another case and offence",
        asked(SMALL, 0, 2, **OTHER, offence="23F"),
        [asked(SMALL, 0, 2)],
    ),
    ("an area that adjoins, under another case", asked(BESIDE, 0, 2, **OTHER), [asked(SMALL, 0, 2)]),
    (
        "an area that adjoins, for another offence, an hour later",
        asked(BESIDE, 2.5, 2, **OTHER, offence="23F"),
        [asked(SMALL, 0, 2)],
    ),
    (
        "an area across a street",
        asked(box(NEXT + 0.0009, LAT, 400, 400), 0, 2, **OTHER),
        [asked(SMALL, 0, 2)],
    ),
    ("an area 120 m away", asked(box(NEXT + 0.00137, LAT, 400, 400), 0, 2, **OTHER), [asked(SMALL, 0, 2)]),
    (
        "two of the largest with 200 m left out between them",
        asked(box(LARGE_NEXT + 0.00228, LAT, LIMIT, LIMIT), 0, 2, **OTHER),
        [asked(LARGE, 0, 2)],
    ),
    (
        "two of the largest 300 m apart",
        asked(box(LARGE_NEXT + 0.00342, LAT, LIMIT, LIMIT), 0, 2, **OTHER),
        [asked(LARGE, 0, 2)],
    ),
    ("a window that adjoins", asked(SMALL, 12, 12, **OTHER), [asked(SMALL, 0, 12)]),
    (
        "a window after five hours left out, beside twelve",
        asked(SMALL, 17, 12, **OTHER),
        [asked(SMALL, 0, 12)],
    ),
    ("a window after six hours left out", asked(SMALL, 18, 12, **OTHER), [asked(SMALL, 0, 12)]),
    ("an hour between two short ones parts them", asked(SMALL, 3, 2, **OTHER), [asked(SMALL, 0, 2)]),
    ("59 minutes do not", asked(SMALL, 2 + 59 / 60, 2, **OTHER), [asked(SMALL, 0, 2)]),
    (
        "a minute in a window of two hours: in whole hours, rounded up",
        asked(SMALL, 2, 0.25, **OTHER),
        [asked(SMALL, 0, 2)],
    ),
    ("far away, one case", asked(FAR, 0, 2), [asked(SMALL, 0, 2)]),
    ("far away, another case", asked(FAR, 0, 2, **OTHER), [asked(SMALL, 0, 2)]),
    ("a day later, one case", asked(SMALL, 24, 2), [asked(SMALL, 0, 2)]),
    ("a day later, another case", asked(SMALL, 24, 2, **OTHER), [asked(SMALL, 0, 2)]),
    (
        "over a hop: what lies between was asked first",
        asked(box(BESIDE[1][0], LAT, 400, 400), 0, 2, case_number="HD-2026-0003"),
        [asked(SMALL, 0, 2), asked(BESIDE, 1, 2, **OTHER), asked(FAR, 0, 2, case_number="HD-2026-0004")],
    ),
    (
        "a protected offence beside one that is not, another case",
        asked(BESIDE, 0, 2, **OTHER, offence="11A"),
        [asked(SMALL, 0, 2)],
    ),
    (
        "a protected offence beside another",
        asked(BESIDE, 0, 2, **OTHER, offence="11A"),
        [asked(SMALL, 0, 2, offence="11A")],
    ),
    (
        "on both sides of the 180th meridian",
        asked(box(-179.9999, -16.8, 400, 400), 0, 2, **OTHER),
        [asked(box(179.996, -16.8, 400, 400), 0, 2)],
    ),
]


def read(value: dict[str, Any]) -> FootageRequest:
    """Return the request of a vector."""
    return FootageRequest(
        case_number=value["case_number"],
        offence=value["offence"],
        purpose="identify_suspect",
        words="You are free to say no.",
        area=Polygon.of(value["outline"]),
        window=Window(start=from_text(value["start"]), end=from_text(value["end"])),
    )


def sweep_vector(why: str, request: dict[str, Any], earlier: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a vector with its results."""
    one, before = read(request), [read(value) for value in earlier]
    sweep = sweep_of(one, before)
    return {
        "why": why,
        "request": request,
        "earlier": earlier,
        "number_in_case": number_in_case(one, before),
        "joined_area_m2": sweep.area_m2,
        "joined_window_min": sweep.window_min,
        "others": [place for place, other in enumerate(before) if other in sweep.others],
    }


def area_vector(why: str, rings: list[Ring]) -> dict[str, Any]:
    """Return a vector with its results."""
    polygons = [Polygon.of(ring) for ring in rings]
    return {
        "why": why,
        "outlines": rings,
        "area_m2": math.floor(joined_area_m2(polygons) + 0.5),
        "distance_m": round(distance_m(polygons[0], polygons[-1]), 6),
    }


if __name__ == "__main__":
    for name, (why, rings) in AREAS.items():
        vector = area_vector(why, rings)
        (FOLDER / f"joined-{name}.json").write_text(json.dumps(vector) + "\n", "utf-8")
    lines = ",\n".join(json.dumps(sweep_vector(*case)) for case in SWEEPS)
    (FOLDER / "sweeps.json").write_text(f"[\n{lines}\n]\n", "utf-8")
