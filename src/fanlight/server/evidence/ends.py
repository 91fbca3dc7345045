"""Every case's end: those concerned are told, then key and copies are destroyed, and stay destroyed.

In:     cases, holds and withdrawals; the list of retention; the clock; the shred list.
Out:    the telling; destroyed keys and copies, each with its entry and tombstone; `key-destroyed` and
        `exports-out` leaves.
Holds:  a header and a case key are forgotten in the transaction that says so in the record; the payload
        follows, after a crash too; what is destroyed is noted outside the database before it is called
        so to anybody again, and destroyed again where an older database or older blobs come back.
Absent: the rule (retention); copies that left Fanlight.
Why:    docs/design/ends.md
"""

import asyncio
import hashlib
from collections import defaultdict
from datetime import date, datetime
from functools import cache
from pathlib import Path

import structlog

from fanlight.model.clock import to_text
from fanlight.model.offence import offence
from fanlight.policy.retention import Retention, load_retention
from fanlight.server import requests
from fanlight.server.evidence import (
    answering,
    day,
    drops,
    ends_store,
    naming,
    papers,
    redactions,
    retention,
    store,
)
from fanlight.server.evidence.ends_store import CaseRow, HoldRow
from fanlight.server.evidence.onward import ending as onward
from fanlight.server.evidence.onward import store as onward_rows
from fanlight.server.evidence.retention import Case, End
from fanlight.server.evidence.store import Custody
from fanlight.server.services import Services
from fanlight.store.database import Tx
from fanlight.wire import jcs

log = structlog.get_logger()


def listed(services: Services) -> Retention:
    """Return the list of retention that this town goes by; raises BadPack, OSError."""
    return _load(services.home / "server" / "retention.json")


@cache
def _load(path: Path) -> Retention:
    return load_retention(path)


def end_of(services: Services, row: CaseRow) -> End:
    """Return when a case ends by the rule."""
    limits = listed(services)
    minimum = limits.minimum(offence(jcs.loads(row.body)["offence"]).category)
    case = Case(
        asked=row.asked,
        last_copy=row.last_copy,
        keep_days=limits.keep_days,
        minimum_days=minimum.days if minimum else 0,
        agreement_due=row.agreement_due,
    )
    return retention.end_of(case)


async def tick(services: Services) -> None:
    """Do once what is due; done again, it does nothing."""
    now = services.clock()
    await _lapse(services, now)
    async with services.db.transaction() as tx:
        rows = await ends_store.cases(tx)
        held = by_case(await ends_store.holds(tx, [row.request for row in rows]))
    for row in rows:
        end = end_of(services, row)
        if row.told is None:
            if retention.tells(end, now.date()):
                await _tell(services, row, end, now)
        elif _goes(row, end, held[row.request], now.date()):
            await _destroy_case(services, row.request, now)
    await _destroy_withdrawn(services, now)
    await _note(services, await onward.due(services, now))
    await _empty(services)
    await _say_exports(services)


def by_case(rows: list[HoldRow]) -> dict[str, list[HoldRow]]:
    """Return holds by case."""
    found: dict[str, list[HoldRow]] = defaultdict(list)
    for row in rows:
        found[row.request].append(row)
    return found


def _goes(row: CaseRow, end: End, held: list[HoldRow], today: date) -> bool:
    over = row.state in {"closed", "refused"}
    return over and retention.goes_today(end, row.told, [one.hold() for one in held], today)


async def _lapse(services: Services, now: datetime) -> None:
    async with services.db.transaction() as tx:
        for row in sorted(await ends_store.lapsing(tx), key=lambda one: one.agency):  # as day.turns does
            if not row.hold().stands(now.date()) and await ends_store.end_hold(tx, row.id, now.date()):
                detail = {"hold": row.id, "request": row.request, "at": to_text(now)}
                await day.enter(tx, row.agency, now, "hold-lapsed", detail)


async def _tell(services: Services, row: CaseRow, end: End, now: datetime) -> None:
    async with services.db.transaction() as tx:
        if not await ends_store.tell(tx, row.request, now.date()):
            return
        goes = retention.goes_on(end, now.date(), now.date())
        detail = {
            "request": row.request,
            "goes": goes.isoformat(),
            "why": end.why,
            "told": await ends_store.told_inside(tx, row.agency, row.officer),
            "at": to_text(now),
        }
        await day.enter(tx, row.agency, now, "end-told", detail)


async def _destroy_case(services: Services, request: str, now: datetime) -> None:
    async with services.db.transaction() as tx:
        await store.lock_end(tx, request)
        (row,) = await ends_store.cases(tx, request=request)  # as it is now that nobody can change it
        end = end_of(services, row)
        if row.done is not None or not _goes(row, end, await ends_store.holds(tx, [request]), now.date()):
            return
        gone = await _destroy_key(services, tx, row, now, end.why)
    await _note(services, [request, *gone])


