"""What is done with a case as a whole: a line of its trail and a `case` entry, in one transaction.

In:     an act of one of the agency's people, in the transaction of what it changes.
Out:    a row of `case_act`; an entry in the agency's day.
Holds:  neither is ever changed or deleted; both or none are stored.
Absent: what is done with one clip (store.add_custody).
"""

from datetime import datetime
from typing import Any

import msgspec

from fanlight.model.clock import to_text
from fanlight.server.evidence import day, store
from fanlight.store.database import Tx


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """An act on a case: what was done, to whom or what (`about`, may be empty), with which clip, by whom."""

    request: str
    agency: str
    act: str
    about: str
    by: str
    disclosure: str | None = None


async def enter(tx: Tx, now: datetime, act: Act, **detail: Any) -> None:
    """Store an act with its entry; `detail` is committed to with it."""
    await line(tx, now, act)
    said = {"request": act.request, "by": act.by, "at": to_text(now), **detail}
    await day.enter(tx, act.agency, now, act.act, said)


async def line(tx: Tx, now: datetime, act: Act) -> None:
    """Store an act whose entry the caller makes in the same transaction."""
    await store.lock(tx, f"case {act.request}")
    await tx.execute(
        "INSERT INTO case_act (request, place, at, act, about, disclosure, by_whom)"
        " SELECT %(request)s, coalesce(max(place) + 1, 0), %(at)s, %(act)s, %(about)s, %(clip)s, %(by)s"
        " FROM case_act WHERE request = %(request)s",
        {
            "request": act.request,
            "at": to_text(now),
            "act": act.act,
            "about": act.about,
            "clip": act.disclosure,
            "by": act.by,
        },
    )
