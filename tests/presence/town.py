"""A month in a town of neighbors with habits, who post and comment; and what of it everybody reads.

In:     how many cells and homes, a seed, and what leaks on purpose (a control).
Out:    Month: who was at home when, who wrote what when, and the public side of it.
Holds:  place, delay and rounding are the product's own functions (server/neighbors/rules.py). A cell has as
        few homes as a place of a post may have: 50.
Absent: what people write. Style is out of scope: docs/design/presence.md.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from fanlight.model.division import HOMES_PER_CELL
from fanlight.server.neighbors import rules

DAYS = 30
HOURS = DAYS * 24
START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
CATEGORIES = len(rules.CATEGORIES)
_HOME_SHARE = 0.7  # of posts that are about one's own cell
_RETURNED = 4.0  # how much likelier one writes in the first hour at home
Numbers = np.ndarray


@dataclass(frozen=True, slots=True)
class Leak:
    """What is told on purpose, so that an attack must win: no delay, a place that is one home, a name."""

    delay: bool = False
    place: bool = False
    name: bool = False


@dataclass(slots=True)
class Month:
    """A month. Arrays of one length belong together; times are minutes since the month began.

    Attributes:
        cell_of: of each home.
        at_home: homes by hours, true where somebody is there.
        author, written: of each post, which nobody is told.
        place, category, published, name: of each post, as everybody reads it. `name` is -1 without a leak.
    """

    cell_of: Numbers
    at_home: Numbers
    leak: Leak
    author: Numbers = field(default_factory=lambda: np.zeros(0, int))
    written: Numbers = field(default_factory=lambda: np.zeros(0))
    place: Numbers = field(default_factory=lambda: np.zeros(0, int))
    category: Numbers = field(default_factory=lambda: np.zeros(0, int))
    published: Numbers = field(default_factory=lambda: np.zeros(0))
    name: Numbers = field(default_factory=lambda: np.zeros(0, int))


def _habits(draw: np.random.Generator, homes: int) -> Numbers:
    """Return homes by hours, true where somebody is at home: workers, night shifts, others, travellers."""
    hour, day = np.arange(HOURS) % 24, np.arange(HOURS) // 24
    weekday = day % 7 < 5
    kind = draw.choice(4, size=homes, p=[0.5, 0.1, 0.25, 0.15])
    begin, end = draw.integers(6, 10, homes), draw.integers(15, 20, homes)
    away = np.zeros((homes, HOURS), bool)
    for one in range(homes):
        worker = weekday & (hour >= begin[one]) & (hour < end[one])
        night = (day % 7 < 5) & ((hour >= 21) | (hour < 6))
        errand = draw.random(HOURS) < 0.12
        away[one] = {0: worker, 1: night, 2: np.zeros(HOURS, bool), 3: worker}[int(kind[one])] | errand
        if kind[one] == 3:
            first = draw.integers(0, DAYS - 8) * 24
            away[one, first : first + 8 * 24] = True
    return ~away


def month(
    seed: int, *, cells: int, homes: int = HOMES_PER_CELL, rate: float = 1.5, leak: Leak = Leak()
) -> Month:
    """Live a month: `cells` of `homes` each, with `rate` posts a home on average, unevenly."""
    draw = np.random.default_rng(seed)
    cell_of = np.repeat(np.arange(cells), homes)
    at_home = _habits(draw, cells * homes)
    made = Month(cell_of, at_home, leak)
    many = draw.poisson(draw.gamma(0.6, rate / 0.6, cells * homes))
    author = np.repeat(np.arange(cells * homes), many)
    came = at_home & ~np.roll(at_home, 1, axis=1)
    weight = at_home * np.where(came, _RETURNED, 1.0)
    weight = weight / weight.sum(axis=1, keepdims=True)
    hours = np.array([draw.choice(HOURS, p=weight[one]) for one in author], int)
    written = hours * 60 + draw.random(len(author)) * 60
    own = draw.random(len(author)) < _HOME_SHARE
    made.author, made.written = author, written
    made.place = np.where(own, cell_of[author], draw.integers(0, cells, len(author)))
    if leak.place:
        made.place = np.where(own, cells + author, made.place)
    made.category = draw.integers(0, CATEGORIES, len(author))
    made.published = written if leak.delay else _published(draw, written)
    made.name = author if leak.name else np.full(len(author), -1)
    return made


def _published(draw: np.random.Generator, written: Numbers) -> Numbers:
    """Return when posts come out, as the server decides it."""
    out = [
        (rules.due(START + timedelta(minutes=float(minute)), draw.random()) - START) / timedelta(minutes=1)
        for minute in written
    ]
    return np.array(out)
