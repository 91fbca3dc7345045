"""Sealed slots: so many a day, all alike; two of three auditors open one; all are opened when due."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.server.running import Clock, Running, running

from fanlight.cli.main import main
from fanlight.cli.sealed import listed, read_slots
from fanlight.model import clock
from fanlight.proof.sealed import A_DAY, SlotState
from fanlight.proof.trust import NAMED_BY_LOG
from fanlight.seal import keys
from fanlight.server import sealed
from fanlight.server.errors import Conflict, TooLarge, Unavailable
from fanlight.server.sealed.auditors import Auditor, BadAuditors, read_auditors

PEOPLE = [keys.new_identity() for _ in range(3)]
AUDITORS = tuple(Auditor(f"auditor {n}", one.recipient) for n, one in enumerate(PEOPLE, 1))
ORDER: dict[str, Any] = {"court": "Superior Court (invented)", "kind": "subpoena", "words": "x" * 900}


async def orders(town: Running, *contents: dict[str, Any], taken: timedelta = timedelta()) -> None:
    today = town.clock().date() + taken
    async with town.services.db.transaction() as tx:
        for content in contents:
            await sealed.take(tx, AUDITORS, content, today=today)


async def tick(town: Running, auditors: tuple[Auditor, ...] = AUDITORS) -> int:
    made = await sealed.tick(town.services, auditors)
    town.services.log.sequencer.wake()
    await town.settled()
    return made


def command(*words: str) -> Result:
    return CliRunner().invoke(main, ["sealed", *words])


def slots(home: Path, today: date) -> dict[str, Any]:
    return {one.name: one for one in read_slots(str(home), NAMED_BY_LOG).states(today)}


def test_a_day_has_its_slots_whether_or_not_anything_was_sealed(database: str, tmp_path: Path) -> None:
    """R49: existence and count are public; which are filled is not to be told by size, number or order."""

    async def body() -> None:
        ticking = Clock()
        async with running(tmp_path, database, ticking=ticking) as town:
            assert await tick(town) == A_DAY
            assert await tick(town) == 0
            await orders(town, ORDER, {"kind": "warrant"})
            ticking.ahead += timedelta(days=1)
            assert await tick(town) == A_DAY
            await orders(town, *({"number": n} for n in range(A_DAY + 1)))
            ticking.ahead += timedelta(days=1)
            assert await tick(town) == A_DAY  # one waits for the next day: a day never has more
            assert await town.count("SELECT count(*) FROM sealed_order") == 1
            ticking.ahead += timedelta(days=3)
            assert await tick(town) == 3 * A_DAY
            rows = (await town.json("/v1/log/leaves", params={"type": "sealed"}))["leaves"]
            assert len(rows) == 6 * A_DAY
            assert len({len(row["leaf"]) for row in rows}) == 1
            assert not any("Superior" in row["leaf"] or "warrant" in row["leaf"] for row in rows)

    asyncio.run(body())
    status, lines = listed(read_slots(str(tmp_path), NAMED_BY_LOG), clock.now().date() + timedelta(days=5))
    assert (status, lines) == (0, ["24 sealed slots: 24 sealed."])


def test_all_slots_are_opened_on_their_due_day_and_a_court_may_renew_one(
    database: str, tmp_path: Path
) -> None:
    """R49: opened, renewed or overdue, and anybody sees which."""

    async def body() -> str:
        ticking = Clock()
        async with running(tmp_path, database, ticking=ticking) as town:
            await orders(town, ORDER)
            await tick(town)
            day = ticking().date() - timedelta(days=1)
            kept, until = f"{day}/2", day + timedelta(days=360)
            for wrong in (day + timedelta(days=180), day + timedelta(days=361)):
                async with town.services.db.transaction() as tx:
                    with pytest.raises(Conflict, match="cannot be renewed"):
                        await sealed.renew(town.services.log, tx, kept, wrong, "nobody")
            async with town.services.db.transaction() as tx:
                await sealed.renew(town.services.log, tx, kept, until, "Superior Court (invented)")
            ticking.ahead += timedelta(days=179)
            assert await tick(town, ()) == A_DAY - 1  # without auditors, so that no days are filled up
            async with town.services.db.transaction() as tx:
                with pytest.raises(Conflict):
                    await sealed.renew(town.services.log, tx, f"{day}/1", until, "too late")
            return kept

    kept = asyncio.run(body())
    today = clock.now().date() + timedelta(days=179)
    found = slots(tmp_path, today)
    first = [one for name, one in found.items() if name[:10] == kept[:10]]
    assert [one.state for one in first].count(SlotState.OPENED) == A_DAY - 1
    assert found[kept].state is SlotState.RENEWED
    held = [one.value for one in first if one.value is not None]
    assert held in ([ORDER], [])  # the renewed one may be the filled one: its number was drawn
    late = slots(tmp_path, found[kept].due + timedelta(days=1))
    assert late[kept].state is SlotState.OVERDUE


def test_two_of_three_auditors_open_a_slot_that_the_server_forgot(database: str, tmp_path: Path) -> None:
    """R49: the escrow is in the entry itself; one auditor alone opens nothing."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            await orders(town, ORDER, taken=-timedelta(days=1))
            await tick(town)
            async with town.services.db.transaction() as tx:
                await tx.execute("DELETE FROM opening")

    asyncio.run(body())
    for number, one in enumerate(PEOPLE):
        (tmp_path / f"key{number}").write_text(f"# an auditor's\n{one.secret}\n")
    (tmp_path / "stranger").write_text(keys.new_identity().secret)
    day = clock.now().date() - timedelta(days=1)
    held = []
    for number in range(1, A_DAY + 1):
        name = f"{day}/{number}"
        shares = []
        for key in ("key0", "key2"):
            told = CliRunner().invoke(
                main, ["sealed", "share", str(tmp_path), name, "--key", str(tmp_path / key)]
            )
            assert told.exit_code == 0, told.output
            shares.append(told.output.strip())
        opened = CliRunner().invoke(
            main, ["sealed", "open", str(tmp_path), name, "--share", shares[0], "--share", shares[1]]
        )
        assert opened.exit_code == 0, opened.output
        held.append(opened.output.strip())
        alone = CliRunner().invoke(main, ["sealed", "open", str(tmp_path), name, "--share", shares[0]])
        assert alone.exit_code == 1
        assert "two shares of different auditors" in alone.stderr
    assert held.count("null") == A_DAY - 1
    assert sum("Superior Court" in one for one in held) == 1
    other = command("share", str(tmp_path), f"{day}/1", "--key", str(tmp_path / "stranger"))
    assert (other.exit_code, "none of its shares is for this key" in other.stderr) == (1, True)


