"""Sealed slots as anybody reads them from a log: how many there are, which were opened, which are overdue.

In:     entries of a log, known to be in it; the day it is.
Out:    one Slot each, and what is wrong with them.
Holds:  a slot counts as opened only where what is shown is what its entry committed to; a slot that is past
        its due day, unopened and not renewed, is overdue, whatever the operator says.
Absent: which slots are filled, before they are opened: nobody can tell.
Why:    docs/spec/log.md
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from fanlight.proof.errors import Malformed, ProofError
from fanlight.proof.openings import Leaf, Opening, check_opening, parse_leaf

SEALED, OPENED, RENEWED = "sealed", "sealed-opened", "sealed-renewed"
FIELD = "content"
TERM = timedelta(days=180)
A_DAY = 4
_GRACE = timedelta(days=2)  # a day's slots are entered once it is over
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}/[1-9]")


class SlotState(StrEnum):
    """How a slot stands."""

    SEALED = "sealed"
    RENEWED = "renewed"
    OPENED = "opened"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot.

    Attributes:
        name: its day and number, `2026-11-22/1`.
        index: place of its entry in the log.
        due: the day by which it is to be opened or renewed.
        state: as of the day that was asked for.
        value: what it held, once opened; None is a dummy.
    """

    name: str
    index: int
    due: date
    state: SlotState
    value: Any = None


@dataclass(slots=True)
class _Seen:
    raw: bytes
    index: int
    due: date
    renewed: bool = False
    opened: Opening | None = None


def slot_name(day: date, number: int) -> str:
    """Return a slot's name."""
    return f"{day.isoformat()}/{number}"


def read_name(name: str) -> tuple[date, int]:
    """Return the day and number of a slot; raises Malformed."""
    if not _NAME.fullmatch(name):
        raise Malformed("a sealed slot has no name")
    return _day(name[:10]), int(name[11:])


class Slots:
    """What a log says of its sealed slots. Give it every entry in order."""

    def __init__(self) -> None:
        """Know none yet."""
        self._slots: dict[str, _Seen] = {}
        self.wrong: list[str] = []

    def read(self, entries: Iterable[tuple[int, bytes]]) -> None:
        """Take in entries, in order; those of other types are passed over."""
        for index, raw in entries:
            if b'"type":"sealed' in raw:
                try:
                    self._take(index, raw, parse_leaf(raw))
                except ProofError as error:
                    self.wrong.append(f"Entry {index}: {error.what}")

    def _take(self, index: int, raw: bytes, leaf: Leaf) -> None:
        name = leaf.pub.get("slot")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise Malformed("a sealed slot has no name")
        known = self._slots.get(name)
        if leaf.type == SEALED:
            due = _day(leaf.pub.get("due"))
            if known is not None or FIELD not in leaf.commit or due != _day(name[:10]) + TERM:
                raise Malformed("a sealed slot stands there twice, commits to nothing or has another due day")
            self._slots[name] = _Seen(raw, index, due)
        elif known is None or known.opened is not None:
            raise Malformed("what is opened or renewed is no sealed slot")
        elif leaf.type == RENEWED:
            due = _day(leaf.pub.get("due"))
            if not known.due < due <= known.due + TERM:
                raise Malformed("a sealed slot is renewed for 180 days at most, and never made due earlier")
            known.due, known.renewed = due, True
        elif leaf.type == OPENED:
            opening = Opening.from_json(leaf.pub.get("opening"))
            if opening.field != FIELD:
                raise Malformed("another field than a slot's content is opened")
            check_opening(known.raw, opening)
            known.opened = opening

    def states(self, today: date) -> list[Slot]:
        """Return every slot as it stands on a day."""
        return [_slot(name, seen, today) for name, seen in self._slots.items()]

    def problems(self, today: date) -> list[str]:
        """Return what is wrong: what cannot be read or is false, days that lack slots, what is overdue."""
        days = {name[:10] for name in self._slots}
        missing = []
        if days:
            day, last = min(map(date.fromisoformat, days)), max(map(date.fromisoformat, days))
            last = max(last, today - _GRACE)  # who stops entering slots is missed, too
            while day <= last:
                lacking = [n for n in range(1, A_DAY + 1) if slot_name(day, n) not in self._slots]
                missing += [f"There is no slot {slot_name(day, number)}." for number in lacking]
                day += timedelta(days=1)
        overdue = [slot for slot in self.states(today) if slot.state is SlotState.OVERDUE]
        late = [f"{one.name} was due on {one.due} and is neither opened nor renewed." for one in overdue]
        return [*self.wrong, *missing, *late]

    def entry(self, name: str) -> bytes | None:
        """Return the entry of a slot."""
        seen = self._slots.get(name)
        return seen.raw if seen else None


def _slot(name: str, seen: _Seen, today: date) -> Slot:
    if seen.opened is not None:
        return Slot(name, seen.index, seen.due, SlotState.OPENED, seen.opened.value)
    if seen.due < today:
        return Slot(name, seen.index, seen.due, SlotState.OVERDUE)
    return Slot(name, seen.index, seen.due, SlotState.RENEWED if seen.renewed else SlotState.SEALED)


def _day(text: object) -> date:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise Malformed("a sealed slot's day is none")
