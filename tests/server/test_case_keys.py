"""One sealed copy of a case's key a person; given, taken back, recovered by two, and never the server's."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.server.acting import Actor, ask, cosign, staff
from tests.server.dumps import dump_of
from tests.server.running import Running, running

from fanlight.cli.tour.agency import case_files, copies_digest
from fanlight.model.clock import now
from fanlight.model.ids import new_id
from fanlight.seal import opening, sealing
from fanlight.seal.errors import SealError
from fanlight.seal.keys import Identity, member_keys, new_identity
from fanlight.server import accounts
from fanlight.server.accounts.store import Account
from fanlight.server.evidence import ending, keyring
from fanlight.server.requests import copies
from fanlight.wire import b64, jcs


@dataclass
class Case:
    """A case with its key, for whose test every secret is in the test's hands."""

    request: str
    key: Identity
    officer: Actor
    supervisor: Actor
    custodian: Actor

    async def seen(self, who: Actor) -> Any:
        return await who.json("GET", f"/v1/agency/requests/{self.request}")

    async def opens(self, who: Actor) -> bool:
        """Tell whether the server hands somebody a copy, and their key opens it to the case's."""
        sealed = (await self.seen(who))["case_key_sealed"]
        if sealed is None:
            return False
        return opening.open_age(b64.decode(sealed), [who.keys.age.secret]).decode().strip() == self.key.secret

    async def give(self, giver: Actor, to: Actor, account: str) -> httpx.Response:
        sealed = b64.encode(sealing.seal(self.key.secret.encode() + b"\n", [to.keys.age.recipient]))
        body = {"account": account, "sealed": sealed}
        signature = giver.keys.signing.sign("case-copy", jcs.dumps({"request": self.request, **body}))
        wire = {**body, "signature": b64.encode(signature)}
        return await giver.call("POST", f"/v1/agency/requests/{self.request}/copies", json=wire)

    async def take_back(self, by: Actor, account: str) -> httpx.Response:
        return await by.call("DELETE", f"/v1/agency/requests/{self.request}/copies/{account}")

    async def acts(self) -> list[str]:
        found = await self.officer.json("GET", f"/v1/agency/requests/{self.request}/custody")
        return [line["act"] for line in reversed(found["lines"])]


async def join(town: Running, role: str, seed: int) -> tuple[Actor, str]:
    """Let somebody more act for the agency; return them and their account."""
    who = Actor(town.http, member_keys(bytes([seed]) * 32))
    account = Account(new_id(), "officer", who.keys.signing.public, who.keys.age.recipient)
    agency = (await staff(town.http, "officer").json("GET", "/v1/agency"))["agency"]["ori"]
    async with town.services.db.transaction() as tx:
        assert await accounts.add_account(tx, account)
        await accounts.add_person(tx, account.id, agency, f"{role} {seed}", role)
    return who, account.id


async def make(town: Running, *, sign: bool = True) -> Case:
    """Ask with a key sealed as the page does, and have it signed."""
    officer = staff(town.http, "officer")
    mine = await officer.json("GET", "/v1/agency")
    key = new_identity()
    files, recovery = case_files(mine["people"], mine["me"]["account"], key.secret)
    wire = ask(officer, now(), case_key=key.recipient, copies=files, recovery=recovery)
    assert wire["copies_sha256"] == copies_digest(files, recovery)
    asked = await officer.json("POST", "/v1/agency/requests", json=wire)
    assert asked["state"] == "waiting"
    case = Case(asked["request"], key, officer, staff(town.http, "supervisor"), staff(town.http, "custodian"))
    if sign:
        assert (await cosign(case.supervisor, case.request)).is_success
    return case


def entered(town: Running, act: str) -> Any:
    """Return how many `case` entries of a kind are in the record or wait for their place."""
    return town.count(
        "SELECT (SELECT count(*) FROM case_entry WHERE act = %s)"
        " + (SELECT count(*) FROM opening WHERE field = 'act' AND value = %s)",
        act,
        f'["{act}"]',
    )


