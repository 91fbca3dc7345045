"""Changes of keys, the log's own and its witnesses', entered in the record and shown beside it.

In:     hand-overs that hold.
Out:    one leaf of type `key` each; files `handover/1` and so on, in the order of the leaves.
Holds:  a hand-over is shown once its leaf is published, so that nobody follows one that the record lacks.
Why:    docs/spec/log.md
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from fanlight.model.errors import FanlightError
from fanlight.proof.handover import LEAF, Handover, Handovers, handed_over_in, handover_path
from fanlight.server.log import store

if TYPE_CHECKING:
    from fanlight.server.log import Log

RETRY_S = 5.0

log = structlog.get_logger()


async def enter(record: "Log", changes: Sequence[Handover]) -> None:
    """Queue a leaf for each change that has none, before anything is signed with the new key."""
    async with record.db.transaction() as tx:
        known = await store.leaves_of(tx, LEAF)
        for change in changes:
            if not any(_holds(row.body, change) for row in known):
                await record.queue_leaf(tx, "key", dict(change.pub))


async def show(record: "Log", changes: Sequence[Handover]) -> None:
    """Publish the hand-overs whose leaves are published, and wait for the others."""
    while True:
        try:
            await _show(record, changes)
        except (FanlightError, OSError) as error:
            log.warning("handover", error=type(error).__name__)
            await asyncio.sleep(RETRY_S)
        else:
            return


async def _show(record: "Log", changes: Sequence[Handover]) -> None:
    placed: dict[int, Handover] = {}
    while len(placed) < len(changes):
        news = record.sequencer.changed()
        async with record.db.transaction() as tx:
            rows = await store.leaves_of(tx, LEAF)
        for change in changes:
            for row in rows:
                if row.idx is not None and _holds(row.body, change):
                    placed[row.idx] = change
        if len(placed) < len(changes):
            await news
        else:
            news.close()
    if not placed:
        return
    await record.sequencer.wait_for(max(placed) + 1, cosigned=False)
    shown = await asyncio.to_thread(Handovers.read, record.files.read)
    have = {change.note for change in shown.changes}
    fresh = [change.note for _, change in sorted(placed.items()) if change.note not in have]
    files = [(handover_path(len(have) + number), note) for number, note in enumerate(fresh, 1)]
    await asyncio.to_thread(record.files.write, files)


def _holds(body: bytes, change: Handover) -> bool:
    return handed_over_in(bytes(body)) == change.note
