"""The pages of what there was elsewhere: lists taken over, counted by day and shown line by line. Pure.

In:     the parts of a path behind /record/history, the Record.
Out:    a view's name, title and values, or None; a list's rows for a file.
Holds:  a figure is the length of the list that its link opens. A line without a day is counted by no day.
        What a line means is given, found or left open, and the page says which.
Absent: HTML (the templates), taking lists over (programme.listings).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from fanlight.server.oversight import words
from fanlight.server.oversight.leaves import Entry, Listing
from fanlight.server.programme.listings import ListedAgreement

JOINED = {
    "given": "by the list",
    "found": "by its name, state and county",
    "ambiguous": "left open: the name is known, the county is another or it is of several",
    "none": "left open: no agency has that name",
}


@dataclass(frozen=True)
class ListFile:
    """A list that was taken over: its entry, what that says, and its lines, latest beginning last."""

    entry: Entry
    listing: Listing
    lines: Sequence[ListedAgreement]

    @cached_property
    def dated(self) -> list[ListedAgreement]:
        """The lines that have a day, in its order."""
        return sorted((one for one in self.lines if one.since), key=lambda one: (one.since, one.line))

    @cached_property
    def open(self) -> list[ListedAgreement]:
        """The lines of which nobody can tell the agency."""
        return [one for one in self.lines if one.ori is None]

    def by(self, day: date) -> list[ListedAgreement]:
        """Return the lines that had begun by a day."""
        return [one for one in self.dated if one.since and one.since <= day]

    @cached_property
    def months(self) -> list[tuple[date, int]]:
        """The last day of each month from the first to the last beginning, with how many had begun by it."""
        days = [one.since for one in self.dated if one.since]
        return (
            [(end, sum(day <= end for day in days)) for end in _month_ends(days[0], days[-1])] if days else []
        )


def paths(files: Sequence[ListFile]) -> list[str]:
    """Return the path of each page and file of these lists, behind /record."""
    found = ["/history"] if files else []
    for file in files:
        base = f"/history/{file.listing.listing}"
        if file.lines:
            found += [base, f"{base}/all", f"{base}/dated", f"{base}/open", f"{base}.csv", f"{base}.json"]
            found += [f"{base}/by/{end}" for end, _ in file.months]
    return found


def find(rest: Sequence[str], files: Sequence[ListFile]) -> tuple[str, dict[str, Any]] | None:
    """Return the template and values of a page, or None."""
    if not rest:
        return ("history.html.jinja", {"lists": files}) if files else None
    file = next((one for one in files if one.listing.listing == rest[0] and one.lines), None)
    if file is None:
        return None
    about = {"file": file, "base": f"/record/history/{file.listing.listing}", "joined": JOINED}
    if len(rest) == 1:
        return "history_list.html.jinja", {**about, "most": max(1, len(file.dated))}
    chosen = _chosen(rest[1:], file)
    if chosen is None:
        return None
    title, lines = chosen
    return "history_lines.html.jinja", {**about, "title": title, "lines": lines}


def _chosen(which: Sequence[str], file: ListFile) -> tuple[str, Sequence[ListedAgreement]] | None:
    match list(which):
        case ["all"]:
            return "Every line of the list", file.lines
        case ["dated"]:
            return "Lines with a day", file.dated
        case ["open"]:
            return "Lines of which nobody can tell the agency", file.open
        case ["by", day]:
            end = next((end for end, _ in file.months if end.isoformat() == day), None)
            return None if end is None else (f"Begun by {end.day} {words.month(end)}", file.by(end))
        case _:
            return None


def rows(listing: str, files: Sequence[ListFile]) -> list[dict[str, Any]] | None:
    """Return a list's lines for a file, or None if there is no such list."""
    file = next((one for one in files if one.listing.listing == listing and one.lines), None)
    if file is None:
        return None
    return [
        {
            "line": one.line,
            "agency": one.name,
            "place": one.place,
            "state": one.state,
            "since": one.since and one.since.isoformat(),
            "until": one.until and one.until.isoformat(),
            "ori": one.ori,
            "joined": one.joined,
            "url": one.url,
            "entries": [file.entry.index],
        }
        for one in file.lines
    ]


def _month_ends(first: date, last: date) -> list[date]:
    ends, month = [], first.replace(day=1)
    while month <= last:
        following = (month + timedelta(days=31)).replace(day=1)
        ends.append(following - timedelta(days=1))
        month = following
    return ends
