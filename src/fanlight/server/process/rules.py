"""What is said of a document, what is checked of it, and what counsel may decide. Pure.

In:     forms of calls, the present day, `law.json`.
Out:    Checks, each with what was found; a scope that is no wider than what was asked.
Holds:  what the law's kind does not allow, what cannot be found and what lies ahead cannot be accepted;
        a gag is one only by a court's order and never lasts longer than a sealed slot without a renewal.
Absent: whether a judge was right.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fanlight.proof.sealed import TERM
from fanlight.server.errors import Conflict

Day = date  # where a field is called `date`
Kind = Literal["warrant", "order", "subpoena", "preservation", "national-security"]
PRESERVATION = "preservation"
Court = Literal["federal", "state", "county", "municipal", "none"]
What = Literal["contents", "clip_list", "account_records"]
Signature = Annotated[str, Meta(min_length=88, max_length=88)]
Account = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
LAW: Mapping[str, Any] = json.loads(resources.files(__package__).joinpath("law.json").read_text("utf-8"))
HARD = frozenset(
    {"signed", "court", "return", "found", "days", "future", "kind"}
)  # none may fail what is accepted


class Form(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What comes in; a field too many is refused."""


class Scope(Form, frozen=True, kw_only=True):
    """What is asked for. `area` is as the paper says it; the operator can find accounts only."""

    accounts: Annotated[list[Account], Meta(max_length=20)]
    what: Annotated[list[What], Meta(min_length=1, max_length=3)]
    start: Day
    end: Day
    area: Annotated[str, Meta(max_length=500)] = ""


class ProcessIn(Form, frozen=True, kw_only=True):
    """A document, and what is said of it. `came` says how it came and who makes sure of that.

    `renews`: the preservation request that this one renews.
    """

    document: Annotated[str, Meta(min_length=1, max_length=4_300_000)]
    kind: Kind
    court: Annotated[str, Meta(max_length=200)]
    court_level: Court
    docket: Annotated[str, Meta(max_length=100)]
    signed_by: Annotated[str, Meta(max_length=200)]
    issued: Day
    return_by: Day
    gag: Literal["none", "order", "letter"]
    gag_until: Day | None = None
    scope: Scope
    renews: Account | None = None
    came: Annotated[str, Meta(min_length=2, max_length=300)]


class SignedIn(Form, frozen=True, kw_only=True):
    """What counsel signs on a day: `signature` over an act, all of it; `signed` over what everybody reads."""

    day: Day
    signature: Signature
    signed: Signature


class DecisionIn(SignedIn, frozen=True, kw_only=True):
    """What counsel decides, with the reason; `scope` where it is narrowed."""

    decision: Literal["accepted", "narrowed", "rejected"]
    reason: Annotated[str, Meta(min_length=2, max_length=1000)]
    scope: Scope | None = None


class ReleaseIn(SignedIn, frozen=True, kw_only=True):
    """A packet goes out, by the hash that it has."""

    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class RenewalIn(Form, frozen=True, kw_only=True):
    """A court's renewal of a gag: until when, by which court, under which number, of which day."""

    until: Day
    court: Annotated[str, Meta(min_length=2, max_length=200)]
    docket: Annotated[str, Meta(min_length=1, max_length=100)]
    ordered: Day
    signature: Signature


