"""The resident's side of the tour: opens what the hub sent, reads who asks, shares a trimmed copy."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from fanlight.cli.member import Member
from fanlight.cli.tour.report import ClipRow, fail
from fanlight.hub.matching import Asked
from fanlight.hub.outbox import PART_BYTES
from fanlight.hub.review import choose, disclose
from fanlight.seal import container
from fanlight.seal.manifest import ClipManifest
from fanlight.seal.reading import ClipReader, Order, check_card, open_clip_manifest
from fanlight.seal.sheet import Sheet
from fanlight.wire import b64


@dataclass(slots=True)
class Album:
    """A household's clips as a member opens them, by id, and the keys that open them."""

    identities: dict[int, str]
    clips: dict[str, tuple[bytes, ClipManifest]] = field(default_factory=dict)


async def open_album(member: Member, out: Path) -> tuple[Album, list[ClipRow]]:
    """Fetch, check and open every clip; leave `clips/<id>.age`, `keys/epoch-<n>.txt` and `.age` in `out`.

    Raises:
        SealError: a signature, an order, a key or a piece does not hold.
    """
    mine = await member.household()
    album = Album(member.open_epochs(mine))
    hubs = member.hub_keys(mine)
    if not hubs:
        raise fail("The server names no hub that the member let in.")
    hub = hubs[0]
    for folder in ("clips", "keys"):
        (out / folder).mkdir(exist_ok=True)
    for sealed in member.chain(mine):
        (out / "keys" / f"epoch-{sealed.statement.n}.age").write_bytes(sealed.sealed)
    for number, identity in album.identities.items():
        key = out / "keys" / f"epoch-{number}.txt"
        key.touch(mode=0o600)
        key.write_text(f"# Opens this household's clips of epoch {number}. Keep it secret.\n{identity}\n")
    rows, order = [], Order()
    for listed in await _list(member):
        path = f"/v1/clips/{listed['clip']}"
        manifest_age = b64.decode(listed["manifest"])
        card = container.open_card(listed["card"].encode(), b64.decode(listed["sig"]), hub)
        opened = open_clip_manifest(manifest_age, [album.identities[card.epoch]], hub)
        check_card(opened, card, manifest_age)
        order.add(opened)
        hdr = (await member.uplink.call("GET", f"{path}/hdr")).content
        pay = (await member.uplink.call("GET", f"{path}/pay")).content
        reader = ClipReader(opened.manifest.seal, hdr, [album.identities[card.epoch]])
        album.clips[card.clip] = (reader.whole(pay), opened.manifest)
        whole = hdr + pay
        (out / "clips" / f"{card.clip}.age").write_bytes(whole)
        rows.append(ClipRow(card.clip, hashlib.sha256(whole).hexdigest(), len(whole)))
    return album, rows


def leave_sheet(sheet: Sheet, out: Path) -> None:
    """Write the recovery sheet's words: with them and `keys/*.age` alone, any age tool opens the clips."""
    (out / "keys").mkdir(exist_ok=True)
    page = out / "keys" / "sheet.txt"
    page.touch(mode=0o600)
    page.write_text(f"{sheet.words}\n")


async def _list(member: Member) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    after: str | None = None
    while True:
        params = {"after": after} if after else {}
        page = (await member.uplink.call("GET", "/v1/clips", params=params)).json()
        found += page["clips"]
        after = page.get("after")
        if not after:
            return found


async def share(member: Member, album: Album, clip: str, asked: Asked) -> str:
    """Trim a clip to its middle, seal it to the case key and drop it; return the disclosure's id.

    The drop carries no sign-in: nothing at the server joins it to this household.
    """
    if clip not in album.clips:
        raise fail("The hub matched a clip that is not at the server.")
    plain, manifest = album.clips[clip]
    length = manifest.facts.duration_ms
    keep = choose(manifest, length // 4, length - length // 4)
    identifier, sealed = disclose(
        plain, manifest, keep=keep, request=asked.request, case_key=asked.case_key, seed=member.seed
    )
    base = f"/v1/drops/{asked.drop}/{identifier}"
    await member.uplink.public("PUT", f"{base}/hdr", content=sealed.hdr)
    await member.uplink.public("PUT", f"{base}/manifest", content=sealed.manifest_age)
    for offset in range(0, len(sealed.pay), PART_BYTES):
        part = bytes(sealed.pay[offset : offset + PART_BYTES])
        await member.uplink.public("PUT", f"{base}/pay", params={"offset": offset}, content=part)
    done = {
        "length": sealed.length,
        "root": sealed.root.hex(),
        "manifest_sha256": sealed.manifest_sha256.hex(),
    }
    await member.uplink.public("POST", f"{base}/done", json=done)
    return identifier
