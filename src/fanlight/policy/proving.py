"""Prove a pack by its own test vectors.

In:     a Pack, or bytes that may be one.
Out:    the vectors that come out otherwise, and the clauses that no vector would miss; Verdict.
Holds:  a pack is fit to be adopted when both are empty. The verdict on the same bytes is the same in a
        browser (web/core/policy/proving.ts).
Why:    docs/design/rules.md
"""

from dataclasses import dataclass
from typing import Any

from fanlight.policy.common import common_facts
from fanlight.policy.decision import BadFacts, decide
from fanlight.policy.pack import BadPack, Pack, Vector, load_pack, without


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What there is to say of bytes that may be a pack.

    Attributes:
        pack: what they are, if they are one.
        refused: why they are none.
        failing: vectors that come out otherwise, by their `why`.
        weak: clauses that could be struck out without any vector noticing.
        unread: clauses that cite a text nobody has read; it cannot be in force.
        uncommon: facts that no other ordinance knows; it cannot be compared on them.
    """

    pack: Pack | None
    refused: str | None
    failing: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    uncommon: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether it is a pack that does what its vectors say, every clause of it."""
        return self.pack is not None and not self.failing and not self.weak

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as a JSON object."""
        return {
            "refused": self.refused,
            "failing": list(self.failing),
            "weak": list(self.weak),
            "unread": list(self.unread),
            "uncommon": list(self.uncommon),
        }


def verdict(data: bytes) -> Verdict:
    """Return what there is to say of `data`; never raises."""
    try:
        return verdict_on(load_pack(data))
    except BadPack as error:
        return Verdict(pack=None, refused=error.what)


def verdict_on(pack: Pack) -> Verdict:
    """Return what there is to say of a pack."""
    return Verdict(
        pack=pack,
        refused=None,
        failing=failing_vectors(pack),
        weak=weak_clauses(pack),
        unread=pack.unread,
        uncommon=_uncommon(pack),
    )


def failing_vectors(pack: Pack) -> tuple[str, ...]:
    """Return the `why` of each of the pack's own vectors that comes out otherwise; none is right."""
    return tuple(case.why for case in pack.vectors.cases if not _passes(pack, case))


def weak_clauses(pack: Pack) -> tuple[str, ...]:
    """Return the clauses whose deletion no vector would notice; none is right."""
    passing = [case for case in pack.vectors.cases if _passes(pack, case)]
    struck = {clause.id: without(pack, clause.id) for clause in pack.clauses}
    return tuple(
        clause_id for clause_id, rest in struck.items() if all(_passes(rest, case) for case in passing)
    )


def _passes(pack: Pack, case: Vector) -> bool:
    try:
        made = decide(pack, case.action, pack.vectors.facts(case))
    except BadFacts:
        return False
    return made.decision == case.expect and made.refusing == case.rules


def _uncommon(pack: Pack) -> tuple[str, ...]:
    return tuple(
        f"{action} {name}"
        for action in pack.actions
        for name in sorted(pack.facts_of(action))
        if name not in common_facts().get(action, {})
    )
