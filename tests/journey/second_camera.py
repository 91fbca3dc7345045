"""What a second camera saw of a moment: a clip that the hub sent, sealed once more as another camera's.

In:     a demo town's folder and address, with its hub's and its resident's keys.
Out:    a clip in the household's vault, signed by its hub, of the same moment as one that is there.
"""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from fanlight.cli.member import Member
from fanlight.cli.people import load_people
from fanlight.hub.settings import load_keys
from fanlight.hub.uplink import Uplink
from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.seal.clip import SealedClip, seal_clip
from fanlight.seal.reading import ClipReader, open_clip_manifest
from fanlight.wire import b64

CAMERA, NAME = "g" * 26, "Garden"
WAIT_S = 200


async def add(home: Path, town: str) -> None:
    """Wait for a clip of the town's camera, and put the same moment there as the garden's camera saw it."""
    hub = load_keys(home / "hub")
    member = Member(load_people(home / "demo")["resident"].seed, town)
    async with member.uplink, Uplink(town, hub.signing) as uplink:
        mine = await member.household()
        newest = member.chain(mine)[-1].statement
        keys = list(member.open_epochs(mine).values())
        async with asyncio.timeout(WAIT_S):
            row = await _first(member)
        path = f"/v1/clips/{row['clip']}"
        manifest, hdr, pay = [
            (await member.uplink.call("GET", f"{path}/{part}")).content for part in ("manifest", "hdr", "pay")
        ]
        opened = open_clip_manifest(manifest, keys, hub.signing.public).manifest
        plain = ClipReader(opened.seal, hdr, keys).whole(pay)
        last = opened.facts.segments[-1]
        facts = replace(opened.facts, camera=CAMERA, camera_name=NAME, clip=new_id(), label="vehicle")
        sealed = seal_clip(
            plain[: last.offset + last.length],
            facts=facts,
            seq=0,
            prev=None,
            epoch=newest.n,
            epoch_recipient=newest.recipient,
            hub_key=hub.signing,
        )
        await _send(uplink, facts.clip, sealed)


async def _first(member: Member) -> dict[str, Any]:
    day = {"day": clock.now().date().isoformat()}
    while True:
        listed = await member.uplink.call("GET", "/v1/clips", params=day)
        rows: list[dict[str, Any]] = listed.json()["clips"]
        if rows:
            return rows[0]
        await asyncio.sleep(0.5)


async def _send(uplink: Uplink, clip: str, sealed: SealedClip) -> None:
    outside = {
        "card": sealed.card.decode(),
        "sig": b64.encode(sealed.card_sig),
        "manifest": b64.encode(sealed.manifest_age),
        "hdr": b64.encode(sealed.hdr),
    }
    await uplink.call("PUT", f"/v1/clips/{clip}", json=outside)
    await uplink.call("PUT", f"/v1/clips/{clip}/pay", params={"last": "true"}, content=bytes(sealed.pay))
