"""Counting and deciding again: every figure of the pages, and the list behind it. Pure.

In:     requests and entries of the record; an ordinance's text.
Out:    counts with the lists they are the length of; a decision made again from published facts.
Holds:  a figure is the length of the list that its link opens.
Absent: figures of people: no number of homes, readers or refusals is in any leaf.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from fanlight.model.request import joined_holds
from fanlight.policy import BadFacts, Pack, Rule, decide
from fanlight.server.oversight.leaves import Request
from fanlight.server.oversight.record import Record, RequestFile

STATES = ("open", "waiting", "closed", "refused")
PER_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Redecided:
    """A decision made again from the published facts, and whether it comes out as recorded."""

    action: str
    decision: str
    rules: tuple[Rule, ...]
    refusing: tuple[str, ...]
    agrees: bool


def counts(files: Iterable[RequestFile]) -> dict[str, int]:
    """Return how many requests there are, in all and by state."""
    tally: Counter[str] = Counter(file.state for file in files)
    return {"all": tally.total(), **{state: tally[state] for state in STATES}}


def in_state(files: Iterable[RequestFile], state: str) -> list[RequestFile]:
    """Return the requests in a state."""
    return [file for file in files if file.state == state]


def refused_by(files: Iterable[RequestFile], rule: str) -> list[RequestFile]:
    """Return the refused requests that name a clause."""
    return [file for file in in_state(files, "refused") if rule in file.request.rules]


def refusals(files: Iterable[RequestFile]) -> list[tuple[str, int]]:
    """Return (clause, refused requests that name it), most first."""
    tally = Counter(rule for file in in_state(files, "refused") for rule in dict.fromkeys(file.request.rules))
    return sorted(tally.items(), key=lambda item: (-item[1], item[0]))


def kinds(record: Record) -> list[tuple[str, int]]:
    """Return (type, entries of it), in order of first appearance."""
    return list(Counter(entry.type for entry in record.entries).items())


def pages_of(count: int) -> int:
    """Return how many pages a list of entries takes, at least 1."""
    return max(1, -(-count // PER_PAGE))


def redecide(file: RequestFile, pack: Pack | None) -> Redecided | None:
    """Decide a request again from its published facts; clauses that refuse come first.

    A request that waits was decided as `request.submit`, one that opened as `request.open`; a refusal may
    have come at either, so both are tried and the one that fits what the record says is shown.
    """
    if pack is None:
        return None
    request = file.request
    opened = request.second_signature or request.emergency
    actions = ("request.open", "request.submit") if opened else ("request.submit", "request.open")
    tried: list[Redecided] = []
    for action in actions:
        try:
            made = decide(pack, action, pack.asks(action, request.facts))
        except BadFacts:
            continue
        agrees = made.decision == request.decision and set(made.refusing) == set(request.rules)
        tried.append(
            Redecided(
                action=action,
                decision=made.decision,
                rules=tuple(sorted(made.rules, key=lambda rule: rule.holds)),
                refusing=made.refusing,
                agrees=agrees and _facts_agree(request),
            )
        )
    return next((one for one in tried if one.agrees), tried[0] if tried else None)


def _facts_agree(request: Request) -> bool:
    """Tell whether the facts decided on are those that the entry shows beside them."""
    shown = {
        "purpose": request.purpose,
        "offence_class": request.offence_class,
        "area_m2": request.area_m2,
        "window_min": request.window.length_min,
        "number_in_case": request.number_in_case,
        "emergency": request.emergency,
        "assembly_overlap": request.assembly_overlap,
        "second_signature": request.second_signature,
    }
    return joined_holds(request.facts) and all(
        request.facts.get(name) == value for name, value in shown.items()
    )
