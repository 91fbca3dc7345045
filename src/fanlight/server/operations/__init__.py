"""Room: operations. What an agency plans that residents take part in, who said so, what came of it.

In:     a plan before it begins; a home's own word; an outcome.
Out:    a row and an entry each; every one to everybody.
Holds:  nothing here runs an operation, and no agency learns from here which home takes part: a home says so
        by a hash of a code that only it can make. Who has an outcome overdue plans no other.
Absent: clips (a home shares them as any other), pages (oversight.operations).
Why:    R29; docs/spec/operations.md
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from fanlight.model.readable import check_words
from fanlight.server import programme
from fanlight.server.errors import Conflict, Malformed, NotFound
from fanlight.server.log import Log
from fanlight.store.database import Tx, many
from fanlight.wire.operations import (
    LONGEST_DAYS,
    MOST_HOMES,
    OUTCOME_DAYS,
    Operation,
    OperationHomes,
    OperationOff,
    OperationOutcome,
    fields_of,
)

KEPT = "Nothing was entered; what you wrote is still in the form."
_LOCK = 0x6F706572  # any fixed number: who enters something holds it
_MOST_PLANNED = 20  # of one agency at once


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody enters something: the transaction and the record it goes to, and when."""

    tx: Tx
    log: Log
    now: datetime

    @property
    def today(self) -> date:
        """The day of the entry, in UTC."""
        return self.now.date()


class Row(msgspec.Struct, frozen=True):
    """An operation as everybody reads it; `homes`: hashes of those that take part by what the record has."""

    entry: dict[str, Any]
    index: int | None
    homes: list[str]
    outcomes: list[dict[str, Any]]
    off: dict[str, Any] | None


async def all_of(tx: Tx) -> list[Row]:
    """Return every operation, the latest first."""
    return await many(
        tx,
        Row,
        "SELECT o.entry, l.idx AS index,"
        " ARRAY(SELECT h.code FROM operation_home h WHERE h.operation = o.id AND h.join_leaf IS NOT NULL"
        "  AND h.left_leaf IS NULL ORDER BY h.code) AS homes,"
        " ARRAY(SELECT s.entry FROM operation_step s JOIN leaf sl ON sl.id = s.leaf"
        "  WHERE s.operation = o.id AND s.step = 'outcome' ORDER BY sl.idx NULLS LAST) AS outcomes,"
        " (SELECT s.entry FROM operation_step s WHERE s.operation = o.id AND s.step = 'off') AS off"
        " FROM operation o JOIN leaf l ON l.id = o.leaf ORDER BY o.starts DESC, o.id",
    )


async def plan(by: Acting, said: Operation) -> None:
    """Enter a plan.

    Raises:
        Malformed: its days cannot be so. BadText: it does not read as it looks.
        NotAllowed: the agency has no agreement in force.
        Conflict: its id is taken, an outcome is overdue, or there are too many at once.
    """
    check_words(said.place, most=200)
    check_words(said.plan, most=2_000)
    starts, ends = _days(said)
    if starts <= by.today:
        raise _malformed("A plan is public a day before it begins, at least.", "Let it begin later.")
    if ends < starts or ends - starts > timedelta(days=LONGEST_DAYS):
        raise _malformed(f"It ends before it begins, or after more than {LONGEST_DAYS} days.", "Change it.")
    await by.tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    agreement = await programme.agreement_in_force(by.tx, said.agency, by.today)
    if agreement is None:
        raise programme.no_agreement()
    await _check_owed(by, said)
    entry = msgspec.structs.replace(said, agreement=agreement.id)
    leaf = await by.log.queue_leaf(by.tx, "operation", fields_of(entry))
    await by.tx.execute(
        "INSERT INTO operation (id, agency, agreement, starts, ends, entry, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [entry.operation, entry.agency, entry.agreement, starts, ends, _json(entry), leaf],
    )


async def say(by: Acting, said: OperationOutcome, agency: str) -> None:
    """Enter what came of an operation, from its first day on; raises NotFound, Conflict, BadText."""
    check_words(said.words, most=2_000)
    found = await _of(by, said.operation, agency)
    if by.today < found.starts or found.off:
        raise Conflict(
            "It has not begun, or was called off.",
            kept=KEPT,
            do="Call it off if it does not take place.",
            code="operations.not_begun",
        )
    leaf = await by.log.queue_leaf(by.tx, "operation-outcome", fields_of(said))
    await _step(by, "outcome", said, leaf)


async def call_off(by: Acting, said: OperationOff, agency: str) -> None:
    """Enter that an operation does not take place; raises NotFound, Conflict, BadText."""
    check_words(said.reason, most=2_000)
    found = await _of(by, said.operation, agency)
    if found.off or found.outcomes:
        raise Conflict(
            "It was called off already, or has an outcome.",
            kept=KEPT,
            do="Load the page again.",
            code="operations.over",
        )
    leaf = await by.log.queue_leaf(by.tx, "operation-off", fields_of(said))
    await _step(by, "off", said, leaf)


