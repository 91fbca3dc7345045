"""Fetch the public record as any outsider would, and leave it in a folder laid out as C2SP has it."""

import asyncio
from pathlib import Path

from fanlight.cli.tour.report import fail
from fanlight.hub.uplink import Uplink
from fanlight.proof import tiles
from fanlight.proof.checkpoint import open_checkpoint
from fanlight.proof.note import VerifierKey
from fanlight.proof.openings import parse_leaf

ATTEMPTS = 50
NAMES = ("vkey", "witness.vkeys", "checkpoint", "checkpoint.old")


async def fetch_log(uplink: Uplink, folder: Path) -> int:
    """Write checkpoint, keys, tiles and entries below `folder`; return how many entries the log has."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / name).write_bytes((await uplink.public("GET", f"/log/{name}")).content)
    log = VerifierKey.parse((folder / "vkey").read_text().strip())
    size = open_checkpoint((folder / "checkpoint").read_bytes(), log).head.size
    hashes = tiles.tile_paths(size)
    paths = [path for *_, path in hashes]
    paths += [tiles.bundle_path(index, width) for level, index, width, _ in hashes if level == 0]
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((await uplink.public("GET", f"/log/{path}")).content)
    return size


async def band_of(uplink: Uplink, request: str) -> str:
    """Wait for a closed request's entry and return the band of disclosures that it tells.

    Raises:
        TourFailed: it is not in the record within the time.
    """
    for _ in range(ATTEMPTS):
        found = (await uplink.public("GET", "/v1/log/leaves", params={"type": "request-closed"})).json()
        for row in found["leaves"]:
            pub = parse_leaf(row["leaf"].encode()).pub
            if pub["request"] == request:
                return f"entry {row['index']} says {pub['band']}"
        await asyncio.sleep(0.2)
    raise fail("The closing of the request did not reach the record.")
