"""Every copy has an end: told, held up, met, attested, and not undone by a backup."""

import asyncio
import hashlib
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from tests.server.acting import SEEDS, Actor, staff
from tests.server.dumps import dump_of
from tests.server.running import Clock, Running, Still, running
from tests.server.sealed import disclosure
from tests.server.test_evidence import asked_of_home, drop, export
from tests.server.vaults import Vault

from fanlight.hub.matching import Asked
from fanlight.model.clock import now
from fanlight.seal.clip import SealedDisclosure
from fanlight.seal.keys import member_keys
from fanlight.server.evidence import drops, ending, holds
from fanlight.store.postgres import Postgres
from fanlight.wire import b64, jcs

STAFF = ("officer", "supervisor", "custodian", "operator", "clerk")
_SECRET = re.compile(rb"AGE-SECRET-KEY-PQ-1[0-9A-Z]+")


async def given(town: Running, seed: int = 2) -> tuple[Asked, str, SealedDisclosure]:
    """Open a request, drop a copy with it and close it."""
    asked = await asked_of_home(town)
    name, sealed = disclosure(asked.request, asked.case_key, now(), seed=seed)
    assert (await drop(town.http, asked.drop, name, sealed)).is_success
    await staff(town.http, "supervisor").json("POST", f"/v1/agency/requests/{asked.request}/close")
    return asked, name, sealed


async def at(town: Running, days: int, *people: Actor) -> None:
    """Go on to a day, counted from the real one; let the server do what is due."""
    assert isinstance(town.clock, Clock)
    town.clock.ahead = timedelta(days=days)
    for person in people:
        person.session = {}
    await ending.tick(town.services)
    await ending.tick(town.services)


async def end_of(who: Actor, request: str) -> Any:
    return await who.json("GET", f"/v1/agency/requests/{request}/end")


def signed(who: Actor, context: str, about: dict[str, str], **fields: str) -> dict[str, str]:
    """Return what a person signs about something, with the signature."""
    body = jcs.dumps({**about, **fields})
    return {**fields, "signature": b64.encode(who.keys.signing.sign(context, body))}


async def _meet_the_end(town: Running, asked: Asked, name: str) -> None:
    """Told on day 150, open until 179, destroyed on 180, with an entry and a stone."""
    officer = staff(town.http, "officer")
    await at(town, 149)
    assert (await end_of(officer, asked.request))["case"]["told"] is None
    await at(town, 150, officer)
    shown = (await end_of(officer, asked.request))["case"]
    assert (shown["told"], shown["why"]) == (town.clock().date().isoformat(), "limit")
    assert shown["ends"] == (town.clock().date() + timedelta(days=30)).isoformat()
    assert len(shown["told_inside"]) == 2
    await at(town, 179, officer)
    header = f"/v1/agency/disclosures/{name}/hdr"
    assert (await officer.call("GET", header)).is_success
    await at(town, 180, officer)
    gone = await officer.call("GET", header)
    assert (gone.status_code, gone.json()["code"]) == (404, "evidence.destroyed")
    assert not await town.services.evidence.holds(drops.blob_of(name))
    await town.settled()
    (leaf,) = await town.leaves("key-destroyed")
    assert leaf["pub"]["key_sha256"] == hashlib.sha256(asked.case_key.encode()).hexdigest()
    whole = await end_of(officer, asked.request)
    assert whole["case"]["done"] == leaf["pub"]["day"] == town.clock().date().isoformat()
    assert isinstance(whole["case"]["leaf_index"], int)
    (stone,) = whole["destroyed"]
    assert (stone["disclosure"], stone["why"]) == (name, "limit")
    assert [line["act"] for line in stone["custody"]] == ["disclosed", "viewed", "destroyed"]