def test_without_auditors_nothing_is_sealed_and_no_order_is_taken(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            assert await sealed.tick(town.services, ()) == 0
            async with town.services.db.transaction() as tx:
                with pytest.raises(Unavailable, match="names no auditors"):
                    await sealed.take(tx, (), ORDER, today=town.clock().date())
                with pytest.raises(TooLarge, match="3500 bytes"):
                    await sealed.take(tx, AUDITORS, {"words": "x" * 3_500}, today=town.clock().date())

    asyncio.run(body())


def test_a_slot_that_nobody_opens_is_overdue_and_the_list_fails(database: str, tmp_path: Path) -> None:
    """R49: an operator who keeps quiet is seen to."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            await tick(town)

    asyncio.run(body())
    day = clock.now().date() - timedelta(days=1)
    status, lines = listed(read_slots(str(tmp_path), NAMED_BY_LOG), day + timedelta(days=181))
    assert status == 1
    assert f"{day}/1 was due on {day + timedelta(days=180)} and is neither opened nor renewed." in lines
    assert f"There is no slot {day + timedelta(days=1)}/1." in lines


def _named(*rows: tuple[str, str]) -> str:
    return "".join(f'[[auditor]]\nname = "{name}"\nrecipient = "{key}"\n' for name, key in rows)


def test_three_auditors_are_read_from_their_list(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    assert read_auditors(tmp_path) == ()
    rows = [(one.name, one.recipient) for one in AUDITORS]
    (tmp_path / "server" / "auditors.toml").write_text(_named(*rows))
    assert read_auditors(tmp_path) == AUDITORS
    wrong = [
        _named(*rows[:2]),
        _named(*rows, rows[0]),
        _named(rows[0], rows[1], ("another name", rows[1][1])),
        _named(rows[0], rows[1], (rows[1][0], rows[2][1])),
        _named(rows[0], rows[1], ("x", "age1notone")),
        _named(rows[0], rows[1], ("", rows[2][1])),
        _named(*rows) + "need = 2\n",
        "auditor = 3",
        "[[auditor",
    ]
    for text in wrong:
        (tmp_path / "server" / "auditors.toml").write_text(text)
        with pytest.raises(BadAuditors):
            read_auditors(tmp_path)
