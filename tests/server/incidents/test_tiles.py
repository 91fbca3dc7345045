"""R13 R18: the map of incidents as vector tiles: the whole town, no point, the same for everybody."""

import base64
import json
import math
import random
import subprocess
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import h3
import httpx
import pytest
from tests.server.incidents import samples
from tests.server.incidents.sending import Source, shown, wall
from tests.server.incidents.test_intake import HOUR, in_a_town
from tests.server.running import Running

from fanlight.server.incidents import listing, tiles
from fanlight.wire import mvt
from fanlight.wire.mvt import Address, Outline, Value

WEB = Path(__file__).parents[3] / "web"
READ = """
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import { readFileSync } from "node:fs";
const read = (text) => {
  const { layers } = new VectorTile(new PbfReader(Buffer.from(text, "base64")));
  return Object.fromEntries(Object.entries(layers).map(([name, layer]) => [name, {
    version: layer.version, extent: layer.extent,
    features: Array.from({ length: layer.length }, (_, n) => layer.feature(n)).map((one) => ({
      type: one.type, properties: one.properties,
      rings: one.loadGeometry().map((ring) => ring.map(({ x, y }) => [x, y])),
    })),
  }]));
};
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
"""
Tile = dict[str, dict[str, Any]]
TOWN = (-122.45, 37.76, -122.38, 37.8)


def read(*bodies: bytes) -> list[Tile]:
    """Read tiles as MapLibre does, with the reader that it has."""
    said = json.dumps([base64.b64encode(body).decode() for body in bodies])
    command = ["node", "--input-type=module", "-e", READ]
    done = subprocess.run(command, cwd=WEB, input=said, capture_output=True, text=True, check=True)
    found: list[Tile] = json.loads(done.stdout)
    return found


def made(chance: random.Random, tile: Address) -> list[Outline]:
    """Return outlines anywhere around a tile, some of them too small to be seen."""

    def value() -> Value:
        kinds: list[Value] = [chance.random() < 0.5, chance.randrange(-(2**40), 2**40)]
        return chance.choice([*kinds, "Zoë " * chance.randrange(3)])

    def outline() -> Outline:
        lon = (tile.x + 2 * chance.random() - 0.5) / 2**tile.z * 360 - 180
        lat, size = chance.uniform(-84, 84), 10 ** chance.uniform(-9, 0.5)
        turn = chance.choice([1, -1])
        corners = [turn * n * math.tau / 6 for n in range(6)]
        ring = [(lon + size * math.cos(at), lat + size / 9 * math.sin(at)) for at in corners]
        return Outline(ring, {f"k{n}": value() for n in range(chance.randrange(5))})

    return [outline() for _ in range(chance.randrange(12))]


def expected(outline: Outline, tile: Address) -> list[list[int]]:
    """Return where an outline's corners lie in a tile, computed by themselves."""
    found: list[list[int]] = []
    for lon, lat in outline.ring:
        down = (1 - math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / math.pi) / 2
        found.append(
            [
                round(((lon + 180) / 360 * 2**tile.z - tile.x) * mvt.EXTENT),
                round((down * 2**tile.z - tile.y) * mvt.EXTENT),
            ]
        )
    return found


