"""Hubs tell their days, the town enters one root, and each hub keeps its path to it."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from tests.server.acting import Household, make_household
from tests.server.running import Clock, Running, prepare, running

from fanlight.cli.main import main
from fanlight.hub.days import Days, proof_of
from fanlight.hub.sealer import Sealer
from fanlight.hub.uplink import Uplink
from fanlight.model.ids import new_id
from fanlight.proof.cosignature import parse_witnesses
from fanlight.proof.note import VerifierKey
from fanlight.server import days
from fanlight.server.errors import Conflict

CLIPS = 5


def sealer_with_clips(folder: Path, house: Household, day: datetime) -> tuple[Sealer, list[bytes]]:
    """Return a hub's sealer that made some clips on a day, one of which was lost, and one the day after."""
    folder.mkdir()
    sealer = Sealer(folder, house.id, house.hub.keys.signing)
    rows = [(day + timedelta(hours=number), bytes([number]) * 32, 0) for number in range(CLIPS)]
    rows += [(day, b"\x77" * 32, 1), (day + timedelta(days=1), b"\x78" * 32, 0)]
    for number, (start, chained, lost) in enumerate(rows):
        finish = start + timedelta(seconds=9)
        sealer._db.execute(
            "INSERT INTO clip VALUES (?, 'door', ?, ?, 'person', ?, ?, ?)",
            (new_id(), number, chained, start.isoformat(), finish.isoformat(), lost),
        )
    return sealer, [chained for _, chained, _ in rows[:CLIPS]]


async def tick(town: Running) -> int:
    made = await days.tick(town.services)
    town.services.log.sequencer.wake()
    await town.settled()
    return made


def test_a_clip_is_dated_by_the_towns_one_entry_of_the_day(database: str, tmp_path: Path) -> None:
    """R42 R30: told the day after, entered the day after that, fetched once, and proved without a network."""
    vkey = VerifierKey.parse(prepare(tmp_path / "town"))

    async def body() -> None:
        ticking = Clock()
        async with running(tmp_path / "town", database, ticking=ticking) as town:
            house = await make_household(town.http)
            midnight = ticking().replace(hour=0, minute=0, second=0, microsecond=0)
            day = midnight - timedelta(days=1)
            sealer, hashes = sealer_with_clips(tmp_path / "hub", house, day)
            hub = Days(tmp_path / "hub", sealer)
            (tmp_path / "hub" / "log.vkey").write_text(f"{vkey.vkey}\n")
            async with Uplink(str(town.http.base_url), house.hub.keys.signing) as uplink:
                ticking.ahead = midnight + timedelta(hours=12) - ticking()
                for _ in range(2):  # the second time says nothing
                    await hub.refresh(uplink, ticking())
                assert await town.count("SELECT count(*) FROM day_digest WHERE day = %s", day.date()) == 1
                assert proof_of(tmp_path / "hub" / "days", day.date(), hashes[0]) is None
                ticking.ahead += timedelta(days=1)
                assert await tick(town) >= 1
                again = Days(tmp_path / "hub", sealer)  # as after a restart
                await again.refresh(uplink, ticking())
            witnesses = parse_witnesses((await town.http.get("/log/witness.vkeys")).text)
            for chained in hashes:
                proof = proof_of(tmp_path / "hub" / "days", day.date(), chained)
                assert proof is not None
                proof.verify(chained, vkey, witnesses)
            assert proof_of(tmp_path / "hub" / "days", day.date(), b"\x77" * 32) is None
            told: list[Any] = await town.leaves("journal")
            assert [leaf["pub"]["day"] for leaf in told] == sorted({leaf["pub"]["day"] for leaf in told})
            assert {leaf["pub"]["size"] for leaf in told} == {64}
            (clip,) = sealer._db.execute("SELECT clip FROM clip WHERE seq = 3").fetchone()
            told_by(tmp_path, clip, vkey.vkey)
            sealer.close()

    asyncio.run(body())


