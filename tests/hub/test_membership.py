"""People come and go at a real server, and a real hub follows: who opens what, before and after."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.hub.cells import CELL
from tests.hub.parcels import make_parcel
from tests.hub.towns import House

from fanlight.cli.member import Member
from fanlight.hub.epochs import Epochs
from fanlight.hub.outbox import Outbox
from fanlight.hub.settings import HubKeys
from fanlight.hub.uplink import Refused, Uplink
from fanlight.model.ids import new_id
from fanlight.seal import keys, safety
from fanlight.seal.book import Known, accept
from fanlight.seal.epoch import Epoch, from_wire
from fanlight.seal.errors import NotForUs
from fanlight.seal.keys import SigningKey
from fanlight.seal.notes import Guest, Notes
from fanlight.seal.opening import open_age
from fanlight.seal.reading import ClipReader, open_clip_manifest, open_epoch
from fanlight.seal.roll import Member as Listed
from fanlight.seal.roll import Role, Roll
from fanlight.seal.safety import PublicHalves
from fanlight.seal.sheet import new_sheet
from fanlight.wire import b64

CAMERA = "c" * 26  # of tests.hub.parcels


def halves(member: Member) -> PublicHalves:
    return PublicHalves(member.keys.signing.public, member.keys.age.recipient)


def told(wire: dict[str, Any]) -> PublicHalves:
    return PublicHalves(b64.decode(wire["sign_pub"]), wire["age_recipient"])


@dataclass
class Sent:
    """A clip as it lies at the server."""

    clip: str
    manifest: bytes
    hdr: bytes
    pay: bytes


@dataclass
class Scene:
    """An owner, their household's book, and its hub."""

    house: House
    folder: Path
    alice: Member
    hub: HubKeys
    household: str

    async def chain(self) -> tuple[Epoch, ...]:
        return self.alice.chain(await self.alice.household())

    async def roll(self) -> Roll:
        book = (await self.chain())[-1].statement.book
        assert book is not None
        return book.roll

    async def turn(self, roll: Roll, notes: Notes) -> None:
        await self.alice.turn_page(self.household, (await self.chain())[-1], roll, notes)

    async def let_in(self, joiner: Member, role: Role, guest: Guest | None = None) -> str:
        """Invite somebody by link, compare the code as two people do, and list them; return their account."""
        invite, secret = new_id(), secrets.token_bytes(safety.SECRET_LENGTH)
        await self.alice.uplink.call("POST", "/v1/invites", json={"invite": invite})
        read = (await joiner.uplink.call("GET", f"/v1/invites/{invite}")).json()
        shown = safety.invite_code(secret, invite, told(read["inviter"]), halves(joiner))
        tag = b64.encode(safety.invite_tag(secret, invite, halves(joiner)))
        await joiner.uplink.call("PUT", f"/v1/invites/{invite}/answer", json={"mac": tag})
        answer = (await self.alice.uplink.call("GET", f"/v1/invites/{invite}/answer")).json()
        assert b64.decode(answer["mac"]) == safety.invite_tag(secret, invite, told(answer))
        assert safety.invite_code(secret, invite, halves(self.alice), told(answer)) == shown
        roll = await self.roll()
        listed = Listed(
            account=answer["account"],
            sign_pub=told(answer).sign_pub,
            age_recipient=told(answer).age_recipient,
            role=role,
        )
        guests = {} if guest is None else {listed.account: guest}
        await self.turn(replace(roll, members=(*roll.members, listed)), Notes(why="joined", guests=guests))
        return listed.account

    async def send_clip(self) -> Sent:
        """Let the hub take up the book, seal a clip to it and send it."""
        owner = b64.encode(self.alice.keys.signing.public)
        pairing = self.house.pairing(household=self.household, owner=owner)
        async with Uplink(self.house.url, self.hub.signing) as uplink:
            epochs = Epochs(self.folder, pairing, self.hub.identity)
            await epochs.refresh(uplink)
            newest = epochs.newest
            assert newest is not None
            parcel = make_parcel(
                newest.statement.recipient,
                self.hub.signing,
                household=self.household,
                epoch=newest.statement.n,
                guests=epochs.guests(CAMERA, datetime.now(UTC)),
            )
            outbox = Outbox(self.folder)
            try:
                outbox.put(parcel)
                assert await outbox.push(uplink) == 1
            finally:
                outbox.close()
        return await fetch(self.alice, parcel.clip)


