"""What another ordinance would have decided: from the record alone, and never by a guess."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.policy import BadFacts, Pack, decide, load_pack, shipped_pack, shipped_packs
from fanlight.policy.replay import Replay
from fanlight.policy.simulate import Chosen, Tally, as_csv, recorded, simulate, vector_rows

VECTORS = Path(__file__).parents[2] / "vectors/policy"
PACKS = {name: shipped_pack(name) for name in shipped_packs()}
CASES = sorted(VECTORS.glob("simulate-*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_simulation_is_as_the_vector_says(path: Path) -> None:
    """R43: the browser's tests read the same files."""
    vector = json.loads(path.read_text("utf-8"))
    seen = [recorded(leaf["entry"], leaf["type"], leaf["pub"]) for leaf in vector["leaves"]]
    against = Replay(PACKS[vector["against"]]) if vector["against"] else None
    pack = Replay(PACKS[vector["pack"]])
    chosen = Chosen(**vector["chosen"])
    rows = list(simulate(pack, [one for one in seen if one and chosen.takes(one)], against))
    tally = Tally()
    for row in rows:
        tally.add(row)
    assert list(as_csv(rows)) == vector["csv"]
    assert (tally.changed, dict(tally.clauses)) == (vector["changed"], vector["clauses"])
    assert {" ".join(key): count for key, count in tally.months.items()} == vector["months"]
    assert tally.decisions == len(rows)


@pytest.mark.parametrize("name", PACKS)
def test_every_vector_of_a_pack_is_decided_by_every_other_as_in_the_browser(name: str) -> None:
    """R43: two packs give different answers to the same request, with the clause that differs."""
    expected = json.loads((VECTORS / "compared.json").read_text("utf-8"))[name]
    for other, pack in PACKS.items():
        if other != name:
            rows = [row for row in vector_rows(PACKS[name], pack) if row.after.told != "not governed"]
            told = {row.recorded.id: [row.after.told, *row.after.rules] for row in rows}
            assert told == expected.get(other, {})


def test_two_laws_differ_on_one_request_and_the_clause_is_named() -> None:
    facts = {
        **PACKS["oakland-9.64"].vectors.base["request.open"],
        "agreement_in_force": False,
        "emergency": True,
    }
    allows, refuses = (
        Replay(PACKS[name]).decide("request.open", facts) for name in ("oakland-9.64", "ccops-model")
    )
    assert allows.told == "accepted"
    assert (refuses.told, refuses.rules) == ("refused", ("request.approved",))


def _values(pack: Pack, action: str) -> st.SearchStrategy[dict[str, Any]]:
    figures = [value for case in pack.vectors.cases for value in case.change.values() if type(value) is int]
    words = [value for case in pack.vectors.cases for value in case.change.values() if isinstance(value, str)]
    some: dict[type, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        int: st.integers(-1, 2_000_000)
        | st.sampled_from([one + by for one in figures or [0] for by in (-1, 0, 1)]),
        str: st.sampled_from([*words, "", "=x", "an unheard-of word"]),
    }
    base = pack.vectors.base[action]
    return st.fixed_dictionaries({name: some[type(value)] | st.just(value) for name, value in base.items()})


REPLAYS = {name: Replay(pack) for name, pack in PACKS.items()}
ACTIONS = [(name, action) for name, pack in PACKS.items() for action in pack.actions]


@given(st.data())
@settings(max_examples=400)
def test_a_replay_decides_as_deciding_each_by_itself(data: Any) -> None:
    """R43: what is taken for alike is decided alike, whatever was decided before."""
    name, action = data.draw(st.sampled_from(ACTIONS))
    facts = data.draw(_values(PACKS[name], action))
    made = decide(PACKS[name], action, facts)
    again = REPLAYS[name].decide(action, facts)
    assert (again.told, again.rules, again.missing) == (made.decision, made.refusing, ())


@given(st.data())
@settings(max_examples=200)
def test_a_fact_that_is_not_on_record_never_turns_a_decision(data: Any) -> None:
    """R43: whatever the missing facts are, a refusal that is told is right, and nothing else is told."""
    name, action = data.draw(st.sampled_from(ACTIONS))
    facts = data.draw(_values(PACKS[name], action))
    gone = data.draw(st.sets(st.sampled_from(sorted(facts))))
    told = REPLAYS[name].decide(action, {key: value for key, value in facts.items() if key not in gone})
    made = decide(PACKS[name], action, facts)
    assert set(told.missing) <= gone
    if told.missing:
        assert told.told in {"refused", "cannot be told"}
        assert set(told.rules) <= set(made.refusing)
    else:
        assert (told.told, told.rules) == (made.decision, made.refusing)


@given(st.dictionaries(st.text(max_size=20), st.none() | st.booleans() | st.floats() | st.text(max_size=5)))
def test_whatever_stands_in_an_entry_is_no_error(pub: dict[str, Any]) -> None:
    for kind in ("request", "agreement", "case"):
        assert recorded(0, kind, pub) is None
    facts = {"request": "r", "agency": "a", "facts": pub, "rules": [], "decision": "refused"}
    one = recorded(0, "request", facts)
    assert one is not None
    assert REPLAYS["model-ordinance"].decide(one.action, one.facts).told in {"refused", "cannot be told"}


def test_a_clause_that_computes_counts_with_exact_figures_and_may_overflow() -> None:
    pack = load_pack((VECTORS / "overflowing.pack.json").read_bytes())
    replay = Replay(pack)
    for figure, told in (
        (1, "accepted"),
        (3, "accepted"),
        (4, "refused"),
        (2**53 - 1, "cannot be told"),
        (5, "refused"),
    ):
        assert replay.decide("request.open", {"figure": figure}).told == told
    assert replay.asked == 5
    with pytest.raises(BadFacts):
        decide(pack, "request.open", {"figure": 2**53 - 1})


def test_facts_that_a_pack_cannot_tell_apart_are_decided_once() -> None:
    replay = Replay(PACKS["model-ordinance"])
    base = PACKS["model-ordinance"].vectors.base["request.open"]
    for area in range(64_760, 74_760):
        assert replay.decide("request.open", {**base, "area_m2": area}).told == "accepted"
    assert (replay.decided, replay.asked) == (10_000, 1)
    assert replay.decide("request.open", {**base, "area_m2": 64_749}).rules == ("area.least",)
    assert replay.asked == 2
