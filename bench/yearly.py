"""A year's report from a long record: a million entries, as `fanlight report` reads, checks and counts them.

Seven in eight are acts in cases and dummies, as where there is an agency; the others are requests, acts of
moderators and sealed slots, over one year. The report is made twice and must be the same bytes. The pages of
the public record are then made from the same entries, as a mirror would.
"""

import os
import random
import statistics
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from fanlight.cli.report import Wanted, make
from fanlight.policy import default_pack
from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.note import ED25519, SignerKey
from fanlight.proof.tiles import TileTree
from fanlight.proof.trust import NAMED_BY_LOG
from fanlight.server.oversight import Entry, LogState, Record, render
from fanlight.store.log_files import LogFiles
from fanlight.wire import jcs
from machine import Figure, scratch, tell

ENTRIES = int(os.environ.get("FANLIGHT_BENCH_ENTRIES", "1000000"))
PAGES = int(os.environ.get("FANLIGHT_BENCH_PAGES", "2000"))
TOLD_EVERY = 8
BATCH = 256 * 64
ORI = "CA0389900"
FIRST = date(2026, 1, 1)

FIGURES = [
    Figure(
        key="report", what=f"a year's report of {ENTRIES:,} entries", unit="s", at_most=30,
        how="`fanlight report` on a folder: entries read, hashed to the root, counted; JSON and HTML; once",
    ),
    Figure(
        key="pages", what="pages of the public record made from them", unit="a second", at_least=200,
        how=f"{PAGES:,} pages of entries and requests, one process, no map; one run",
    ),
    Figure(
        key="page", what="the same, one page", unit="ms", at_most=200, how="95 of 100 take less",
    ),
]  # fmt: skip


def entry(kind: str, pub: dict[str, Any]) -> bytes:
    """Return an entry's bytes."""
    return jcs.dumps({"commit": {}, "pub": pub, "type": kind, "v": 1})


def entries(count: int) -> list[bytes]:
    """Return the entries of a year."""
    chance = random.Random(1)  # noqa: S311 - no secret
    facts = default_pack().vectors.base["request.open"]
    attested = {"how": "invented", "on": "2026-01-01"}
    made = [
        entry("town", {"name": "A town", "demo": True, "country": "US"}),
        entry("agency", {"ori": ORI, "name": "P", "kind": "municipal", "attested": attested, "demo": True}),
    ]
    while len(made) < count:
        day = FIRST + timedelta(days=365 * len(made) // count)
        if len(made) % TOLD_EVERY:
            made.append(entry("case", {"agency": ORI, "day": day.isoformat()}))
        else:
            made.append(told(len(made), day, chance, facts))
    return made


def told(number: int, day: date, chance: random.Random, facts: dict[str, Any]) -> bytes:
    """Return an entry that a report counts."""
    which = chance.randrange(4)
    if which == 0:
        return entry(
            "moderation",
            {"day": day.isoformat(), "act": "remove", "kind": "post", "rule": "N-4", "took": "24"},
        )
    if which == 1:
        return entry(
            "sealed",
            {"slot": f"{day}/{number}", "due": "2027-01-01", "locked": "", "shares": [], "auditors": []},
        )
    end = f"{day}T00:00:00.000Z"
    return entry(
        "request",
        {
            "request": f"r{number}",
            "agency": ORI,
            "decision": "accepted",
            "rules": [],
            "pack": default_pack().sha256,
            "facts": {**facts, "hours_since_end": 2},
            "purpose": "identify_suspect",
            "offence_class": "property",
            "cells": ["8828308281fffff"],
            "window": {"from": end, "to": end, "length_min": 60},
            "area_m2": 100_000,
            "number_in_case": 1,
            "emergency": False,
            "assembly_overlap": False,
            "second_signature": True,
            "key_sha256": None,
            "opens_by": "2027-06-01T00:00:00.000Z",
            "protected": False,
        },
    )


def write(folder: Path, leaves: list[bytes]) -> LogState:
    """Write them as a log; return its state."""
    key = SignerKey("bench.example/log", ED25519, b"b" * 32)
    tree, files = TileTree(), LogFiles(folder)
    for start in range(0, len(leaves), BATCH):
        files.write(tree.append(leaves[start : start + BATCH]).files)
    note = sign_checkpoint(tree.head, key)
    files.write([("vkey", f"{key.verifier.vkey}\n".encode()), ("checkpoint", note)])
    return LogState(origin=key.name, size=tree.size, root=tree.root)


def measure() -> dict[str, float]:
    """Return the figures."""
    leaves = entries(ENTRIES)
    with scratch() as folder:
        state = write(folder / "log", leaves)
        began = time.perf_counter()
        first = make(str(folder / "log"), Wanted(year="2026"), folder / "one", NAMED_BY_LOG)
        report = time.perf_counter() - began
        again = make(str(folder / "log"), Wanted(year="2026"), folder / "two", NAMED_BY_LOG)
        if [one.read_bytes() for one in first] != [one.read_bytes() for one in again]:
            raise SystemExit("The same record gave two reports.")
    record = Record.of(
        (Entry.of(place, leaf) for place, leaf in enumerate(leaves)), state, datetime(2027, 1, 2, tzinfo=UTC)
    )
    names = list(record.requests)
    half = PAGES // 2
    step = max(1, len(names) // half)
    paths = [f"/record/requests/{name}" for name in names[::step][:half]]
    paths += [f"/record/entries/{place}" for place in range(0, ENTRIES, ENTRIES // half)][:half]
    times = []
    for path in paths:
        began = time.perf_counter()
        if render(path, record).status != 200:  # noqa: PLR2004 - found
            raise SystemExit(f"There is no page {path}.")
        times.append(time.perf_counter() - began)
    return {
        "report": report,
        "pages": len(times) / sum(times),
        "page": statistics.quantiles(times, n=20)[-1] * 1000,
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