@dataclass(frozen=True, slots=True)
class Check:
    """One look at a document's form: whether it holds, what was found, by which law."""

    id: str
    holds: bool
    found: str
    cites: tuple[Mapping[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it for the page and the row."""
        return {"id": self.id, "holds": self.holds, "found": self.found, "cites": list(self.cites)}


def check(given: ProcessIn, scope: Scope, today: date) -> list[Check]:
    """Return every check of form of a document's `scope`, always all of them and in one order."""
    law = LAW[given.kind]
    wide = [one for one in scope.what if one not in law["may"]]
    span = (scope.end - scope.start).days + 1
    age = (today - given.issued).days
    longest = LAW["gag"]["days"]
    gag = given.gag_until
    return [
        Check(
            "court",
            _needs_no_court(given) or (bool(given.court.strip()) and given.court_level != "none"),
            f"Court: {given.court.strip() or 'none named'}."
            + (" A request to preserve needs none." if _needs_no_court(given) else ""),
        ),
        Check("docket", bool(given.docket.strip()), f"Docket: {given.docket.strip() or 'none named'}."),
        Check(
            "signed",
            bool(given.signed_by.strip()),
            f"Signed by: {given.signed_by.strip() or 'nobody named'}.",
            _cites("signed"),
        ),
        Check(
            "return",
            given.issued <= today <= given.return_by,
            f"Issued {given.issued}, to be returned by {given.return_by}; today is {today}.",
        ),
        Check(
            "stale",
            given.kind != "warrant" or age <= LAW["stale"]["days"],
            f"Age in days: {age}. A warrant is void after {LAW['stale']['days']} days under this law.",
            _cites("stale"),
        ),
        Check("found", bool(scope.accounts), _found(scope), _cites("particular")),
        Check(
            "days",
            span > 0,
            f"{scope.start} to {scope.end}: length in days: {max(span, 0)}. Clips have a day, no hour.",
            _cites("particular"),
        ),
        Check(
            "future",
            scope.end <= today,
            f"The last day asked for is {scope.end}; what is not recorded yet cannot be asked for this way.",
            _cites("future"),
        ),
        Check(
            "kind",
            not wide,
            f"A {given.kind} does not reach: {', '.join(wide)}." if wide else f"A {given.kind} reaches this.",
            tuple(law["cites"]),
        ),
        Check(
            "gag",
            given.gag == "none"
            or (given.gag == "order" and gag is not None and (gag - today).days <= longest),
            _gag(given, longest),
            _cites("gag"),
        ),
    ]


def _needs_no_court(given: ProcessIn) -> bool:
    """Tell whether no court need stand behind a document: it asks for nothing but time, and not in secret."""
    return given.kind == PRESERVATION and given.gag != "order"


def _found(scope: Scope) -> str:
    if scope.accounts:
        return f"Account numbers: {len(scope.accounts)}. An area beside them is not used."
    return (
        "No account number. The operator knows no address and no place of a camera, and cannot list the"
        " households of an area: nothing can be found by this."
    )


def _gag(given: ProcessIn, longest: int) -> str:
    if given.gag == "none":
        return "No gag: the household is told at once."
    if given.gag == "letter":
        return "Secrecy is asked for by a letter, not by a court: the household is told at once."
    if given.gag_until is None:
        return f"A gag without an end. It stands here for {TERM.days} days at most; ask the court for an end."
    return f"A gag until {given.gag_until}. Above {longest} days it is longer than this law gives."


def _cites(name: str) -> tuple[Mapping[str, str], ...]:
    return tuple(LAW[name]["cites"])


def decide(given: ProcessIn, data: DecisionIn, today: date) -> Scope | None:
    """Return what is accepted, None where nothing is; raises Conflict where counsel may not accept that."""
    if data.decision == "rejected":
        return None
    scope = given.scope if data.decision == "accepted" else data.scope
    if scope is None or (
        data.decision == "narrowed" and (scope == given.scope or not within(scope, given.scope))
    ):
        raise Conflict(
            "This is not narrower than what was asked.",
            do="Take out accounts, days or kinds of data; nothing can be added.",
            code="process.not_narrower",
        )
    failed = [one for one in check(given, scope, today) if one.id in HARD and not one.holds]
    if failed:
        raise Conflict(
            f"This cannot be accepted: {' '.join(one.found for one in failed)}",
            do="Narrow it to what may be asked, or reject it with the reason.",
            code="process.cannot_accept",
        )
    return scope


def check_day(data: SignedIn, today: date) -> None:
    """Raise Conflict unless something was signed for today."""
    if data.day != today:
        raise Conflict(
            "This was signed for another day than today in UTC.",
            do="Load the page again and sign it again; look at your device's clock.",
            code="process.other_day",
        )


def within(scope: Scope, asked: Scope) -> bool:
    """Tell whether a scope reaches nothing that another does not."""
    return (
        set(scope.accounts) <= set(asked.accounts)
        and set(scope.what) <= set(asked.what)
        and asked.start <= scope.start
        and scope.end <= asked.end
    )


def quiet_until(given: ProcessIn, today: date) -> date | None:
    """Return the last day on which the household may not be told; None if it is told at once."""
    if given.gag != "order" or (given.gag_until is not None and given.gag_until < today):
        return None
    most = today + TERM - timedelta(days=1)  # its slot is opened on the day after, at the latest
    return min(given.gag_until or most, most)


def renewed(until: date, data: RenewalIn, today: date) -> date:
    """Return the new last quiet day; raises Conflict for a renewal that came late or is too long."""
    if today > until or not until < data.until <= until + timedelta(days=TERM.days) or data.ordered > today:
        raise Conflict(
            "This gag cannot be renewed so.",
            do=f"A renewal comes before the end, for {TERM.days} days at most.",
            code="process.not_renewed",
        )
    return data.until
