"""Read a list of agreements that agencies had elsewhere, and say which agency each line means.

In:     CSV: agency, city, county, state_abbr, partnership_start, ori, source (columns of the Atlas of
        Surveillance); agencies to look names up in.
Out:    lines as docs/spec/register.md has them; how many had begun by a day.
Holds:  nothing is guessed. An ORI that the list gives is kept only if an agency has it; a name that
        one agency of the state has, in that county, is found; all others stay open and are listed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from fanlight.cli.lists.agencies import name_of, state_of
from fanlight.cli.lists.rows import Source, each, table

COLUMNS = ("agency", "city", "county", "state_abbr", "partnership_start", "ori", "source")
JOINED = {
    "given": "agencies are given by the list",
    "found": "are found by name, state and county",
    "ambiguous": "stay open: the name is known, the county is not that one, or it is of several",
    "none": "stay open: no agency has that name",
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Names:
    """Agencies by state and name, to look up whom a line means."""

    def __init__(self, agencies: Iterable[Mapping[str, Any]]) -> None:
        """Take what `agencies` returned."""
        self._oris: set[str] = set()
        self._named: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for one in agencies:
            self._oris.add(one["ori"])
            self._named[one["state"], _plain(one["name"])].append((one["ori"], _county(one["county"] or "")))

    def whom(self, ori: str, name: str, county: str, state: str) -> tuple[str | None, str]:
        """Return the ORI and how it was joined: given, found, none or ambiguous."""
        if ori in self._oris:
            return ori, "given"
        named = self._named.get((state, _plain(name)), [])
        here = [found for found, where in named if where and where == _county(county)]
        if len(named) == len(here) == 1:
            return here[0], "found"
        return None, "ambiguous" if named else "none"


def agreements(source: Source, names: Names) -> list[dict[str, Any]]:
    """Return the agreements of a list in its order; raises BadList with the line that is wrong."""

    def line(number: int, fields: Mapping[str, str]) -> dict[str, Any]:
        state = state_of(fields["state_abbr"])
        ori, joined = names.whom(fields["ori"], fields["agency"], fields["county"], state)
        since = _day(fields["partnership_start"])
        return {
            "line": number,
            "name": name_of(fields["agency"]),
            "place": fields["city"],
            "state": state,
            "since": None if since is None else since.isoformat(),
            "until": None,
            "ori": ori,
            "joined": joined,
            "url": fields["source"] if fields["source"].startswith(("https://", "http://")) else "",
        }

    return each(source, table(source, COLUMNS), line)


def begun_by(lines: Sequence[Mapping[str, Any]], day: date) -> int:
    """Return how many had begun by a day; a line without a day is not counted."""
    return sum(one["since"] is not None and one["since"] <= day.isoformat() for one in lines)


def _day(text: str) -> date | None:
    if not text:
        return None
    if not _DAY.fullmatch(text):
        raise ValueError("partnership_start is a day such as 2019-04-30, or empty")
    return date.fromisoformat(text)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


def _county(name: str) -> str:
    return re.sub(r" (county|parish|borough)$", "", _plain(name))
