"""The closed list of offences a request may name: NIBRS codes.

In:     a code such as `220`, a purpose.
Out:    Offence; whether it is on the list, above the floor, protected, and its public class.
Holds:  codes are unique; an unknown code is an error, not an unlisted offence.
Drops:  `listed = no` for offences that only federal or tribal agencies report (immigration among
        them), and for justifiable homicide, which is no offence.
Why:    docs/design/rules.md. Columns of data/nibrs.csv beyond code, name, crime against, group and
        category are Fanlight's own judgement. NIBRS code 35A does not tell possession of a drug from
        its sale, so it stands below the floor: minor possession never asks residents for footage.
Source: FBI NIBRS user manual, offence codes.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from fanlight.model.errors import FanlightError

PROTECTED = "protected"


class UnknownOffence(FanlightError):
    """A code that NIBRS does not have."""

    code = "model.unknown_offence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """One NIBRS offence.

    Attributes:
        code: three characters.
        name: as NIBRS words it.
        category: its family, such as `Burglary`; what the public sees of it.
        listed: a request may name it at all.
        floor_purposes: the purposes for which it is grave enough; None for all of them.
        grave: grave enough to be named while a known assembly is in the area.
        protected: sexual, domestic or juvenile: shown as `protected`, without cells, until it opens.
    """

    code: str
    name: str
    category: str
    listed: bool
    floor_purposes: frozenset[str] | None
    grave: bool
    protected: bool

    def above_floor(self, purpose: str) -> bool:
        """Tell whether this offence is grave enough for a request with that purpose."""
        return self.listed and (self.floor_purposes is None or purpose in self.floor_purposes)


@cache
def offences() -> Mapping[str, Offence]:
    """Return every offence by code, in order of code."""
    text = resources.files("fanlight.model").joinpath("data/nibrs.csv").read_text("utf-8")
    return MappingProxyType({row["code"]: _offence(row) for row in csv.DictReader(text.splitlines())})


def offence(code: str) -> Offence:
    """Return the offence with this code; raises UnknownOffence."""
    found = offences().get(code)
    if found is None:
        raise UnknownOffence(
            "The offence is not a NIBRS code.", kept="Nothing was sent.", do="Choose one from the list."
        )
    return found


def _offence(row: Mapping[str, str]) -> Offence:
    floor = row["floor"]
    return Offence(
        code=row["code"],
        name=row["name"],
        category=row["category"],
        listed=row["listed"] == "yes",
        floor_purposes=None if floor == "yes" else frozenset() if floor == "no" else frozenset(floor.split()),
        grave=row["grave"] == "yes",
        protected=row["protected"] == "yes",
    )