def test_who_asked_who_signed_and_the_custodians_can_open_a_case_and_nobody_else(
    database: str, tmp_path: Path
) -> None:
    """R26: one copy a person; that of a supervisor who did not sign is handed to nobody and goes."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            other, _ = await join(town, "supervisor", 71)
            colleague, _ = await join(town, "officer", 72)
            case = await make(town, sign=False)
            assert await town.count("SELECT count(*) FROM case_copy WHERE waiting") == 2
            assert [await case.opens(who) for who in (case.officer, case.supervisor, other)] == [False] * 3
            assert (await cosign(case.supervisor, case.request)).is_success
            assert [await case.opens(who) for who in (case.officer, case.supervisor, case.custodian)] == [
                True
            ] * 3
            assert [await case.opens(who) for who in (other, colleague)] == [False] * 2
            assert await town.count("SELECT count(*) FROM case_copy") == 3
            assert [one["why"] for one in (await case.seen(other))["holders"]].count("second") == 1

    asyncio.run(body())


def test_a_copy_is_given_and_taken_back_only_by_who_may_and_each_is_an_entry(
    database: str, tmp_path: Path
) -> None:
    """R26 R30: a re-wrap has its `case` entry in the same transaction; the last copy stays."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            colleague, account = await join(town, "officer", 72)
            outsider, other = await join(town, "officer", 73)
            case = await make(town)
            refused = await case.give(outsider, colleague, account)
            assert (refused.status_code, refused.json()["code"]) == (403, "evidence.holds_no_copy")
            assert (await case.give(case.custodian, colleague, account)).is_success
            assert await case.opens(colleague)
            again = await case.give(case.custodian, colleague, account)
            assert (again.status_code, again.json()["code"]) == (409, "evidence.has_copy")
            nobody = await case.give(case.custodian, colleague, new_id())
            assert (nobody.status_code, nobody.json()["code"]) == (400, "evidence.not_a_holder")
            refused = await case.take_back(outsider, account)
            assert (refused.status_code, refused.json()["code"]) == (403, "evidence.holds_no_copy")
            assert (await case.take_back(colleague, account)).is_success
            assert not await case.opens(colleague)
            held = [one["account"] for one in (await case.seen(case.custodian))["holders"]]
            assert other not in held
            for one in held[:-1]:
                assert (await case.take_back(case.custodian, one)).is_success
            last = await case.take_back(case.custodian, held[-1])
            assert (last.status_code, last.json()["code"]) == (409, "evidence.last_copy")
            assert await case.acts() == ["key-given", *["key-taken-back"] * 3]
            assert (await entered(town, "key-given"), await entered(town, "key-taken-back")) == (1, 3)

    asyncio.run(body())


