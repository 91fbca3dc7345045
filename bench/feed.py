"""What readers wait for in a town with a million posts and a million incidents on its lists.

A running demo gets the rows in a few statements: posts of a year with comments, corrections and pictures, and
incidents of the last day, all of them still shown, in places of which some are busier than others. Then the
calls that the pages make are made one after another over one connection, areas, categories and pages drawn
at random. How long a file takes that is made anew after a change is no figure here.
FANLIGHT_BENCH_POSTS is how many of each.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import LiteralString

import h3
import httpx
import msgspec
import psycopg
from psycopg import sql

from fanlight.cli import cad
from fanlight.cli.people import load_people
from fanlight.model.clock import now, to_text
from fanlight.model.incident import CLASSES
from fanlight.seal.keys import SigningKey
from fanlight.server.incidents.mapping import Mapping
from fanlight.server.incidents.rules import KEY_BYTES, POINT_RES, Settings, rounded
from fanlight.server.neighbors.rules import AREA_RES, CATEGORIES
from fanlight.wire import b64
from incidents import AGENCY, MAPPING
from machine import Demo, Figure, load, scratch, tell

MANY = int(os.environ.get("FANLIGHT_BENCH_POSTS", "1000000"))
CALLS, SLOW_S, FIRST = 300, 20.0, 1
WEST, SOUTH, WIDE, HIGH = -122.49, 37.71, 0.12, 0.1  # some 10 km by 11 around the demo town: 100,000 homes
ROUTES = {
    "feed": "a page of posts",
    "post": "a post with its comments",
    "atom": "an area's Atom feed",
    "map": "the map of posts",
    "corrections": "the list of corrections",
    "incidents": "the list of incidents",
    "pages": "a further page of that list",
    "tiles": "the map of incidents, a tile",
}

FIGURES = [
    Figure(
        key=f"{route} {name}", what=f"{what}, {MANY:,} posts and incidents, {name}", unit="ms", at_most=most,
        how=f"GET over one connection, {CALLS} or {SLOW_S:g} s of them, of random areas, kinds and pages",
    )
    for route, what in ROUTES.items()
    for name, most in (("p50", 30), ("p99", 150))
]  # fmt: skip

POSTS = """
INSERT INTO post (id, key_hash, category, cell, area, day, part, title, done, looks, state, since, due,
                  report_key, told, verified)
SELECT id, hash, (%(categories)s::text[])[1 + n %% %(kinds)s],
       (%(cells)s::text[])[place], (%(areas)s::text[])[place], due::date, 'evening',
       'A parcel was taken, number ' || n,
       'Somebody walked up the steps, took it and left on foot. ' || repeat(hash::text || ' ', 3), '',
       'accepted', date_trunc('hour', due) - interval '2 hours', due, hash, true, n %% 20 = 0
FROM (SELECT n, lpad(n::text, 26, '0') AS id, sha256(n::text::bytea) AS hash,
             1 + floor(power(random(), 2) * %(places)s)::integer AS place,
             to_timestamp(floor(extract(epoch FROM now() - random() * interval '365 days') / 600) * 600)
             AS due
      FROM generate_series(1, %(many)s) n) made
"""
COMMENTS = """
INSERT INTO post_comment (id, post, key_hash, text, state, since, due, report_key)
SELECT lpad('9' || n, 26, '0'), p.id, sha256(n::text::bytea), 'I saw it, too.', 'accepted', p.since,
       p.due, p.report_key
FROM generate_series(1, %(many)s / 2) n
JOIN post p ON p.id = lpad((1 + n::bigint * 7919 %% %(many)s)::text, 26, '0')
"""
CHANGES = """
INSERT INTO post_change (id, post, kind, day, due, text)
SELECT 'c' || p.id, p.id, CASE WHEN n %% 100 = 1 THEN 'corrected' ELSE 'resolved' END, p.due::date, p.due,
       'It was the wind.'
FROM generate_series(1, %(many)s, 50) n JOIN post p ON p.id = lpad(n::text, 26, '0')
"""
PICTURES = """
INSERT INTO post_media (media, post, place, kind, width, height, seconds, alike)
SELECT 'm' || p.id, p.id, 0, 'photo', 1600, 1200, 0, substr(p.report_key, 1, 8)
FROM generate_series(1, %(many)s, 10) n JOIN post p ON p.id = lpad(n::text, 26, '0')
"""
INCIDENTS = """
INSERT INTO incident (source, key, kind, cells, began, shown, ends, changed, state)
SELECT %(source)s, substr(sha256(n::text::bytea), 1, 16), (%(classes)s::text[])[1 + n %% %(kinds)s],
       ARRAY[(%(cells)s::text[])[1 + floor(power(random(), 2) * %(places)s)::integer]],
       began, began, began + interval '1 day', began, CASE WHEN n %% 3 = 0 THEN 'open' ELSE 'over' END
FROM (SELECT n, to_timestamp(floor(extract(epoch FROM now() - random() * interval '22 hours') / 600) * 600)
             AS began
      FROM generate_series(1, %(many)s) n) made
"""


def cells() -> list[str]:
    """Return the town's places."""
    across = [(SOUTH + HIGH * y / 200, WEST + WIDE * x / 200) for y in range(200) for x in range(200)]
    found = sorted({str(h3.latlng_to_cell(lat, lon, POINT_RES)) for lat, lon in across})
    random.Random(7).shuffle(found)  # noqa: S311 - which places are busy
    return found


async def source_of(demo: Demo) -> str:
    """Begin a source of incidents as the operator."""
    people = load_people(demo.home / "demo")
    said = Settings(
        agency=AGENCY,
        name="Dispatch",
        mapping=msgspec.convert(MAPPING, Mapping),
        types={"Fire": "fire"},
        delay_min=30,
        key=b64.encode(SigningKey.new().public),
    )
    return await cad.begin(demo.url, people["operator"].seed, said)


