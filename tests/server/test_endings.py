"""One action ends an agreement: nothing more is asked, seen or kept under it, and everybody is told."""

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.server.acting import Actor, ask, staff
from tests.server.booking import sign_up
from tests.server.registering import AGENCY, Way, put_forward
from tests.server.running import Clock, Running, running
from tests.server.sealed import disclosure
from tests.server.test_evidence import asked_of_home, drop, export

from fanlight.model.clock import now
from fanlight.model.ids import new_id
from fanlight.server.evidence import drops, ending

REASON = {"reason": "The board ended all partnerships."}


async def agreement_of(town: Running) -> str:
    """Return the demo's agreement."""
    (found,) = (await town.json("/v1/register/agreements"))["agreements"]
    return str(found["agreement"])


def test_one_call_ends_access_closes_what_is_open_and_gives_every_copy_an_end(
    database: str, tmp_path: Path
) -> None:
    """R34: at the next call nothing is shown, by the sequence and by no clock; each step is an entry."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Clock()) as town:
            asked = await asked_of_home(town)
            member = await sign_up(town.http)
            name, sealed = disclosure(asked.request, asked.case_key, now())
            assert (await drop(town.http, asked.drop, name, sealed)).is_success
            officer, custodian = staff(town.http, "officer"), staff(town.http, "custodian")
            looks = ("hdr", "pay")
            for part in looks:
                assert (await officer.call("GET", f"/v1/agency/disclosures/{name}/{part}")).is_success
            agreement = await agreement_of(town)
            operator = staff(town.http, "operator")
            ended = await operator.json("POST", "/v1/register/cancel", json=REASON)
            assert ended["cancelled"] == [agreement]
            refused = [await officer.call("GET", f"/v1/agency/disclosures/{name}/{part}") for part in looks]
            refused += [
                await officer.call("GET", "/v1/agency/requests"),
                await officer.call("GET", f"/v1/agency/requests/{asked.request}"),
                await export(custodian, name),
            ]
            assert {(one.status_code, one.json()["code"]) for one in refused} == {
                (403, "programme.no_agreement")
            }
            assert (
                await town.count(
                    "SELECT (SELECT count(*) FROM case_entry WHERE act = 'look-refused')"
                    " + (SELECT count(*) FROM opening WHERE field = 'act' AND value = '[\"look-refused\"]')"
                )
                == 3  # the request, the copy, and the custodian's export of it
            )
            again = await officer.json(
                "POST", "/v1/agency/requests", json=ask(officer, now(), case_number="26-999999")
            )
            assert again["state"] == "refused"
            assert "asker.agreement" in [
                rule["id"] for rule in again["decision"]["rules"] if not rule["holds"]
            ]
            assert await member.codes() == ["agreement-ended"]
            await ending.tick(town.services)
            await ending.tick(town.services)
            await town.settled()
            (closed,) = await town.leaves("request-closed")
            assert (closed["pub"]["request"], closed["pub"]["reason"]) == (asked.request, "agreement ended")
            (end,) = await town.leaves("copies-end")
            today = town.clock().date()
            assert end["pub"] == {
                "agreement": agreement,
                "agency": AGENCY,
                "ended": today.isoformat(),
                "due": (today + timedelta(days=30)).isoformat(),
            }
            assert (await town.leaves("agreement"))[-1]["pub"]["reason"] == REASON["reason"]
            assert await town.count("SELECT count(*) FROM disclosure WHERE length(hdr) > 0") == 1
            town.clock.ahead = timedelta(days=30)
            await ending.tick(town.services)
            await ending.tick(town.services)
            assert await town.count("SELECT count(*) FROM disclosure WHERE length(hdr) > 0") == 0
            assert (
                await town.count(
                    "SELECT (SELECT count(*) FROM case_copy) + (SELECT count(*) FROM case_recovery)"
                )
                == 0
            )
            assert not await town.services.evidence.holds(drops.blob_of(name))
            assert await town.count("SELECT count(*) FROM custody WHERE act = 'destroyed'") == 1
            await town.settled()
            (gone,) = await town.leaves("copies-destroyed")
            assert gone["pub"]["agreement"] == agreement

    asyncio.run(body())


def test_who_tries_again_after_the_end_adds_nothing_to_the_record(database: str, tmp_path: Path) -> None:
    """R34 R40: one entry for each officer, thing and day, whatever is called how often and at once."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Clock()) as town:
            asked = await asked_of_home(town)
            name, sealed = disclosure(asked.request, asked.case_key, now())
            assert (await drop(town.http, asked.drop, name, sealed)).is_success
            officer, custodian = staff(town.http, "officer"), staff(town.http, "custodian")
            await staff(town.http, "operator").json("POST", "/v1/register/cancel", json=REASON)

            async def refused() -> list[dict[str, str]]:
                """Return what was recorded, waiting or in its place."""
                query = (
                    "SELECT detail::jsonb FROM case_entry WHERE act = 'look-refused' UNION ALL"
                    " SELECT d.value::jsonb -> 0 FROM opening a JOIN opening d ON d.leaf = a.leaf"
                    " AND d.field = 'detail' WHERE a.field = 'act' AND a.value = '[\"look-refused\"]'"
                )
                async with town.services.db.transaction() as tx:
                    return [row[0] for row in await (await tx.execute(query)).fetchall()]

            async def look(path: str, who: Actor = officer, **headers: str) -> None:
                answer = await who.call("GET", f"/v1/agency/{path}", headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (403, "programme.no_agreement")

            copy = f"disclosures/{name}"
            await look(f"{copy}/pay")
            await asyncio.gather(*(look(f"{copy}/pay", Range=f"bytes={at}-{at}") for at in range(12)))
            await look(f"{copy}/hdr")
            assert [(one["disclosure"], one["by"]) for one in await refused()] == [
                (name, officer.session["name"])
            ]
            await asyncio.gather(*(look(f"requests/{asked.request}") for _ in range(6)))
            assert len(await refused()) == 2
            await look(f"requests/{asked.request}", custodian)
            assert len(await refused()) == 3
            guesses = [
                f"requests/{new_id()}",
                f"disclosures/{new_id()}/pay",
                "requests/any-word",
                "requests/%00",
            ]
            for guess in guesses:
                await look(guess)
            assert len(await refused()) == 4, "what is not the agency's is one thing"
            town.clock.ahead = timedelta(days=1)
            officer.session = {}
            for _ in range(2):
                await look(f"{copy}/pay")
            assert len(await refused()) == 5
            assert (
                await town.count(
                    "SELECT count(*) FROM look_refused WHERE by_whom = %s", officer.session["account"]
                )
                == 1
            )

    asyncio.run(body())


def test_an_agreement_whose_term_is_over_ends_by_itself(database: str, tmp_path: Path) -> None:
    """R33 R40: as an entry, and with all that follows when one is cancelled."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Clock()) as town:
            member = await sign_up(town.http)
            await ending.tick(town.services)
            agreement = await agreement_of(town)
            put_forward(database, 334)
            town.clock.ahead = timedelta(days=334)
            await ending.tick(town.services)
            await ending.tick(town.services)
            shown = await town.json(f"/v1/register/agreements/{agreement}")
            assert shown["state"] == "expired"
            assert [step["state"] for step in shown["steps"]].count("expired") == 1
            await town.settled()
            (end,) = await town.leaves("copies-end")
            assert end["pub"]["agreement"] == agreement
            assert (await member.sign_in()).is_success
            assert await member.codes() == ["agreement-ended"]

    asyncio.run(body())


def test_a_renewed_agreement_tells_nobody_and_its_copies_stay_until_thirty_days_after_the_last_end(
    database: str, tmp_path: Path
) -> None:
    """R34 R40: its agency sees what it received until its access ends; the month is counted from there."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Clock()) as town:
            member = await sign_up(town.http)
            before = await agreement_of(town)
            way = Way(town, database, change={"renews": before})
            await way.go("in_force")
            await ending.tick(town.services)
            assert (await member.sign_in()).is_success
            assert await member.codes() == []
            way.ahead(170)
            await way.end_the_demos()
            await ending.tick(town.services)
            await town.settled()
            ends = {leaf["pub"]["agreement"]: leaf["pub"] for leaf in await town.leaves("copies-end")}
            assert set(ends) == {before, way.agreement}
            assert ends[before]["ended"] < ends[way.agreement]["ended"] == way.today.isoformat()
            assert {one["due"] for one in ends.values()} == {(way.today + timedelta(days=30)).isoformat()}
            assert (await member.sign_in()).is_success
            assert await member.codes() == ["agreement-ended"]

    asyncio.run(body())