def area(ring: list[list[int]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def test_another_reader_finds_all_that_was_written() -> None:
    """Outlines, however they run, and properties of each kind; outer rings run as the format wants them."""
    chance = random.Random(5)
    cases = []
    for _ in range(60):
        z = chance.randrange(0, 15)
        tile = Address(z, chance.randrange(2**z), chance.randrange(2**z))
        cases.append((tile, {"a": made(chance, tile), "bé": made(chance, tile), "none": []}))
    seen: Counter[str] = Counter()
    for (tile, layers), found in zip(cases, read(*(mvt.encode(*case) for case in cases)), strict=True):
        assert "none" not in found
        for name, outlines in layers.items():
            rings = [expected(one, tile) for one in outlines]
            there = [n for n, ring in enumerate(rings) if abs(area(ring)) > 0]
            seen["flat"] += len(rings) - len(there)
            features = found[name]["features"] if name in found else []
            assert len(features) == len(there)
            for feature, n in zip(features, there, strict=True):
                assert feature["type"] == 3
                assert feature["properties"] == outlines[n].properties
                (ring,) = feature["rings"]
                assert ring[0] == ring[-1], "closed"
                assert area(ring[:-1]) == abs(area(rings[n]))
                assert sorted(ring[:-1]) == sorted(c for i, c in enumerate(rings[n]) if c != rings[n][i - 1])
                seen["drawn"] += 1
    assert min(seen["drawn"], seen["flat"]) > 50


@pytest.mark.parametrize(
    "bounds",
    [
        TOWN,
        (-0.05, 51.45, 0.08, 51.55),
        (179.7, -17, 179.99, -16.8),
        (10, 84.6, 12, 84.9),
        (-180, -85, 180, 85),
    ],
)
def test_at_most_four_tiles_hold_a_town_and_all_around_it(bounds: tuple[float, float, float, float]) -> None:
    """R11: wherever a town lies, its map is four files, and where somebody looks makes no difference."""
    whole = tiles.whole(bounds)
    assert 1 <= len(whole) <= 4
    west, south, east, north = tiles.reach(bounds)
    chance = random.Random(3)
    for _ in range(200):
        x, y = mvt.world((chance.uniform(west, east), chance.uniform(south, north)))
        size = 2 ** tiles.finest(bounds)
        assert (
            Address(tiles.finest(bounds), min(size - 1, int(x * size)), min(size - 1, int(y * size))) in whole
        )


def test_layers_join_what_is_seen_from_farther_away() -> None:
    """R13: each layer counts every incident that has a place, once."""
    fine = sorted(h3.grid_disk(h3.latlng_to_cell(37.78, -122.42, 9), 6))
    wide = h3.latlng_to_cell(37.78, -122.4, 7)
    counts = {(cell, kind): n % 5 + 1 for n, cell in enumerate(fine) for kind in ("fire", "noise")}
    counts[wide, "weather"] = 3
    files = tiles.made(counts, TOWN)
    whole = [tiles.path(one) for one in tiles.whole(TOWN)]
    found = read(*(files[path].body for path in whole))
    for layer, res in (("r9", 9), ("r8", 8), ("r7", 7), ("r6", 6)):
        cells = {
            f["properties"]["cell"]: f["properties"]
            for one in found
            if layer in one
            for f in one[layer]["features"]
        }
        assert sum(one["many"] for one in cells.values()) == sum(counts.values())
        assert sum(one.get("fire", 0) for one in cells.values()) == sum(counts[cell, "fire"] for cell in fine)
        assert {h3.get_resolution(cell) for cell in cells} == (
            {9, 7} if res == 9 else {8, 7} if res == 8 else {res}
        )
        assert all(one["act"] == one.get("fire", 0) + one.get("weather", 0) for one in cells.values())
    (far,) = read(files["0/0/0"].body)
    assert set(far) == {"r7", "r6"}
    assert files.keys() >= set(whole)


@in_a_town
async def test_the_map_says_what_the_list_says(town: Running, database: str) -> None:  # noqa: ARG001 - as in_a_town calls it
    """R11 R18: what comes, changes, is withdrawn and ends; the same bytes while nothing does."""
    source = await Source(town).begin()
    said = await town.json("/v1/incidents/tiles")
    paths = [f"/v1/incidents/tiles/{path}" for path in said["whole"]]

    async def answers() -> list[httpx.Response]:
        return [await town.http.get(path) for path in paths]

    async def many() -> dict[str, int]:
        bodies = [answer.content for answer in await answers()]
        found = [f["properties"] for one in read(*bodies) if "r9" in one for f in one["r9"]["features"]]
        return {one["cell"]: one["many"] for one in found}

    assert await many() == {}
    rows = [samples.row(str(n), wall(town, 5 * HOUR)) for n in range(3)]
    await source.took(samples.table(*rows))
    listed = Counter(one["cells"][0] for one in await shown(town))
    assert await many() == listed
    assert sum(listed.values()) == 3
    first = await answers()
    for answer, again in zip(first, await answers(), strict=True):
        assert (again.content, again.headers["etag"]) == (answer.content, answer.headers["etag"])
        assert answer.headers["content-type"] == mvt.MIME
        assert answer.headers["cache-control"] == "public, max-age=60"
        kept = await town.http.get(str(answer.url), headers={"If-None-Match": answer.headers["etag"]})
        assert (kept.status_code, kept.content) == (304, b"")
    town.clock.ahead = timedelta(hours=25)
    assert await many() == {}


@in_a_town
async def test_no_tile_is_finer_than_the_town(town: Running, database: str) -> None:  # noqa: ARG001 - as in_a_town calls it
    """R11: a tile from which it could be told where somebody looks is not given."""
    said = await town.json("/v1/incidents/tiles")
    finer = await town.http.get(f"/v1/incidents/tiles/{said['maxzoom'] + 1}/0/0")
    assert (finer.status_code, finer.json()["code"]) == (404, "incidents.no_tile")
    assert (await town.http.get(f"/v1/incidents/tiles/{said['maxzoom']}/0/0")).status_code == 204
    assert (await town.http.get("/v1/incidents/tiles/0/0/0")).status_code == 200


@in_a_town
async def test_the_list_comes_page_by_page(town: Running, database: str) -> None:  # noqa: ARG001 - as in_a_town calls it
    """R18: every incident once, the latest first, however many there are."""
    source = await Source(town).begin()
    many = listing.PAGE + listing.FURTHER + 7
    await source.took(
        samples.table(*(samples.row(str(n), wall(town, (2 + n % 9) * HOUR)) for n in range(many)))
    )
    seen: list[dict[str, Any]] = []
    following: str | None = ""
    while following is not None:
        page = await town.json("/v1/incidents", params={"before": following} if following else {})
        seen += page["incidents"]
        following = page["next"]
    assert len({one["incident"] for one in seen}) == len(seen) == many
    assert [one["began"] for one in seen] == sorted((one["began"] for one in seen), reverse=True)
    for wrong in ("x", "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z_zz_a", "_" * 9):
        answer = await town.http.get("/v1/incidents", params={"before": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "incidents.no_page")


def test_the_pages_read_the_same_vectors() -> None:
    """R13: `vectors/tiles` is what is written here; web/ui/posts/tiles.test.ts reads it."""
    known = json.loads((WEB.parent / "vectors/tiles/incidents.json").read_text())
    counts = {(cell, kind): many for cell, kind, many in known["counts"]}
    files = tiles.made(counts, tuple(known["bounds"]))
    whole = [files[tiles.path(one)].body for one in tiles.whole(tuple(known["bounds"]))]
    assert [base64.b64encode(body).decode() for body in whole] == known["tiles"]
