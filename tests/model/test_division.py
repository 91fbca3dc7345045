"""A town's cells: whatever the table, 50 homes in each, and no fewer set apart by any number of tables."""

from collections import Counter, defaultdict
from collections.abc import Mapping

import h3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanlight.demo.town import load_town
from fanlight.model.division import HOMES_PER_CELL, Division, divide, follow, nested

# Three neighbouring cells of res 5, so that tables have siblings, cousins and strangers.
_ROOTS = sorted(h3.grid_disk("85283083fffffff", 1))[:3]
_FINE = [fine for root in _ROOTS for fine in sorted(h3.cell_to_children(root, 8))[::5]]
_MANY = st.sampled_from([0, 1, 7, 20, 30, 49, 50, 51, 300])
TABLES = st.dictionaries(st.sampled_from(_FINE[:12] + _FINE[-6:] + _FINE[60:72]), _MANY, max_size=18)


def held(division: Division, table: Mapping[str, int]) -> Counter[str]:
    """Count the homes of each cell that has any."""
    found: Counter[str] = Counter()
    for fine, many in table.items():
        if many:
            found[division.cell_of(fine)] += many
    return found


@given(TABLES)
@settings(max_examples=300)
def test_every_cell_has_fifty_homes_or_the_town_is_one(table: dict[str, int]) -> None:
    """R50: and every home is in exactly one cell of the division."""
    division = divide(table)
    found = held(division, table)
    assert sum(found.values()) == sum(table.values())
    assert set(found) <= division.cells
    assert len(found) <= 1 or min(found.values()) >= HOMES_PER_CELL
    assert len(found) == 1 or sum(found.values()) >= HOMES_PER_CELL or not found
    if found:
        assert set(found) == division.cells  # no cell is named that nobody lives in
        assert division.rest in division.cells


@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_a_table_changes_nothing(table: dict[str, int], dice: object) -> None:
    lines = list(table.items())
    dice.shuffle(lines)  # type: ignore[attr-defined]
    assert divide(dict(lines)) == divide(table)


def test_a_cell_is_as_fine_as_fifty_homes_allow() -> None:
    """R50: fifty stand by themselves at the finest size; fewer go up until they are fifty."""
    first, second, third, *_ = sorted(h3.cell_to_children("87283082affffff", 8))
    far = min(h3.cell_to_children("87283082dffffff", 8))
    division = divide({first: 50, second: 30, third: 20, far: 60})
    assert division.cells == {first, far, "87283082affffff"}
    assert {division.cell_of(one) for one in (second, third)} == {"87283082affffff"}


def test_the_remainder_around_a_dense_cell_is_not_a_handful_of_homes() -> None:
    """R50: as cells were named before, a parent with 60 homes of which 50 lie in a finer cell held ten."""
    dense, sparse, *_ = sorted(h3.cell_to_children("87283082affffff", 8))
    table = {dense: 50, sparse: 10}
    assert min(held(nested(table), table).values()) == 10
    assert min(held(divide(table), table).values()) == 60


def apart(divisions: list[Division], tables: list[dict[str, int]]) -> None:
    """Fail if somebody who knows a home's cell in each division knows fewer than 50 homes it may be.

    Nobody can do that for a home of which no table knew yet.
    """
    for last in range(1, len(divisions)):
        seen = {fine for table in tables[: last + 1] for fine, many in table.items() if many}
        known: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for fine in seen:
            known[tuple(one.cell_of(fine) for one in divisions[:last])].add(fine)
        for block in known.values():
            parts: defaultdict[str, set[str]] = defaultdict(set)
            for fine in block:
                parts[divisions[last].cell_of(fine)].add(fine)
            if len(parts) > 1:  # else the new division tells nothing that was not known
                for part in parts.values():
                    for table in tables[: last + 1]:
                        assert not table or sum(table.get(fine, 0) for fine in part) >= HOMES_PER_CELL


@given(st.lists(TABLES.filter(lambda table: any(table.values())), min_size=2, max_size=4), st.booleans())
@settings(max_examples=200)
def test_cells_of_several_tables_laid_over_each_other_set_nobody_apart(
    tables: list[dict[str, int]],
    empty_first: bool,  # noqa: FBT001 - drawn
) -> None:
    """R50: the differencing attack, with every table that a town ever had; also after a time without one."""
    tables = [{}, *tables] if empty_first else tables
    divisions = [divide(tables[0])]
    for at, table in enumerate(tables[1:], 1):
        divisions.append(follow(table, list(zip(divisions, tables[:at], strict=True))))
        found = held(divisions[-1], table)
        assert len(found) == 1 or min(found.values()) >= HOMES_PER_CELL
    apart(divisions, tables)


def test_dividing_each_table_by_itself_would_set_homes_apart() -> None:
    """The control: one home more in a new table, and two cells laid over each other leave ten."""
    first, second, third, *_ = sorted(h3.cell_to_children("87283082affffff", 8))
    before, after = {first: 50, second: 10, third: 49}, {first: 50, second: 10, third: 51}
    with pytest.raises(AssertionError):
        apart([divide(before), divide(after)], [before, after])
    apart([divide(before), follow(after, [(divide(before), before)])], [before, after])


def test_the_same_table_again_changes_no_cell() -> None:
    table = dict(load_town().homes)
    division = divide(table)
    assert follow(table, [(division, table)]) == division
    assert min(held(division, table).values()) >= HOMES_PER_CELL
    assert len(division.cells) > 50
