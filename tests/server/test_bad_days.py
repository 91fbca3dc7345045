"""Bad days between a hub and its server: away for a week, clocks that differ, another release."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.hub.answering import Answer, answering
from tests.hub.parcels import make_parcel
from tests.ports import free_port
from tests.server import booking
from tests.server.acting import Household, make_household
from tests.server.running import Clock, running
from tests.server.test_links import Given
from tests.server.vaults import listed

from fanlight.hub.outbox import Outbox, Parcel
from fanlight.hub.uplink import Refused, ServerAway, Uplink
from fanlight.model.clock import now

DAY = timedelta(days=1)


def made(home: Household, start: datetime) -> Parcel:
    return make_parcel(home.recipient, home.hub.keys.signing, size=1_000, start=start, household=home.id)


def weight(parcel: Parcel) -> int:
    return len(parcel.pay) + len(parcel.hdr) + len(parcel.manifest)


async def push(outbox: Outbox, url: str, home: Household) -> int:
    async with Uplink(url, home.hub.keys.signing) as uplink:
        return await outbox.push(uplink)


def test_a_hub_catches_up_in_order_within_the_quota_and_says_what_fell_out(
    database: str, tmp_path: Path
) -> None:
    """R01 R03: a week without a server loses no clip that is still wanted, and hides none that it lost."""

    async def body() -> None:
        away = Outbox(tmp_path / "hub")
        async with running(tmp_path / "town", database, quota_gib=0.001) as town:
            home = await make_household(town.http)
            await home.owner.json("PUT", "/v1/vault/keeping", json={"keep_days": 4})
            week = [made(home, now() - days * DAY) for days in range(7, -1, -1)]
            for parcel in week:
                away.put(parcel)
            with pytest.raises(ServerAway):
                await push(away, f"http://127.0.0.1:{free_port()}", home)
            assert (away.waiting(), away.troubles()) == (8, [])

            url, wanted = str(town.http.base_url), week[3:]
            fits = (1 << 30) // 1_000 // max(map(weight, wanted))
            assert 0 < fits < len(wanted)
            with pytest.raises(Refused, match="space at the server is full"):
                await push(away, url, home)
            assert await listed(home) == {parcel.clip for parcel in wanted[:fits]}
            assert away.waiting() == len(wanted) - fits
            assert [said for said in away.troubles() if said.startswith("3 clips came too late")]

            await home.owner.call("DELETE", f"/v1/clips/{wanted[0].clip}")
            with pytest.raises(Refused):
                await push(away, url, home)
            assert await listed(home) == {parcel.clip for parcel in wanted[1 : fits + 1]}
        away.close()
        again = Outbox(tmp_path / "hub")
        assert "came too late" in again.troubles()[0], "also after a restart"
        again.close()

    (tmp_path / "hub").mkdir()
    asyncio.run(body())


@pytest.mark.parametrize("hub_ahead", [-DAY, DAY], ids=["hub-a-day-late", "hub-a-day-early"])
@pytest.mark.parametrize("server_ahead", [timedelta(), -DAY, DAY], ids=["right", "late", "early"])
def test_clocks_that_are_a_day_apart_stop_no_clip_and_what_is_further_apart_waits(
    database: str, tmp_path: Path, hub_ahead: timedelta, server_ahead: timedelta
) -> None:
    """R01: a wrong clock makes a clip wait at most, whoever's it is; nothing is refused for good."""

    async def body() -> None:
        ticking = Clock()
        ticking.ahead = server_ahead
        outbox = Outbox(tmp_path / "hub")
        async with running(tmp_path / "town", database, ticking=ticking) as town:
            home = await make_household(town.http)
            clip = made(home, now() + hub_ahead)
            outbox.put(clip)
            sent = await push(outbox, str(town.http.base_url), home)
            if hub_ahead - server_ahead > DAY:
                assert (sent, outbox.waiting()) == (0, 1)
                assert "Look at this hub's clock" in outbox.troubles()[0]
                later = made(home, now() - DAY)
                outbox.put(later)
                assert await push(outbox, str(town.http.base_url), home) == 1, "it holds up no other clip"
                assert await listed(home) == {later.clip}
                ticking.ahead = timedelta()
                sent = await push(outbox, str(town.http.base_url), home)
            assert (sent, outbox.waiting(), outbox.troubles()) == (1, 0, [])
            assert clip.clip in await listed(home)
        outbox.close()

    (tmp_path / "hub").mkdir()
    asyncio.run(body())


