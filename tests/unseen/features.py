"""What a home's month looks like to the operator, in numbers: of every call its count, sizes, times, order.

In:     calls and rows of a home, the moments at which requests opened.
Out:    figures by name; the names come from what was seen, so that a call nobody expected counts as well.
Holds:  nothing is taken from the home's class.
"""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import numpy.typing as npt
from tests.unseen.homes import START, Lived
from tests.unseen.town import Call

Figures = dict[str, float]
AFTER_H = (1, 6, 24, 72)


def figures_of(lived: Lived) -> Figures:
    """Return all that the operator can count of a home."""
    return _whole(lived.calls) | _order(lived.calls) | _after(lived.calls, lived.opened) | _rows(lived)


def matrix(all_figures: Sequence[Figures]) -> tuple[npt.NDArray[np.float64], list[str]]:
    """Return a row a home and a column a figure; what a home has none of is 0."""
    names = sorted({name for one in all_figures for name in one})
    found = np.array([[one.get(name, 0.0) for name in names] for one in all_figures])
    varied = found.std(axis=0) > 0
    return found[:, varied], [name for name, varies in zip(names, varied, strict=True) if varies]


def _whole(calls: Sequence[Call]) -> Figures:
    by_kind: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_kind[f"{call.kind} {call.status}"].append(call)
    found: Figures = {"calls": len(calls), "sent": sum(call.sent for call in calls)}
    for kind, some in by_kind.items():
        found[f"{kind}: count"] = len(some)
        found[f"{kind}: signed in"] = sum(call.signed for call in some)
        found[f"{kind}: asks whether it changed"] = sum(call.asks_if_changed for call in some)
        for what, sizes in (("sent", [call.sent for call in some]), ("got", [call.got for call in some])):
            found |= {f"{kind}: {what} {name}": value for name, value in spread(sizes).items()}
        gaps = [later.at - earlier.at for earlier, later in itertools.pairwise(some)]
        found |= {f"{kind}: gap {name}": value for name, value in spread(gaps).items()}
    return found


def _order(calls: Sequence[Call]) -> Figures:
    gaps: defaultdict[str, list[float]] = defaultdict(list)
    for earlier, later in itertools.pairwise(calls):
        gaps[f"{earlier.kind} > {later.kind}"].append(later.at - earlier.at)
    return {f"{pair}: count": float(len(some)) for pair, some in gaps.items()} | {
        f"{pair}: gap": sum(some) / len(some) for pair, some in gaps.items()
    }


def _after(calls: Sequence[Call], opened: Sequence[float]) -> Figures:
    found: defaultdict[str, float] = defaultdict(float)
    delays: defaultdict[str, list[float]] = defaultdict(list)
    for moment in opened:
        first: dict[str, float] = {}
        for call in calls:
            after_s = call.at - moment
            if 0 <= after_s <= AFTER_H[-1] * 3_600:
                first.setdefault(call.kind, after_s)
                for hours in AFTER_H:
                    if after_s <= hours * 3_600:
                        found[f"{call.kind}: within {hours} h of a request"] += 1
                        found[f"{call.kind}: sent within {hours} h"] += call.sent
        for kind, after_s in first.items():
            delays[kind].append(after_s)
    for kind, some in delays.items():
        found |= {f"{kind}: first after a request, {name}": value for name, value in spread(some).items()}
    return dict(found)


def _rows(lived: Lived) -> Figures:
    rows = lived.rows
    found: Figures = {"rows: status": rows.status_bytes, "rows: sessions": len(rows.sessions)}
    if rows.sessions:
        found["rows: last session ends"] = (max(rows.sessions) - lived.until).total_seconds()
    by_day: defaultdict[str, int] = defaultdict(int)
    asked = {(START + timedelta(seconds=moment)).date() for moment in lived.opened}
    for day, *_ in rows.clips.values():
        by_day[f"rows: clips {(lived.until.date() - day).days} days back"] += 1
        found["rows: clips of a request's day"] = found.get("rows: clips of a request's day", 0.0) + (
            day in asked
        )
    sizes = [row[1:] for row in rows.clips.values()]
    for place, name in enumerate(("payload", "manifest", "header")):
        of = spread([float(row[place]) for row in sizes])
        found |= {f"rows: {name} {what}": value for what, value in of.items()}
    return found | {name: float(count) for name, count in by_day.items()} | {"rows: clips": len(rows.clips)}


def spread(values: Sequence[float]) -> Figures:
    if not values:
        return {}
    some = np.asarray(values, dtype=float)
    return {
        "least": float(some.min()),
        "most": float(some.max()),
        "mean": float(some.mean()),
        "spread": float(some.std()),
    }
