"""Which ordinances govern: for a point, an area or an agency, on a day, for one decision.

In:     packs; the places that they name, and the asking agency's own boundary.
Out:    Governing: packs from the finest level to the coarsest, and the layers nobody supplied.
Holds:  at each point a city goes before a county, a county before a state, and a pack that adds holds
        beside them. Packs of one level all count. A pack that is not in force governs nothing.
        It is accepted only if a pack governs and every one that governs accepts.
Absent: clocks, files of boundaries (model.place).
Why:    docs/spec/packs.md
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fanlight.model.errors import FanlightError
from fanlight.model.place import Place
from fanlight.policy.decision import Decision, decide
from fanlight.policy.form import Fact, Level
from fanlight.policy.pack import Pack

AGENCY = "agency"
_LEVELS: tuple[Level, ...] = ("city", "county", "state")


class PlaceUnknown(FanlightError):
    """A pack may govern, but nobody supplied the boundary of its place."""

    code = "policy.place_unknown"


@dataclass(frozen=True, slots=True)
class Governing:
    """The packs that govern one decision somewhere.

    Attributes:
        action: the decision.
        packs: finest level first; within a level those that give way first, then as they were given.
        unknown: layers that packs in force name and nobody supplied. Those packs may govern too.
    """

    action: str
    packs: tuple[Pack, ...]
    unknown: tuple[str, ...] = ()

    def decide(self, facts: Mapping[str, Fact]) -> tuple[tuple[Pack, Decision], ...]:
        """Ask every pack that governs, each for the facts it asks for.

        Raises:
            PlaceUnknown: a pack that may govern could not be placed. Nothing is accepted then.
            BadFacts: a fact is missing or of another form.
        """
        if self.unknown:
            raise PlaceUnknown(
                f"It cannot be told which ordinances govern: the boundary {self.unknown[0]} is not here.",
                kept="Nothing was decided.",
                do="Load the boundary, then decide again.",
            )
        return tuple((pack, decide(pack, self.action, pack.asks(self.action, facts))) for pack in self.packs)


def accepted(decisions: Iterable[tuple[Pack, Decision]]) -> bool:
    """Tell whether it is accepted: somebody governs, and all who govern accept."""
    made = [decision.accepted for _, decision in decisions]
    return bool(made) and all(made)


@dataclass(frozen=True, slots=True)
class Jurisdictions:
    """Packs and where they hold.

    Attributes:
        packs: all that may govern.
        places: layer -> its place, for what packs name under `polygon`.
    """

    packs: tuple[Pack, ...]
    places: Mapping[str, Place]

    def at(self, lon: float, lat: float, day: date, action: str, agency: Place | None = None) -> Governing:
        """Return the packs that govern `action` at a point; `agency` is the asking agency's boundary."""
        here, unknown = [], set()
        for pack in self._in_force(day, action):
            place = self._place(pack, agency)
            if place is None:
                unknown.add(pack.meta.jurisdiction.polygon)
            elif place.contains(lon, lat):
                here.append(pack)
        finest = next((level for level in _LEVELS if any(_own(pack, level) for pack in here)), None)
        chosen = [pack for pack in here if pack.meta.jurisdiction.adds or (finest and _own(pack, finest))]
        return Governing(action, _in_order(chosen), tuple(sorted(unknown)))

    def over(self, area: Place, day: date, action: str, agency: Place | None = None) -> Governing:
        """Return the packs that govern `action` in any part of an area, each point of it by itself."""
        candidates, unknown = [], set()
        for pack in self._in_force(day, action):
            place = self._place(pack, agency)
            if place is None:
                unknown.add(pack.meta.jurisdiction.polygon)
            else:
                candidates.append((pack, place))
        chosen = [
            pack for pack, place in candidates if pack.meta.jurisdiction.adds and place.shares_area_with(area)
        ]
        rest: Place | None = area
        for level in _LEVELS:
            if rest is None:
                break
            own = [
                (pack, place)
                for pack, place in candidates
                if _own(pack, level) and place.shares_area_with(rest)
            ]
            chosen += [pack for pack, _ in own]
            if own:
                rest = rest.without([place for _, place in own])
        return Governing(action, _in_order(chosen), tuple(sorted(unknown)))

    def of_agency(self, agency: Place, day: date, action: str) -> Governing:
        """Return the packs that govern `action` anywhere within an agency's boundary."""
        return self.over(agency, day, action, agency)

    def _in_force(self, day: date, action: str) -> list[Pack]:
        return [pack for pack in self.packs if action in pack.actions and pack.in_force_on(day)]

    def _place(self, pack: Pack, agency: Place | None) -> Place | None:
        layer = pack.meta.jurisdiction.polygon
        return agency if layer == AGENCY else self.places.get(layer)


def _own(pack: Pack, level: Level) -> bool:
    """Tell whether a pack is one of this level that gives way to finer ones."""
    return pack.meta.jurisdiction.level == level and not pack.meta.jurisdiction.adds


def _in_order(packs: list[Pack]) -> tuple[Pack, ...]:
    def rank(pack: Pack) -> tuple[int, bool]:
        return _LEVELS.index(pack.meta.jurisdiction.level), pack.meta.jurisdiction.adds

    return tuple(sorted(packs, key=rank))
