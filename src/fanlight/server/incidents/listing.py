"""What everybody reads of incidents: the latest of the last day, page by page, and the town's map as tiles.

In:     rows; the present; an agreement in force, asked for at each call.
Out:    the same bytes for everybody who asks, made anew when a source reported, ended or may no more, and
        at each full ten minutes, on which incidents come and go.
Holds:  the first page and the map are kept in memory under that mark; further pages are made when asked.
Absent: who reads.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.model.ids import is_id
from fanlight.server import programme
from fanlight.server.errors import Malformed, NotFound
from fanlight.server.incidents import rules, sources, store, tiles
from fanlight.server.incidents.store import IncidentRow
from fanlight.server.public_files import Files, PublicFile, file_of
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import jcs
from fanlight.wire.mvt import Address

PAGE, FURTHER = 1_000, 200
_LIST, _TILES = "incidents", "incident tiles"
_DAY = timedelta(days=1)
Cursor = tuple[datetime, bytes, str]


async def page(services: Services, before: str) -> PublicFile:
    """Return a page of the list, latest first."""
    cursor = read_cursor(before) if before else None
    now = services.clock()
    async with services.db.transaction() as tx:
        of = await sources.live(tx, services)
        if cursor is not None:
            return await _page(tx, now, of, cursor)
        mark = await _mark(tx, now, of)

    async def make() -> Files:
        async with services.db.transaction() as tx:
            return {_LIST: await _page(tx, now, of, None)}

    return (await services.files.get(_LIST, mark, make))[_LIST]


async def tile(services: Services, address: Address) -> PublicFile | None:
    """Return a tile; None for one in which there can be nothing; raises NotFound for one that is too fine."""
    now = services.clock()
    async with services.db.transaction() as tx:
        bounds = _bounds(await programme.town(tx))
        if address.z > tiles.finest(bounds):
            raise NotFound(
                "There are no tiles as fine as this: the finest hold the whole town, so that loading the map"
                " tells nobody where you look.",
                do="Load those that /v1/incidents/tiles names, and draw them larger.",
                code="incidents.no_tile",
            )
        of = await sources.live(tx, services)
        mark = (bounds, await _mark(tx, now, of))

    async def make() -> Files:
        async with services.db.transaction() as tx:
            counts = await store.by_cell(tx, now, of)
        return await asyncio.to_thread(tiles.made, counts, bounds)

    return (await services.files.get(_TILES, mark, make)).get(tiles.path(address))


async def tiles_described(services: Services) -> PublicFile:
    """Return what the tiles hold."""
    async with services.db.transaction() as tx:
        bounds = _bounds(await programme.town(tx))
    return file_of(jcs.dumps(tiles.described(bounds, services.origin)))


def _bounds(town: Any) -> rules.Bounds:  # noqa: ANN401 - the town's document
    west, south, east, north = (float(one) for one in town["bounds"])
    return west, south, east, north


async def _mark(tx: Tx, now: datetime, of: Sequence[str]) -> tuple[datetime, tuple[str, ...], int]:
    """Return what tells whether what is shown has changed."""
    begun = rules.rounded(now)
    return begun, tuple(of), await store.uploads(tx, begun.date() - _DAY)


async def _page(tx: Tx, now: datetime, of: Sequence[str], before: Cursor | None) -> PublicFile:
    most = FURTHER if before else PAGE
    rows = await store.shown(tx, now, of, before, most + 1)
    shown = rows[:most]
    body = {
        "v": 1,
        "type": "incidents",
        "incidents": [_listed(row) for row in shown],
        "next": cursor_of(shown[-1]) if len(rows) > most else None,
    }
    return await asyncio.to_thread(lambda: file_of(msgspec.json.encode(body, order="sorted")))


def _listed(row: IncidentRow) -> dict[str, Any]:
    return {
        "incident": row.key.hex(),
        "source": row.source,
        "class": row.kind,
        "cells": row.cells,
        "began": clock.to_text(row.began),
        "ends": clock.to_text(row.ends),
        "state": row.state,
    }


def cursor_of(row: IncidentRow) -> str:
    """Return where the next page begins."""
    return f"{clock.to_text(row.began)}_{row.key.hex()}_{row.source}"


def read_cursor(text: str) -> Cursor:
    """Return a place in the list; raises Malformed."""
    moment, _, rest = text.partition("_")
    key, _, source = rest.partition("_")
    try:
        found = clock.from_text(moment), bytes.fromhex(key), source
    except (FanlightError, ValueError) as error:
        raise _no_page() from error
    if not is_id(source) or len(found[1]) != rules.KEY_BYTES:
        raise _no_page()
    return found


def _no_page() -> Malformed:
    return Malformed(
        "This is no place in the list.", do="Begin with the first page.", code="incidents.no_page"
    )
