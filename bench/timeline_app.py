"""The home app's timeline with 10,000 events, in Chromium on this machine: when does it answer?

A running demo's household gets 10,000 sealed descriptions of the last 14 days, signed by its hub, as rows
of the vault: a timeline opens nothing else. timeline_app.mjs loads the app as its resident. `ready`: from the
page's start to the first event that is shown and a key that is answered. `day`: until all of the day are
opened, which goes on beside the page. `slowest`: the longest time meanwhile that the page did not answer.
"""

import asyncio
import json
import statistics
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import psycopg

from fanlight.cli.member import Member
from fanlight.cli.people import load_people
from fanlight.hub.settings import HubKeys, load_keys
from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.seal.clip import SealedClip, seal_clip
from fanlight.seal.container import parse_card
from fanlight.seal.epoch import Statement
from fanlight.seal.manifest import ClipFacts, Label, Segment
from fanlight.wire import b64
from machine import ROOT, Demo, Figure, scratch, tell

EVENTS = 10_000
DAYS = 14
RUNS = 5
TIMEOUT_S = 600.0
LABELS: tuple[Label, ...] = ("person", "vehicle", "package", "animal", "doorbell")
CAMERAS = ("Front door", "Garden", "Drive")
THUMB = (ROOT / "src/fanlight/hub/data/self_test.jpg").read_bytes()[: 8 * 1024]

FIGURES = [
    Figure(
        key="ready", what="timeline of 10,000 events: answers", unit="ms", at_most=1000,
        how=f"page's start to an event shown and a key answered; Chromium, loopback, median of {RUNS}",
    ),
    Figure(
        key="slowest", what="timeline of 10,000 events: longest wait after that", unit="ms",
        how="while the rest of the day is opened; the longest task of the page, median of those",
    ),
    Figure(
        key="day", what="timeline of 10,000 events: all of the day opened", unit="ms",
        how=f"some {EVENTS // DAYS} events, in workers; from the page's start, median of those",
    ),
]  # fmt: skip


def sealed_event(  # noqa: PLR0913 - each is a different fact, all by keyword
    *,
    household: str,
    hub: HubKeys,
    newest: Statement,
    index: int,
    seq: int,
    prev: bytes | None,
    start: datetime,
) -> tuple[str, SealedClip]:
    """Seal an event with a real thumbnail around bytes that no timeline looks at."""
    clip, camera = new_id(), index % len(CAMERAS)
    facts = ClipFacts(
        start=start,
        duration_ms=4_000,
        clock="hub",
        label=LABELS[index % len(LABELS)],
        mime='video/mp4; codecs="avc1.4d401f"',
        width=640,
        height=360,
        init=(0, 8),
        segments=(Segment(offset=8, length=56, start_ms=0, duration_ms=4_000),),
        household=household,
        camera="abc"[camera] * 26,
        camera_name=CAMERAS[camera],
        clip=clip,
        score=90,
        thumb=THUMB,
    )
    sealed = seal_clip(
        bytes(64),
        facts=facts,
        seq=seq,
        prev=prev,
        epoch=newest.n,
        epoch_recipient=newest.recipient,
        hub_key=hub.signing,
    )
    return clip, sealed


async def fill(demo: Demo, database: str) -> None:
    """Put the events into the vault, the last of them a minute ago."""
    member = Member(load_people(demo.home / "demo")["resident"].seed, demo.url)
    async with member.uplink:
        mine = await member.household()
        newest = member.chain(mine)[-1].statement
    hub = load_keys(demo.home / "hub")
    admitted = next(one["hub"] for one in mine["hubs"] if b64.decode(one["sign_pub"]) == hub.signing.public)
    now = clock.now()
    seqs, before = [0] * len(CAMERAS), [cast(bytes | None, None)] * len(CAMERAS)
    with psycopg.connect(database) as connection, connection.cursor() as cursor:
        for index in range(EVENTS):
            camera = index % len(CAMERAS)
            start = now - timedelta(minutes=1, seconds=(EVENTS - index) * DAYS * 86_400 / EVENTS)
            clip, sealed = sealed_event(
                household=mine["household"], hub=hub, newest=newest, index=index,
                seq=seqs[camera], prev=before[camera], start=start,
            )  # fmt: skip
            seqs[camera], before[camera] = seqs[camera] + 1, sealed.chain_hash
            card = parse_card(sealed.card)
            cursor.execute(
                "INSERT INTO clip (id, household, hub, epoch, day, length, root, manifest_sha256, card, sig,"
                " manifest, hdr, kept) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, true)",
                [
                    *(clip, mine["household"], admitted, card.epoch, card.day, card.length, card.root.hex()),
                    *(card.manifest_sha256.hex(), sealed.card.decode(), b64.encode(sealed.card_sig)),
                    *(sealed.manifest_age, sealed.hdr),
                ],
            )


def measure() -> dict[str, float]:
    """Return the medians in milliseconds."""
    with scratch() as folder, Demo(folder / "home") as demo:
        database = f"postgresql://fanlight@/fanlight?host={demo.home}/postgres/run"
        asyncio.run(fill(demo, database))
        script, card = Path(__file__).with_suffix(".mjs"), f"http://localhost:{demo.port + 1}/resident"
        command = ["node", str(script), card, str(RUNS)]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT_S).stdout
    found = json.loads(out)
    for key, values in found.items():
        print(f"  {key} ms:", *(f"{ms:.0f}" for ms in values))
    return {key: statistics.median(found[key]) for key in ("ready", "slowest", "day")}


if __name__ == "__main__":
    tell(FIGURES, measure)
