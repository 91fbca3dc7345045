"""What an attacker makes of a month of public posts, against guessing: three attacks, each a ratio.

In:     Month; the attacker knows where each home is, and reads all that is public, every ten minutes.
Out:    Ratio: how much better than guessing, with a bootstrapped 95 % interval over cells.
Holds:  what is learned is learned from one half of the homes and judged on the other.
Why:    docs/design/presence.md
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from tests.presence.town import HOURS, Month, Numbers

from fanlight.server.neighbors import rules

ROUNDS = 400
_MEAN_DELAY = sum(rules.DELAY_MIN) / 2 + 5.0  # minutes; half of the rounding up among them
_NAMED = 0.01  # of all pairs, those that the attacker names
_SMALL = 1e-12


@dataclass(frozen=True, slots=True)
class Ratio:
    """Success of the attack over that of guessing; `low` and `high` bound 95 % of the bootstrapped ones."""

    value: float
    low: float
    high: float
    cases: int


def _bootstrap(groups: Numbers, attack: Numbers, guess: Numbers, seed: int = 0) -> Ratio:
    """Return the ratio of sums, drawn anew by groups (cells) with replacement."""
    draw = np.random.default_rng(seed)
    names, place = np.unique(groups, return_inverse=True)
    hit = np.bincount(place, weights=attack, minlength=len(names))
    base = np.bincount(place, weights=guess, minlength=len(names))
    found = np.empty(ROUNDS)
    for n in range(ROUNDS):
        some = draw.integers(0, len(names), len(names))
        found[n] = hit[some].sum() / max(base[some].sum(), _SMALL)
    low, high = np.quantile(found, [0.025, 0.975])
    return Ratio(float(hit.sum() / max(base.sum(), _SMALL)), float(low), float(high), len(attack))


def same_author(one: Month) -> Ratio:
    """Tell which of two posts of one place are by one home, by hour of the day, weekday, category, name.

    The attacker names the likeliest hundredth of all pairs; guessing names any.
    """
    likeness = _likeness_of(one)
    groups, truth, scores = [], [], []
    for place in np.unique(one.place)[1::2]:  # of the others it learned
        for a, b in combinations(np.flatnonzero(one.place == place), 2):
            groups.append(int(place))
            truth.append(float(one.author[a] == one.author[b]))
            scores.append(likeness(int(a), int(b)))
    named = np.array(scores)
    named = named >= np.quantile(named, 1 - _NAMED)
    hits = np.array(truth)
    return _bootstrap(np.array(groups), hits * named * (len(hits) / named.sum()), hits)


def _likeness_of(one: Month) -> Callable[[int, int], float]:
    """Return how alike two posts are, as learned from posts of known authors of one half of the places."""
    hour, day = (one.published % 1440) / 60, one.published // 1440

    def features(a: int, b: int) -> tuple[int, int, int]:
        apart = abs(hour[a] - hour[b])
        return (
            int(min(apart, 24 - apart)),
            int((day[a] % 7 < 5) == (day[b] % 7 < 5)),
            int(one.category[a] == one.category[b]),
        )

    counts: dict[tuple[int, int, int], list[float]] = {}
    for place in np.unique(one.place)[::2]:
        for a, b in combinations(np.flatnonzero(one.place == place)[:60], 2):
            row = counts.setdefault(features(a, b), [0.5, 20.0])
            row[0] += float(one.author[a] == one.author[b])
            row[1] += 1

    def score(a: int, b: int) -> float:
        known = one.name[a] >= 0 and one.name[a] == one.name[b]
        same, all_of = counts.get(features(a, b), [0.5, 20.0])
        return 1.0 if known else same / all_of

    return score


def which_home(one: Month) -> Ratio:
    """Name the home that wrote a post, from who wrote which posts of the first half of the month.

    Guessing knows how many posts each home of the place wrote in that half; the attack also their hours.
    """
    half = HOURS * 30
    early = one.published < half
    hour = ((one.published % 1440) // 60).astype(int)
    homes = len(one.cell_of)
    many = np.bincount(one.author[early], minlength=homes) + 0.2
    by_hour = np.full((homes, 24), 0.05)
    np.add.at(by_hour, (one.author[early], hour[early]), 1.0)
    smooth: Numbers = by_hour + np.roll(by_hour, 1, axis=1) + np.roll(by_hour, -1, axis=1)
    smooth = smooth / smooth.sum(axis=1, keepdims=True)
    named: dict[int, int] = {}
    for post in np.flatnonzero(early):
        if one.name[post] >= 0:
            named[int(one.name[post])] = int(one.author[post])
    groups, hits, base = [], [], []
    for post in np.flatnonzero(~early):
        inside = np.flatnonzero(_candidates(one, int(one.place[post])))
        if not len(inside):
            continue
        around = np.flatnonzero(one.cell_of == one.cell_of[inside[0]])
        guess = float((many[around] * (around == one.author[post])).sum() / many[around].sum())
        score = many[inside] * smooth[inside, hour[post]]
        attack = float((score * (inside == one.author[post])).sum() / score.sum())
        if named.get(int(one.name[post])) is not None:
            attack = float(named[int(one.name[post])] == one.author[post])
        groups.append(int(one.cell_of[one.author[post]]))
        hits.append(attack)
        base.append(guess)
    return _bootstrap(np.array(groups), np.array(hits), np.array(base))


def _candidates(one: Month, place: int) -> Numbers:
    cells = int(one.cell_of.max()) + 1
    if place < cells:
        return np.asarray(one.cell_of == place)
    found = np.zeros(len(one.cell_of), bool)  # the control's place, which is one home
    found[place - cells] = True
    return found


def at_home(one: Month) -> Ratio:
    """Say that somebody is in a home in the hour in which a post of its place was probably written.

    Guessing knows how many homes are occupied in that hour of the week; the attack that a post came out. The
    ratio is of how often each is wrong: above 1, the attack is wrong less often.
    """
    by_week = np.array([one.at_home[:, start::168].mean() for start in range(168)])
    delay = 0.0 if one.leak.delay else _MEAN_DELAY
    groups, wrong, base = [], [], []
    for place, moment in zip(one.place, one.published, strict=True):
        hour = int(max(0.0, moment - delay) // 60)
        homes = np.flatnonzero(_candidates(one, int(place)))
        if hour >= HOURS:
            continue
        groups.append(int(one.cell_of[homes[0]]))
        wrong.append(1.0 - float(one.at_home[homes, hour].mean()))
        base.append(1.0 - float(by_week[hour % 168]))
    return _bootstrap(np.array(groups), np.array(base), np.array(wrong))
