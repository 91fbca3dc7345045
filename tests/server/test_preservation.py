"""Preservation requests: what exists is not lost while one stands, and is let go on the day after."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.server.counsel import Counsel
from tests.server.running import Running, Still, running
from tests.server.test_legal_process import AUDITORS, decide, failed, form, of_home
from tests.server.visitors import World, everybody

from fanlight.server.accounts.shredding import delete_household
from fanlight.server.process import telling
from fanlight.server.vault.keeping import Keeper

DAYS = 90
A_DAY = timedelta(days=1)


def asking(**other: Any) -> dict[str, Any]:
    scope = {"what": ["contents", "account_records"]} | other.pop("scope", {})
    return {"kind": "preservation", "court": "", "court_level": "none", "scope": scope, **other}


async def ask(world: World, who: str = "officer", **other: Any) -> dict[str, Any]:
    said = form(world.town, world.home.id, **asking(**other))
    path = "/v1/counsel/process" if who == "counsel" else "/v1/agency/process"
    actor = world.people[who]
    actor.session = {}
    found: dict[str, Any] = await actor.json("POST", path, json=said)
    return found


async def accepted(world: World, **other: Any) -> str:
    found = await ask(world, **other)
    assert failed(found) == set()
    answer = await decide(world, found["process"])
    assert answer.is_success, answer.text
    return str(found["process"])


async def refused(world: World, **other: Any) -> str:
    found = await ask(world, **other)
    return str((await decide(world, found["process"])).json()["code"])


async def listed(world: World) -> set[str]:
    owner = world.people["owner"]
    owner.session = {}
    headers = {"Fanlight-Household": world.home.id}
    page = await owner.json("GET", "/v1/clips", params={"brief": "true"}, headers=headers)
    return {row["clip"] for row in page["clips"]}


async def erase(world: World, clip: str) -> int:
    headers = {"Fanlight-Household": world.home.id}
    return (await world.people["owner"].call("DELETE", f"/v1/clips/{clip}", headers=headers)).status_code


async def there(town: Running, clip: str) -> bool:
    """Tell whether a payload lies in the store."""
    async for keys in town.services.blobs.keys("clips"):
        if any(key.endswith(clip) for key in keys):
            return True
    return False


@pytest.mark.timeout(300)
def test_what_counsel_accepted_stays_until_its_day_and_goes_on_the_day_after(  # noqa: PLR0915 - one way, step by step
    database: str, tmp_path: Path
) -> None:
    """R22: deleted by the household, or past its days, it is gone for the household and stays until the end.

    A clip outside the scope goes as ever; the end comes by the clock alone, and no later request puts it off.
    """

    async def body() -> None:
        ticking = Still()
        async with running(tmp_path, database, ticking=ticking, rounds_s=86_400.0) as town:
            world = await everybody(town)
            today = town.clock().date()
            kept, erased = await world.clip(), await world.clip()
            before = await accepted(
                world, scope={"what": ["contents"], "start": _day(today, -9), "end": _day(today, -9)}
            )  # it reaches no clip
            assert await erase(world, kept) == 204
            assert not await there(town, kept), "outside the scope it goes as ever"
            kept = await world.clip()
            made = await accepted(world)
            (_, told) = sorted(await of_home(world), key=lambda one: one["process"] == made)
            assert (told["until"], told["aside"]) == (_day(today, DAYS), 0)
            assert told["what"] == ["contents", "account_records"]
            assert await erase(world, erased) == 204
            assert await erase(world, erased) == 404, "for the household it is gone"
            assert await listed(world) == {kept}
            assert await there(town, erased)
            assert erased in town.services.shreds.erased, "no older database brings it back"
            (told,) = [one for one in await of_home(world) if one["process"] == made]
            assert told["aside"] == 1
            handed = await Counsel(town).call("GET", f"{made}/packet")
            assert handed.json()["code"] == "process.preserves"
            # past its days the other one is gone for the household too
            ticking.ahead = timedelta(days=30)
            await _tidy(town)
            assert await listed(world) == set()
            assert await there(town, kept)
            looked = await Keeper(town.services).look()
            assert (looked.rows_without_payload, looked.payloads_without_row, looked.overdue) == (0, 0, 0)
            ticking.ahead = timedelta(days=DAYS)  # the last day on which it stands
            await _tidy(town)
            assert await there(town, kept)
            assert await there(town, erased)
            # another one, entered from paper: it is no renewal, and keeps nothing that was put aside before
            days = {"start": _day(today, -1), "end": _day(today, 0)}
            late = await accepted(world, who="counsel", scope=days)
            ticking.ahead += A_DAY
            await _tidy(town)
            assert not await there(town, kept)
            assert not await there(town, erased)
            assert await town.count("SELECT count(*) FROM vault_held()") == 0
            assert await town.count("SELECT count(*) FROM doomed") == 0
            with psycopg.connect(database) as owner:
                rows = owner.execute("SELECT process FROM preservation").fetchall()
                assert rows == [(late,)]
            await town.settled()
            leaves = {leaf["pub"]["process"]: leaf["pub"] for leaf in await town.leaves("process")}
            assert set(leaves) == {before, made, late}
            shown = {name: leaves[made][name] for name in ("kind", "until", "accounts", "renewal")}
            assert shown == {
                "kind": "preservation",
                "until": _day(today, DAYS),
                "accounts": "1-5",
                "renewal": False,
            }
            assert world.home.id not in str(await town.leaves("process"))

    asyncio.run(body())


@pytest.mark.timeout(300)
def test_it_is_renewed_once_by_who_made_it_within_what_was_accepted(database: str, tmp_path: Path) -> None:
    """R22: 90 days and 90 more; no third time, no second request beside it, none once it is over."""

    async def body() -> None:
        ticking = Still()
        async with running(tmp_path, database, ticking=ticking, rounds_s=86_400.0) as town:
            world = await everybody(town)
            today = town.clock().date()
            days = {"start": _day(today, -3), "end": _day(today, 0)}
            clip = await world.clip()
            # what its kind does not reach, and a gag that no court ordered
            assert failed(await ask(world, scope={"what": ["clip_list"]})) == {"kind"}
            assert failed(await ask(world, gag="order")) == {"court", "gag"}
            officer = world.people["officer"]
            wrong = form(town, world.home.id, renews=world.home.id)
            answer = await officer.call("POST", "/v1/agency/process", json=wrong)
            assert answer.json()["code"] == "process.renews_nothing"
            first = await accepted(world, scope={"what": ["contents"], **days})
            assert await refused(world, scope=days) == "process.preserved_already"
            assert await refused(world, renews=first, scope=days) == "process.not_renewable", "it is wider"
            assert await erase(world, clip) == 204
            ticking.ahead = timedelta(days=DAYS)
            narrow = {"what": ["contents"], **days}
            assert await refused(world, who="counsel", renews=first, scope=narrow) == "process.not_renewable"
            second = await accepted(world, renews=first, scope=narrow)
            for earlier in (first, second):
                assert await refused(world, renews=earlier, scope=narrow) == "process.not_renewable"
            ticking.ahead = timedelta(days=2 * DAYS)
            await _tidy(town)
            assert await there(town, clip)
            ticking.ahead += A_DAY
            await _tidy(town)
            assert not await there(town, clip)
            assert await refused(world, renews=second, scope=narrow) == "process.not_renewable"

    asyncio.run(body())


@pytest.mark.timeout(300)
def test_of_a_household_that_leaves_only_what_was_accepted_stays_and_a_warrant_finds_it(
    database: str, tmp_path: Path
) -> None:
    """R22: the household goes at once with all else; a court's gag on it is told to nobody meanwhile."""

    async def body() -> None:
        ticking = Still()
        async with running(tmp_path, database, ticking=ticking, rounds_s=86_400.0) as town:
            world = await everybody(town)
            (tmp_path / "server" / "auditors.toml").write_text(AUDITORS)
            today = town.clock().date()
            clip = await world.clip()
            until = _day(today, 10)
            gag = {"gag": "order", "gag_until": until, "court": "Superior Court", "court_level": "state"}
            made = await accepted(world, **gag)
            assert await of_home(world) == []
            assert await erase(world, clip) == 204
            assert await listed(world) == set()
            async with town.services.db.transaction() as tx:
                await delete_household(tx, world.home.id)
            assert await town.count("SELECT count(*) FROM household WHERE id = %s", world.home.id) == 0
            again = form(town, world.home.id)
            found = await world.people["officer"].json("POST", "/v1/agency/process", json=again)
            assert (await decide(world, found["process"])).is_success
            counsel, process = Counsel(town), found["process"]
            (account,) = (await counsel.pack(process))["content"]["accounts"]
            assert account["records"]["id"] == world.home.id
            assert [row["id"] for row in account["clips"]] == [clip]
            file = await counsel.call("GET", f"{process}/clips/{clip}")
            assert file.content.startswith(b"age-encryption.org/v1\n")
            ticking.ahead = timedelta(days=11)
            await telling.tick(town.services)
            town.services.log.sequencer.wake()
            await town.settled()
            (leaf,) = [one for one in await town.leaves("process") if one["pub"]["process"] == made]
            assert (leaf["pub"]["until"], leaf["pub"]["accounts"]) == (_day(today, DAYS), "1-5")
            ticking.ahead = timedelta(days=DAYS + 1)
            await _tidy(town)
            assert not await there(town, clip)
            with psycopg.connect(database) as owner:
                assert owner.execute("SELECT count(*) FROM held_account").fetchone() == (0,)

    asyncio.run(body())


