"""One's own household, asked for again and again: a short answer while nothing changed, and only then."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.server.booking import Person, begin_recovery, found, shown, sign_up
from tests.server.running import running
from tests.server.test_accounts_people import let_hub_in

MINE = "/v1/households/mine"


async def told(person: Person, tag: str = "") -> tuple[str, Any]:
    """Return the tag of what somebody is told, and what that is; None for "as it was"."""
    headers = {"If-None-Match": tag} if tag else {}
    answer = await person.call("GET", MINE, headers=headers)
    assert answer.headers["cache-control"] == "private, no-store"
    if answer.status_code == 304:
        assert answer.content == b""
        return answer.headers["etag"], None
    assert answer.status_code == 200
    return answer.headers["etag"], answer.json()


def test_a_household_is_told_again_after_every_change_and_only_then(database: str, tmp_path: Path) -> None:
    """R03: who asks every half minute who is of the household is sent its whole book when it changed."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            ana, ben, eve = [await sign_up(town.http) for _ in range(3)]
            home = await found(ana)
            tags = {tag := (await told(ana))[0]}

            async def changes(act: Callable[[], Awaitable[Any]]) -> None:
                nonlocal tag
                assert await told(ana, tag) == (tag, None)
                assert await told(ana, f"W/{tag}") == (tag, None)  # by way of a proxy that compresses
                before = (await told(ana))[1]
                await act()
                tag, now = await told(ana, tag)
                assert now not in (None, before)
                assert tag not in tags
                tags.add(tag)

            await changes(lambda: home.invite(ben))
            await changes(lambda: home.turn(ana.listed("owner"), ben.listed("member")))
            of_ben, _ = await told(ben)
            assert of_ben != tag, "another role is told other things"
            await changes(lambda: ana.json("POST", "/v1/invites", json={"invite": "i" * 26}))
            assert await told(ben, of_ben) == (of_ben, None), "invites are for owners to see"
            await changes(lambda: let_hub_in(home))
            assert (await told(ben, of_ben))[1] is not None
            await shown(eve, home.sheet)
            back = home.next(eve.listed("owner"), signer=home.sheet, why="recovered")
            await changes(lambda: begin_recovery(eve, home, back))
            await changes(lambda: ben.call("POST", "/v1/account/leave"))
            gone = await ben.call("GET", MINE, headers={"If-None-Match": of_ben})
            assert (gone.status_code, gone.json()["code"]) == (404, "accounts.no_household")

    asyncio.run(body())
