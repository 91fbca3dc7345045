"""What an auditor reads of an agency: entries with their openings, proved against one checkpoint.

Holds:  nothing is shown here that is no entry, or that no opening of it shows: the page checks both again.
        Who has access is asked of the very rows that let people in, at the moment of asking.
Why:    docs/design/auditing.md
"""

from typing import Any

from fanlight.server import programme, requests
from fanlight.server.accounts import people
from fanlight.server.auditing.counting import Line
from fanlight.server.log import Log, Row
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import jcs

PAGE = 100
_EACH = 500


async def page(services: Services, tx: Tx, agency: str, after: int) -> dict[str, Any]:
    """Return a page of an agency's entries behind a place, each with its openings and its proof."""
    log = services.log
    also = await requests.close_leaves(tx, agency)
    rows = await log.of_agency(tx, agency, also, after=after, limit=PAGE + 1)
    shown = [row for row in rows[:PAGE] if _of(row, agency, also)]
    openings = [[one.as_json() for one in await log.openings(tx, row.id)] for row in shown]
    proven = await log.prove(shown)
    note = proven[0].note if proven else log.published.note
    return {
        "checkpoint": note.decode(),
        "vkey": log.vkey,
        "witness_vkeys": log.witness_vkeys,
        "entries": [
            {
                "index": one.index,
                "leaf": one.leaf,
                "path": [step.hex() for step in one.path],
                "openings": opened,
            }
            for one, opened in zip(proven, openings, strict=True)
        ],
        "next": rows[PAGE - 1].idx if len(rows) > PAGE else None,
    }


async def lines(log: Log, tx: Tx, agency: str) -> list[Line]:
    """Return all published entries of an agency with what is left of what they committed to."""
    also, after, found = await requests.close_leaves(tx, agency), -1, list[Line]()
    while True:
        rows = await log.of_agency(tx, agency, also, after=after, limit=_EACH)
        for row in rows:
            if _of(row, agency, also):
                leaf = jcs.loads(bytes(row.body))
                opened = {one.field: one.value for one in await log.openings(tx, row.id)}
                found.append(Line(index=row.idx or 0, type=leaf["type"], pub=leaf["pub"], opened=opened))
        if len(rows) < _EACH:
            return found
        after = rows[-1].idx or 0


async def access(services: Services, tx: Tx, agency: str) -> dict[str, Any]:
    """Return who may act for an agency now, and whether an agreement lets any of them."""
    today = services.clock().date()
    found = await programme.agreement_in_force(tx, agency, today)
    return {
        "agreement": None if found is None else {"agreement": found.id, "until": str(found.valid_until)},
        "people": [
            {"account": person.account, "name": person.name, "role": person.role}
            for person in await people(tx, agency)
        ],
    }


def _of(row: Row, agency: str, also: list[str]) -> bool:
    """The search is for bytes: words of somebody that spell an agency's field are not of it."""
    return row.id in also or jcs.loads(bytes(row.body))["pub"].get("agency") == agency
