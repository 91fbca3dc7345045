"""`witnesses.toml`: read whole or refused in one sentence."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.proof.logs import OUR_WITNESS, THEIR_WITNESS

from fanlight.proof.errors import Malformed
from fanlight.proof.witness_list import parse_witness_list


def toml(need: object = 2, **change: str) -> str:
    rows = [
        {"url": "https://one.example/", "vkey": OUR_WITNESS.key.vkey, "run_by": "the operator"},
        {"url": "http://127.0.0.1:8123", "vkey": THEIR_WITNESS.key.vkey, "run_by": "the  city library"},
    ]
    rows[1] |= change
    tables = ["[[witness]]\n" + "".join(f"{k} = '{v}'\n" for k, v in row.items()) for row in rows]
    return f"need = {need}\n" + "".join(tables)


def test_a_list_names_each_witness_who_runs_it_and_how_many_are_needed() -> None:
    """R42: everybody sees who watches."""
    read = parse_witness_list(toml())
    assert (read.need, read.others) == (2, 1)
    assert [one.url for one in read.listed] == ["https://one.example", "http://127.0.0.1:8123"]
    assert [w.run_by for w in read.witnesses] == ["the operator", "the city library"]
    assert read.witnesses[1].key == THEIR_WITNESS.key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "need = 1",
        "need = 1\nwitness = 3",
        "need = 1\nwitness = []",
        "need = 1\nwitness = ['x']",
        "need = [",
        toml(need=0),
        toml(need=3),
        toml(need="true"),
        toml(need="'2'"),
        toml(note="more"),
        toml(vkey=OUR_WITNESS.key.vkey),
        toml(vkey="w.example+00000000+AAAA"),
        toml(run_by=""),
        toml(run_by="x" * 201),
        toml(url="ftp://one.example"),
        toml(url="https://"),
        toml(url="https://me:secret@one.example"),
        toml(url="https://one.example/?a"),
        toml(url="https://one.example:99999"),
        toml() + "other = 1\n",
        "#" * 70_000 + "\n" + toml(),
    ],
)
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_witness_list(text)


@given(st.text())
@example("a" + ".a" * 5_000 + " = 1")
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_witness_list(text)