def test_two_custodians_recover_a_key_together_and_neither_alone(database: str, tmp_path: Path) -> None:
    """R26: each file is age inside age; the first opens the outer layer, the second the inner one."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            second, _ = await join(town, "custodian", 74)
            third, _ = await join(town, "custodian", 75)
            case = await make(town)
            path = f"/v1/agency/requests/{case.request}/recovery"
            assert len((await case.seen(case.officer))["pairs"]) == 3
            held = {one["account"] for one in (await case.seen(case.officer))["holders"]}
            for one in sorted(held - {case.officer.session["account"]}):
                assert (await case.take_back(case.officer, one)).is_success
            keepers = [case.custodian, second, third]
            pairs = {
                (one["first"], one["second"]): one["file"]
                for who in keepers
                for one in await who.json("GET", path)
            }
            assert len(pairs) == 3
            mine = {who.session["account"]: who for who in keepers}
            for (first, last), file in pairs.items():
                for who in keepers:
                    if who is not mine[first]:
                        with pytest.raises(SealError):
                            opening.open_age(b64.decode(file), [who.keys.age.secret])
                layer = opening.open_age(b64.decode(file), [mine[first].keys.age.secret])
                with pytest.raises(SealError):
                    opening.open_age(layer, [mine[first].keys.age.secret])
                found = opening.open_age(layer, [mine[last].keys.age.secret])
                assert found.decode().strip() == case.key.secret
            (first, last), file = next(iter(pairs.items()))
            early = await case.give(mine[last], mine[last], last)
            assert (early.status_code, early.json()["code"]) == (403, "evidence.holds_no_copy")
            inner = b64.encode(opening.open_age(b64.decode(file), [mine[first].keys.age.secret]))
            signed = {"request": case.request, "second": last, "inner": inner}
            signature = b64.encode(mine[first].keys.signing.sign("case-recovery", jcs.dumps(signed)))
            await mine[first].json("POST", f"{path}/{last}", json={"inner": inner, "signature": signature})
            handed = [one for one in await mine[last].json("GET", path) if one["layer"] == "inner"]
            assert [one["file"] for one in handed] == [inner]
            assert (await case.give(mine[last], mine[last], last)).is_success
            assert await case.opens(mine[last])
            assert not await case.opens(mine[first])
            assert [one for one in await mine[last].json("GET", path) if one["layer"] == "inner"] == []
            assert (await entered(town, "recovery-handed-on"), await entered(town, "key-recovered")) == (1, 1)

    asyncio.run(body())


def test_who_acts_for_the_agency_no_more_holds_no_copy(database: str, tmp_path: Path) -> None:
    """R26 R47: their copies and what they could recover go, with an entry for each case."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            keeper, account = await join(town, "custodian", 74)
            case = await make(town)
            assert await case.opens(keeper)
            assert await town.count("SELECT count(*) FROM case_recovery") == 1
            async with town.services.db.transaction() as tx:
                assert await keyring.forget_person(tx, account, now(), "an administrator") == 1
                assert await keyring.forget_person(tx, account, now(), "an administrator") == 0
            assert not await case.opens(keeper)
            assert await town.count("SELECT count(*) FROM case_recovery") == 0
            assert await entered(town, "key-taken-back") == 1
            with psycopg.connect(
                database, autocommit=True
            ) as owner:  # as a release before might have left it
                owner.execute("UPDATE agency_person SET agency = 'XX0000000' WHERE name = 'T. Marsh'")
            await ending.tick(town.services)
            await ending.tick(town.services)
            assert await town.count("SELECT count(*) FROM case_copy") == 2
            assert await entered(town, "key-taken-back") == 2

    asyncio.run(body())


@pytest.mark.parametrize(
    "fault", ["for an officer who did not ask", "none for who asks", "other than signed"]
)
def test_copies_for_others_than_may_open_the_case_are_refused(
    database: str, tmp_path: Path, fault: str
) -> None:
    """R26: the server holds to it too, and what was signed names the copies."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            colleague, _ = await join(town, "officer", 72)
            mine = await colleague.json("GET", "/v1/agency")
            people = {one["account"]: one for one in mine["people"]}
            officer = staff(town.http, "officer")
            await officer.json("GET", "/v1/agency")
            account = officer.session["account"]
            key = new_identity()
            files, _ = case_files(list(people.values()), account, key.secret)
            own = hashlib.sha256(people[account]["age_recipient"].encode()).hexdigest()
            change: dict[str, Any] = {"case_key": key.recipient, "copies": files}
            code = "requests.bad_copies"
            if fault == "for an officer who did not ask":
                more, _ = case_files([people[mine["me"]["account"]]], mine["me"]["account"], key.secret)
                change["copies"] = [*files, *more]
            elif fault == "none for who asks":
                change["copies"] = [one for one in files if one["reader"] != own]
            else:
                change["copies_sha256"], code = "0" * 64, "requests.bad_case_key"
            answer = await officer.call("POST", "/v1/agency/requests", json=ask(officer, now(), **change))
            assert (answer.status_code, answer.json()["code"]) == (400, code)

    asyncio.run(body())


def test_nothing_that_the_server_holds_opens_a_case(database: str, tmp_path: Path) -> None:
    """R26: neither rows nor files, tried with every key that lies in them; one person's key does."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            await join(town, "custodian", 74)
            case = await make(town)
            await town.settled()
            held = dump_of(database, tmp_path)
            plain = case.key.secret.encode()
            assert plain not in b"".join(held.pieces)
            lying = held.secrets()
            assert lying, "the keys of the town's cells"
            assert not [found for found in held.opened_by(*lying) if plain in found]
            assert [found for found in held.opened_by(case.officer.keys.age.secret) if plain in found]
            async with town.services.db.transaction() as tx:
                await copies.forget_case_key(tx, case.request)
            after = dump_of(database, tmp_path)
            secrets = [one.keys.age.secret for one in (case.officer, case.supervisor, case.custodian)]
            assert not [found for found in after.opened_by(*secrets) if plain in found]

    asyncio.run(body())
