"""How the public pages word what stands in a leaf.

In:     public fields of leaves.
Out:    words and figures as a reader sees them.
Holds:  web/oversight/words.ts words the same facts the same way (vectors/oversight/words.json), so that
        the browser can tell whether a page shows what its leaf says.
Absent: sentences of a page (the templates).
"""

import math
from collections.abc import Mapping
from datetime import date

from fanlight.model import clock
from fanlight.model.geo import SQ_MILE_M2

PURPOSES = {
    "identify_suspect": "to find out who did it",
    "identify_witness": "to find witnesses",
    "find_vehicle": "to find a vehicle",
    "find_property": "to find property",
    "find_missing_person": "to find a missing person",
    "verify_alibi": "to check an alibi",
    "collision": "to clear up a collision",
}
KINDS = {
    "municipal": "city police",
    "county": "county police or sheriff",
    "state": "state agency",
    "tribal": "tribal police",
    "university": "university police",
    "federal": "federal agency",
    "federal-immigration": "federal immigration agency",
    "task-force": "task force with other agencies",
    "fusion-centre": "fusion centre",
    "private": "private body",
    "unverified": "kind not verified",
}
BANDS = {"0": "none", "1-4": "1 to 4", "5-9": "5 to 9", "10+": "10 or more"}
REASONS = {
    "officer": "The agency closed it.",
    "expired": "Its time was over.",
    "no second signature": "It closed itself: nobody else of the agency signed in time.",
    "agreement ended": "It closed itself: the agency's agreement is over.",
}
AGREEMENT_STATES = {
    "draft": "Drafted",
    "published": "Published, open to comment",
    "hearing": "Heard in public",
    "voted": "Voted for",
    "rejected": "Voted against",
    "in_force": "In force",
    "withdrawn": "Withdrawn",
    "suspended": "Suspended",
    "ended": "Ended",
    "cancelled": "Cancelled",
    "expired": "Its term is over",
}
TYPES = {
    "town": "Town",
    "pack": "Ordinance",
    "agency": "Agency admitted",
    "agreement": "Agreement",
    "agreement-document": "Document of an agreement",
    "clerk": "Clerk appointed",
    "clerk-ended": "Clerk no more in office",
    "agency-person": "Change among an agency's people",
    "agency-person-joined": "Person came to an agency",
    "request-template": "Wording for requests",
    "agency-auditor": "Auditor of an agency appointed",
    "agency-auditor-ended": "Auditor of an agency no more in office",
    "audit-look": "Auditor of an agency looked",
    "copies-end": "Copies of an agency get an end",
    "copies-destroyed": "Copies of an agency destroyed",
    "key-destroyed": "Key of a case destroyed",
    "exports-out": "Exports out past their day",
    "comment": "Comment on an agreement",
    "comment-removed": "Comment removed by a rule",
    "case-key": "Key of a case",
    "request": "Request",
    "request-reminder": "Residents reminded of a request",
    "request-closed": "Request ended",
    "pseudonym": "Pseudonym of who asked or signed",
    "case": "Act in a case, or nothing",
    "release": "Web client",
    "text": "Terms",
    "listing": "List taken over",
    "key": "Change of key",
    "journal": "A day of hubs",
    "sealed": "Sealed slot",
    "sealed-opened": "Sealed slot opened",
    "sealed-renewed": "Sealed slot renewed",
    "process": "Legal process",
    "process-packet": "Answer to legal process",
    "counsel-joined": "Operator's counsel came",
    "counsel-ended": "Operator's counsel ended",
    "moderator-joined": "Moderator came",
    "moderator-ended": "Moderator ended",
    "cad-source": "Source of dispatches",
    "cad-source-ended": "Source of dispatches ended",
    "speech-text": "Text to be said by others",
    "gift": "Gift, money or hours",
    "gift-void": "Gift taken out of the count",
    "raffle": "Raffle announced",
    "raffle-closed": "Tickets of a raffle",
    "raffle-drawn": "Raffle drawn",
    "raffle-void": "Raffle called off",
    "operation": "Operation planned",
    "operation-homes": "Homes that take part in an operation",
    "operation-outcome": "What came of an operation",
    "operation-off": "Operation called off",
    "agency-notice": "Notice to neighbors",
    "moderation": "Moderator's act",
    "posts-counted": "Posts of a month",
    "unreadable": "Not readable here",
}
TEXTS = {
    "terms": "The terms",
    "privacy": "What is done with data",
    "partners": "What partners asked to build",
}
COMMITTED = {
    "words": "the words to residents",
    "outline": "the outline of the area",
    "start": "the exact start",
    "end": "the exact end",
    "case_number": "the case number",
    "offence": "the exact offence",
    "officer": "the officer",
    "cosigner": "the second person who signed",
    "attested_by": "who attested the agency",
    "name": "the name it was said under",
    "act": "what was done, if anything",
    "detail": "the particulars",
}
GIFTS = {
    "device": "Device",
    "discount": "Discount",
    "subsidy": "Subsidy",
    "credit": "Credit",
    "staff-time": "Staff time",
    "event": "Event",
    "other": "Something else",
}
_WHOLE = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"})
NOT_NAMED = "not yet named by the auditor"
HELD_BACK = "not told before this request opens"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_SPELLED = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_DATE_LENGTH = 10


