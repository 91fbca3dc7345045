"""A gag that a court renews: nothing of it is opened early, and all of it on the day after it ended."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

from tests.server.counsel import Counsel
from tests.server.running import Running, Still, running
from tests.server.test_legal_process import AUDITORS, decide, forward, hand_in, of_home
from tests.server.visitors import World, everybody

from fanlight.cli.sealed import read_slots
from fanlight.proof.sealed import A_DAY, TERM, SlotState
from fanlight.proof.trust import NAMED_BY_LOG
from fanlight.server import sealed
from fanlight.server.sealed.auditors import read_auditors


async def renew(counsel: Counsel, process: str, until: date) -> None:
    said = {"court": "Superior Court", "docket": "R-1", "ordered": counsel.town.services.today()}
    answer = await counsel.renew(process, **said, until=until.isoformat())
    assert answer.is_success, answer.text


async def gagged(world: World, until: date) -> str:
    found = await hand_in(world, gag="order", gag_until=until.isoformat())
    assert (await decide(world, found["process"])).is_success
    made: str = found["process"]
    return made


async def shown(town: Running, process: str) -> list[str]:
    """Return what has been opened of a process, by its type."""
    opened = [leaf["pub"]["opening"]["value"] for leaf in await town.leaves("sealed-opened")]
    return sorted(one["type"] for one in opened if one and one.get("process") == process)


def slots(town: Running, home: Path) -> list[str]:
    return read_slots(str(home), NAMED_BY_LOG).problems(town.clock().date())


def test_a_renewed_gag_holds_in_every_order_of_events_and_ends_in_one_sweep(
    database: str, tmp_path: Path
) -> None:
    """R49: renewed before there is a slot, packets made after it and behind others: all open on one day."""

    async def body() -> None:
        ticking = Still()
        async with running(tmp_path, database, ticking=ticking, rounds_s=86_400.0) as town:
            world, counsel = await everybody(town), Counsel(town)
            (tmp_path / "server" / "auditors.toml").write_text(AUDITORS)
            auditors = read_auditors(tmp_path)
            first = town.clock().date()
            until = first + timedelta(days=10)
            made = await gagged(world, until)
            far = await gagged(world, until)
            # renewed while the orders wait for their slots: one of them twice, which no single step reaches
            last = until + TERM
            await renew(counsel, made, last)
            await renew(counsel, far, last)
            await renew(counsel, far, last + TERM)
            assert await town.count("SELECT count(*) FROM sealed_order WHERE shut_until IS NOT NULL") == 2
            await forward(town, ticking, auditors, days=1)
            renewed = [leaf["pub"] for leaf in await town.leaves("sealed-renewed")]
            ends = [(last + timedelta(days=1)), first + 2 * TERM, last + TERM + timedelta(days=1)]
            assert sorted(one["due"] for one in renewed) == sorted(day.isoformat() for day in ends)
            assert {one["by"] for one in renewed} == {"a state court"}
            # a packet made under the renewed gag; and one that waits behind more than a day's slots of others
            await counsel.pack(made)
            async with town.services.db.transaction() as tx:
                for number in range(2 * A_DAY):
                    await sealed.take(tx, auditors, {"other": number}, today=first)
            await counsel.pack(made)
            await forward(town, ticking, auditors, days=9)  # the first gag's last day
            assert await town.count("SELECT count(*) FROM sealed_order") == 0
            assert len(await town.leaves("sealed-renewed")) == 5
            # past every slot's own day, on the last quiet day: dummies are open, nothing of these
            await forward(town, ticking, auditors, days=180)
            assert town.clock().date() == last
            world.people["owner"].session = {}
            assert (await of_home(world), await shown(town, made), await town.leaves("process")) == (
                [],
                [],
                [],
            )
            assert await town.leaves("sealed-opened")
            assert slots(town, tmp_path) == []
            await forward(town, ticking, auditors, days=1)
            assert await shown(town, made) == ["process", "process-packet", "process-packet"]
            assert [leaf["pub"]["process"] for leaf in await town.leaves("process")] == [made]
            assert len(await town.leaves("process-packet")) == 2
            assert [one["process"] for one in await of_home(world)] == [made]
            # what is made later still has its entry at once; the other gag stands on
            await counsel.pack(made)
            await town.settled()
            assert len(await town.leaves("process-packet")) == 3
            assert await shown(town, far) == []
            states = read_slots(str(tmp_path), NAMED_BY_LOG).states(town.clock().date())
            assert sum(one.state is SlotState.RENEWED for one in states) == 1
            assert slots(town, tmp_path) == []

    asyncio.run(body())


def test_no_slot_of_an_earlier_day_takes_an_order(database: str, tmp_path: Path) -> None:
    """R49: a server that missed days enters their slots without today's orders: they would open early."""

    async def body() -> None:
        ticking = Still()
        async with running(tmp_path, database, ticking=ticking, rounds_s=86_400.0) as town:
            world, counsel = await everybody(town), Counsel(town)
            (tmp_path / "server" / "auditors.toml").write_text(AUDITORS)
            auditors = read_auditors(tmp_path)
            await sealed.tick(town.services, auditors)
            ticking.ahead += timedelta(days=3)  # nothing ran meanwhile
            today = town.clock().date()
            for actor in world.people.values():
                actor.session = {}
            made = await gagged(world, today + TERM)  # longer than it may: held to its 179 days
            await forward(town, ticking, auditors, days=0)
            assert await town.count("SELECT count(*) FROM sealed_slot WHERE holds IS NOT NULL") == 0
            await counsel.pack(made)
            await forward(town, ticking, auditors, days=1)
            query = "SELECT count(*) FROM sealed_slot WHERE holds IS NOT NULL AND day = %s AND due = %s"
            assert await town.count(query, today, today + TERM) == 2
            assert await town.leaves("sealed-renewed") == []

    asyncio.run(body())
