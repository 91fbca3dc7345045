"""What changed, month by month, in plain sentences, and as feeds to subscribe to. Pure.

In:     entries of the record; the parts of a path behind /record/changes; an agency's ORI.
Out:    a view's template and values, or None; values of a feed.
Holds:  every entry is told, but for those that a record makes of itself each day whether or not anything
        happened. What is left out of a page for its length is counted on it and linked.
Absent: HTML and XML (the templates), sentences (oversight.sentences).
Why:    docs/design/oversight.md
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from fanlight.server.neighbors.feeds import plain
from fanlight.server.oversight.leaves import Entry
from fanlight.server.oversight.record import Record
from fanlight.server.oversight.records import entries_of
from fanlight.server.oversight.reports.days import Days
from fanlight.server.oversight.sentences import summary
from fanlight.server.oversight.words import entry_type

ROUTINE = frozenset({"case", "journal", "sealed", "case-key"})  # made each day, or saying nothing alone
SHOWN = 60  # of a group
IN_FEED = 100
_MONTH = len("2026-11")
_ATOM = "http://www.w3.org/2005/Atom"
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Agencies and agreements",
        (
            "agency",
            "agreement",
            "agreement-document",
            "comment",
            "comment-removed",
            "clerk",
            "clerk-ended",
            "copies-end",
            "copies-destroyed",
        ),
    ),
    (
        "Requests for footage",
        ("request", "request-closed", "request-reminder", "pseudonym", "request-template"),
    ),
    (
        "What agencies received",
        (
            "key-destroyed",
            "exports-out",
            "audit-look",
            "agency-auditor",
            "agency-auditor-ended",
            "agency-person",
            "agency-person-joined",
        ),
    ),
    (
        "Warrants and orders",
        ("process", "process-packet", "sealed-opened", "sealed-renewed", "counsel-joined", "counsel-ended"),
    ),
    (
        "Gifts, money, operations and words",
        (
            "gift",
            "gift-void",
            "raffle",
            "raffle-closed",
            "raffle-drawn",
            "raffle-void",
            "operation",
            "operation-homes",
            "operation-outcome",
            "operation-off",
            "speech-text",
        ),
    ),
    (
        "Neighbors and dispatches",
        (
            "agency-notice",
            "moderation",
            "posts-counted",
            "moderator-joined",
            "moderator-ended",
            "cad-source",
            "cad-source-ended",
        ),
    ),
)
_REST = "Rules and the record itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries of a month that belong together, the latest first; `more`: how many are not shown."""

    title: str
    entries: tuple[Entry, ...]
    more: int


def months(entries: Sequence[Entry]) -> list[str]:
    """Return the months that the record tells something of, the latest first."""
    days = Days.of(entries)
    last = days.through[:_MONTH]
    told = {days.by_entry[entry.index][:_MONTH] for entry in _told(entries) if entry.index in days.by_entry}
    return sorted((month for month in told if month <= last), reverse=True)


def find(rest: Sequence[str], entries: Sequence[Entry]) -> tuple[str, dict[str, Any]] | None:
    """Return the template and values of a page: of a month, or of the latest one; or None."""
    known = months(entries)
    match list(rest):
        case [] if known:
            month = known[0]
        case []:
            return "changes.html.jinja", {"month": "", "months": [], "groups": []}
        case [name] if name in known:
            month = name
        case _:
            return None
    return "changes.html.jinja", {"month": month, "months": known, "groups": _groups(entries, month)}


def paths(entries: Sequence[Entry]) -> list[str]:
    """Return the path of each page and feed of changes, behind /record."""
    return ["/changes", "/changes.atom", *(f"/changes/{month}" for month in months(entries))]


def atom(record: Record, ori: str | None) -> bytes:
    """Return a feed of the latest entries as Atom (RFC 4287): of an agency, or of all.

    Its addresses are within the town's; an entry's id is its place in the record, for ever.
    """
    ET.register_namespace("", _ATOM)
    own = record.entries if ori is None else entries_of(record.entries, ori)
    days = Days.of(record.entries).by_entry
    latest = [entry for entry in _told(own) if entry.index in days][-IN_FEED:][::-1]
    base = "/record" if ori is None else f"/record/agencies/{quote(ori)}"
    whose = record.agencies[ori].agency.name if ori else (record.town.name if record.town else "This town")
    name = f"tag:{record.log.origin.partition('/')[0]},2026:record"
    made = ET.Element(f"{{{_ATOM}}}feed")
    _add(made, "id", f"{name}:{ori or 'all'}")
    _add(made, "title", f"What changed: {whose}")
    _add(made, "updated", _moment(days[latest[0].index] if latest else record.today))
    _add(ET.SubElement(made, f"{{{_ATOM}}}author"), "name", record.log.origin)
    _add(made, "link", rel="self", type="application/atom+xml", href=f"{base}/changes.atom")
    page = "/record/changes" if ori is None else base
    _add(made, "link", rel="alternate", type="text/html", href=page)
    for entry in latest:
        one = ET.SubElement(made, f"{{{_ATOM}}}entry")
        _add(one, "id", f"{name}:{entry.index}")
        _add(one, "title", summary(entry))
        _add(one, "updated", _moment(days[entry.index]))
        _add(one, "category", term=entry.type)
        _add(one, "link", rel="alternate", type="text/html", href=f"/record/entries/{entry.index}")
        _add(one, "summary", entry_type(entry.type))
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + bytes(ET.tostring(made, encoding="utf-8")) + b"\n"


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"


def _add(above: ET.Element, name: str, text: str = "", **said: str) -> None:
    ET.SubElement(above, f"{{{_ATOM}}}{name}", {key: plain(value) for key, value in said.items()}).text = (
        plain(text) or None
    )


def _told(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.leaf and entry.type not in ROUTINE]


def _groups(entries: Sequence[Entry], month: str) -> list[Group]:
    days = Days.of(entries).by_entry
    titles = {kind: title for title, kinds in GROUPS for kind in kinds}
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in reversed(_told(entries)):
        if days.get(entry.index, "").startswith(month):
            found[titles.get(entry.type, _REST)].append(entry)
    return [
        Group(title=title, entries=tuple(found[title][:SHOWN]), more=max(0, len(found[title]) - SHOWN))
        for title in (*(title for title, _ in GROUPS), _REST)
        if found[title]
    ]