def told_by(home: Path, clip: str, vkey: str) -> None:
    """Have a clip dated and the file checked by the commands, once as it is and once with a hash changed."""
    out = home / "dated.json"
    made = CliRunner().invoke(main, ["hub", "date", clip, "--home", str(home), "--out", str(out)])
    assert made.exit_code == 0, made.output
    for key, code in ((["--log-key", vkey], 2), ([], 2)):
        checked = CliRunner().invoke(main, ["dated", str(out), *key])
        assert checked.exit_code == code, checked.output
    assert (
        "No witness has co-signed" in CliRunner().invoke(main, ["dated", str(out), "--log-key", vkey]).output
    )
    taken = CliRunner().invoke(main, ["hub", "date", clip, "--home", str(home), "--out", str(out)])
    assert (taken.exit_code, "is there already" in taken.stderr) == (1, True)
    other = CliRunner().invoke(main, ["hub", "date", new_id(), "--home", str(home), "--out", str(home / "x")])
    assert (other.exit_code, "no such clip" in other.stderr) == (1, True)
    changed = json.loads(out.read_text())
    changed["hash"] = "00" * 32
    out.write_text(json.dumps(changed))
    false = CliRunner().invoke(main, ["dated", str(out), "--log-key", vkey])
    assert (false.exit_code, "FAILS  day" in false.output) == (1, True)


def test_each_day_is_entered_once_also_without_hubs_and_after_days_of_standing_still(
    database: str, tmp_path: Path
) -> None:
    async def body() -> None:
        ticking = Clock()
        async with running(tmp_path, database, ticking=ticking) as town:
            await tick(town)
            before = len(await town.leaves("journal"))
            assert await tick(town) == 0
            ticking.ahead += timedelta(days=4)
            assert await tick(town) == 4
            assert len(await town.leaves("journal")) == before + 4
            ticking.ahead += timedelta(days=61)
            await tick(town)
            oldest = ticking().date() - days.KEPT
            assert await town.count("SELECT count(*) FROM day_digest WHERE day < %s", oldest) == 0
            ticking.ahead -= timedelta(days=1)  # midnight came while a hub spoke, or a clock was set right
            closed = ticking().date() - timedelta(days=1)
            with pytest.raises(Conflict, match="during the day after it"):
                await days.take(town.services, closed, b"\x11" * 32)
            assert await town.count("SELECT count(*) FROM day_digest WHERE day = %s", closed) == 64

    asyncio.run(body())


def test_no_row_says_whose_a_digest_is_and_only_yesterday_is_taken_from_hubs(
    database: str, tmp_path: Path
) -> None:
    """R24: what all hubs send each day joins no home to anything."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            house = await make_household(town.http)
            today = town.clock().date()
            body = {"digest": "ab" * 32}
            for ago, status in ((0, 409), (1, 204), (2, 409)):
                path = f"/v1/days/{today - timedelta(days=ago)}"
                assert (await house.hub.call("PUT", path, json=body)).status_code == status
            path = f"/v1/days/{today - timedelta(days=1)}"
            assert (await house.owner.call("PUT", path, json=body)).status_code == 403
            for wrong in ({"digest": "AB" * 32}, {"digest": "ab"}, {"digests": "ab" * 32}):
                assert (await house.hub.call("PUT", path, json=wrong)).status_code == 400
            assert (await house.hub.call("PUT", "/v1/days/soon", json=body)).status_code == 400
            codes = [(await house.hub.call("PUT", path, json=body)).status_code for _ in range(12)]
            assert codes[-1] == 429
            assert (await town.http.get(f"{path}/{'00' * 32}")).status_code == 404

    asyncio.run(body())
    with psycopg.connect(database) as owner:
        columns = owner.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'day_digest'"
        ).fetchall()
    assert {name for (name,) in columns} == {"day", "digest"}