def test_after_its_end_no_key_opens_a_copy_and_a_restored_backup_changes_nothing(
    postgres: Postgres, database: str, tmp_path: Path
) -> None:
    """R26: tried with every key of every role, and with the case's own, over all that lies at the server."""
    with psycopg.connect(database) as connection:
        vault = Vault(tmp_path, postgres, connection.info.dbname, None)
    clock, roles = Still(), [member_keys(seed).age.secret for seed in (SEEDS[role] for role in STAFF)]

    def opened(*keys: str) -> list[bytes]:
        return dump_of(postgres.url_of(vault.database), tmp_path).opened_by(*keys)

    async def before() -> tuple[Asked, str, SealedDisclosure]:
        async with vault.running(clock) as town:
            asked, name, sealed = await given(town)
            await town.settled()
            return asked, name, sealed

    async def after(asked: Asked, name: str) -> None:
        async with vault.running(clock) as town:
            await _meet_the_end(town, asked, name)

    async def restored(asked: Asked, name: str, sealed: SealedDisclosure) -> None:
        async with vault.running(clock) as town:
            officer = staff(town.http, "officer")
            assert (await officer.call("GET", f"/v1/agency/disclosures/{name}/pay")).status_code == 404
            whole = await end_of(officer, asked.request)
            assert whole["case"]["done"] is not None
            assert [stone["disclosure"] for stone in whole["destroyed"]] == [name]
            assert not await town.services.evidence.holds(drops.blob_of(name))
            again = await drop(town.http, asked.drop, name, sealed)
            assert (again.status_code, again.json()["code"]) == (409, "evidence.request_closed")

    asked, name, sealed = asyncio.run(before())
    plain = opened(*roles)
    (case_secret,) = {
        found.decode() for one in plain for found in _SECRET.findall(one) if found.decode() not in roles
    }
    copies = [one for one in plain if len(one) > 1000 and not _SECRET.search(one)]
    assert copies, "before the end the keys open the copy: the search can find it"
    older, blobs = vault.copy_database(), vault.blobs()
    shutil.copytree(tmp_path / "log", tmp_path.with_suffix(".log"))
    asyncio.run(after(asked, name))
    assert not set(copies) & set(opened(*roles, case_secret))
    vault.database = older
    vault.restore_blobs(blobs)
    shutil.rmtree(tmp_path / "log")  # a record ahead of its database is not served
    shutil.copytree(tmp_path.with_suffix(".log"), tmp_path / "log")
    asyncio.run(restored(asked, name, sealed))
    assert not set(copies) & set(opened(*roles, case_secret))


