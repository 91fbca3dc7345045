"""A pack in plain words, and what another one has otherwise."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from fanlight.policy import Pack, default_pack, load_pack, shipped_pack, shipped_packs
from fanlight.policy.reading import difference, told, told_difference
from fanlight.wire import jcs

PACK = default_pack()


def _changed(change: Callable[[dict[str, Any]], object]) -> Pack:
    value = json.loads(PACK.canonical)
    change(value)
    return load_pack(jcs.dumps(value))


@pytest.mark.parametrize("name", shipped_packs())
def test_every_clause_is_told_in_order_with_what_it_asks_and_its_source(name: str) -> None:
    """R43: a reader who is no programmer can check each clause."""
    pack = shipped_pack(name)
    lines = list(told(pack))
    places = [lines.index(f"{one.section}  {one.id}  ({', '.join(one.actions)})") for one in pack.clauses]
    assert places == sorted(places)
    text = "\n".join(lines)
    for clause in pack.clauses:
        assert clause.holds in text
        assert clause.refuses in text
    assert text.count("  From: ") == sum(len(clause.cites) for clause in pack.clauses)
    assert text.count("NOT READ") == sum(
        cite.read == "unread" for clause in pack.clauses for cite in clause.cites
    )
    assert "Not legal advice." in lines[0]
    for gap in pack.cannot_express:
        assert gap.says in text


def test_a_clause_says_which_facts_it_looks_at() -> None:
    lines = list(told(PACK))
    place = next(number for number, line in enumerate(lines) if "  signature.second  " in line)
    assert "  Looks at: emergency, second_signature" in lines[place : place + 6]


def test_a_pack_differs_from_itself_in_nothing() -> None:
    assert difference(PACK, PACK).nothing
    assert list(told_difference(difference(PACK, PACK))) == ["The two say the same."]


def test_a_limit_that_changed_is_law_and_words_that_changed_are_words() -> None:
    law = _changed(lambda value: value.update(policies=value["policies"].replace("> 720 }", "> 721 }", 1)))
    assert [(one.id, one.what) for one in difference(PACK, law).changed] == [("window.most", ("law",))]
    words = _changed(lambda value: value["clauses"][3].update(holds="It was public for a month."))
    found = difference(PACK, words)
    assert [(one.id, one.what) for one in found.changed] == [("agreement.published", ("words",))]
    assert "    is:  It was public for a month." in list(told_difference(found))
    cited = _changed(lambda value: value["clauses"][3]["cites"].pop())
    assert [one.what for one in difference(PACK, cited).changed] == [("citations",)]


def test_blanks_and_remarks_in_the_cedar_text_change_no_law() -> None:
    spaced = _changed(lambda value: value.update(policies=value["policies"].replace("{ ", "{\n// so\n  ")))
    assert difference(PACK, spaced).nothing


def test_clauses_of_one_only_are_added_or_removed() -> None:
    def strike(value: dict[str, Any]) -> None:
        value["clauses"] = [one for one in value["clauses"] if one["id"] != "gift.rewards"]
        before, _, _ = value["policies"].partition('@id("gift.rewards")')
        value["policies"] = before

    less = _changed(strike)
    assert [one.id for one in difference(PACK, less).removed] == ["gift.rewards"]
    assert [one.id for one in difference(less, PACK).added] == ["gift.rewards"]


def test_two_laws_differ_in_what_they_decide() -> None:
    found = difference(shipped_pack("oakland-9.64"), shipped_pack("portland-34.10"))
    assert "request.open" in found.decides_less
    assert found.decides_more == ()
    assert {"title", "place"} <= set(found.head)


def test_it_is_told_as_the_browser_tells_it() -> None:
    """R43: the browser's tests read the same file."""
    vector = json.loads((Path(__file__).parents[2] / "vectors/policy/readings.json").read_text("utf-8"))
    lines = {name: list(told(shipped_pack(name))) for name in shipped_packs()}
    assert lines["portland-34.10"] == vector["portland-34.10"]
    hashes = {name: sha256("\n".join(one).encode()).hexdigest() for name, one in lines.items()}
    assert hashes == vector["told"]
    for one in vector["differences"]:
        found = difference(shipped_pack(one["old"]), shipped_pack(one["new"]))
        assert list(told_difference(found)) == one["lines"]