@pytest.mark.parametrize("ahead", [-DAY, DAY], ids=["late", "early"])
def test_people_sign_in_invite_and_come_back_at_a_server_whose_clock_is_a_day_off(
    database: str, tmp_path: Path, ahead: timedelta
) -> None:
    """R05: nobody's own clock is asked; a browser's day is a day in a page of the book, and no more."""

    async def body() -> None:
        ticking = Clock()
        ticking.ahead = ahead
        async with running(tmp_path, database, ticking=ticking) as town:
            ana, ben = await booking.sign_up(town.http), await booking.sign_up(town.http)
            assert (await ana.sign_in()).status_code == 200
            home = await booking.found(ana)  # its first page bears the browser's day
            await home.invite(ben)
            await home.turn(ana.listed("owner"), ben.listed("member"))
            back = await booking.sign_up(town.http)
            back_made = home.next(back.listed("owner"), signer=home.sheet, why="recovered")
            pending = (await booking.begin_recovery(back, home, back_made)).json()
            assert pending["due"] == (ticking().date() + 2 * DAY).isoformat()

    asyncio.run(body())


def test_a_share_for_support_lasts_its_hour_whatever_day_the_browser_thinks_it_is(
    database: str, tmp_path: Path
) -> None:
    """R04: the hour is counted at the server, and may run past midnight."""

    async def body() -> None:
        ticking = Clock()
        ticking.ahead = now().replace(hour=23, minute=40) + DAY - now()
        async with running(tmp_path, database, ticking=ticking) as town:
            home = await make_household(town.http)
            for browser_days in (-1, 0, 1):
                given = Given(home, kind="support", days=browser_days)
                await home.owner.json("PUT", f"/v1/links/{given.id}", json=given.wire(town))
                await home.owner.json("PUT", f"/v1/links/{given.id}/file", content=given.file)
                await home.owner.json("POST", f"/v1/links/{given.id}/done")
                ticking.ahead += timedelta(minutes=30)
                assert (await town.json(f"/v1/links/{given.id}/about"))["state"] == "open"
                ticking.ahead += timedelta(minutes=31)
                assert (await town.json(f"/v1/links/{given.id}/about"))["state"] == "expired"
                ticking.ahead -= timedelta(minutes=61)

    asyncio.run(body())


@pytest.mark.parametrize(("status", "code"), [(426, "server.client_too_old"), (501, "server.client_too_new")])
def test_a_hub_of_another_release_than_the_server_keeps_its_clips_and_is_told_which_is_behind(
    database: str, tmp_path: Path, status: int, code: str
) -> None:
    """R02: nothing that waits is given up for the sake of a release."""

    async def body() -> None:
        outbox = Outbox(tmp_path / "hub")
        async with running(tmp_path / "town", database) as town:
            home = await make_household(town.http)
            clip = made(home, now())
            outbox.put(clip)
            told = {"code": code, "what": "One of us is behind.", "kept": "All.", "do": "Update."}
            other = Answer(status, told)
            with answering(**{f"PUT /v1/clips/{clip.clip}": other}) as server:
                with pytest.raises(Refused, match="One of us is behind") as refused:
                    await push(outbox, server.url, home)
                assert refused.value.server_code == code
                assert {asked.headers["Fanlight-Speaks"] for asked in server.asked} == {"1"}
            assert (outbox.waiting(), outbox.refusals()) == (1, [])
            assert await push(outbox, str(town.http.base_url), home) == 1
        outbox.close()

    (tmp_path / "hub").mkdir()
    asyncio.run(body())
