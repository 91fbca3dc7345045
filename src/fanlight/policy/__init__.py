"""The second lock: who may ask for footage, decided by a town's ordinance, clause by clause.

In:     a pack's canonical bytes; facts about a request, an export or an agreement.
Out:    Decision, with every clause of that action and whether it holds.
Holds:  default deny; forbid wins; accepted exactly when every clause of the action holds.
Absent: clocks, files (but for the shipped pack), the network, and what a person must judge.
Why:    docs/design/rules.md
"""

from fanlight.policy.common import common_facts, schema_of
from fanlight.policy.decision import BadFacts, Decision, Rule, decide
from fanlight.policy.pack import BadPack, Cite, Clause, Gap, Pack, PackNotInForce, load_pack
from fanlight.policy.proving import Verdict, failing_vectors, verdict, verdict_on, weak_clauses
from fanlight.policy.shipped import assemble, assemble_zip, default_pack, is_zip, shipped_pack, shipped_packs
from fanlight.policy.wording import LISTS, Found, find_phrases, find_records, phrases

__all__ = [
    "LISTS",
    "BadFacts",
    "BadPack",
    "Cite",
    "Clause",
    "Decision",
    "Found",
    "Gap",
    "Pack",
    "PackNotInForce",
    "Rule",
    "Verdict",
    "assemble",
    "assemble_zip",
    "common_facts",
    "decide",
    "default_pack",
    "failing_vectors",
    "find_phrases",
    "find_records",
    "is_zip",
    "load_pack",
    "phrases",
    "schema_of",
    "shipped_pack",
    "shipped_packs",
    "verdict",
    "verdict_on",
    "weak_clauses",
]
