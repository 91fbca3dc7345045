"""The database reads an ordinance's own text, and decides as Cedar does."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from fanlight.policy import Pack, common_facts, decide, load_pack, shipped_pack, shipped_packs
from fanlight.wire import jcs

CASES = [(name, action) for name in shipped_packs() for action in shipped_pack(name).actions]
AGREEMENTS = [case for case in CASES if case[1].startswith("agreement.")]


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database) as connection:
        connection.execute("INSERT INTO leaf (id, type, body) VALUES ('l', 'x', 'x')")
        yield connection


def keep(owner: psycopg.Connection, body: bytes) -> str:
    name = hashlib.sha256(body).hexdigest()
    owner.execute("INSERT INTO pack VALUES (%s, 'p', %s, 'l') ON CONFLICT DO NOTHING", [name, body])
    return name


def refusing(owner: psycopg.Connection, pack: str, action: str, facts: Mapping[str, Any]) -> list[str]:
    row = owner.execute("SELECT ordinance_refuses(%s, %s, %s)", [pack, action, Jsonb(dict(facts))]).fetchone()
    assert row is not None
    return list(row[0])


@pytest.mark.parametrize(("name", "action"), CASES, ids=str)
def test_the_tables_decide_each_vector_of_each_ordinance_as_cedar_does(
    owner: psycopg.Connection, name: str, action: str
) -> None:
    """R33 R43: accepted or refused, and by which clauses."""
    pack = shipped_pack(name)
    kept = keep(owner, pack.canonical)
    tried = [pack.vectors.base[action]]
    tried += [pack.vectors.facts(case) for case in pack.vectors.cases if case.action == action]
    for facts in tried:
        made = decide(pack, action, pack.asks(action, facts))
        assert sorted(refusing(owner, kept, action, facts)) == sorted(made.refusing)


def some_facts(pack: Pack, action: str) -> st.SearchStrategy[dict[str, Any]]:
    kinds = common_facts()[action]
    words = st.sampled_from(["none", "ordinance", "resolution", "silent", "against", "recommended", "x"])
    of = {"Bool": st.booleans(), "Long": st.integers(-3, 1_000), "String": words}
    return st.fixed_dictionaries({name: of[kinds[name]] for name in pack.facts_of(action)})


@pytest.mark.parametrize(("name", "action"), AGREEMENTS, ids=str)
def test_the_tables_and_cedar_agree_on_any_facts(owner: psycopg.Connection, name: str, action: str) -> None:
    """R33: of an agreement."""
    pack = shipped_pack(name)
    kept = keep(owner, pack.canonical)

    @settings(max_examples=40, database=None)
    @given(some_facts(pack, action))
    def agree(facts: dict[str, Any]) -> None:
        assert sorted(refusing(owner, kept, action, facts)) == sorted(decide(pack, action, facts).refusing)

    agree()


CONDITIONS = [
    "context.ayes + context.noes * 2 - 1 < 4",
    "context.ayes - context.noes - 1 >= 0",
    "!(context.ayes == 3) || context.hearing_held && context.noes != 2",
    "if context.hearing_held then context.ayes > 1 else context.noes < -1",
    '["ordinance", "motion"].contains(context.vote_form)',
    '![1, 2, 3].contains(context.ayes + 1) && context.vote_form == "motion"',
    "(context.hearing_held || context.ayes <= 2) == (context.noes >= 2)",
    "!!context.hearing_held && -context.ayes < -2",
    "context.ayes * context.noes - -1 == 7 // a comment; with a semicolon",
]


def with_condition(condition: str) -> bytes:
    """Return the model ordinance with the condition of the clause on hearings exchanged.

    Its own base facts keep it, since an ordinance that accepts nothing is not read at all.
    """
    pack = jcs.loads(shipped_pack("model-ordinance").canonical)
    base = pack["vectors"]["base"]["agreement.approve"]["published_days"]
    before = "unless { context.hearing_held };"
    after = f"unless {{ ({condition}\n) || context.published_days == {base} }};"
    pack["policies"] = pack["policies"].replace(before, after, 1)
    return jcs.dumps(pack)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_tables_read_conditions_as_cedar_does(owner: psycopg.Connection, condition: str) -> None:
    """R33: precedence, sums, lists and choices, in all their values."""
    body = with_condition(condition)
    pack, kept = load_pack(body), keep(owner, body)
    base = pack.vectors.base["agreement.approve"]
    base = {**base, "published_days": int(base["published_days"]) + 1}
    for ayes in range(5):
        for noes in range(4):
            for heard in (True, False):
                for form in ("ordinance", "resolution", "motion"):
                    facts = {**base, "ayes": ayes, "noes": noes, "hearing_held": heard, "vote_form": form}
                    made = decide(pack, "agreement.approve", facts)
                    assert sorted(refusing(owner, kept, "agreement.approve", facts)) == sorted(made.refusing)


@pytest.mark.parametrize(
    "condition",
    [
        "context has ayes",
        'context.vote_form like "res*"',
        'context["hearing_held"]',
        "context.hearing_held == principal.asked",
        "[context.hearing_held].containsAll([true])",
        'context.vote_form == "a\\"b"',
        "context.unknown",
        "context.ayes",
        "context.hearing_held && 1",
        "context.vote_form < 3",
        "context.hearing_held context.hearing_held",
        "",
        "(context.hearing_held",
    ],
)
def test_what_the_tables_cannot_read_they_refuse(owner: psycopg.Connection, condition: str) -> None:
    """R33: never passed over, which would be a clause less."""
    pack = jcs.loads(with_condition(condition))
    kept = keep(owner, jcs.dumps(pack))
    facts = shipped_pack("model-ordinance").vectors.base["agreement.approve"]
    with pytest.raises(psycopg.errors.RaiseException, match="cannot be read here"):
        refusing(owner, kept, "agreement.approve", facts)


def test_bytes_of_another_hash_decide_nothing(owner: psycopg.Connection) -> None:
    """R33: an ordinance is known by its hash, also where its row was exchanged."""
    pack = shipped_pack("model-ordinance")
    kept = keep(owner, pack.canonical)
    owner.execute("UPDATE pack SET body = %s WHERE sha256 = %s", [with_condition("true"), kept])
    with pytest.raises(psycopg.errors.RaiseException, match="none of that hash"):
        refusing(owner, kept, "agreement.approve", pack.vectors.base["agreement.approve"])
