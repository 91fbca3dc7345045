"""Prove a pack by its own test vectors.

In:     a Pack.
Out:    the vectors that come out otherwise, and the clauses that no vector would miss.
Holds:  a pack is fit to be adopted when both are empty.
Why:    docs/design/rules.md
"""

from fanlight.policy.decision import BadFacts, decide
from fanlight.policy.pack import Pack, Vector, without


def failing_vectors(pack: Pack) -> tuple[str, ...]:
    """Return the `why` of each of the pack's own vectors that comes out otherwise; none is right."""
    return tuple(case.why for case in pack.vectors.cases if not _passes(pack, case))


def weak_clauses(pack: Pack) -> tuple[str, ...]:
    """Return the clauses whose deletion no vector would notice; none is right."""
    struck = {clause.id: without(pack, clause.id) for clause in pack.clauses}
    return tuple(
        clause_id
        for clause_id, rest in struck.items()
        if all(_passes(rest, case) for case in pack.vectors.cases)
    )


def _passes(pack: Pack, case: Vector) -> bool:
    try:
        made = decide(pack, case.action, pack.vectors.facts(case))
    except BadFacts:
        return False
    return made.decision == case.expect and made.refusing == case.rules
