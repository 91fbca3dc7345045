"""A server that lies about clips on their way from the hub to a member.

Each attack first lets the honest server pass the same steps: `watch` opens every clip to its last byte.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.malicious.lying import House, Lie, Told, living, watch

from fanlight.model.errors import FanlightError
from fanlight.seal.age_format import CHUNK_SEALED, NONCE_LENGTH
from fanlight.seal.reading import Order

LIST, PART = "/v1/clips", "/v1/clips/{}/{}"


async def other_bytes(house: House, clip: str, part: str) -> bytes:
    """Return a part of another clip, as the server has it."""
    return (await house.direct.uplink.call("GET", PART.format(clip, part))).content


async def refused(house: House, clip: str, part: str, change: Callable[[bytes], bytes]) -> None:
    """Change one part of one clip; all others hold, and this one is refused."""
    order = Order()
    everything = await watch(house, order)
    assert clip in everything

    def lie(told: Told) -> None:
        told.body = change(told.body)

    house.liar.tells("GET", PART.format(clip, part), lie)
    with pytest.raises(FanlightError):
        await watch(house, order)
    house.liar.honest()
    assert await watch(house, order) == everything


@pytest.mark.parametrize("part", ["manifest", "hdr", "pay"])
def test_a_part_of_another_clip_in_its_place_is_refused(database: str, tmp_path: Path, part: str) -> None:
    """R03 R05: description, header and payload belong together by the hub's signature."""

    async def body(house: House) -> None:
        one, two = await house.record(2)
        theirs = await other_bytes(house, two, part)
        await refused(house, one, part, lambda _: theirs)

    living(tmp_path, database, body)


def test_a_whole_other_clip_under_its_id_is_refused(database: str, tmp_path: Path) -> None:
    """R03 R05: an older clip replayed under a newer one's id says its own id, and its own place."""

    async def body(house: House) -> None:
        one, two = await house.record(2)
        order = Order()
        everything = await watch(house, order)

        def exchange(told: Told) -> None:
            rows = told.json["clips"]
            old = next(row for row in rows if row["clip"] == one)
            told.say({"clips": [{**old, "clip": two}], "after": None})

        house.liar.tells("GET", LIST, exchange)
        for part in ("manifest", "hdr", "pay"):
            theirs = await other_bytes(house, one, part)
            house.liar.tells("GET", PART.format(two, part), instead(theirs))
        shown = await watch_or_none(house, order)
        assert shown is None
        house.liar.honest()
        assert await watch(house, order) == everything

    living(tmp_path, database, body)


def instead(body: bytes) -> Lie:
    def lie(told: Told) -> None:
        told.body = body

    return lie


async def watch_or_none(house: House, order: Order) -> list[str] | None:
    try:
        return await watch(house, order)
    except (FanlightError, AssertionError):
        return None


@pytest.mark.parametrize(
    "change",
    [
        lambda pay: pay[:-1],
        lambda pay: pay[: NONCE_LENGTH + CHUNK_SEALED],
        lambda pay: pay + pay[-CHUNK_SEALED:],
        lambda pay: (
            pay[:NONCE_LENGTH]
            + pay[NONCE_LENGTH + CHUNK_SEALED : NONCE_LENGTH + 2 * CHUNK_SEALED]
            + pay[NONCE_LENGTH : NONCE_LENGTH + CHUNK_SEALED]
            + pay[NONCE_LENGTH + 2 * CHUNK_SEALED :]
        ),
        lambda pay: bytes([*pay[:100_000], pay[100_000] ^ 1]) + pay[100_001:],
        lambda pay: pay[:0],
    ],
    ids=["cut-by-a-byte", "cut-by-pieces", "lengthened", "pieces-reordered", "a-bit-turned", "nothing"],
)
def test_a_payload_that_was_cut_reordered_or_changed_is_refused(
    database: str, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    """R03 R05: every piece is in the signed tree, in its place."""

    async def body(house: House) -> None:
        await house.record()
        [clip] = await house.record()
        await refused(house, clip, "pay", change)

    living(tmp_path, database, body)


@pytest.mark.parametrize("field", ["day", "epoch", "length", "root"])
def test_a_list_that_says_otherwise_than_the_hub_signed_is_refused(
    database: str, tmp_path: Path, field: str
) -> None:
    """R03 R05: the card of each clip carries the hub's signature."""

    async def body(house: House) -> None:
        await house.record(2)
        everything = await watch(house)
        others = {"day": "2026-01-01", "epoch": 0, "length": 16 + 70_000, "root": "0" * 64}

        def lie(told: Told) -> None:
            rows = told.json["clips"]
            rows[0]["card"] = re.sub(
                rf'"{field}":("[^"]*"|\d+)', f'"{field}":{json.dumps(others[field])}', rows[0]["card"]
            )
            told.say({"clips": rows, "after": None})

        house.liar.tells("GET", LIST, lie)
        with pytest.raises(FanlightError):
            await watch(house)
        house.liar.honest()
        assert await watch(house) == everything

    living(tmp_path, database, body)


def test_clips_left_out_of_a_days_list_are_fewer_than_the_hub_counted(database: str, tmp_path: Path) -> None:
    """R03 R05: the hub signs how many clips of each camera and day it sent."""

    async def body(house: House) -> None:
        await house.record(3)
        said = await house.status()
        assert [sum(days.values()) for days in said["sent"].values()] == [3] == [len(await watch(house))]
        house.liar.tells("GET", LIST, lambda told: told.say({"clips": told.json["clips"][1:], "after": None}))
        assert len(await watch(house)) == 2
        assert (await house.status())["sent"] == said["sent"]

    living(tmp_path, database, body)


def test_a_clip_that_the_server_took_and_did_not_keep_is_counted_by_the_hub(
    database: str, tmp_path: Path
) -> None:
    """R03 R05: a server that says thank you and throws away is found out by the count."""

    async def body(house: House) -> None:
        clips = await house.record(1)
        house.liar.swallows |= {
            ("PUT", "/v1/clips/[a-z2-7]{26}"): b'{"received":0,"kept":false}',
            ("HEAD", "/v1/clips/[a-z2-7]{26}/pay"): b"",
            ("PUT", "/v1/clips/[a-z2-7]{26}/pay"): b'{"received":1000000000}',
            ("POST", "/v1/clips/[a-z2-7]{26}/done"): b'{"received":0,"kept":true}',
        }
        clips += await house.record(1)
        house.liar.honest()
        said = await house.status()
        assert [sum(days.values()) for days in said["sent"].values()] == [2]
        assert await watch(house) == clips[:1]

    living(tmp_path, database, body)


def test_the_lists_own_order_means_nothing_and_no_clip_takes_anothers_place(
    database: str, tmp_path: Path
) -> None:
    """R03 R05: clips are ordered by the places that the hub signed; one that is listed twice is one clip."""

    async def body(house: House) -> None:
        clips = await house.record(3)
        order = Order()
        assert sorted(await watch(house, order)) == sorted(clips)
        house.liar.tells(
            "GET",
            LIST,
            lambda told: told.say(
                {"clips": [*told.json["clips"][::-1], told.json["clips"][0]], "after": None}
            ),
        )
        assert set(await watch(house, order)) == set(clips)

    living(tmp_path, database, body)
