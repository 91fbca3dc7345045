"""A server that lies about who is of a household, and with which keys.

Each attack first lets the honest server pass the same steps.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.malicious.lying import EPOCHS, MINE, THIEF, House, Told, living
from tests.seal.books import Someone, forge

from fanlight.hub.epochs import EpochsRefused
from fanlight.model.ids import new_id
from fanlight.seal import earlier
from fanlight.seal.epoch import Epoch
from fanlight.seal.errors import SealError
from fanlight.seal.hubs import sign_hub
from fanlight.seal.reading import open_earlier
from fanlight.seal.roll import Hub
from fanlight.seal.roll import Member as Listed
from fanlight.wire import b64

GHOST = Listed(
    account=new_id(), sign_pub=THIEF.signing.public, age_recipient=THIEF.age.recipient, role="member"
)
GHOST_HUB = Hub(hub=new_id(), sign_pub=THIEF.signing.public, age_recipient=THIEF.age.recipient)
Change = Callable[[list[Epoch]], list[Epoch]]


async def shows(house: House, change: Change) -> None:
    """Have the layer show another book, to everybody."""
    wires = [one.to_wire() for one in change(await house.book())]

    def lie(told: Told) -> None:
        first = int(told.path.partition("?from=")[2] or 0)
        told.say(told.json | {"epochs": wires[first:]})

    house.liar.tells("GET", EPOCHS, lie)
    house.liar.tells("GET", MINE, lie)


def with_roll(house: House, book: list[Epoch], **change: Any) -> Epoch:
    """Return the newest page with another roll; the old author's name, the thief's signature."""
    newest = book[-1]
    assert newest.statement.book is not None
    return forge(
        house.id,
        book[-2] if len(book) > 1 else None,
        replace(newest.statement.book.roll, **change),
        THIEF.signing,
        newest.statement.book.day,
        by=newest.statement.book.by,
    )


async def refused_by_all(house: House, change: Change) -> None:
    """Let hub and a member read the honest book, then the other one; both keep to what they had."""
    n, before = await house.hub_reads_book(), house.hub.epochs.head
    assert [*house.alice.open_epochs(await house.alice.household())] == list(range(n + 1))
    await shows(house, change)
    with pytest.raises((EpochsRefused, SealError)):
        await house.hub_reads_book()
    assert house.hub.epochs.head == before
    with pytest.raises(SealError):
        house.alice.chain(await house.alice.household())
    house.liar.honest()
    assert await house.hub_reads_book() == n


def test_another_key_for_a_member_is_refused_by_hub_and_members(database: str, tmp_path: Path) -> None:
    """R03 R05: a key that the server puts in a member's place has no owner's signature."""

    async def body(house: House) -> None:
        def change(book: list[Epoch]) -> list[Epoch]:
            assert book[-1].statement.book is not None
            alice, bob = book[-1].statement.book.roll.members
            other = replace(bob, sign_pub=THIEF.signing.public, age_recipient=THIEF.age.recipient)
            return [*book[:-1], with_roll(house, book, members=(alice, other))]

        await refused_by_all(house, change)

    living(tmp_path, database, body)


def test_a_ghost_member_is_refused_by_hub_and_members(database: str, tmp_path: Path) -> None:
    """R03 R05: nobody joins a household without an owner's word."""

    async def body(house: House) -> None:
        def change(book: list[Epoch]) -> list[Epoch]:
            assert book[-1].statement.book is not None
            return [
                *book[:-1],
                with_roll(house, book, members=(*book[-1].statement.book.roll.members, GHOST)),
            ]

        await refused_by_all(house, change)

        def names(told: Told) -> None:
            said = told.json
            told.say(said | {"members": [*said["members"], {**said["members"][0], "account": GHOST.account}]})

        house.liar.tells("GET", MINE, names)
        chain = house.alice.chain(await house.alice.household())
        assert chain[-1].statement.book is not None
        assert GHOST.account not in {one.account for one in chain[-1].statement.book.roll.members}

    living(tmp_path, database, body)


def test_a_ghost_hub_is_refused_by_hub_and_members(database: str, tmp_path: Path) -> None:
    """R03 R05: what a hub signs counts only if an owner's page lists that hub."""

    async def body(house: House) -> None:
        def change(book: list[Epoch]) -> list[Epoch]:
            assert book[-1].statement.book is not None
            return [*book[:-1], with_roll(house, book, hubs=(*book[-1].statement.book.roll.hubs, GHOST_HUB))]

        await refused_by_all(house, change)
        sig = sign_hub(
            THIEF.signing,
            household=house.id,
            sign_pub=GHOST_HUB.sign_pub,
            age_recipient=GHOST_HUB.age_recipient,
        )
        named = {**GHOST_HUB.to_json(), "signature": b64.encode(sig)}
        house.liar.tells(
            "GET", MINE, lambda told: told.say(told.json | {"hubs": [*told.json["hubs"], named]})
        )
        mine = await house.alice.household()
        assert len(mine["hubs"]) == 2
        assert house.alice.hub_keys(mine) == [house.keys.signing.public]

    living(tmp_path, database, body)


