"""What may follow in an agreement, what the entry of a step says, how a refusal names its clauses. Pure.

Why:    docs/design/register.md
"""

from datetime import date
from typing import Any

from fanlight.policy import Rule
from fanlight.seal import keys
from fanlight.seal.errors import SealError
from fanlight.server.errors import Conflict, NotAllowed
from fanlight.server.programme.papers import Vote
from fanlight.server.programme.register_store import Clerk, Full
from fanlight.wire.register import CONTEXT, Papers, digest

FOLLOWS: dict[str, frozenset[str]] = {
    "draft": frozenset({"draft", "published", "withdrawn"}),
    "published": frozenset({"hearing", "withdrawn"}),
    "hearing": frozenset({"hearing", "voted", "rejected", "withdrawn"}),
    "voted": frozenset({"in_force", "withdrawn"}),
    "in_force": frozenset({"ended", "cancelled", "expired"}),
}
BY_CLERK = frozenset({"hearing", "voted", "rejected", "in_force"})


def may_follow(state: str) -> list[str]:
    """Return the states that may come next."""
    return sorted(FOLLOWS.get(state, ()))


def pub_of_draft(papers: Papers, day: date, *, demo: bool, brought: bool) -> dict[str, Any]:
    """Return what the entry of a draft says: all of its papers."""
    return {
        "agreement": papers.agreement,
        "agency": papers.agency,
        "pack": papers.pack,
        "from": papers.first.isoformat(),
        "until": papers.until.isoformat(),
        "state": "draft",
        "day": day.isoformat(),
        "brought": brought,
        "papers": digest(papers.text()),
        "vote": None,
        "demo": demo,
        "renewal": papers.renewal,
        "exit_cost": papers.exit_cost,
        "clauses": list(papers.clauses),
        "documents": list(papers.documents),
        "renews": papers.renews,
    }


def pub_of_vote(vote: Vote) -> dict[str, Any]:
    """Return a vote as entries have it."""
    return {
        "body": vote.body,
        "date": vote.date.isoformat(),
        "ayes": vote.ayes,
        "noes": vote.noes,
        "reference": vote.reference,
    }


def pub_of(row: Full, state: str, day: date, *, brought: bool) -> dict[str, Any]:
    """Return what the entry of a step says in any state."""
    return {
        "agreement": row.id,
        "agency": row.agency,
        "pack": row.pack,
        "from": row.valid_from.isoformat(),
        "until": row.valid_until.isoformat(),
        "state": state,
        "day": day.isoformat(),
        "brought": brought,
        "papers": row.papers_sha256,
        "vote": row.vote(),
        "demo": row.demo,
    }


def check_signed(clerk: Clerk, text: str, signature: bytes) -> None:
    """Raise NotAllowed unless a clerk's key signed a statement."""
    try:
        keys.verify(bytes(clerk.sign_pub), CONTEXT, text.encode(), signature)
    except SealError as error:
        raise bad_signature() from error


def no_clerk() -> NotAllowed:
    """Return the error for what only a clerk in office may do."""
    return NotAllowed(
        "Only a clerk whom the elected body appointed records this.",
        do="Sign in as the clerk in office.",
        code="register.no_clerk",
    )


def bad_signature() -> NotAllowed:
    """Return the error for a signature that is not that of the clerk whom the statement names."""
    return NotAllowed(
        "The signature is not that of the clerk whom the statement names.",
        do="Sign the same words with the clerk's own key.",
        code="register.bad_signature",
    )


def refused_by(rules: list[Rule]) -> Conflict:
    """Return the error for an agreement that the ordinance refuses, with its clauses."""
    return Conflict(
        f"The ordinance refuses it: {_clauses(rules)}",
        do=rules[0].lawful_if if rules else "Look at the ordinance.",
        code="register.refused",
    )


def skipped(before: str, state: str, rules: list[Rule]) -> Conflict:
    """Return the error for a step that cannot follow, with the clauses that ask for another."""
    named = f" The ordinance: {_clauses(rules)}" if rules else ""
    return Conflict(
        f"{state} does not follow {before}.{named}",
        do=rules[0].lawful_if if rules else "Take the steps in order.",
        code="register.step_skipped",
    )


def _clauses(rules: list[Rule]) -> str:
    return " ".join(f"[{rule.id}, {rule.section}] {rule.text}" for rule in rules)
