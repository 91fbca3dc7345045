"""Decide: facts in, the decision and every clause out.

In:     a Pack, an action, the flat facts of its schema.
Out:    Decision; a refusal is an outcome, not an error.
Holds:  accepted exactly when every clause of the action holds; the same facts and the same pack give
        the same decision here, at the hub, in the browser (web/core/policy) and years later.
Absent: clocks and look-ups: whatever depends on them is already a fact.
Why:    docs/design/rules.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fanlight.model.errors import FanlightError
from fanlight.policy import cedar
from fanlight.policy.pack import Cite, Clause, Fact, Pack, fill

MAX_INT = 2**53 - 1  # a browser reads facts as doubles; above this it could decide otherwise
MAX_STRING = 200


class BadFacts(FanlightError):
    """Facts that the pack's schema does not know, or an action it does not decide on."""

    code = "policy.bad_facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One clause as applied to some facts.

    Attributes:
        id: the clause.
        section: its place in the ordinance.
        cites: where it comes from.
        text: in words, as it holds or as it refuses.
        lawful_if: what would make it hold.
        holds: whether it does.
    """

    id: str
    section: str
    cites: tuple[Cite, ...]
    text: str
    lawful_if: str
    holds: bool

    def as_json(self) -> dict[str, Any]:
        """Return the rule as a JSON object."""
        return {
            "id": self.id,
            "section": self.section,
            "cites": [cite.as_json() for cite in self.cites],
            "text": self.text,
            "lawful_if": self.lawful_if,
            "holds": self.holds,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome, with every clause of the action in the order of the ordinance."""

    decision: Literal["accepted", "refused"]
    rules: tuple[Rule, ...]

    @property
    def accepted(self) -> bool:
        """Whether the pack allows it."""
        return self.decision == "accepted"

    @property
    def refusing(self) -> tuple[str, ...]:
        """Ids of the clauses that do not hold; what a leaf names under `rules`."""
        return tuple(rule.id for rule in self.rules if not rule.holds)

    def as_json(self) -> dict[str, Any]:
        """Return the decision as a JSON object."""
        return {"decision": self.decision, "rules": [rule.as_json() for rule in self.rules]}


def decide(pack: Pack, action: str, facts: Mapping[str, Fact]) -> Decision:
    """Decide on one action.

    Args:
        pack: in force, if the decision is to count; this function looks at no calendar.
        action: one that the pack decides on, such as `request.open`; docs/spec/packs.md has them all.
        facts: exactly those of the pack's schema for the action.

    Raises:
        BadFacts: the pack does not know the action, a fact is missing, unknown or of another type, or
            a clause cannot be computed from them. Nothing is accepted then.
    """
    clauses = pack.clauses_of(action)
    if not clauses:
        raise _bad_facts("the ordinance does not decide on this action")
    for value in facts.values():
        if isinstance(value, str) and len(value) > MAX_STRING:
            raise _bad_facts("a fact is too long")
        if isinstance(value, int) and abs(value) > MAX_INT:
            raise _bad_facts("a figure is too large")
    made = cedar.decide(pack.parsed, action, facts)
    if made is None:
        raise _bad_facts("the facts are not those that the ordinance decides on")
    rules = tuple(_rule(clause, facts, holds=clause.id not in made.reasons) for clause in clauses)
    return Decision(decision="accepted" if made.allowed else "refused", rules=rules)


def _rule(clause: Clause, facts: Mapping[str, Fact], *, holds: bool) -> Rule:
    return Rule(
        id=clause.id,
        section=clause.section,
        cites=clause.cites,
        text=fill(clause.holds if holds else clause.refuses, facts),
        lawful_if=clause.lawful_if,
        holds=holds,
    )


def _bad_facts(why: str) -> BadFacts:
    return BadFacts(
        f"Nothing could be decided: {why}.",
        kept="Nothing was sent.",
        do="Check the request and send it again.",
    )
