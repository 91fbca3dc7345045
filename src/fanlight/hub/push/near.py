"""What dispatch reports in town, and which of it a browser is told: what is near and asks for an act. Pure.

In:     the town's public list of incidents, the same bytes for every hub; what a behest asks; the present.
Out:    Told: what to say, once for each incident, and once more when it is over or was called off.
Holds:  a class in which nobody near has to act now is never told of, whatever a behest names; an incident of
        no known place, or of the whole town, is told wherever somebody listens.
Absent: the network, and who asked: the comparing is done at home, so that no server learns which area.
Why:    docs/design/alerts.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal

import h3
import msgspec
from msgspec import Meta

from fanlight.hub.push.behests import Choices, Mode, Near
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.model.incident import CLASSES

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FRESH = timedelta(hours=2)  # of what a hub did not see come, this is still told
MOST_AT_ONCE = 3
_Cell = Annotated[str, Meta(pattern=r"^[0-9a-f]{15}\Z")]


class NotAList(FanlightError):
    """What the server gave is no list of incidents."""

    code = "hub.no_incidents"


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    incident: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
    kind: str = msgspec.field(name="class")
    cells: Annotated[tuple[_Cell, ...], Meta(max_length=300)]
    began: str
    ends: str
    state: Literal["open", "over"]


class _List(msgspec.Struct, frozen=True):
    incidents: Annotated[list[_Listed], Meta(max_length=2_000)]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident as everybody reads it. `cells` are H3 cells; none: somewhere in town, or all of it."""

    id: str
    kind: str
    cells: tuple[str, ...]
    began: datetime
    ends: datetime
    over: bool


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """The latest incidents as one reading had them; `since`: it holds all that began then or later."""

    incidents: Mapping[str, Incident]
    since: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Something to say of an incident: that it began, or that it is over."""

    incident: str
    kind: str
    at: datetime
    over: bool

    @property
    def words(self) -> str:
        """Its class as people read it."""
        return CLASSES[self.kind].words


class Open(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of an incident that a browser was told of, until it is over."""

    kind: str
    began: str
    ends: str


def read(body: bytes) -> Listed:
    """Return the incidents of a list that the server gave.

    Raises:
        NotAList: it is none.
    """
    try:
        found = msgspec.json.decode(body, type=_List)
        incidents = {
            one.incident: Incident(
                id=one.incident,
                kind=one.kind,
                cells=tuple(cell for cell in one.cells if h3.is_valid_cell(cell)),
                began=clock.from_text(one.began),
                ends=clock.from_text(one.ends),
                over=one.state == "over",
            )
            for one in found.incidents
            if not one.cells or any(h3.is_valid_cell(cell) for cell in one.cells)
        }
    except (msgspec.MsgspecError, RecursionError, FanlightError) as error:
        raise NotAList(
            "The server's list of what dispatch reports cannot be read.",
            kept="Alerts of your own cameras go on.",
            do="The hub asks again in ten minutes.",
        ) from error
    began = [one.began for one in incidents.values()]
    complete = found.next is None or not began
    return Listed(incidents, _LONG_AGO if complete else min(began))


def concerns(near: Near, incident: Incident) -> bool:
    """Tell whether somebody who asks for `near` is told of an incident."""
    known = CLASSES.get(incident.kind)
    if known is None or not known.act or incident.kind not in near.classes:
        return False
    return not near.cells or not incident.cells or _meet(incident.cells, near.cells)


def verdict(choices: Choices, mode: Mode, local: time) -> Literal["tell", "off", "even", "quiet"]:
    """Return `tell`, or why a browser is not told now; `even`: it counts for its daily alert."""
    if mode == "off":
        return "off"
    if choices.pace == "even":
        return "even"
    through = choices.near is not None and choices.near.through
    return "quiet" if choices.quiet is not None and choices.quiet.holds(local) and not through else "tell"


@lru_cache(maxsize=4_096)
def _upward(cells: tuple[str, ...]) -> frozenset[str]:
    """Return cells and all that hold one of them."""
    return frozenset(
        h3.cell_to_parent(cell, res) for cell in cells for res in range(h3.get_resolution(cell) + 1)
    )


def _meet(cells: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """Tell whether one of the cells lies in a part of town, or holds some of it."""
    return not (_upward(cells).isdisjoint(part) and _upward(part).isdisjoint(cells))


@lru_cache(maxsize=16)
def _wanted(near: Near, listed: Listed) -> tuple[Incident, ...]:
    """Return the open ones that concern whoever asks so: many ask alike."""
    return tuple(one for one in listed.incidents.values() if not one.over and concerns(near, one))


def due(
    near: Near, told: Mapping[str, Open], listed: Listed, seen: frozenset[str] | None, now: datetime
) -> list[Told]:
    """Return what is to be said to one browser, the earliest first.

    Args:
        near: what it asks for.
        told: what it was told of and not yet that it is over.
        listed: the list.
        seen: what was in the list when it was read before; None if it was not.
        now: the present.
    """
    found = []
    for one in _wanted(near, listed):
        fresh = (seen is not None and one.id not in seen) or now - one.began <= FRESH
        if one.id not in told and fresh and one.ends > now:
            found.append(Told(one.id, one.kind, one.began, over=False))
    for name, was in told.items():
        is_over = name not in listed.incidents or listed.incidents[name].over
        if is_over and clock.from_text(was.began) >= listed.since and clock.from_text(was.ends) > now:
            found.append(Told(name, was.kind, now, over=True))
    return sorted(found, key=lambda one: (one.at, one.incident))


def after(told: Mapping[str, Open], said: Sequence[Told], listed: Listed, now: datetime) -> dict[str, Open]:
    """Return what is kept once that was said: nothing of what has ended."""
    kept = {name: was for name, was in told.items() if clock.from_text(was.ends) > now}
    for one in said:
        if one.over:
            kept.pop(one.incident, None)
        else:
            ends = listed.incidents[one.incident].ends
            kept[one.incident] = Open(one.kind, clock.to_text(one.at), clock.to_text(ends))
    return kept
