"""What an entry says, in a sentence, and where it belongs. Pure.

In:     entries of the record, witnesses.
Out:    words for lists and headings; the entry as indented JSON.
Absent: single words and figures (oversight.words), HTML (the templates).
"""

import json
import re
from collections.abc import Sequence

from fanlight.proof.cosignature import Witness
from fanlight.server.oversight import leaves, words
from fanlight.server.oversight.leaves import Entry

_SLOT = re.compile(r"\{([a-z0-9_]+)\}")


def who(witnesses: Sequence[Witness], place: int) -> str:
    """Return who runs a witness, or that there is none."""
    if place >= len(witnesses):
        return "There is no such witness yet"
    return f"Run by {witnesses[place].run_by}" if witnesses[place].run_by else "Nobody says who runs it"


def pretty(entry: Entry) -> str:
    """Return the entry as a reader can follow it: indented JSON, or its bytes as text."""
    if entry.leaf is None:
        return entry.raw.decode("utf-8", "replace")
    return json.dumps(json.loads(entry.raw), ensure_ascii=False, indent=1)


def plain(text: str) -> str:
    """Return a clause's words with its places for facts left open."""
    return _SLOT.sub("…", text)


def summary(entry: Entry) -> str:  # noqa: PLR0911 -- one sentence a kind
    """Return one sentence on what an entry says."""
    match entry.known:
        case leaves.Town():
            return f"The record of {entry.known.name} begins."
        case leaves.Pack():
            return f"The ordinance “{entry.known.title}” came into use."
        case leaves.Agency():
            return f"{entry.known.name} was admitted: {entry.known.attested.how}."
        case leaves.Agreement():
            state = words.AGREEMENT_STATES.get(entry.known.state, entry.known.state)
            return (
                f"Agreement with {entry.known.agency}: {state.lower()}, until {words.day(entry.known.until)}."
            )
        case leaves.CaseKey():
            return f"{entry.known.agency} made the key of a case."
        case leaves.Request():
            said = f"{words.offence(entry.known.offence_class)}, {words.purpose(entry.known.purpose)}"
            because = f" by {', '.join(entry.known.rules)}" if entry.known.rules else ""
            decided = words.decision(entry.known.decision)
            return f"{entry.known.agency} asked for footage: {said}. {decided}{because}."
        case leaves.RequestClosed():
            return f"A request ended. Disclosures received: {words.band(entry.known.band)}."
        case leaves.Case():
            return f"{entry.known.agency}, {words.day(entry.known.day)}: an act in a case, or nothing."
        case None:
            return (
                "Bytes that this page cannot read."
                if entry.leaf is None
                else "A kind or form not known here."
            )


def href_of(entry: Entry) -> str | None:
    """Return the path of the page that an entry belongs to, if it has one."""
    match entry.known:
        case leaves.Request() | leaves.RequestClosed():
            return f"/record/requests/{entry.known.request}"
        case leaves.Agency():
            return f"/record/agencies/{entry.known.ori}"
        case leaves.Agreement() | leaves.CaseKey() | leaves.Case():
            return f"/record/agencies/{entry.known.agency}"
        case leaves.Pack():
            return f"/record/ordinances/{entry.known.sha256}"
        case _:
            return None
