"""The sources: begun and ended by the operator, on the record, each under an agreement with a clause for it.

In:     settings; an agency's agreement in force.
Out:    rows, each with its entry in the record.
Holds:  nothing is taken from a source whose agency has no agreement in force with a `cad-feed` clause, today.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from fanlight.model.ids import new_id
from fanlight.server import programme
from fanlight.server.errors import Conflict, Malformed, NotAllowed, NotFound
from fanlight.server.incidents import store
from fanlight.server.incidents.rules import Settings
from fanlight.server.incidents.store import SourceRow
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import jcs

CLAUSE = "cad-feed"
MOST = 20


def settings_of(row: SourceRow) -> Settings:
    """Return a source's settings."""
    return msgspec.json.decode(row.settings, type=Settings)


async def allowed(tx: Tx, services: Services) -> set[str]:
    """Return the agencies whose agreement in force lets them pass on dispatches today."""
    return await _allowed(tx, services, await store.sources(tx))


async def live(tx: Tx, services: Services) -> tuple[str, ...]:
    """Return the sources of which incidents are shown today."""
    rows = [row for row in await store.sources(tx) if row.ended is None]
    agencies = await _allowed(tx, services, rows)
    return tuple(sorted(row.id for row in rows if row.agency in agencies))


async def _allowed(tx: Tx, services: Services, rows: Sequence[SourceRow]) -> set[str]:
    today = services.clock().date()
    return {agency for agency in sorted({row.agency for row in rows}) if await _may(tx, agency, today)}


async def _may(tx: Tx, agency: str, today: Any) -> bool:  # noqa: ANN401
    found = await programme.agreement_in_force(tx, agency, today)
    return found is not None and CLAUSE in await programme.clauses_of(tx, found.id)


async def require_allowed(tx: Tx, services: Services, agency: str) -> None:
    """Raise NotAllowed unless the agency may pass on dispatches today."""
    if not await _may(tx, agency, services.clock().date()):
        raise NotAllowed(
            "This agency has no agreement in force here that says it passes on dispatches.",
            kept="Nothing was taken in.",
            do="Look at the town's register: an agreement with a clause for it has to be voted first.",
            code="incidents.no_clause",
        )


async def begin(services: Services, said: Settings) -> str:
    """Begin a source; return its id."""
    said.check()
    async with services.db.transaction() as tx:
        await require_allowed(tx, services, said.agency)
        if len([row for row in await store.sources(tx) if row.ended is None]) >= MOST:
            raise Conflict(f"There are {MOST} sources already.", do="End one that sends nothing any more.")
        made = new_id()
        today = services.clock().date()
        settings = published(said)
        text = jcs.dumps(settings).decode()
        if len(text) > 50_000:  # noqa: PLR2004 - an entry has 65,535 bytes for it and its frame
            raise Malformed(
                "The list of types is too long for an entry.", do="Join types, or leave some out."
            )
        leaf = await services.log.queue_leaf(
            tx, "cad-source", {"source": made, "day": today.isoformat(), **settings}
        )
        row = SourceRow(made, said.agency, text, secrets.token_bytes(32), today, None)
        await store.add_source(tx, row, leaf)
    return made


async def end(services: Services, source: str) -> None:
    """End a source; what it told of is not shown any more."""
    async with services.db.transaction() as tx:
        row = await store.source(tx, source, lock=True)
        if row is None:
            raise not_there()
        if row.ended is not None:
            raise Conflict("This source has ended already.", do="Load the page again.")
        today = services.clock().date()
        pub = {"source": source, "agency": row.agency, "day": today.isoformat()}
        await store.end_source(tx, source, today, await services.log.queue_leaf(tx, "cad-source-ended", pub))


def published(said: Settings) -> Mapping[str, Any]:
    """Return settings as everybody reads them."""
    found: dict[str, Any] = msgspec.to_builtins(said)
    return found


def not_there() -> NotFound:
    """Return the error for a source that is none."""
    return NotFound(
        "There is no such source.",
        kept="Nothing was taken in.",
        do="Look at the list of sources.",
        code="incidents.no_source",
    )