async def fetch(member: Member, clip: str) -> Sent:
    parts = [(await member.uplink.call("GET", f"/v1/clips/{clip}/{part}")).content for part in PARTS]
    return Sent(clip, *parts)


PARTS = ("manifest", "hdr", "pay")


async def opened_by(joiner: Member, inviter: Member) -> list[str]:
    """Return the household's keys that somebody opens who joined, and so knows the inviter's signing key."""
    mine = await joiner.household()
    taken = accept(
        [from_wire(wire) for wire in mine["epochs"]],
        household=mine["household"],
        known=Known(trusted=[inviter.keys.signing.public]),
        now=datetime.now(UTC),
    )
    opened = []
    for epoch in taken.chain:
        with suppress(NotForUs):
            opened.append(open_epoch(epoch, [joiner.keys.age.secret]))
    return opened


def opens(sent: Sent, identities: list[str], hub: HubKeys) -> int:
    """Return the length of the clip's plaintext after every check; raises NotForUs."""
    opened = open_clip_manifest(sent.manifest, identities, hub.signing.public)
    return len(ClipReader(opened.manifest.seal, sent.hdr, identities).whole(sent.pay))


@asynccontextmanager
async def scene(house: House, folder: Path, *others: Member) -> AsyncIterator[Scene]:
    alice = Member(keys.SigningKey.new().seed, house.url)
    hub = HubKeys(SigningKey.new(), keys.new_identity().secret)
    async with alice.uplink:
        await alice.sign_up()
        household = await alice.found_household(CELL)
        admitted = await alice.admit_hub(household, hub.signing.public, hub.recipient)
        await alice.begin_book(household, new_sheet(), hubs=[admitted])
        async with AsyncExitStack() as stack:
            for other in others:
                await stack.enter_async_context(other.uplink)
                await other.sign_up()
            yield Scene(house, folder, alice, hub, household)


def test_all_that_a_removed_member_kept_opens_no_clip_that_is_made_afterwards(
    house: House, tmp_path: Path
) -> None:
    """R52: their keys, every household key they had and the clip's bytes are at hand, and are not enough."""

    async def body() -> None:
        bob = Member(keys.SigningKey.new().seed, house.url)
        async with scene(house, tmp_path, bob) as home:
            before = await home.send_clip()
            account = await home.let_in(bob, "member")
            during = await home.send_clip()
            kept = [bob.keys.age.secret, *await opened_by(bob, home.alice)]
            assert len(kept) == 2  # the page from before bob came is not for bob
            assert opens(await fetch(bob, during.clip), kept, home.hub) >= 256 * 1024
            with pytest.raises(NotForUs):
                opens(before, kept, home.hub)
            roll = await home.roll()
            staying = tuple(one for one in roll.members if one.account != account)
            await home.turn(replace(roll, members=staying), Notes(why="removed"))
            after = await home.send_clip()
            own = list(home.alice.open_epochs(await home.alice.household()).values())
            assert opens(after, own, home.hub) >= 256 * 1024
            for closed in (after.manifest, after.hdr + after.pay):
                with pytest.raises(NotForUs):
                    open_age(closed, kept)
            with pytest.raises(Refused):
                await fetch(bob, after.clip)

    asyncio.run(body())


def test_a_guest_opens_clips_from_when_they_came_to_when_their_time_is_over(
    house: House, tmp_path: Path
) -> None:
    """R52: with their own key and none of the household's; nothing from before, nothing from after."""

    async def body() -> None:
        gina = Member(keys.SigningKey.new().seed, house.url)
        async with scene(house, tmp_path, gina) as home:
            before = await home.send_clip()
            until = datetime.now(UTC) + timedelta(days=1)
            account = await home.let_in(gina, "guest", Guest(cameras=frozenset({CAMERA}), until=until))
            during = await home.send_clip()
            own = [gina.keys.age.secret]
            assert opens(during, own, home.hub) >= 256 * 1024
            over = Guest(cameras=None, until=datetime.now(UTC) - timedelta(seconds=1))
            await home.turn(await home.roll(), Notes(why="changed", guests={account: over}))
            after = await home.send_clip()
            for closed in (before, after):
                with pytest.raises(NotForUs):
                    opens(closed, own, home.hub)
            assert after.hdr.count(b"-> mlkem768x25519") == during.hdr.count(b"-> mlkem768x25519") == 2
            chain = await home.chain()
            for epoch in chain:
                with pytest.raises(NotForUs):
                    open_age(epoch.sealed, own)

    asyncio.run(body())
