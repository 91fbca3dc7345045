"""Simulate on a long record: a million published requests under another ordinance.

Their facts are drawn at random, so that hardly two are equal: areas, lengths and hours from all over their
range, purposes and kinds of agencies that no ordinance knows among them. `fanlight simulate` reads them from
a log, checks each against the signed root and decides. The same decisions one by one, without taking alike
facts together, are timed on a part of them. The browser is Chromium; simulate.mjs starts the worker that the
public page starts, and its CSV must be the command's, byte for byte.
"""

import contextlib
import io
import itertools
import json
import os
import random
import subprocess
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from fanlight.cli.simulate import run
from fanlight.policy import decide, default_pack, shipped_pack
from fanlight.policy.replay import Replay
from fanlight.policy.simulate import Tally, recorded, simulate
from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.note import ED25519, SignerKey
from fanlight.proof.tiles import TileTree
from fanlight.proof.trust import NAMED_BY_LOG
from fanlight.server.pages import STATIC
from fanlight.store.log_files import LogFiles
from fanlight.wire import jcs
from machine import Figure, scratch, tell
from record_whole import serving

DECISIONS = int(os.environ.get("FANLIGHT_BENCH_DECISIONS", "1000000"))
ONE_BY_ONE = 2_000
BATCH = 256 * 64
TRIED, AGAINST = "oakland-9.64", "model-ordinance"
TIMEOUT_S = 1_800.0

FIGURES = [
    Figure(
        key="decisions", what=f"{DECISIONS:,} decisions simulated", unit="s", at_most=180,
        how="facts in memory, drawn at random, the model ordinance against Oakland's; one process, one run",
    ),
    Figure(
        key="asked", what="questions to Cedar for them", unit="", how="each clause by kinds of its facts",
    ),
    Figure(
        key="alone", what="a decision by itself", unit="ms",
        how=f"`decide` on {ONE_BY_ONE:,} of them, for comparison; mean",
    ),
    Figure(
        key="from_log", what=f"`fanlight simulate` on {DECISIONS:,} entries", unit="s", at_most=180,
        how="from a log's folder, entries checked against the signed root, CSV written; one run",
    ),
    Figure(
        key="browser", what=f"{DECISIONS:,} entries in a browser's worker", unit="s", at_most=180,
        how="Chromium, over HTTP on the loopback, entries checked as well; once, the page loaded anew",
    ),
]  # fmt: skip


def requests(count: int) -> Iterator[dict[str, object]]:
    """Yield public fields of requests, no two of them known to be alike."""
    chance = random.Random(53)  # noqa: S311 -- the same requests each time
    base = default_pack().vectors.base["request.open"]
    kinds = ["municipal", "county", "state", "federal", "task-force"]
    purposes = ["identify_suspect", "find_vehicle", "collision", "protest", "verify_alibi"]
    flags = [name for name, value in base.items() if isinstance(value, bool)]
    for number in range(count):
        facts = {
            **base,
            **{name: chance.randrange(10) > 0 for name in chance.sample(flags, 3)},
            "agency_kind": chance.choice(kinds),
            "purpose": chance.choice(purposes),
            "area_m2": chance.randrange(2_000_000),
            "window_min": chance.randrange(1_000),
            "hours_since_end": chance.randrange(1_000),
            "number_in_case": chance.randrange(5),
        }
        accepted = chance.randrange(2) == 0
        yield {
            "request": f"r{number}",
            "agency": "CA0380100",
            "decision": "accepted" if accepted else "refused",
            "rules": [] if accepted else ["window.most"],
            "facts": facts,
        }


def write(folder: Path) -> None:
    """Write a log of such requests, as a mirror has it."""
    files, tree = LogFiles(folder), TileTree()
    key = SignerKey("bench.fanlight.example/log", ED25519, b"\x53" * 32)
    for some in batched(requests(DECISIONS), BATCH):
        leaves = [jcs.dumps({"commit": {}, "pub": pub, "type": "request", "v": 1}) for pub in some]
        files.write(tree.append(leaves).files)
    files.write([("checkpoint", sign_checkpoint(tree.head, key))])
    files.write([("vkey", f"{key.verifier.vkey}\n".encode()), ("witness.vkeys", b"")])


def in_memory() -> tuple[float, int]:
    """Return the seconds that all decisions took, and how often Cedar was asked."""
    tried, other = Replay(shipped_pack(TRIED)), Replay(default_pack())
    tally = Tally()
    seconds = 0.0
    for some in batched(requests(DECISIONS), BATCH):
        found = (recorded(place, "request", pub) for place, pub in enumerate(some))
        seen = [one for one in found if one is not None]
        started = time.perf_counter()
        for row in simulate(tried, seen, other):
            tally.add(row)
        seconds += time.perf_counter() - started
    return seconds, tried.asked + other.asked


def batched(pubs: Iterator[dict[str, object]], size: int) -> Iterator[list[dict[str, object]]]:
    """Yield lists of `size`, the last one shorter."""
    while some := list(itertools.islice(pubs, size)):
        yield some


def one_by_one() -> float:
    """Return the mean of deciding by itself, in ms."""
    pack = default_pack()
    facts = [one.facts for pub in requests(ONE_BY_ONE) if (one := recorded(0, "request", pub)) is not None]
    started = time.perf_counter()
    for each in facts:
        decide(pack, "request.open", each)
    return (time.perf_counter() - started) * 1000 / len(facts)


def from_log() -> dict[str, float]:
    """Return the seconds of the whole command, and of the browser's worker; compare their files."""
    with scratch() as folder:
        write(folder / "log")
        started = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            for line in run(str(folder / "log"), TRIED, AGAINST, folder / "rows.csv", NAMED_BY_LOG):
                print(line)
        took = time.perf_counter() - started
        written = sha256((folder / "rows.csv").read_bytes()).hexdigest()
        return {"from_log": took, "browser": in_browser(folder, written)}


def in_browser(folder: Path, written: str) -> float:
    """Decide in a worker; return seconds.

    Args:
        folder: what holds `log`; it is served.
        written: SHA-256 of the file that the command wrote.
    """
    (folder / "index.html").write_text("<!doctype html><title>record</title>")
    (folder / "static").symlink_to(STATIC)
    (folder / "pack.json").write_bytes(shipped_pack(TRIED).canonical)
    (folder / "against.json").write_bytes(shipped_pack(AGAINST).canonical)
    with serving(folder) as (url, _):
        command = ["node", str(Path(__file__).with_suffix(".mjs")), url]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT_S).stdout
    answer = json.loads(out)
    if answer["found"]["kind"] != "past" or answer["csv_sha256"] != written:
        raise SystemExit(f"The browser does not say the same: {answer}")
    return float(answer["seconds"])


def measure() -> dict[str, float]:
    """Return seconds for all decisions, in memory and from a log; questions; one decision alone."""
    seconds, asked = in_memory()
    return {"decisions": seconds, "asked": asked, "alone": one_by_one(), **from_log()}


if __name__ == "__main__":
    tell(FIGURES, measure)
