"""Sealed slots as anybody reads them: what is false, missing or overdue is said."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.proof.openings import Opening, make_leaf
from fanlight.proof.sealed import A_DAY, TERM, Slots, SlotState, slot_name

DAY = date(2026, 11, 22)
DUE = DAY + TERM


def sealed(number: int, value: Any = None, day: date = DAY, **change: Any) -> tuple[bytes, Opening]:
    pub = {"slot": slot_name(day, number), "due": (day + TERM).isoformat(), **change}
    leaf, (opening,) = make_leaf("sealed", pub, {"content": value})
    return leaf, opening


def opened(number: int, opening: Opening) -> bytes:
    return make_leaf("sealed-opened", {"slot": slot_name(DAY, number), "opening": opening.as_json()})[0]


def renewed(number: int, until: date) -> bytes:
    return make_leaf("sealed-renewed", {"slot": slot_name(DAY, number), "due": until.isoformat(), "by": "x"})[
        0
    ]


def a_day() -> tuple[list[bytes], list[Opening]]:
    made = [sealed(number, {"n": 2} if number == 2 else None) for number in range(1, A_DAY + 1)]
    return [leaf for leaf, _ in made], [opening for _, opening in made]


def read(*entries: bytes) -> Slots:
    slots = Slots()
    slots.read(enumerate(entries))
    return slots


def test_slots_are_sealed_then_opened_and_a_dummy_shows_as_none() -> None:
    """R49."""
    leaves, openings = a_day()
    slots = read(*leaves)
    assert slots.problems(DUE) == [
        f"There is no slot {slot_name(day, n)}."
        for day in (DAY + timedelta(days=k) for k in range(1, 179))
        for n in range(1, A_DAY + 1)
    ]
    assert slots.problems(DAY + timedelta(days=2)) == []
    slots.read(enumerate((opened(n, openings[n - 1]) for n in (1, 2)), A_DAY))
    found = {slot.name: (slot.state, slot.value) for slot in slots.states(DUE)}
    assert found[slot_name(DAY, 1)] == (SlotState.OPENED, None)
    assert found[slot_name(DAY, 2)] == (SlotState.OPENED, {"n": 2})
    assert found[slot_name(DAY, 3)] == (SlotState.SEALED, None)


def test_a_slot_past_its_day_is_overdue_until_it_is_opened() -> None:
    leaves, openings = a_day()
    late = DUE + timedelta(days=1)
    slots = read(*leaves, *(opened(n, openings[n - 1]) for n in (1, 2, 4)))
    assert [one.name for one in slots.states(late) if one.state is SlotState.OVERDUE] == [slot_name(DAY, 3)]
    assert any("due on 2027-05-21 and is neither" in problem for problem in slots.problems(late))
    slots.read([(9, renewed(3, DUE + TERM))])
    assert {one.state for one in slots.states(late)} == {SlotState.OPENED, SlotState.RENEWED}


def test_an_opening_of_something_else_counts_for_nothing_and_is_said() -> None:
    leaves, openings = a_day()
    false = Opening("content", openings[1].salt, {"n": 3})
    slots = read(*leaves, opened(2, false), opened(2, openings[0]))
    assert {one.state for one in slots.states(DAY)} == {SlotState.SEALED}
    assert len(slots.wrong) == 2
    assert "commits to another" in slots.wrong[0]


@pytest.mark.parametrize(
    "entry",
    [
        renewed(1, DUE),
        renewed(1, DUE + TERM + timedelta(days=1)),
        renewed(9, DUE + TERM),
        sealed(1)[0],
        sealed(5, due="2027-05-22")[0],
        sealed(5, due="soon")[0],
        sealed(5, slot="2026-13-45/5")[0],
        sealed(5, slot=5)[0],
        make_leaf("sealed", {"slot": slot_name(DAY, 5), "due": DUE.isoformat()})[0],
        make_leaf("sealed-opened", {"slot": slot_name(DAY, 1), "opening": 3})[0],
        make_leaf("sealed-opened", {"slot": slot_name(DAY, 8), "opening": 3})[0],
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(entry: bytes) -> None:
    leaves, _ = a_day()
    before = read(*leaves)
    after = read(*leaves, entry)
    assert after.states(DAY) == before.states(DAY)
    assert len(after.wrong) == 1


def test_a_slot_is_opened_once_and_not_renewed_afterwards() -> None:
    leaves, openings = a_day()
    slots = read(*leaves, opened(1, openings[0]), opened(1, openings[0]), renewed(1, DUE + TERM))
    assert len(slots.wrong) == 2


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=80),
            st.builds(
                lambda kind, pub: json.dumps(
                    {"commit": {}, "pub": pub, "type": kind, "v": 1}, separators=(",", ":"), sort_keys=True
                ).encode(),
                st.sampled_from(["sealed", "sealed-opened", "sealed-renewed"]),
                st.dictionaries(
                    st.sampled_from(["slot", "due", "opening"]),
                    st.one_of(st.none(), st.integers(-9, 9), st.text(max_size=12), st.just("2026-11-22/1")),
                ),
            ),
        ),
        max_size=8,
    )
)
def test_any_entries_are_read_without_an_error(entries: list[bytes]) -> None:
    slots = read(*entries)
    slots.states(DAY)
    slots.problems(DAY)
