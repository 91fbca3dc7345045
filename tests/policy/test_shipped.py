"""Every pack that ships: its vectors hold, miss nothing, and it says what it is and is not."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.policy.mutants import mutants

from fanlight.policy import (
    BadPack,
    Pack,
    assemble,
    cedar,
    common_facts,
    failing_vectors,
    load_pack,
    schema_of,
    shipped_pack,
    shipped_packs,
    weak_clauses,
)

ROOT = Path(__file__).parents[2]
HASHES = json.loads((ROOT / "vectors/policy/packs.json").read_text("utf-8"))
every_pack = pytest.mark.parametrize(
    "pack", [shipped_pack(name) for name in shipped_packs()], ids=shipped_packs()
)


@every_pack
def test_its_vectors_hold_and_striking_out_any_clause_fails_one(pack: Pack) -> None:
    """R43: R-6, no clause stands untested."""
    assert failing_vectors(pack) == ()
    assert weak_clauses(pack) == ()


@every_pack
def test_a_clause_that_means_the_opposite_fails_a_vector(pack: Pack) -> None:
    """R43: nor does a figure one off, a word of a list gone, or an "and" that became an "or"."""
    unnoticed = []
    tried = 0
    for what, policies in mutants(pack.policies):
        tried += 1
        try:
            turned = replace(pack, parsed=cedar.parse(policies, pack.schema))
        except cedar.BadCedar:
            continue
        if not _notices(turned, what.split(" ")[0]):
            unnoticed.append(what)
    assert tried >= len(pack.clauses) / 2
    assert unnoticed == []


def _notices(pack: Pack, clause: str) -> bool:
    actions = {action for one in pack.clauses if one.id == clause for action in one.actions}
    for case in pack.vectors.cases:
        if case.action in actions:
            made = cedar.decide(pack.parsed, case.action, pack.vectors.facts(case))
            if made is None or made.allowed != (case.expect == "accepted") or made.reasons != set(case.rules):
                return True
    return False


@every_pack
def test_each_boundary_of_it_is_cited(pack: Pack) -> None:
    """R43: each clause names law, section, source and the day it was read, or that nobody read it."""
    for clause in pack.clauses:
        assert clause.cites
        assert clause.lawful_if.endswith(".")
        assert clause.holds.endswith(".")
        assert clause.refuses.endswith(".")


@every_pack
def test_it_says_which_decisions_it_governs_what_it_cannot_say_and_that_it_is_no_advice(pack: Pack) -> None:
    assert pack.meta.decides == pack.actions
    assert "Not legal advice" in pack.meta.note
    assert pack.cannot_express


@every_pack
def test_its_facts_are_the_common_ones(pack: Pack) -> None:
    """R43: one request can be decided by two packs, since both ask for the same facts."""
    assert pack.schema.partition("\n")[2] == schema_of(pack.actions)
    for action in pack.actions:
        assert pack.facts_of(action) == set(common_facts()[action])


@every_pack
def test_its_canonical_bytes_are_the_same_in_both_languages(pack: Pack) -> None:
    """The hashes are read by the browser's tests too."""
    name = next(name for name in shipped_packs() if shipped_pack(name) is pack)
    assert HASHES[name] == pack.sha256
    assert load_pack(assemble(ROOT / f"src/fanlight/policy/packs/{name}")).sha256 == pack.sha256


def test_only_packs_of_which_everything_was_read_may_be_in_force() -> None:
    """R43: a clause whose source nobody read cannot be in force."""
    today = date(2026, 11, 22)
    in_force = {name for name in shipped_packs() if shipped_pack(name).in_force_on(today)}
    assert in_force == {name for name in shipped_packs() if not shipped_pack(name).unread}
    assert in_force == {"model-ordinance", "portland-34.10"}


def test_a_law_is_not_in_force_before_its_day() -> None:
    portland = shipped_pack("portland-34.10")
    assert not portland.in_force_on(date(2020, 12, 31))
    assert portland.in_force_on(date(2021, 1, 1))


def test_no_other_pack_ships() -> None:
    with pytest.raises(BadPack):
        shipped_pack("../packs/model-ordinance")


def test_every_common_fact_is_explained_on_the_page_of_packs() -> None:
    text = (ROOT / "docs/spec/packs.md").read_text("utf-8")
    told: dict[str, dict[str, str]] = {}
    part = re.compile(r"^### ((?:`[a-z.]+`(?: and )?)+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
    for heading, body in part.findall(text):
        rows = dict(re.findall(r"^\| `(\w+)` \| (Bool|Long|String) \|", body, re.MULTILINE))
        told |= dict.fromkeys(re.findall(r"`([a-z.]+)`", heading), rows)
    assert told == {action: dict(facts) for action, facts in common_facts().items()}