def test_a_hold_keeps_copies_and_only_an_agencys_own_lapses(database: str, tmp_path: Path) -> None:
    """R26: one by a court ends only by a recorded end, and shows as overdue past its stated one."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            asked, name, _ = await given(town)
            custodian, officer = staff(town.http, "custodian"), staff(town.http, "officer")
            path = f"/v1/agency/requests/{asked.request}/holds"

            def hold(who: Actor, kind: str, days: int, **more: str) -> dict[str, str]:
                until = (town.clock().date() + timedelta(days=days)).isoformat()
                fields = {"kind": kind, "until": until, "document": "Letter of 2 May", **more}
                return signed(who, "hold", {"request": asked.request}, **fields)

            async def refused(who: Actor, wire: dict[str, str]) -> tuple[int, str]:
                answer = await who.call("POST", path, json=wire)
                return answer.status_code, answer.json()["code"]

            court = {"court": "Superior Court", "docket": "26-CR-1"}
            assert await refused(officer, hold(officer, "own", 30)) == (403, "accounts.other_role")
            assert await refused(custodian, hold(custodian, "own", 181)) == (400, "evidence.hold_days")
            assert await refused(custodian, hold(custodian, "court", 30)) == (400, "evidence.hold_form")
            assert await refused(custodian, hold(custodian, "own", 30, **court)) == (
                400,
                "evidence.hold_form",
            )
            assert await refused(custodian, hold(officer, "own", 30)) == (403, "requests.bad_signature")
            await at(town, 100, custodian)
            await custodian.json("POST", path, json=hold(custodian, "own", 180))
            assert await refused(custodian, hold(custodian, "own", 30)) == (409, "evidence.held_once")
            await at(town, 160, custodian)
            placed = await custodian.json("POST", path, json=hold(custodian, "court", 40, **court))
            await at(town, 250, custodian)
            (case,) = (await custodian.json("GET", "/v1/agency/ends"))["cases"]
            assert (case["copies"], case["held"]) == (1, True)
            assert {one["kind"]: (one["stands"], one["overdue"]) for one in case["holds"]} == {
                "own": (True, False),
                "court": (True, True),
            }
            await at(town, 280, custodian)
            (case,) = (await custodian.json("GET", "/v1/agency/ends"))["cases"]
            assert {one["kind"]: one["stands"] for one in case["holds"]} == {"own": False, "court": True}
            assert case["copies"] == 1
            assert await town.count("SELECT count(*) FROM case_entry WHERE act = 'hold-lapsed'") <= 1
            why = signed(custodian, "hold-end", {"hold": placed["hold"]}, document="Order of 9 August")
            await custodian.json("POST", f"/v1/agency/holds/{placed['hold']}/end", json=why)
            trail = await custodian.json("GET", f"/v1/agency/requests/{asked.request}/custody")
            acts = [line for line in trail["lines"] if line["act"] in {"held", "hold-ended"}]
            assert [line["act"] for line in acts] == ["hold-ended", "held", "held"]
            assert acts[0]["about"] == "Order of 9 August"
            await at(town, 281, custodian)
            whole = await end_of(custodian, asked.request)
            assert [stone["disclosure"] for stone in whole["destroyed"]] == [name]
            assert await refused(custodian, hold(custodian, "court", 40, **court)) == (
                409,
                "evidence.case_over",
            )

    asyncio.run(body())


def test_a_copy_that_is_wanted_back_goes_unless_it_is_used_or_held(database: str, tmp_path: Path) -> None:
    """R26: the custodian has fourteen days; exports that are out past their day are said in a band."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            asked = await asked_of_home(town)
            names = []
            for seed in (2, 3):
                name, sealed = disclosure(asked.request, asked.case_key, now(), seed=seed)
                assert (await drop(town.http, asked.drop, name, sealed)).is_success
                names.append(name)
            plain, used = names
            custodian = staff(town.http, "custodian")
            await export(custodian, plain)  # no witness: the entry stands, nothing was handed out
            for name in names:
                due = await holds.withdraw(town.services, name)
                assert due == town.clock().date() + timedelta(days=14)
                assert await holds.withdraw(town.services, name) == due
            wire = signed(custodian, "copy-use", {"disclosure": used}, kind="defence", document="Memo 4")
            await custodian.json("POST", f"/v1/agency/disclosures/{used}/uses", json=wire)
            assert await holds.withdraw(town.services, used) is None
            await at(town, 13, custodian)
            assert len((await end_of(custodian, asked.request))["case"]["withdrawn"]) == 2
            await at(town, 14, custodian)
            whole = await end_of(custodian, asked.request)
            assert [(stone["disclosure"], stone["why"]) for stone in whole["destroyed"]] == [
                (plain, "withdrawn")
            ]
            assert whole["case"]["copies"] == 1
            (out,) = whole["exports"]
            assert (out["past"], out["over"]) == (False, None)
            await at(town, 31, custodian)
            (out,) = (await custodian.json("GET", "/v1/agency/ends"))["exports"]
            assert out["past"]
            wire = signed(
                custodian, "export-over", {"export": out["export"]}, kind="destroyed", document="Letter"
            )
            path = f"/v1/agency/exports/{out['export']}/over"
            await custodian.json("POST", path, json=wire)
            assert (await custodian.call("POST", path, json=wire)).status_code == 409
            await at(town, 32, custodian)
            await town.settled()
            said = [(leaf["pub"]["agency"], leaf["pub"]["past"]) for leaf in await town.leaves("exports-out")]
            assert [band for _, band in said] == ["1-4", "0"]
            party = await custodian.json(
                "POST", f"/v1/agency/requests/{asked.request}/parties", json={"name": "Public defender"}
            )
            told = f"/v1/agency/parties/{party['party']}/told"
            await custodian.json("POST", told)
            assert (await custodian.call("POST", told)).status_code == 404
            trail = "SELECT count(*) FROM case_act WHERE act = 'party-told' AND about = 'Public defender'"
            assert await town.count(trail) == 1
            (shown,) = (await end_of(custodian, asked.request))["case"]["parties"]
            assert shown["told"] == town.clock().date().isoformat()

    asyncio.run(body())