async def _destroy_key(services: Services, tx: Tx, row: CaseRow, now: datetime, why: str) -> list[str]:
    gone: list[str] = []
    kept = await ends_store.kept(tx, row.request)
    await day.turns(tx, [row.agency, *await onward_rows.agencies_of(tx, kept)])
    for disclosure in kept:
        gone += await _destroy_copy(tx, row.agency, disclosure, now, why)
    await requests.forget_case_key(tx, row.request)
    await papers.forget(tx, row.request)
    pub = {
        "agency": row.agency,
        "key_sha256": hashlib.sha256(row.case_key.encode()).hexdigest(),
        "day": now.date().isoformat(),
    }
    leaf = await services.log.queue_leaf(tx, "key-destroyed", pub, {"request": row.request, "why": why})
    await ends_store.done(tx, row.request, now.date(), why, leaf)
    return gone


async def _destroy_copy(tx: Tx, agency: str, disclosure: str, now: datetime, why: str) -> list[str]:
    """Destroy a copy with its redacted copies and what was handed on of it; return the ids of all."""
    await store.lock(tx, f"custody {disclosure}")
    await store.empty(tx, disclosure)
    await answering.forget(tx, disclosure)
    await naming.forget(tx, disclosure)
    redacted = await redactions.forget(tx, disclosure, now)
    handed = await onward.with_copy(tx, disclosure, now, why)
    await store.add_custody(tx, disclosure, Custody(to_text(now), "destroyed", "the server"))
    await ends_store.add_tombstone(tx, disclosure, now.date(), why)
    detail = {"disclosure": disclosure, "why": why, "at": to_text(now)}
    await day.enter(tx, agency, now, "destroyed", detail)
    return [disclosure, *redacted, *handed]


async def _destroy_withdrawn(services: Services, now: datetime) -> None:
    async with services.db.transaction() as tx:
        waiting = [one for one in await ends_store.withdrawn(tx) if one.due <= now.date()]
    for one in waiting:
        async with services.db.transaction() as tx:
            await store.lock_end(tx, one.request)
            held = [row.hold() for row in await ends_store.holds(tx, [one.request])]
            used = await ends_store.is_used(tx, one.disclosure)
            if not retention.withdrawn_goes(one.due, held, now.date(), used=used):
                continue
            if one.disclosure not in await ends_store.kept(tx, one.request):
                continue
            await day.turns(tx, [one.agency, *await onward_rows.agencies_of(tx, [one.disclosure])])
            gone = await _destroy_copy(tx, one.agency, one.disclosure, now, "withdrawn")
        await _note(services, gone)


async def _empty(services: Services) -> None:
    """Remove the payloads of what is destroyed."""
    async with services.db.transaction() as tx:
        waiting = {one: await redactions.of_clip(tx, one) for one in await ends_store.to_empty(tx)}
    for disclosure, redacted in waiting.items():
        for row in redacted:
            await services.evidence.delete(redactions.blob_of(row.id))
        await services.evidence.delete(drops.blob_of(disclosure))
        async with services.db.transaction() as tx:
            await ends_store.emptied(tx, disclosure)


async def _say_exports(services: Services) -> None:
    """Say in the record in which band an agency's exports are out past their day, when that changes."""
    async with services.db.transaction() as tx:
        await store.lock(
            tx, "exports out"
        )  # what was said is read, and the day looked up, after whoever said it
        today = services.clock().date()
        past, said = await ends_store.out_past(tx, today), await ends_store.bands_said(tx)
        for agency, count in sorted(past.items()):
            band = requests.band_of(count)
            if band == said.get(agency, "0"):
                continue
            pub = {"agency": agency, "day": today.isoformat(), "past": band}
            leaf = await services.log.queue_leaf(tx, "exports-out", pub)
            await ends_store.say_band(tx, agency, band, leaf)


async def _note(services: Services, gone: list[str]) -> None:
    try:
        await asyncio.to_thread(services.shreds.note_gone, gone)
    except OSError as error:  # it is destroyed, and noted at the next start
        log.warning("shreds", error=type(error).__name__)


async def replay(services: Services) -> int:
    """Destroy again what came back with an older database or older blobs; return how many copies and keys.

    Raises:
        BadPack, OSError: the town's list of retention cannot be read; nothing is served.
    """
    listed(services)
    gone, now = sorted(services.shreds.gone), services.clock()
    async with services.db.transaction() as tx:
        ended = await ends_store.ended_cases(tx)
        stones = await ends_store.look_again(tx)
        handed = await onward_rows.ended(tx)
        redacted = await redactions.ended(tx)
        copies, cases = await ends_store.back(tx, gone)
        count = len(copies) + len(cases)
        for disclosure, request in copies:
            (row,) = await ends_store.cases(tx, request=request)
            await _destroy_copy(tx, row.agency, disclosure, now, "restored")
        for request in cases:
            for row in await ends_store.cases(tx, request=request):
                await _destroy_key(services, tx, row, now, "restored")
        count += await onward.again(tx, gone, now)
        count += await naming.again(services, tx, set(gone))
    await _note(services, [*ended, *stones, *handed, *redacted])
    await _empty(services)
    return count + await redactions.again(services, [*gone, *redacted])