def test_an_old_epoch_replayed_is_refused_and_the_hub_goes_on_with_the_newest(
    database: str, tmp_path: Path
) -> None:
    """R03 R05: who was removed does not come back because the server forgets that they were."""

    async def body(house: House) -> None:
        with_bob = await house.hub_reads_book()
        await house.turn("alice")
        assert await house.hub_reads_book() == with_bob + 1
        await shows(house, lambda book: book[: with_bob + 1])
        with pytest.raises(EpochsRefused):
            await house.hub_reads_book()
        [clip] = await house.record()
        house.liar.honest()
        row = next(
            one
            for one in (await house.alice.uplink.call("GET", "/v1/clips")).json()["clips"]
            if one["clip"] == clip
        )
        assert f'"epoch":{with_bob + 1}' in row["card"]

    living(tmp_path, database, body)


def test_a_forked_book_is_refused_by_whoever_saw_the_other_branch(database: str, tmp_path: Path) -> None:
    """R03 R05: a fork that even an owner signed shows to each side only until one knows more."""

    async def body(house: House) -> None:
        n = await house.hub_reads_book()
        book = await house.book()
        fork = house.page(book[:-1], "alice")  # rightly signed, and never published
        await shows(house, lambda _: [*book[:-1], fork])
        with pytest.raises(EpochsRefused):
            await house.hub_reads_book()
        said = await house.status()
        assert said["head"] == {"n": n, "hash": book[-1].chain_hash.hex()}
        chain = house.alice.chain(await house.alice.household())
        assert chain[n].chain_hash.hex() != said["head"]["hash"]  # which a page of the home app says

    living(tmp_path, database, body)


def test_a_change_of_members_that_is_kept_from_the_hub_shows_in_its_word(
    database: str, tmp_path: Path
) -> None:
    """R03 R05 R52: the hub tells the head that it has; a member sees that it stayed behind."""

    async def body(house: House) -> None:
        n = await house.hub_reads_book()
        told = (await house.book())[-1]
        assert (await house.status())["head"] == {"n": n, "hash": told.chain_hash.hex()}
        house.liar.tells(
            "GET",
            EPOCHS,
            lambda heard: heard.say({"epochs": [told.to_wire()], "pending": None}),
        )
        newer = await house.turn("alice")
        said = await house.status()
        assert said["head"] == {"n": n, "hash": told.chain_hash.hex()}
        house.liar.honest()
        chain = house.alice.chain(await house.alice.household())
        assert chain[-1].chain_hash == newer.chain_hash
        assert chain[-1].statement.n > said["head"]["n"]

    living(tmp_path, database, body)


def test_a_book_that_the_server_made_up_is_refused_by_a_hub_and_by_who_signed_the_real_one(
    database: str, tmp_path: Path
) -> None:
    """R03 R05: a book of strangers, however well formed, has no key in it that they know."""

    async def body(house: House) -> None:
        await house.hub_reads_book()
        stranger = Someone("stranger")
        roll = replace(house.roll("alice"), members=(stranger.member("owner"),))
        made_up = forge(house.id, None, roll, stranger.signing, (await _day(house)))
        await shows(house, lambda _: [made_up])
        with pytest.raises(EpochsRefused):
            await house.hub_reads_book()
        with pytest.raises(SealError):
            house.alice.chain(await house.alice.household())

    living(tmp_path, database, body)


def test_an_earlier_key_that_no_owner_gave_to_this_reader_is_refused(database: str, tmp_path: Path) -> None:
    """R03 R05: a key from before somebody came is an owner's gift to them, for one page of the book."""

    async def body(house: House) -> None:
        book, bob = await house.book(), house.accounts["bob"]
        secrets = house.direct.open_epochs(await house.direct.household())
        to = {"account": bob, "recipient": house.bob.keys.age.recipient}
        honest = earlier.give(book[0], secrets[0], **to, signer=house.alice.keys.signing)
        await house.direct.uplink.call("PUT", f"{MINE}/earlier/{bob}", json={"keys": [honest.to_wire()]})

        async def opened() -> dict[int, str]:
            mine = await house.bob.household()
            gifts = [earlier.from_wire(wire) for wire in mine["earlier"]]
            own = [house.bob.keys.age.secret]
            return {
                gift.n: open_earlier(gift, own, household=house.id, account=bob, chain=book) for gift in gifts
            }

        assert await opened() == {0: secrets[0]}
        thiefs = earlier.give(book[0], secrets[0], **to, signer=THIEF.signing)
        members = earlier.give(book[0], secrets[0], **to, signer=house.bob.keys.signing)
        another = earlier.give(
            book[0],
            secrets[0],
            account=house.accounts["alice"],
            recipient=house.bob.keys.age.recipient,
            signer=house.alice.keys.signing,
        )
        lies = [
            thiefs.to_wire(),
            members.to_wire(),
            another.to_wire(),
            honest.to_wire() | {"sealed": another.to_wire()["sealed"]},
            honest.to_wire() | {"sealed": thiefs.to_wire()["sealed"]},
            thiefs.to_wire() | {"sig": honest.to_wire()["sig"]},
        ]
        for lie in lies:

            def tell(told: Told, lie: dict[str, str] = lie) -> None:
                told.say(told.json | {"earlier": [lie]})

            house.liar.tells("GET", MINE, tell)
            with pytest.raises(SealError):
                await opened()
        house.liar.honest()
        assert await opened() == {0: secrets[0]}

    living(tmp_path, database, body)


async def _day(house: House) -> Any:
    newest = (await house.book())[-1].statement.book
    assert newest is not None
    return newest.day
