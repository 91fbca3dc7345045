"""The model ordinance decides, names its clauses, and nothing slips past it."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.policy import (
    BadFacts,
    Pack,
    decide,
    default_pack,
    failing_vectors,
    load_pack,
    weak_clauses,
)
from fanlight.policy.pack import Vector, without

VECTORS = Path(__file__).parents[2] / "vectors/policy"
PACK = default_pack()
OPEN = PACK.vectors.base["request.open"]


@pytest.mark.parametrize("case", PACK.vectors.cases, ids=lambda case: case.why)
def test_the_model_ordinance_passes_its_own_vectors(case: Vector) -> None:
    """R43: an ordinance comes with tests."""
    made = decide(PACK, case.action, PACK.vectors.facts(case))
    assert (made.decision, made.refusing) == (case.expect, case.rules)


@pytest.mark.parametrize("path", sorted(VECTORS.glob("decision-*.json")), ids=lambda path: path.stem)
def test_a_decision_is_as_the_vector_says(path: Path) -> None:
    vector = json.loads(path.read_text("utf-8"))
    pack = load_pack((VECTORS / vector["pack"]).read_bytes()) if "pack" in vector else PACK
    if vector["expect"] == "undecided":
        with pytest.raises(BadFacts):
            decide(pack, vector["action"], vector["facts"])
        return
    made = decide(pack, vector["action"], vector["facts"])
    assert made.decision == vector["expect"]
    assert list(made.refusing) == vector["rules"]
    texts = {rule.id: rule.text for rule in made.rules}
    assert vector.get("texts", {}).items() <= texts.items()


def test_the_vector_file_is_the_shipped_pack() -> None:
    assert (VECTORS / "model-ordinance.pack.json").read_bytes() == PACK.canonical
    assert (VECTORS / "model-ordinance.sha256").read_text() == f"{PACK.sha256}\n"


def test_deleting_any_clause_fails_a_vector() -> None:
    """R43: R-6, no clause stands untested."""
    assert failing_vectors(PACK) == ()
    assert weak_clauses(PACK) == ()


def test_every_clause_is_cited_read_and_says_what_would_be_lawful() -> None:
    """R43: each clause names law, section, source and the day it was read."""
    assert PACK.unread == ()
    assert PACK.in_force_on(date(2026, 11, 21))
    assert all(clause.cites and clause.lawful_if for clause in PACK.clauses)


@given(
    st.fixed_dictionaries(
        {
            name: st.booleans()
            if isinstance(value, bool)
            else st.integers(0, 2_000_000)
            if isinstance(value, int)
            else st.sampled_from([value, "protest", "federal", "municipal", ""])
            for name, value in OPEN.items()
        }
    )
)
@settings(max_examples=200)
def test_it_is_accepted_exactly_when_every_clause_holds(facts: dict[str, Any]) -> None:
    """R21: R-1 and R-2."""
    made = decide(PACK, "request.open", facts)
    assert made.accepted == all(rule.holds for rule in made.rules)
    assert [rule.id for rule in made.rules] == [clause.id for clause in PACK.clauses_of("request.open")]


@given(st.data())
def test_a_request_that_may_open_could_have_been_submitted(data: Any) -> None:
    """R21: opening asks for all that submitting does, and the second signature."""
    name = data.draw(st.sampled_from([name for name, value in OPEN.items() if isinstance(value, bool)]))
    facts = {**OPEN, name: data.draw(st.booleans())}
    if decide(PACK, "request.open", facts).accepted:
        assert decide(PACK, "request.submit", facts).accepted


def test_waiting_for_the_second_signature_is_no_refusal() -> None:
    """R21: decided twice, once without and once with the second signature."""
    facts = {**OPEN, "second_signature": False}
    assert decide(PACK, "request.submit", facts).accepted
    assert decide(PACK, "request.open", facts).refusing == ("signature.second",)
    assert decide(PACK, "request.open", {**facts, "emergency": True}).accepted


@pytest.mark.parametrize("purpose", ["protest", "vigil", "worship", "press", "crowd_control", ""])
def test_a_lawful_assembly_is_never_a_purpose(purpose: str) -> None:
    """R23: not even in an emergency, not even with two signatures."""
    made = decide(PACK, "request.open", {**OPEN, "purpose": purpose, "emergency": True})
    assert made.refusing == ("purpose.listed",)
    assert f"“{purpose}”" in next(rule.text for rule in made.rules if not rule.holds)


def test_without_a_vote_nothing_opens() -> None:
    """R33: no agreement without a vote, and no request without an agreement."""
    assert not decide(PACK, "request.submit", {**OPEN, "vote_recorded": False}).accepted
    approve = PACK.vectors.base["agreement.approve"]
    assert decide(PACK, "agreement.approve", {**approve, "vote_recorded": False}).refusing == (
        "agreement.voted",
    )


@pytest.mark.parametrize("kind", ["federal", "federal-immigration", "task-force", "fusion-centre", "private"])
def test_no_copy_goes_to_federal_or_private_hands(kind: str) -> None:
    """R27: denied by default."""
    facts = {**PACK.vectors.base["disclosure.export"], "recipient_kind": kind}
    assert not decide(PACK, "disclosure.export", facts).accepted


def test_an_action_nobody_wrote_a_rule_for_is_not_decided() -> None:
    """R28: there is no live view to ask for."""
    with pytest.raises(BadFacts):
        decide(PACK, "live.view", {})


@given(
    st.dictionaries(st.text(max_size=10), st.none() | st.booleans() | st.integers() | st.text(max_size=10))
)
def test_other_facts_are_never_decided_on(facts: dict[str, Any]) -> None:
    with pytest.raises(BadFacts):
        decide(PACK, "request.open", facts)


def test_a_pack_that_asks_for_fewer_facts_is_given_no_others_and_lacks_what_it_lacks() -> None:
    """R43: a town's own pack may ask for fewer facts than there are."""
    small = load_pack((VECTORS / "overflowing.pack.json").read_bytes())
    assert decide(small, "request.open", small.asks("request.open", {"figure": 1, "moon": 2})).accepted
    for facts in ({"figure": 1, "moon": 2}, small.asks("request.open", {"moon": 2})):
        with pytest.raises(BadFacts):
            decide(small, "request.open", facts)


def test_striking_out_the_only_permit_refuses_everything() -> None:
    """R-1: default deny."""
    struck: Pack = without(PACK, "asker.kind")
    assert not decide(struck, "request.open", OPEN).accepted


def test_the_decision_in_json_lists_every_clause_with_its_citations() -> None:
    made = decide(PACK, "request.open", {**OPEN, "window_min": 840}).as_json()
    assert made["decision"] == "refused"
    longest = next(rule for rule in made["rules"] if rule["id"] == "window.most")
    assert not longest["holds"]
    assert longest["cites"][0]["law"] == "Fanlight model ordinance"
    assert len(made["rules"]) == 22


def test_the_policy_package_needs_no_hub_server_or_network() -> None:
    probe = "import sys, fanlight.policy; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", probe], text=True).split()
    assert not {"fanlight.server", "fanlight.hub", "fanlight.store", "httpx", "psycopg"} & set(loaded)
