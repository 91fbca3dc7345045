"""Routes of the public record: reads what is published, makes a page, keeps it for a moment.

In:     GET under /record.
Out:    pages, lists as CSV and JSON; the same bytes for everybody, no cookie, no script but verify.js.
Holds:  leaves come from the log's public folder, as any mirror would read them. Pages are made anew when
        the log grew, and each minute, so that an erased opening is gone from them within a minute.
Absent: what a page says (oversight.pages).
Why:    docs/design/oversight.md
"""

import asyncio
import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from weakref import WeakKeyDictionary

import structlog
from litestar import Response, Router, get
from litestar.params import FromPath, QueryParameter

from fanlight.model.errors import FanlightError
from fanlight.policy import Pack
from fanlight.proof.openings import Opening
from fanlight.proof.tiles import TileReader
from fanlight.server import programme
from fanlight.server.errors import NotFound
from fanlight.server.log import Log, Published
from fanlight.server.oversight.leaves import Entry
from fanlight.server.oversight.pages import Page, render
from fanlight.server.oversight.record import Beside, LogState, Record
from fanlight.server.oversight.reports.style import style_source
from fanlight.server.oversight.sketch import Ground, read_layer
from fanlight.server.programme import listings
from fanlight.server.programme.listings import ListedAgreement
from fanlight.server.requests import public_openings
from fanlight.server.services import Parts, Services
from fanlight.server.setup import MAPS

HEADERS = {
    # Stricter than the apps': no style or script but our own files, no form, nothing from elsewhere.
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    f"style-src 'self' {style_source()}; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "public, max-age=10",
}
OPENING_DAYS = 180  # a pack may open earlier, never later
_LAYERS = ("city", "streets")
_WITH_MAP = ("/record/requests/", "/record/burden")  # the others never wait for the town's streets
_KEPT_PAGES = 500
Form = Annotated[str | None, QueryParameter(name="format", max_length=4)]

log = structlog.get_logger()


class Reader:
    """The record of one log as last read, and the pages made from it."""

    def __init__(self, services: Services) -> None:
        """Read nothing yet."""
        self._services = services
        self._entries: list[Entry] = []
        self._key: tuple[Published, datetime] | None = None
        self._record: Record | None = None
        self._pages: dict[str, Page] = {}
        self._lists: dict[str, Sequence[ListedAgreement]] = {}
        self._lock = asyncio.Lock()
        self._ground: asyncio.Task[Ground] | None = None

    async def page(self, path: str) -> Page:
        """Return the page at a path, made at most once a minute and checkpoint."""
        async with self._lock:
            record = await self._read()
            found = self._pages.get(path)
            if found is None:
                if path.startswith(_WITH_MAP):
                    record = replace(record, ground=await self._town())
                found = await asyncio.to_thread(render, path, record)
                if len(self._pages) < _KEPT_PAGES:
                    self._pages[path] = found
            return found

    async def _read(self) -> Record:
        services = self._services
        now = services.clock().replace(second=0, microsecond=0)
        key = (services.log.published, now)
        if self._record is None or key != self._key:
            size = key[0].head.size
            self._entries = self._entries[:size] + await asyncio.to_thread(
                _entries, services.log, len(self._entries), size
            )
            state = LogState.read(key[0].note, services.log.vkey, services.log.witness_vkeys)
            beside = Beside(
                openings=await self._openings(now),
                packs=await self._packs(),
                lines=await self._lines(),
                homes=await self._homes(),
            )
            self._record = await asyncio.to_thread(Record.of, self._entries, state, now, beside)
            self._key = key
            self._pages.clear()
        return self._record

    async def _openings(self, now: datetime) -> dict[int, Sequence[Opening]]:
        async with self._services.db.transaction() as tx:
            return {**await public_openings(tx, now - timedelta(days=OPENING_DAYS))}

    async def _packs(self) -> dict[str, Pack]:
        async with self._services.db.transaction() as tx:
            return {sha: await programme.pack(tx, sha) for sha in await programme.pack_hashes(tx)}

    async def _homes(self) -> dict[str, int]:
        """Return how many homes lie in each cell; none before a town is set up."""
        async with self._services.db.transaction() as tx:
            try:
                return await programme.homes_by_cell(tx)
            except NotFound:
                return {}

    async def _lines(self) -> dict[str, Sequence[ListedAgreement]]:
        """Return the lines of the lists that were taken over. They stay as they are: each is read once."""
        async with self._services.db.transaction() as tx:
            for head in await listings.all_of(tx):
                if head.kind == "agreements" and head.id not in self._lists:
                    self._lists[head.id] = await listings.agreements(tx, head.id, after=-1, limit=head.lines)
        return self._lists

    async def _town(self) -> Ground:
        """Return what lies under a sketch, read once; a page without it is still a page."""
        if self._ground is None:
            self._ground = asyncio.create_task(asyncio.to_thread(_ground, self._services.home / MAPS))
        return await self._ground


def _entries(of: Log, first: int, size: int) -> list[Entry]:
    raw = TileReader(size, of.files.read).entries(first, size)
    return [Entry.of(first + place, entry) for place, entry in enumerate(raw)]


def _ground(folder: Path) -> Ground:
    try:
        paths = [folder / f"{name}.geojson.gz" for name in _LAYERS]
        return Ground(
            feature
            for path in paths
            if path.is_file()
            for feature in read_layer(gzip.decompress(path.read_bytes()))
        )
    except (OSError, EOFError, FanlightError) as error:
        log.warning("oversight.no_map", error=type(error).__name__)
        return Ground()


_readers: WeakKeyDictionary[Log, Reader] = WeakKeyDictionary()


@get("/record", include_in_schema=False)
async def get_front(services: Parts, form: Form = None) -> Response[bytes]:
    """Return the front page of the public record."""
    return await _answer(services, "", form)


@get("/record/{path:path}", include_in_schema=False)
async def get_page(services: Parts, path: FromPath[str], form: Form = None) -> Response[bytes]:
    """Return a page of the public record, or a list as a file with `?format=csv` or `json`."""
    return await _answer(services, path, form)


async def _answer(services: Services, path: str, form: str | None) -> Response[bytes]:
    reader = _readers.get(services.log) or _readers.setdefault(services.log, Reader(services))
    name = f"/record/{path.strip('/')}" + (f".{form}" if form in {"csv", "json"} else "")
    made = await reader.page(name)
    return Response(made.body, status_code=made.status, media_type=made.media_type, headers=HEADERS)


router = Router(path="/", route_handlers=[get_front, get_page])
