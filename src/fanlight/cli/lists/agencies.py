"""Read a list of agencies, in the columns of the FBI's list.

In:     CSV: ori, agency_name, agency_type, county, state_abbr, lat, lon.
Out:    lines as docs/spec/register.md has them.
Holds:  an ORI stands once. A kind that the list does not know by one of our words is `unverified`.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from fanlight.cli.lists.rows import Source, bad_list, each, table

COLUMNS = ("ori", "agency_name", "agency_type", "county", "state_abbr", "lat", "lon")
KINDS = {
    "City": "municipal",
    "County": "county",
    "State Police": "state",
    "Other State Agency": "state",
    "University or College": "university",
    "Tribal": "tribal",
}
ORI = re.compile(r"[A-Z]{2}[0-9A-Z]{7}")
STATE = re.compile(r"[A-Z]{2}")
_MOST_NAME = 200


def agencies(source: Source) -> list[dict[str, Any]]:
    """Return the agencies of a list; raises BadList with the line that is wrong."""
    found = each(source, table(source, COLUMNS), _agency)
    seen: set[str] = set()
    for one in found:
        if one["ori"] in seen:
            raise bad_list(source.path, f"the ORI {one['ori']} stands twice")
        seen.add(one["ori"])
    return found


def name_of(words: str) -> str:
    """Return a name as it may be kept; raises ValueError."""
    if not words or len(words) > _MOST_NAME:
        raise ValueError(f"a name has 1 to {_MOST_NAME} letters")
    if not words.isprintable():
        raise ValueError("a name holds a letter that cannot be seen")
    return words


def state_of(words: str) -> str:
    """Return a state's two letters; raises ValueError."""
    if not STATE.fullmatch(words):
        raise ValueError("a state is two capital letters")
    return words


def _agency(_line: int, fields: Mapping[str, str]) -> dict[str, Any]:
    if not ORI.fullmatch(fields["ori"]):
        raise ValueError("an ORI is two letters and seven letters or digits")
    lon, lat = _point(fields["lon"], fields["lat"])
    return {
        "ori": fields["ori"],
        "name": name_of(fields["agency_name"]),
        "kind": KINDS.get(fields["agency_type"], "unverified"),
        "listed_as": fields["agency_type"],
        "county": fields["county"] or None,
        "state": state_of(fields["state_abbr"]),
        "lon": lon,
        "lat": lat,
    }


def _point(lon: str, lat: str) -> tuple[float | None, float | None]:
    if not lon and not lat:
        return None, None
    try:
        east, north = float(lon), float(lat)
    except ValueError:
        raise ValueError("lon and lat are degrees, or both empty") from None
    if not (math.isfinite(east) and math.isfinite(north) and abs(east) <= 180 and abs(north) <= 90):  # noqa: PLR2004
        raise ValueError("lon and lat are degrees, or both empty")
    return east, north