def fill(database: psycopg.Connection, source: str) -> None:
    """Put the rows in."""
    places = cells()
    said = {
        "many": MANY,
        "cells": places,
        "areas": [str(h3.cell_to_parent(cell, AREA_RES)) for cell in places],
        "places": len(places),
        "source": source,
        "classes": list(CLASSES),
        "categories": list(CATEGORIES),
    }
    database.execute("SET synchronous_commit = off")
    database.execute("SET maintenance_work_mem = '256MB'")
    later = without_indexes(database)
    for name, query in (
        ("posts", POSTS),
        ("comments", COMMENTS),
        ("changes", CHANGES),
        ("pictures", PICTURES),
        ("incidents", INCIDENTS),
    ):
        began = time.perf_counter()
        kinds = len(CLASSES if query is INCIDENTS else CATEGORIES)
        put = database.execute(query, {**said, "kinds": kinds}).rowcount
        print(f"  {put:,} {name} in {time.perf_counter() - began:.0f} s, load {load()}", flush=True)
    for definition in later:
        database.execute(definition)
    database.execute("VACUUM ANALYZE post, post_comment, post_change, post_media, incident")
    print(f"  indexed, load {load()}", flush=True)


def without_indexes(database: psycopg.Connection) -> list[LiteralString]:
    """Drop the indexes that no constraint needs; return how to make them again, faster at the end."""
    found = database.execute(
        "SELECT indexname, indexdef FROM pg_indexes i WHERE tablename = ANY (%s) AND NOT EXISTS"
        " (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)",
        [["post", "post_comment", "post_change", "post_media", "incident"]],
    ).fetchall()
    for name, _ in found:
        database.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return [definition for _, definition in found]


class Reader:
    """Somebody who reads here and there."""

    def __init__(self, client: httpx.Client) -> None:
        """Read as the pages do, over one connection."""
        self._client = client
        self._chance = random.Random(11)  # noqa: S311
        places = cells()
        areas = {str(h3.cell_to_parent(cell, AREA_RES)) for cell in places}
        self._areas = ["", *sorted(areas | {str(h3.cell_to_parent(cell, AREA_RES - 1)) for cell in areas})]
        self._cursors = [""]

    def feed(self) -> dict[str, str]:
        """Return a page's parameters: any area, kind, and place in the list that was met before."""
        said = {
            "area": self._chance.choice(self._areas),
            "category": self._chance.choice(["", "", *CATEGORIES]),
            "before": self._chance.choice(["", *self._cursors]),
        }
        return {name: value for name, value in said.items() if value}

    def timed(self, path: str, params: dict[str, str]) -> float:
        """Return how many ms a call takes."""
        began = time.perf_counter()
        answer = self._client.get(path, params=params)
        took = 1_000 * (time.perf_counter() - began)
        answer.raise_for_status()
        if path == "/v1/posts" and (following := answer.json()["next"]):
            self._cursors = [*self._cursors[-50:], following]
        return took

    def calls(self) -> dict[str, Callable[[], tuple[str, dict[str, str]]]]:
        """Return how the calls of each route are drawn."""
        return {
            "feed": lambda: ("/v1/posts", self.feed()),
            "post": lambda: (f"/v1/posts/{self._chance.randrange(1, MANY):026}", {}),
            "atom": lambda: ("/neighbors/posts.atom", {"area": self._areas[-1]}),
            "map": lambda: ("/v1/posts/map", {}),
            "corrections": lambda: ("/v1/posts/corrections", {}),
            "incidents": lambda: ("/v1/incidents", {}),
            "pages": lambda: ("/v1/incidents", {"before": self._incident()}),
            "tiles": lambda: (f"/v1/incidents/tiles/{self._chance.choice(self._tiles)}", {}),
        }

    @cached_property
    def _tiles(self) -> list[str]:
        found: list[str] = self._client.get("/v1/incidents/tiles").raise_for_status().json()["whole"]
        return found

    def _incident(self) -> str:
        """Return a place anywhere in the list of incidents."""
        began = rounded(now() - timedelta(minutes=self._chance.randrange(120, 1_200)))
        return f"{to_text(began)}_{self._chance.randbytes(KEY_BYTES).hex()}_{'a' * 26}"

    def read(self, draw: Callable[[], tuple[str, dict[str, str]]]) -> list[float]:
        """Return the ms of calls, in order of their length."""
        took: list[float] = []
        until = time.monotonic() + SLOW_S
        while len(took) < CALLS and (len(took) < FIRST or time.monotonic() < until):
            took.append(self.timed(*draw()))
        return sorted(took)


def at(ordered: Sequence[float], share: float) -> float:
    """Return a percentile."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measured(demo: Demo) -> dict[str, float]:
    """Return the figures of a town that is filled."""
    found: dict[str, float] = {}
    with httpx.Client(base_url=demo.url, timeout=600) as client:
        reader = Reader(client)
        for route, draw in reader.calls().items():
            took = reader.read(draw)
            found |= {f"{route} p50": at(took, 0.5), f"{route} p99": at(took, 0.99)}
            print(
                f"  {route}: {len(took)} calls, {at(took, 0.5):.1f} and {at(took, 0.99):.1f} ms", flush=True
            )
    return found


def measure() -> dict[str, float]:
    """Measure against a demo."""
    with scratch() as folder, Demo(Path(folder) / "home") as demo:
        source = asyncio.run(source_of(demo))
        address = f"postgresql://fanlight@/fanlight?host={demo.home}/postgres/run"
        with psycopg.connect(address, autocommit=True) as database:
            fill(database, source)
        return measured(demo)


if __name__ == "__main__":
    tell(FIGURES, measure)