def number(value: int) -> str:
    """Return an integer with commas between thousands."""
    return f"{value:,}"


def spelled(value: int) -> str:
    """Return a number as a sentence begins with it: `Two`, `12`."""
    return _SPELLED[value] if 0 <= value < len(_SPELLED) else number(value)


def month(of: date) -> str:
    """Return a day's month as `April 2019`."""
    return f"{_MONTHS[of.month - 1]} {of.year}"


def month_name(text: str) -> str:
    """Return `2026-11` as `November 2026`; what is no month as it is."""
    try:
        return month(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return text


def money(minor: int, currency: str) -> str:
    """Return an amount given in a currency's smallest unit, as `USD 297.00`."""
    digits = 0 if currency in _WHOLE else 2
    whole, rest = divmod(minor, 10**digits)
    return f"{currency} {number(whole)}" + (f".{rest:0{digits}d}" if digits else "")


def gift_kind(word: str) -> str:
    """Return of which kind something given is."""
    return GIFTS.get(word, word)


def capitalized(text: str) -> str:
    """Return a text as a sentence begins with it."""
    return text[:1].upper() + text[1:]


def listing_kind(kind: str) -> str:
    """Return what a list holds, as a heading."""
    return {
        "agencies": "Agencies there are",
        "agreements": "Partnerships with doorbell networks",
        "assemblies": "Gatherings in the calendar",
        "homes": "Homes in each cell",
    }.get(kind, kind)


def day(text: str) -> str:
    """Return `2026-11-21…` as `21 November 2026`; any other text as it is."""
    head = text[:_DATE_LENGTH]
    try:
        year, month, date = (int(part) for part in head.split("-"))
        return f"{date} {_MONTHS[month - 1]} {year}" if month >= 1 else text
    except (ValueError, IndexError):
        return text


def moment(text: str) -> str:
    """Return an RFC 3339 time as `21 November 2026, 18:36 UTC`; any other text as it is."""
    try:
        clock.from_text(text)
    except clock.BadTime:
        return text
    return f"{day(text)}, {text[11:16]} UTC"


def length(minutes: int) -> str:
    """Return `1 h 30 min` for 90 minutes."""
    hours, rest = divmod(max(minutes, 0), 60)
    parts = [f"{hours} h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min")
    return " ".join(parts)


def window(start: str, end: str, minutes: int) -> str:
    """Return the window as the public sees it: its length, and the 4 h grid it lies within."""
    return f"{length(minutes)}, between {moment(start)} and {moment(end)}"


def area(square_m: int) -> str:
    """Return the size of an area, `0.15 sq mi (40 ha)`; halves are rounded up."""
    hundredths = math.floor(square_m * 100 / SQ_MILE_M2 + 0.5)
    return f"{hundredths // 100}.{hundredths % 100:02d} sq mi ({math.floor(square_m / 10_000 + 0.5)} ha)"


def nth_in_case(count: int) -> str:
    """Return `first request in its case`."""
    nth = _ORDINALS[count] if 0 < count < len(_ORDINALS) else f"no. {count}"
    return f"{nth} request in its case"


def purpose(word: str) -> str:
    """Return what a request is for, in words."""
    return PURPOSES.get(word) or f"for “{word.replace('_', ' ')}”"


def offence(offence_class: str) -> str:
    """Return the offence class as shown; a protected one is not named."""
    return "An offence that is not named yet" if offence_class == "protected" else offence_class


def decision(word: str) -> str:
    """Return `Accepted` or `Refused`."""
    return {"accepted": "Accepted", "refused": "Refused"}.get(word, word)


def signature(*, second: bool, emergency: bool) -> str:
    """Return whether a second person of the agency signed."""
    if second:
        return "a second person of the agency signed"
    if emergency:
        return "asked as an emergency; a second person must still sign"
    return "no second person has signed"


def assembly(*, overlap: bool) -> str:
    """Return whether the request meets an assembly that the town knows of."""
    return "meets an assembly the town knows of" if overlap else "meets no assembly the town knows of"


def kind(word: str) -> str:
    """Return the kind of an agency in words."""
    return KINDS.get(word, word)


def band(word: str) -> str:
    """Return a band of disclosures in words."""
    return BANDS.get(word, word)


def entry_type(word: str) -> str:
    """Return the type of an entry in words."""
    return TYPES.get(word, word)


def facts_of_request(pub: Mapping[str, object]) -> dict[str, str]:
    """Return fact -> words for the public fields of a request leaf, as the pages show them.

    Args:
        pub: the leaf's public fields, of the form `leaves.Request` has.

    Raises:
        KeyError, TypeError: a field is missing or of another type.
    """
    span = pub["window"]
    if not isinstance(span, Mapping):
        raise TypeError("window")
    return {
        "decision": decision(str(pub["decision"])),
        "agency": str(pub["agency"]),
        "offence": offence(str(pub["offence_class"])),
        "purpose": purpose(str(pub["purpose"])),
        "window": window(str(span["from"]), str(span["to"]), int(span["length_min"])),
        "area": area(_int(pub["area_m2"])),
        "number": nth_in_case(_int(pub["number_in_case"])),
        "signature": signature(second=bool(pub["second_signature"]), emergency=bool(pub["emergency"])),
        "assembly": assembly(overlap=bool(pub["assembly_overlap"])),
    }


def _int(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    return value
