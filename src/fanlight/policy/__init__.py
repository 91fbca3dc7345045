"""The second lock: who may ask for footage, decided by a town's ordinance, clause by clause.

In:     a pack's canonical bytes; facts about a request, an export or an agreement.
Out:    Decision, with every clause of that action and whether it holds.
Holds:  default deny; forbid wins; accepted exactly when every clause of the action holds.
Absent: clocks, files (but for the shipped pack), the network, and what a person must judge.
Why:    docs/design/rules.md
"""

from fanlight.policy.decision import BadFacts, Decision, Rule, decide
from fanlight.policy.pack import BadPack, Cite, Clause, Pack, PackNotInForce, load_pack
from fanlight.policy.proving import failing_vectors, weak_clauses
from fanlight.policy.shipped import assemble, default_pack
from fanlight.policy.wording import Found, find_phrases, phrases

__all__ = [
    "BadFacts",
    "BadPack",
    "Cite",
    "Clause",
    "Decision",
    "Found",
    "Pack",
    "PackNotInForce",
    "Rule",
    "assemble",
    "decide",
    "default_pack",
    "failing_vectors",
    "find_phrases",
    "load_pack",
    "phrases",
    "weak_clauses",
]
