"""A pack is read strictly, and hostile Cedar text does not end the process."""

import json
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.policy import BadPack, PackNotInForce, assemble, default_pack, failing_vectors, load_pack
from fanlight.policy.guard import too_deep
from fanlight.wire import jcs

PACK = default_pack()


def _changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(PACK.canonical)
    change(value)
    return jcs.dumps(value)


def _replaced(field: str, old: str, new: str) -> bytes:
    assert old in json.loads(PACK.canonical)[field]
    return _changed(lambda value: value.update({field: value[field].replace(old, new, 1)}))


def test_the_canonical_bytes_are_what_counts() -> None:
    again = load_pack(PACK.canonical)
    assert again.sha256 == PACK.sha256
    with pytest.raises(BadPack):
        load_pack(PACK.canonical + b"\n")


BAD = {
    "an unknown field": _changed(lambda value: value.update(extra=1)),
    "another type": _changed(lambda value: value.update(type="packet")),
    "a clause without a policy": _replaced("policies", '@id("export.return")', '@id("export.other")'),
    "a policy without a clause": _changed(lambda value: value["clauses"].pop()),
    "clauses in another order": _changed(lambda value: value["clauses"].reverse()),
    "a clause that names other actions": _changed(
        lambda value: value["clauses"][-1].update(actions=["request.open"])
    ),
    "no citation": _changed(lambda value: value["clauses"][0].update(cites=[])),
    "a citation without a day": _changed(lambda value: value["clauses"][0]["cites"][0].update(read="lately")),
    "no permit": _replaced("policies", "permit (", "forbid ("),
    "a second permit": _replaced("policies", "forbid (", "permit ("),
    "a fact the schema lacks": _replaced("policies", "context.area_m2", "context.area"),
    "Cedar that does not parse": _replaced("policies", "forbid (", "forbad ("),
    "a schema that does not parse": _replaced("schema", "entity Town", "entitee Town"),
    "a policy for every action": _replaced("policies", 'action == Action::"disclosure.export"', "action"),
    "a template": _replaced("policies", "permit (principal,", "permit (principal == ?principal,"),
    "words that name a fact nobody has": _changed(
        lambda value: value["clauses"][0].update(holds="{homes_that_declined}")
    ),
    "words that name a truth value": _changed(lambda value: value["clauses"][6].update(holds="{emergency}")),
    "an action without base facts": _changed(lambda value: value["vectors"]["base"].pop("request.open")),
    "a day that is in no calendar": _changed(lambda value: value["meta"].update(effective_from="2026-02-30")),
    "a fact that may be left out": _replaced("schema", "area_m2:", "area_m2?:"),
    "a clause that contradicts all others": _replaced(
        "policies", "context.area_m2 < 64750", "context.area_m2 >= 0"
    ),
    "base facts of another schema": _changed(
        lambda value: value["vectors"]["base"]["request.open"].update(extra=1)
    ),
    "other decisions than its clauses have": _changed(
        lambda value: value["meta"].update(decides=["request.open"])
    ),
    "an end before its beginning": _changed(lambda value: value["meta"].update(effective_until="2026-11-01")),
    "too many bytes": _changed(lambda value: value["meta"].update(note="x" * 300_000)),
    "no JSON": b"permit",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_a_pack_is_refused_whole(data: bytes) -> None:
    """R43: what is not understood is not in force."""
    with pytest.raises(BadPack) as caught:
        load_pack(data)
    assert caught.value.kept
    assert caught.value.do


@given(st.binary(max_size=200))
def test_whatever_bytes_raise_bad_pack(data: bytes) -> None:
    with pytest.raises(BadPack):
        load_pack(data)


@given(st.data())
def test_a_changed_byte_never_raises_anything_else(data: Any) -> None:
    raw = bytearray(PACK.canonical)
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        load_pack(bytes(raw))
    except BadPack:
        return


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000,
        "[" * 17,
        "{" * 17 + "}" * 17,
        "a " * 401 + ";",
        '"' + "x" * 70_000,
        "true && " * 300,
    ],
    ids=["brackets", "lists", "records", "tokens", "long", "chain"],
)
def test_cedar_text_that_could_end_the_process_is_not_parsed(text: str) -> None:
    assert too_deep(text)
    with pytest.raises(BadPack):
        load_pack(_changed(lambda value: value.update(policies=text)))


def test_the_deepest_text_let_through_is_parsed_on_a_small_stack() -> None:
    deepest = "(" * 14 + "true" + ")" * 14
    data = _replaced("policies", "context.hearing_held", deepest)
    loaded: list[str] = []
    size = threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=lambda: loaded.append(load_pack(data).sha256))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
    assert loaded


def test_brackets_in_texts_and_remarks_do_not_count() -> None:
    assert not too_deep('permit(a) when { "((((((((((((((((((((((" == "a" }; // ((((((((((((((((((((((\n')


def test_a_clause_cited_from_an_unread_text_keeps_the_pack_out_of_force() -> None:
    """R43: nobody decides by a law that nobody read."""
    pack = load_pack(_changed(lambda value: value["clauses"][3]["cites"][0].update(read="unread")))
    assert pack.unread == ("agreement.published",)
    assert not pack.in_force_on(date(2026, 11, 21))
    with pytest.raises(PackNotInForce, match=r"agreement\.published"):
        pack.require_in_force(date(2026, 11, 21))


def test_a_pack_is_in_force_within_its_days_only() -> None:
    pack = load_pack(_changed(lambda value: value["meta"].update(effective_until="2027-01-01")))
    assert not pack.in_force_on(date(2026, 10, 31))
    assert pack.in_force_on(date(2026, 11, 1))
    assert not pack.in_force_on(date(2027, 1, 1))
    with pytest.raises(PackNotInForce):
        pack.require_in_force(date(2027, 1, 1))
    PACK.require_in_force(date(2026, 11, 21))


def test_a_vector_that_comes_out_otherwise_is_named() -> None:
    pack = load_pack(_changed(lambda value: value["vectors"]["cases"][0].update(expect="refused")))
    assert failing_vectors(pack) == (PACK.vectors.cases[0].why,)


def test_a_folder_without_its_files_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(BadPack):
        assemble(tmp_path)
    (tmp_path / "pack.json").write_text("[]")
    (tmp_path / "ordinance.cedar").write_text("")
    with pytest.raises(BadPack):
        assemble(tmp_path)
