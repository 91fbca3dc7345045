"""What the vault does by itself: expire, remove, look whether rows and payloads agree; again after a restore.

In:     the households' days, the rows, the blobs, the shred list.
Out:    fewer clips; a Look, which says what remains on either side.
Holds:  K1 a clip's row goes first, and its header with it; the same transaction notes the payload as doomed,
           and that note goes when the payload is gone. A crash at any point ends in both gone.
        K2 what was erased or expired does not come back with an older database: `replay` runs before
           anything is served.
        K3 a payload without a row is removed at the second look that finds it so: a clip on its way has
           its row first.
        K4 what counsel accepted to preserve is put aside by the database itself when its row goes, in any
           way whatever, and goes on the day after the end; the shred list has it as soon as it is put aside.
Absent: which household a doomed payload was of.
Why:    docs/design/vault.md
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import structlog

from fanlight.server.accounts import farewells
from fanlight.server.looks import Look
from fanlight.server.services import Services
from fanlight.server.vault import rules, store
from fanlight.store.blobs import BlobsAway

POLL_S = 60.0
LOOK_EACH_S = 6 * 3_600.0
SECOND_LOOK_S = 3_600.0
_BATCH = 500
_MANY = 10_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Keeper:
    """The vault's own work, on the parts of one node."""

    services: Services

    async def replay(self) -> int:
        """Do again what the shred list says, over whatever database is there; return how many clips went."""
        shreds, went = self.services.shreds, await self.lapse()
        for household, clips in (await self._by_home(shreds.kept)).items():
            async with self.services.db.transaction(household=household) as tx:
                await store.mark_all(tx, clips)
        for household, clips in (await self._by_home(shreds.erased)).items():
            async with self.services.db.transaction(household=household) as tx:
                went += await store.erase(tx, household, clips)
        for home in await self._oldest():
            until = shreds.expired.get(home.household)
            if until is not None and home.oldest <= until:
                went += await self._expire_rows(home.household, until, lasting=False)
        return went

    async def lapse(self) -> int:
        """Let go of what was put aside for a request that is over since yesterday; return how many clips."""
        async with self.services.db.transaction() as tx:
            return await store.lapse(tx, self.services.clock().date())

    async def expire_due(self) -> int:
        """Expire clips beyond their household's days, and old last words; return how many clips went."""
        await farewells.forget(self.services)
        today, went = self.services.clock().date(), await self.lapse()
        for home in await self._oldest():
            if home.oldest <= _until(home, today):
                went += await self.expire_home(home.household, _days(home))
        return went

    async def expire_home(self, household: str, keep_days: int) -> int:
        """Expire one household's clips now; return how many went."""
        today = self.services.clock().date()
        until = rules.last_expired(today, keep_days)
        # The list tells days that are over for good. Today is not: who keeps nothing today may keep something
        # tonight, so that today's clips are listed one by one.
        over = min(until, today - timedelta(days=1))
        await self._note(partial(self.services.shreds.note_expired, household, over))
        went = await self._expire_rows(household, over, lasting=False)
        return went + (await self._expire_rows(household, until, lasting=True) if until > over else 0)

    async def clear(self) -> int:
        """Remove the payloads of clips whose rows are gone; return how many. What cannot go now waits."""
        went = 0
        async with self.services.db.transaction() as tx:
            aside = await store.held(tx)
        await self._note(partial(self.services.shreds.note_erased, aside))
        while True:
            async with self.services.db.transaction() as tx:
                doomed = await store.doomed(tx, _BATCH)
            lasting = [one.clip for one in doomed if one.lasting]
            noted = await self._note(partial(self.services.shreds.note_erased, lasting))
            removed = [one for one in doomed if await self._removed(one.clip)]
            done = [one.clip for one in removed if noted or not one.lasting]
            async with self.services.db.transaction() as tx:
                await store.gone(tx, done)
            went += len(done)
            if len(done) < _BATCH:
                return went

    async def look(self) -> Look:
        """Compare rows and payloads, both ways; sweep payloads that had no row at the last look either."""
        services, payloads, matched, swept = self.services, 0, 0, 0
        orphans: set[str] = set()
        async for keys in services.blobs.keys(rules.SHELF):
            clips = [key.rpartition("/")[2] for key in keys]
            async with services.db.transaction() as tx:
                homes = await store.homes_of(tx, clips)
                known = {home.clip for home in homes} | await store.are_doomed(tx, clips)
            payloads += len(clips)
            matched += sum(home.kept for home in homes)
            orphans.update(clip for clip in clips if clip not in known)
        for clip in sorted(orphans):
            if clip in services.looks.suspects or clip in services.shreds.erased:
                await self._remove(clip)
                orphans.discard(clip)
                swept += 1
        services.looks.suspects = orphans
        today = services.clock().date()
        async with services.db.transaction() as tx:
            rows, doomed = await store.total(tx), await store.waiting(tx)
        overdue = [home for home in await self._oldest() if home.oldest <= _until(home, today)]
        services.looks.last = look = Look(
            day=today,
            rows=rows,
            payloads=payloads - swept,
            rows_without_payload=max(rows - matched, 0),
            payloads_without_row=len(orphans),
            swept=swept,
            overdue=len(overdue),
            doomed=doomed,
        )
        return look

    async def run(self) -> None:
        """Do all of it at its time until cancelled. What fails is logged and tried again."""
        loop = asyncio.get_running_loop()
        expired_on, look_at = date.min, loop.time()
        while True:
            try:
                today = self.services.clock().date()
                if today != expired_on:
                    await self.expire_due()
                    expired_on = today
                await self.clear()
                if loop.time() >= look_at:
                    found = await self.look()
                    look_at = loop.time() + (SECOND_LOOK_S if self.services.looks.suspects else LOOK_EACH_S)
                    if found.rows_without_payload or found.overdue:
                        log.warning("vault", lost=found.rows_without_payload, overdue=found.overdue)
            except Exception as error:  # noqa: BLE001 - the next minute tries again
                log.warning("vault", error=type(error).__name__)
            await asyncio.sleep(POLL_S)

    async def _removed(self, clip: str) -> bool:
        """Remove a payload; tell whether that could be done now."""
        try:
            await self._remove(clip)
        except BlobsAway as error:
            log.warning("vault", error=error.code)
            return False
        return True

    async def _remove(self, clip: str) -> None:
        """Remove a payload wherever it is, and see that it is gone."""
        self.services.incoming.drop(clip)
        for old_place in (False, True):
            key = rules.blob_of(clip, old_place=old_place)
            await self.services.blobs.delete(key)
            if await self.services.blobs.holds(key):
                raise BlobsAway(
                    "The store of this server keeps a payload that it was told to remove.",
                    kept="The clip's row and header are gone; the payload is removed as soon as that works.",
                    do="Look whether the store may delete, and whether it keeps versions.",
                )

    async def _expire_rows(self, household: str, until: date, *, lasting: bool) -> int:
        went = 0
        while True:
            async with self.services.db.transaction(household=household) as tx:
                now = await store.expire(tx, until, _BATCH, lasting=lasting)
            went += now
            if now < _BATCH:
                return went

    @staticmethod
    async def _note(write: Callable[[], None]) -> bool:
        """Write into the shred list; a full disk keeps nobody from removing, which is how it gets room."""
        try:
            await asyncio.to_thread(write)
        except OSError as error:
            log.warning("shreds", error=type(error).__name__)
            return False
        return True

    async def _oldest(self) -> list[store.Oldest]:
        async with self.services.db.transaction() as tx:
            return await store.oldest(tx)

    async def _by_home(self, clips: Iterable[str]) -> dict[str, list[str]]:
        """Return those of the clips whose rows are there, by household."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        ordered = sorted(clips)
        for at in range(0, len(ordered), _MANY):
            async with self.services.db.transaction() as tx:
                for home in await store.homes_of(tx, ordered[at : at + _MANY]):
                    found[home.household].append(home.clip)
        return found


def _days(home: store.Oldest) -> int:
    return rules.KEEP_DAYS if home.keep_days is None else home.keep_days


def _until(home: store.Oldest, today: date) -> date:
    return rules.last_expired(today, _days(home))
