"""Whether anybody learns who matched, declined, ignored or is not there: homes that live a month, learners.

    make bench-privacy

2,000 homes of each class live a month in towns whose time is virtual; every call is decided by the hub's own
code. Two learners are given all that the operator holds or sees of a home, or what an agency sees of a
request. Each figure is the upper 95 % bound of how well they tell two classes apart on homes they did not
learn from: 0.5 is guessing. Controls: homes whose hub tells on them must be told apart. What is told and not
held to a target is what this measurement found to be visible: docs/design/unseen.md.

FANLIGHT_BENCH_HOMES is how many of each class, FANLIGHT_BENCH_CORES how many processes. With
FANLIGHT_BENCH_KEPT, a folder, each town that has lived is kept there, and a run that was interrupted goes on
with the next.
"""

import os
import pickle
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from machine import ROOT, Figure, tell

sys.path.insert(0, str(ROOT))

from tests.unseen import agency, linking
from tests.unseen.features import Figures, figures_of
from tests.unseen.homes import LEAKS, Class, Lived, Pace, live_a_month
from tests.unseen.judging import Verdict, tell_apart

from fanlight.hub.options import Uploads

HOMES = int(os.environ.get("FANLIGHT_BENCH_HOMES", "2000"))
A_TOWN = 20  # homes of each class
MONTH = Pace(days=30, poll_s=21_600, status_s=172_800, clips=4)
EVEN = replace(MONTH, days=8, clips=2, cases=1, uploads=Uploads(mode="even", every_h=24, places_mib=(1, 1)))
MOST, CAUGHT = 0.55, 0.9
QUIET: tuple[Class, ...] = ("ignored", "opted out", "no match")
CORES = int(os.environ.get("FANLIGHT_BENCH_CORES", min(2, os.cpu_count() or 1)))
KEPT = os.environ.get("FANLIGHT_BENCH_KEPT")

_OPERATOR = "the operator: calls, sizes, times, order and rows of a month"
FIGURES = [
    *[
        Figure(key=kind, what=f"declined, told from {kind}", unit="", how=_OPERATOR, at_most=MOST)
        for kind in (*QUIET, "all three")
    ],
    Figure(key="agency", what="declined, told from never installed", unit="", how="an agency", at_most=MOST),
    *[
        Figure(key=key, what=f"two copies of a home linked, rates {key}", unit="", how="", at_most=MOST)
        for key in ("alike", "unlike")
    ],
    Figure(key="even", what="told from nothing happened, sent evenly", unit="", how="", at_most=MOST),
    *[
        Figure(key=leak, what=f"control: the hub tells ({leak}), AUC", unit="", how="", at_least=CAUGHT)
        for leak in (*LEAKS, "signer")
    ],
    Figure(key="at once", what="found: from nothing happened, sent at once, AUC", unit="", how=""),
]  # fmt: skip

Homes = dict[Class, list[tuple[Lived, Figures]]]


def live(kinds: Sequence[Class], pace: Pace, seed: int) -> list[tuple[Lived, Figures]]:
    """Return homes of a town with their figures; of their calls only those that an agency sees."""
    kept = Path(KEPT, f"{len(kinds)}-homes-{pace.uploads.mode.replace(' ', '-')}-{seed}") if KEPT else None
    if kept is not None and kept.exists():
        known: list[tuple[Lived, Figures]] = pickle.loads(kept.read_bytes())  # noqa: S301 - our own
        return known
    found = live_a_month(kinds, pace, seed)
    reduced = [
        (replace(one, calls=[c for c in one.calls if "/drops/" in c.kind]), figures_of(one)) for one in found
    ]
    if kept is not None:
        kept.with_suffix(".new").write_bytes(pickle.dumps(reduced))
        kept.with_suffix(".new").rename(kept)
    return reduced


def all_homes(counts: dict[Class, int], pace: Pace, towns: int) -> Homes:
    """Let `towns` of them live, each with so many homes of each class."""
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    found: Homes = defaultdict(list)
    began = time.monotonic()
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        for done, some in enumerate(pool.map(live, [kinds] * towns, [pace] * towns, range(towns)), 1):
            for one, figures in some:
                found[one.kind].append((one, figures))
            if done % 10 == 0 or done == towns:
                print(
                    f"{done * len(kinds):,} homes lived {pace.days} days: {time.monotonic() - began:.0f} s",
                    flush=True,
                )
    return found


def _figures(homes: Homes, *kinds: Class) -> list[Figures]:
    return [figures for kind in kinds for _, figures in homes[kind]]


def _say(what: str, verdict: Verdict) -> Verdict:
    print(f"  {what}: {verdict}", flush=True)
    return verdict


def measure() -> dict[str, float]:
    """Return upper bounds, and of the controls and of what was found the AUC, by key."""
    towns = max(HOMES // A_TOWN, 1)
    every: tuple[Class, ...] = ("shared", "declined", *QUIET, "nothing happened")
    counts = dict.fromkeys(every, A_TOWN) | dict.fromkeys(LEAKS, 1)
    homes = all_homes(counts, MONTH, towns)
    declined, found = _figures(homes, "declined"), dict[str, float]()
    for kind in every:
        matched = sum(one.matched for one, _ in homes[kind]) / len(homes[kind])
        print(f"  {kind}: {matched:.2f} of {MONTH.cases} requests matched", flush=True)
    for kind in QUIET:
        found[kind] = _say(f"declined, {kind}", tell_apart(declined, _figures(homes, kind))).high
    found["all three"] = _say("declined, all three", tell_apart(declined, _figures(homes, *QUIET))).high
    for leak in ("fetch", "early", "size"):
        found[leak] = _say(
            f"control, {leak}", tell_apart(_figures(homes, leak), _figures(homes, "no match"))
        ).auc
    found["at once"] = _say("sent at once", tell_apart(declined, _figures(homes, "nothing happened"))).auc
    return found | _agency(homes) | _linked() | _even(max(towns // 2, 1))


def _agency(homes: Homes) -> dict[str, float]:
    chance, shared = random.Random(24), [one for one, _ in homes["shared"]]  # noqa: S311 - the same each time
    without = [agency.answers(chance, shared) for _ in homes["declined"]]
    declined = [agency.answers(chance, shared, one) for one, _ in homes["declined"]]
    told = [agency.answers(chance, shared, one) for one, _ in homes["says no"]]
    return {
        "agency": _say("an agency, never installed", tell_apart(declined, without)).high,
        "says no": _say("control, says no", tell_apart(told, without)).auc,
    }


def _linked() -> dict[str, float]:
    alike, unlike = (linking.pairs(HOMES, 24, spread=spread) for spread in (linking.ALIKE, linking.UNLIKE))
    return {
        "alike": _say("two copies, rates alike", tell_apart(*alike)).high,
        "unlike": _say("two copies, rates unlike", tell_apart(*unlike)).high,
        "signer": _say("control, one signer", tell_apart(*linking.pairs(HOMES // 4, 24, signer=True))).auc,
    }


def _even(towns: int) -> dict[str, float]:
    homes = all_homes({"declined": A_TOWN, "nothing happened": A_TOWN}, EVEN, towns)
    verdict = tell_apart(_figures(homes, "declined"), _figures(homes, "nothing happened"))
    return {"even": _say("sent evenly, nothing happened", verdict).high}


if __name__ == "__main__":
    tell(FIGURES, measure)
