"""The cells into which a town is divided: each as fine as 50 homes allow.

In:     homes per H3 cell of resolution 8; the divisions of before, each with the table it was made from.
Out:    Division: a list of cells, and the one to which whatever lies under none of them belongs.
Holds:  each fine cell belongs to exactly one cell; every cell has at least 50 homes, or the town is one cell.
        Whoever knows of a home its cell in every division up to now knows no fewer than 50 homes that it may
        be, by each of their tables, unless it is known so from an earlier one already.
Absent: the table. A division says nothing of how many homes there are.
Why:    docs/design/rules.md
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import h3

FINEST_RES, COARSEST_RES = 8, 5
HOMES_PER_CELL = 50

Table = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Division:
    """A town's cells.

    Attributes:
        cells: H3 cells of res 8 to 5. What lies in a finer one of them belongs to that, not to the coarser.
        rest: the one of them to which belongs what lies in none; empty without a table, when each cell of
            res 5 is one.
    """

    cells: frozenset[str] = frozenset()
    rest: str = ""

    def cell_of(self, fine: str) -> str:
        """Return the cell that a cell of res 8 belongs to."""
        for res in range(FINEST_RES, COARSEST_RES - 1, -1):
            cell = str(h3.cell_to_parent(fine, res))
            if cell in self.cells:
                return cell
        return self.rest or str(h3.cell_to_parent(fine, COARSEST_RES))

    def has(self, cell: str) -> bool:
        """Tell whether this is one of the cells."""
        return cell in self.cells or (not self.rest and h3.get_resolution(cell) == COARSEST_RES)


def divide(homes: Table) -> Division:
    """Return the finest division whose cells have 50 homes each; the whole town is one if it has fewer."""
    return _divide(tuple(sorted((cell, many) for cell, many in homes.items() if many > 0)))


@lru_cache(maxsize=16)
def _divide(homes: tuple[tuple[str, int], ...]) -> Division:
    if not homes:
        return Division()
    cells: set[str] = set()
    waiting = Counter(dict(homes))
    for res in range(FINEST_RES, COARSEST_RES - 1, -1):
        cells |= {cell for cell, many in waiting.items() if many >= HOMES_PER_CELL}
        few = {cell: many for cell, many in waiting.items() if cell not in cells}
        if res == COARSEST_RES:
            break
        waiting = Counter()
        for cell, many in few.items():
            waiting[h3.cell_to_parent(cell, res - 1)] += many
    for coarse in sorted(few):
        # Too few are left in it: they take the homes of one of its cells to them.
        inside = [one for one in cells if h3.cell_to_parent(one, COARSEST_RES) == coarse]
        if inside:
            cells.remove(min(inside, key=lambda one: (h3.get_resolution(one), one)))
            cells.add(coarse)
    # What is left stands in no cell: it goes with the coarsest, of those the one with the smallest name.
    rest = min(cells or few, key=lambda one: (h3.get_resolution(one), one))
    return Division(frozenset(cells | {rest}), rest)


def nested(homes: Table) -> Division:
    """Return the cells as they were named before there were divisions: the finest that hold 50 homes.

    Such a cell may share most of its homes with finer ones, and have few to itself.
    """
    cells: set[str] = set()
    for res in range(FINEST_RES, COARSEST_RES, -1):
        held: Counter[str] = Counter()
        for fine, many in homes.items():
            held[h3.cell_to_parent(fine, res)] += many
        cells |= {cell for cell, many in held.items() if many >= HOMES_PER_CELL}
    return Division(frozenset(cells))


def follow(homes: Table, earlier: Sequence[tuple[Division, Table]]) -> Division:
    """Return the finest division by a new table that tells nobody apart together with those of before.

    Args:
        homes: the new table.
        earlier: every division so far, with its table; an empty one where there was none.
    """
    tables = [homes, *(table for _, table in earlier if table)]
    seen = sorted({cell for table in tables for cell, many in table.items() if many > 0})
    least = {cell: min(table.get(cell, 0) for table in tables) for cell in seen}
    found = divide(least) if any(least.values()) else _one(divide(homes))
    blocks = _blocks(seen, [division for division, _ in earlier])
    while (close := _too_close(blocks, found, least)) is not None:
        found = Division(found.cells - {close}, found.rest)
    return found


def _one(division: Division) -> Division:
    return Division(frozenset({division.rest}) if division.rest else frozenset(), division.rest)


def _blocks(seen: Iterable[str], divisions: Sequence[Division]) -> list[list[str]]:
    """Return the fine cells that no division so far tells apart, together."""
    blocks: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for fine in seen:
        blocks[tuple(division.cell_of(fine) for division in divisions)].append(fine)
    return [blocks[key] for key in sorted(blocks)]


def _too_close(blocks: Iterable[Sequence[str]], division: Division, least: Table) -> str | None:
    """Return a cell to give up, as of a block it would set fewer than 50 homes apart; None if none does."""
    for block in blocks:
        parts: Counter[str] = Counter()
        for fine in block:
            parts[division.cell_of(fine)] += least[fine]
        if len(parts) > 1 and min(parts.values()) < HOMES_PER_CELL:
            finest = [cell for cell in parts if cell != division.rest]
            return max(finest, key=lambda one: (h3.get_resolution(one), one))
    return None
