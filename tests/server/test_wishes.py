"""Wishes of people in a picture: sent without an account, the same file for every home, nothing told back."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.server.acting import CELL, make_household
from tests.server.running import Running, running

from fanlight.seal import opening, sealing
from fanlight.server.wishes import clockwork
from fanlight.wire import b64, jcs


def in_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Let a test be written as one coroutine."""

    @functools.wraps(test)
    def run(**fixtures: Any) -> None:
        async def body() -> None:
            await test(**fixtures)

        asyncio.run(body())

    return run


async def sealed_wish(town: Running, words: str = "Please erase me.") -> bytes:
    recipient = (await town.json(f"/v1/cells/{CELL}/recipient"))["recipient"]
    plain = jcs.dumps({"v": 1, "type": "wish", "words": words, "pad": ""})
    return sealing.seal(plain + b" " * (2_048 - len(plain)), [recipient])


async def send(town: Running, sealed: bytes, cell: str = CELL, **options: Any) -> httpx.Response:
    body = {"cell": cell, "sealed": b64.encode(sealed)}
    return await town.http.post("/v1/wishes", json=body, **options)


@in_a_loop
async def test_a_sender_learns_only_that_it_was_sent(database: str, tmp_path: Path) -> None:
    """R09: the same answer with a home in the cell and without one, the first time and again."""
    async with running(tmp_path, database) as town:
        before = await send(town, await sealed_wish(town))
        await make_household(town.http)
        sealed = await sealed_wish(town)
        answers = [before, await send(town, sealed), await send(town, sealed)]
        assert {(answer.status_code, answer.text) for answer in answers} == {(202, '{"state":"sent"}')}
        assert len((await town.json(f"/v1/cells/{CELL}/wishes"))["wishes"]) == 2


@in_a_loop
async def test_every_home_of_the_cell_fetches_the_same_bytes_and_opens_them(
    database: str, tmp_path: Path
) -> None:
    """R24: no call names a home or a wish; the cell's key is the homes'."""
    async with running(tmp_path, database) as town:
        home = await make_household(town.http)
        await send(town, await sealed_wish(town))
        one = await town.http.get(f"/v1/cells/{CELL}/wishes")
        other = await home.hub.call("GET", f"/v1/cells/{CELL}/wishes")
        assert one.content == other.content
        assert one.headers["etag"] == other.headers["etag"]
        again = await town.http.get(
            f"/v1/cells/{CELL}/wishes", headers={"If-None-Match": one.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        identity = (await home.hub.json("GET", f"/v1/cells/{CELL}/key"))["identity"]
        (entry,) = one.json()["wishes"]
        assert b"Please erase me." in opening.open_age(b64.decode(entry["sealed"]), [identity])


@in_a_loop
async def test_a_wish_ends_after_a_month_and_leaves_nothing(database: str, tmp_path: Path) -> None:
    """R09: nothing of it is kept longer."""
    async with running(tmp_path, database) as town:
        await send(town, await sealed_wish(town))
        town.clock.ahead = timedelta(days=30)
        assert await clockwork.sweep(town.services) == 0
        town.clock.ahead = timedelta(days=31)
        assert await clockwork.sweep(town.services) == 1
        assert (await town.json(f"/v1/cells/{CELL}/wishes"))["wishes"] == []
        assert await town.count("SELECT count(*) FROM wish_end") == 0


@in_a_loop
async def test_no_row_says_who_wished_or_which_home_it_met(database: str, tmp_path: Path) -> None:
    """R24: a wish is a cell and sealed bytes; its end has a day and no cell."""
    async with running(tmp_path, database) as town:
        await send(town, await sealed_wish(town))
    with psycopg.connect(database) as owner:
        rows = owner.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_name IN ('wish', 'wish_end') ORDER BY 1, 2"
        ).fetchall()
        points_at = owner.execute(
            "SELECT confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid IN ('wish'::regclass, 'wish_end'::regclass)"
        ).fetchall()
    assert rows == [
        ("wish", "cell"),
        ("wish", "id"),
        ("wish", "sealed"),
        ("wish_end", "until"),
        ("wish_end", "wish"),
    ]
    assert points_at == [("wish",)]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"sealed": b64.encode(b"in the clear" * 300)}, 400, "wishes.not_sealed"),
        ({"sealed": b64.encode(b"age-encryption.org/v1\n")}, 400, "wishes.not_sealed"),
        ({"sealed": "?"}, 400, "wishes.not_sealed"),
        ({"cell": "8" * 15}, 400, None),
        ({"cell": "851f8d47fffffff"}, 404, "requests.no_cell"),
    ],
)
@in_a_loop
async def test_what_is_no_wish_is_refused(
    database: str, tmp_path: Path, change: dict[str, str], status: int, code: str | None
) -> None:
    """R09: other bytes than sealed ones, another size, no cell of this town."""
    async with running(tmp_path, database) as town:
        body = {"cell": CELL, "sealed": b64.encode(await sealed_wish(town))} | change
        answer = await town.http.post("/v1/wishes", json=body)
        assert answer.status_code == status
        assert code in (None, answer.json()["code"])


@in_a_loop
async def test_a_wish_that_says_who_sends_it_is_refused_and_many_from_one_place_are(
    database: str, tmp_path: Path
) -> None:
    """R09: nobody signs a wish by mistake, and nobody fills a neighbourhood's boxes in an hour."""
    async with running(tmp_path, database) as town:
        sealed = await sealed_wish(town)
        named = await send(town, sealed, headers={"Authorization": "Bearer x"})
        assert named.json()["code"] == "wishes.named"
        codes = [(await send(town, sealed)).status_code for _ in range(11)]
        assert codes == [202] * 10 + [429]
