"""All public records of one agency as one file, with what is withheld and why. Pure.

In:     the Record at one size, an agency's ORI.
Out:    the file's bytes; the same entries give the same bytes.
Holds:  every entry is in it in which the agency stands, or that belongs to one in which it stands. What an
        entry only commits to is listed with the reason, field by field.
Absent: anything that a page would not show. Checking that nothing is missing: whoever has a copy of the
        record makes the file again (cli.records).
Why:    R44; docs/spec/records.md
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from fanlight.server.oversight.leaves import Entry
from fanlight.server.oversight.record import Record
from fanlight.wire import b64

VERSION = 1
# Fields by which entries belong together, where not every one of them names its agency.
_KEYS = ("request", "agreement", "gift", "raffle", "operation", "auditor", "source", "text", "post")
_OPENS = (
    "It opens when the request closes, and 180 days after it was asked at the latest; then it stands on"
    " the request's page."
)
_PERSON = "It names a person. The agency's auditor has it; the public has a pseudonym of one year."
_CASE = (
    "Acts in a case and dummies look alike, so that nobody can tell when anything was shared or looked at."
    " The auditor reads them."
)
_COMMENT = "Who said it and what they said stands on the register's page while it is not removed by a rule."
REASONS: dict[tuple[str, str], str] = {
    **{
        ("request", field): _OPENS for field in ("words", "outline", "start", "end", "case_number", "offence")
    },
    ("request", "officer"): _PERSON,
    ("request", "cosigner"): _PERSON,
    ("agency", "attested_by"): _PERSON,
    ("case-key", "case_number"): "It would tell which requests belong to one case before they open.",
    ("case", "act"): _CASE,
    ("case", "detail"): _CASE,
    ("comment", "name"): _COMMENT,
    ("comment", "words"): _COMMENT,
    ("key-destroyed", "request"): "It would tell of which request something was kept.",
    ("key-destroyed", "why"): "It would tell of which request something was kept.",
    ("agency-notice", "warrant"): "It stands beside the notice while that is shown.",
}
_OTHER = "The entry commits to it; who has it is said in the specification of the record."


def export(record: Record, ori: str) -> bytes | None:
    """Return an agency's records as a file, or None if the record has no such agency."""
    if ori not in record.agencies:
        return None
    own = entries_of(record.entries, ori)
    acts = [entry for entry in own if entry.type == "case"]
    told = [entry for entry in own if entry.type != "case"]
    value = {
        "v": VERSION,
        "type": "fanlight-records",
        "origin": record.log.origin,
        "size": record.log.size,
        "root": record.log.root.hex(),
        "agency": ori,
        "name": record.agencies[ori].agency.name,
        "entries": [
            {"index": entry.index, "type": entry.type, "pub": entry.pub, "leaf": b64.encode(entry.raw)}
            for entry in told
        ],
        "acts_in_cases": {"count": len(acts), "entries": _ranges(entry.index for entry in acts)},
        "withheld": _withheld(own),
        "not_by_agency": "Warrants, orders, subpoenas and sealed slots name no agency in public, and posts of"
        " neighbors are in no entry.",
    }
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def entries_of(entries: Sequence[Entry], ori: str) -> list[Entry]:
    """Return the entries in which an agency stands, and those that belong to one of them, in order."""
    linked: set[tuple[str, str]] = set()
    ahead = True
    while ahead:  # a draw belongs to a raffle, the raffle to a gift, the gift to the agency
        before = len(linked)
        for entry in entries:
            if _names(entry, ori) or linked & _links(entry):
                linked |= _links(entry)
        ahead = len(linked) > before
    return [entry for entry in entries if _names(entry, ori) or linked & _links(entry)]


def _names(entry: Entry, ori: str) -> bool:
    return ori in {entry.pub.get("agency"), entry.pub.get("ori")} if entry.leaf else False


def _links(entry: Entry) -> set[tuple[str, str]]:
    return {(name, value) for name in _KEYS if isinstance(value := entry.pub.get(name), str) and value}


def _withheld(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for entry in entries:
        for field in entry.leaf.commit if entry.leaf else ():
            found[entry.type, field].append(entry.index)
    return [
        {
            "type": kind,
            "field": field,
            "reason": REASONS.get((kind, field), _OTHER),
            "count": len(places),
            "entries": _ranges(places),
        }
        for (kind, field), places in sorted(found.items())
    ]


def _ranges(places: Iterable[int]) -> list[list[int]]:
    """Return places as [first, last] of each run."""
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return runs
