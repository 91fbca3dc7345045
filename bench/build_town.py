"""Build the demo town's data. Run: FANLIGHT_SHARED=<folder of shared data> python bench/build_town.py.

In:     $FANLIGHT_SHARED/data/town, as its README describes it.
Out:    src/fanlight/demo/town: map layers (copied byte by byte, one source and licence a file), the
        dispatch extract, and the invented parts that need geometry (jurisdiction, homes).
Holds:  the same input gives the same bytes. The invented text stands in town.json, written by hand.
Drops:  medical and personal rows of the dispatch file, its free text, blocks and units; police reports
        (their licence is unclear); mapped cameras.
"""

import csv
import gzip
import hashlib
import io
import json
import math
import os
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import h3
import shapely
from shapely.geometry import box, mapping, shape

TOWN = Path(__file__).parents[1] / "src/fanlight/demo/town"
COPIES = {
    "streets": "sf_streets_osm",
    "city": "sf_city_datasf",
    "neighbourhoods": "sf_neighbourhoods",
    "police_districts": "sf_police_districts",
    "supervisor_districts": "sf_supervisor_districts",
}
# What may be shown of a dispatch feed. Not on it: medical, "Other", assistance to persons or police.
SHOWN = {
    "Alarms": "Alarm",
    "Electrical Hazard": "Hazard",
    "Elevator / Escalator Rescue": "Rescue",
    "Fuel Spill": "Hazard",
    "Gas Leak (Natural and LP Gases)": "Hazard",
    "Odor (Strange / Unknown)": "Hazard",
    "Outside Fire": "Fire",
    "Smoke Investigation (Outside)": "Fire",
    "Structure Fire": "Fire",
    "Traffic Collision": "Collision",
    "Vehicle Fire": "Fire",
    "Water Rescue": "Rescue",
}
STEP_LAT, STEP_LON = 0.0009, 0.00114  # 100 m at 37.8 degrees north
LIVED_ON = {"residential", "tertiary", "secondary", "living_street", "unclassified", "primary"}
HOMES_PER_KM = 210  # invented: gives about the number of homes of a city this size


def dispatch(source: Path) -> bytes:
    """Return the extract as CSV: type, group, day, time, lon, lat, cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["type", "group", "day", "time", "lon", "lat", "cell"])
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["call_type"] in SHOWN:
                lon, lat = _snap(float(row["lon"]), STEP_LON), _snap(float(row["lat"]), STEP_LAT)
                day, time = row["received"][:10], row["received"][11:16]
                cell = h3.latlng_to_cell(lat, lon, 8)
                writer.writerow(
                    [row["call_type"], SHOWN[row["call_type"]], day, time, f"{lon:.5f}", f"{lat:.5f}", cell]
                )
    return out.getvalue().encode()


def jurisdiction(districts: dict[str, Any]) -> dict[str, Any]:
    """Return the invented agency's area: three police districts as one, without the islands."""
    wanted = {"Central", "Southern", "Tenderloin"}
    shapes = [shape(f["geometry"]) for f in districts["features"] if f["properties"]["name"] in wanted]
    closed = shapely.union_all(shapes).buffer(0.0002, join_style="mitre").buffer(-0.0002, join_style="mitre")
    mainland = closed.intersection(box(-122.5, 37.7, -122.375, 37.815)).simplify(0.00003)
    largest = max(getattr(mainland, "geoms", [mainland]), key=lambda part: part.area)
    outline = shapely.set_precision(shapely.Polygon(largest.exterior), 0.00001)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "Harbor District (demo)", "demo": True},
                "geometry": json.loads(json.dumps(mapping(outline))),
            }
        ],
    }


def homes(streets: dict[str, Any], city: dict[str, Any]) -> dict[str, int]:
    """Return invented homes per res-8 cell, in proportion to the streets people live on."""
    metres: defaultdict[str, float] = defaultdict(float)
    for feature in [*streets["features"], *city["features"]]:
        kind = feature["properties"]["layer"]
        if kind == "streets" or (kind == "roads" and feature["properties"].get("k") in LIVED_ON):
            for line in _lines(feature["geometry"]):
                for (lon1, lat1, *_), (lon2, lat2, *_) in pairwise(line):
                    cell = h3.latlng_to_cell((lat1 + lat2) / 2, (lon1 + lon2) / 2, 8)
                    metres[cell] += math.hypot((lat2 - lat1) * 111_200, (lon2 - lon1) * 87_900)
    land = shapely.union_all(
        [shape(f["geometry"]) for f in city["features"] if f["properties"]["layer"] == "land"]
    )
    shapely.prepare(land)
    return {
        cell: round(length / 1000 * HOMES_PER_KM * _jitter(cell))
        for cell, length in sorted(metres.items())
        if land.intersects(shapely.Point(*reversed(h3.cell_to_latlng(cell))))
    }


def build(shared: Path) -> dict[str, bytes]:
    """Return every built file by name."""
    source = shared / "data/town"
    files = {
        f"{name}.geojson.gz": (source / f"{old}.geojson.gz").read_bytes() for name, old in COPIES.items()
    }
    read = {name: json.loads(gzip.decompress(files[f"{name}.geojson.gz"])) for name in COPIES}
    files["dispatch.csv.gz"] = _gzip(dispatch(source / "sf_dispatch_fire_ems_2020-04.csv.gz"))
    files["jurisdiction.geojson.gz"] = _gzip(_json(jurisdiction(read["police_districts"])))
    files["homes.json"] = _json({"demo": True, "homes": homes(read["streets"], read["city"])})
    return files


def _lines(geometry: dict[str, Any]) -> list[Any]:
    coordinates = geometry["coordinates"]
    by_type: dict[str, list[Any]] = {"LineString": [coordinates], "MultiLineString": coordinates}
    return by_type.get(geometry["type"], [])


def _snap(value: float, step: float) -> float:
    return round(value / step) * step


def _jitter(cell: str) -> float:
    """Return 0.6 to 1.4, always the same for a cell: no town is even."""
    return 0.6 + hashlib.sha256(cell.encode()).digest()[0] / 255 * 0.8


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def main() -> None:
    """Write the files and print their sizes."""
    for name, data in build(Path(os.environ["FANLIGHT_SHARED"])).items():
        TOWN.mkdir(parents=True, exist_ok=True)
        (TOWN / name).write_bytes(data)
        print(f"{len(data):>8} {name}")


if __name__ == "__main__":
    main()