async def join(by: Acting, operation: str, code: str) -> None:
    """Note that a home takes part; said twice it is once. Raises NotFound, Conflict.

    Who said on the same day that it does no more may come back; once that is entered, it counts.

    Args:
        by: who enters it. Nothing of who calls is kept.
        operation: its id.
        code: hash of the home's code.
    """
    found = await _of(by, operation, None)
    if found.off or found.outcomes or by.today > found.ends:
        raise Conflict(
            "It is over, or does not take place.",
            kept="Nothing was noted.",
            do="Load the page again.",
            code="operations.over",
        )
    row = await (
        await by.tx.execute("SELECT count(*) FROM operation_home WHERE operation = %s", [operation])
    ).fetchone()
    if row and row[0] >= MOST_HOMES:
        raise Conflict(
            f"{MOST_HOMES} homes take part in it already.",
            kept="Nothing was noted.",
            do="Tell the agency.",
            code="operations.full",
        )
    said = await by.tx.execute(
        "INSERT INTO operation_home (operation, code, joined) VALUES (%s, %s, %s)"
        " ON CONFLICT (operation, code) DO UPDATE SET left_on = NULL WHERE operation_home.left_leaf IS NULL",
        [operation, code, by.today],
    )
    if not said.rowcount:
        raise Conflict(
            "The record has it that your home takes part no more.",
            kept="That counts, and nothing was changed.",
            do="Tell the agency, if you changed your mind again.",
            code="operations.left",
        )


async def leave(by: Acting, operation: str, code: str) -> None:
    """Note that a home takes part no more, at any time; raises NotFound.

    Args:
        by: who enters it.
        operation: its id.
        code: hash of the home's code, which whoever calls knows.
    """
    changed = await by.tx.execute(
        "UPDATE operation_home SET left_on = coalesce(left_on, %s) WHERE operation = %s AND code = %s",
        [by.today, operation, code],
    )
    if not changed.rowcount:
        raise NotFound(
            "No home with this code takes part in it.", kept="Nothing was changed.", do="Look again."
        )


class _Home(msgspec.Struct, frozen=True):
    operation: str
    code: str
    joined: date
    left_on: date | None
    is_in: bool


async def enter_homes(by: Acting) -> int:
    """Enter what homes said on days that are over, one entry for an operation; return how many entries.

    Nothing of the moment at which somebody said so is in it: a day's homes stand in order of their hashes.
    """
    rows = await many(
        by.tx,
        _Home,
        "SELECT operation, code, joined, left_on, join_leaf IS NOT NULL AS is_in FROM operation_home"
        " WHERE (join_leaf IS NULL AND joined < %s) OR (left_on < %s AND left_leaf IS NULL)"
        " ORDER BY operation, code FOR UPDATE",
        [by.today, by.today],
    )
    homes: defaultdict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for row in rows:
        joined, left = homes[row.operation]
        if not row.is_in:
            joined.append(row.code)
        if row.left_on is not None and row.left_on < by.today:
            left.append(row.code)
    for operation, (joined, left) in homes.items():
        said = OperationHomes(operation=operation, day=by.today.isoformat(), joined=joined, left=left)
        leaf = await by.log.queue_leaf(by.tx, "operation-homes", fields_of(said))
        await by.tx.execute(
            "UPDATE operation_home SET join_leaf = %s WHERE operation = %s AND code = ANY(%s)",
            [leaf, operation, joined],
        )
        await by.tx.execute(
            "UPDATE operation_home SET left_leaf = %s WHERE operation = %s AND code = ANY(%s)",
            [leaf, operation, left],
        )
    return len(homes)


class _Held(msgspec.Struct, frozen=True):
    agency: str
    starts: date
    ends: date
    outcomes: int
    off: bool


_HELD = (
    "SELECT o.agency, o.starts, o.ends,"
    " (SELECT count(*) FROM operation_step s WHERE s.operation = o.id AND s.step = 'outcome') AS outcomes,"
    " EXISTS (SELECT FROM operation_step s WHERE s.operation = o.id AND s.step = 'off') AS off"
    " FROM operation o"
)


async def _of(by: Acting, operation: str, agency: str | None) -> _Held:
    """Return an operation, of an agency if one is named; nobody else changes it meanwhile."""
    await by.tx.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    found = await many(by.tx, _Held, f"{_HELD} WHERE o.id = %s", [operation])
    if not found or (agency is not None and found[0].agency != agency):
        raise NotFound("There is no such operation of yours.", kept=KEPT, do="Load the page again.")
    return found[0]


async def _check_owed(by: Acting, said: Operation) -> None:
    held = await many(by.tx, _Held, f"{_HELD} WHERE o.agency = %s", [said.agency])
    open_ = [one for one in held if not one.outcomes and not one.off]
    if any(one.ends + timedelta(days=OUTCOME_DAYS) < by.today for one in open_):
        raise Conflict(
            f"What came of an earlier operation is overdue: it was due {OUTCOME_DAYS} days after its end.",
            kept=KEPT,
            do="Enter its outcome; no arrest is an outcome too.",
            code="operations.overdue",
        )
    if len(open_) >= _MOST_PLANNED:
        raise Conflict(
            f"Your agency has {_MOST_PLANNED} operations without an outcome.",
            kept=KEPT,
            do="Enter the outcome of one first.",
            code="operations.too_many",
        )
    if await (await by.tx.execute("SELECT 1 FROM operation WHERE id = %s", [said.operation])).fetchone():
        raise Conflict(
            "This was entered already.",
            kept="It stands once.",
            do="Look at the list.",
            code="operations.entered",
        )


async def _step(by: Acting, step: str, said: OperationOutcome | OperationOff, leaf: str) -> None:
    await by.tx.execute(
        "INSERT INTO operation_step (operation, step, entry, leaf) VALUES (%s, %s, %s, %s)",
        [said.operation, step, _json(said), leaf],
    )


def _days(said: Operation) -> tuple[date, date]:
    try:
        return date.fromisoformat(said.starts), date.fromisoformat(said.ends)
    except ValueError as error:
        raise _malformed("A day of it is none.", "Write days as 2026-12-05.") from error


def _json(said: Operation | OperationOutcome | OperationOff) -> str:
    return msgspec.json.encode(fields_of(said)).decode()


def _malformed(what: str, do: str) -> Malformed:
    return Malformed(what, kept=KEPT, do=do, code="operations.unclear")