@pytest.mark.timeout(300)
def test_an_older_database_brings_nothing_back_and_loses_nothing_that_is_held(
    database: str, tmp_path: Path
) -> None:
    """R05: what was put aside is deleted again after a restore, and put aside again while it is held."""

    async def body() -> None:
        ticking = Still()
        async with running(tmp_path, database, ticking=ticking, rounds_s=86_400.0) as town:
            world = await everybody(town)
            clip = await world.clip()
            await accepted(world, scope={"what": ["contents"]})
            assert await erase(world, clip) == 204
            # as the database was before: the row in its old place
            with psycopg.connect(database) as owner:
                owner.execute("SELECT set_config('fanlight.household', %s, false)", [world.home.id])
                owner.execute("ALTER TABLE held_clip DISABLE TRIGGER USER")
                owner.execute("INSERT INTO clip SELECT * FROM held_clip")
                owner.execute("DELETE FROM held_clip")
                owner.execute("ALTER TABLE held_clip ENABLE TRIGGER USER")
            assert await listed(world) == {clip}
            await Keeper(town.services).replay()
            assert await listed(world) == set()
            assert await there(town, clip)
            assert await town.count("SELECT count(*) FROM vault_held()") == 1

    asyncio.run(body())


def _day(today: date, ahead: int) -> str:
    return (today + timedelta(days=ahead)).isoformat()


async def _tidy(town: Running) -> None:
    keeper = Keeper(town.services)
    await keeper.expire_due()
    await keeper.clear()
