"""How somebody comes to a running agency by a link, and what keeps others out."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.server import auditors, booking
from tests.server.acting import Actor, staff
from tests.server.authenticator import Authenticator
from tests.server.booking import Person
from tests.server.registering import AGENCY
from tests.server.running import Running, Still, running
from tests.server.test_people import AFTER_THE_AGREEMENT, Agency, code

from fanlight.model.ids import new_id
from fanlight.seal.keys import SigningKey, member_keys
from fanlight.server import accounts
from fanlight.server.accounts.store import person
from fanlight.server.agencies import clockwork, invitations
from fanlight.server.agencies.inviting import digest, hash_of
from fanlight.server.errors import Malformed
from fanlight.server.evidence import keyring
from fanlight.wire import b64, jcs

NAME = "K. Osei"


class Invited:
    """An invitation as its maker's page holds it, and who answers it."""

    kind = "officer"  # of the account that answers

    def __init__(self, town: Running, by: Actor, role: str = "custodian", name: str = NAME) -> None:
        self.town, self.by = town, by
        self.secret = secrets.token_bytes(32)
        self.said = {"agency": AGENCY, "invitation": new_id(), "name": name, "role": role}
        self.person = Person(town.http, member_keys(secrets.token_bytes(32)))
        self.account = ""

    def act(self, act: str, of: str, key: SigningKey | None = None) -> str:
        said = jcs.dumps({"account": self.by.session["account"], "act": act, "of": of})
        return b64.encode((key or self.by.keys.signing).sign("act", said))

    async def offer(self, key: SigningKey | None = None) -> httpx.Response:
        """Invite."""
        await self.by.json("GET", "/v1/sessions/mine")
        said = {**self.said, "secret_hash": b64.encode(hash_of(self.secret))}
        body = {**said, "signature": self.act("person-invite", digest(**said), key)}
        return await self.by.call("POST", "/v1/agency/invitations", json=body)

    async def read(self) -> httpx.Response:
        return await self.town.http.post("/v1/agency/invitation", json={"secret": b64.encode(self.secret)})

    async def answer(self) -> httpx.Response:
        """Make keys and a passkey."""
        body = await booking.offer_for(self.town.http, self.person)
        body.pop("device")
        offer = {name: body[name] for name in ("account", "sign_pub", "age_recipient")}
        offer |= {"kind": self.kind, "invitation": self.said["invitation"]}
        body["signature"] = b64.encode(self.person.keys.signing.sign("account", jcs.dumps(offer)))
        body["secret"] = b64.encode(self.secret)
        self.account = body["account"]
        return await self.town.http.post("/v1/agency/invitation/answer", json=body)

    async def confirm(self, key: SigningKey | None = None, **change: str) -> httpx.Response:
        """Confirm the keys that answered; `change` lies over what is signed."""
        said = {
            **self.said,
            "account": self.account,
            "sign_pub": self.person.sign_pub,
            "age_recipient": self.person.keys.age.recipient,
        }
        signature = self.act("person-confirm", digest(**{**said, **change}), key)
        path = f"/v1/agency/invitations/{self.said['invitation']}/confirm"
        return await self.by.call("POST", path, json={"signature": signature})

    async def take_back(self) -> httpx.Response:
        return await self.by.call("POST", f"/v1/agency/invitations/{self.said['invitation']}/take-back")


@asynccontextmanager
async def at(home: Path, database: str) -> AsyncIterator[Running]:
    async with running(home, database, ticking=Still()) as town:
        yield town


def test_who_was_invited_counts_once_confirmed_and_entered_without_a_name(
    database: str, tmp_path: Path
) -> None:
    """R20 R47 P7 P8 P9: nothing before; the entry has the public halves and no name; then the role counts."""

    async def body() -> None:
        async with at(tmp_path, database) as town:
            agency = Agency(town)
            await agency.accounts()
            one = Invited(town, agency.admin)
            assert (await one.offer()).is_success
            shown = (await one.read()).json()
            assert (shown["name"], shown["role"], shown["agency"]) == (NAME, "custodian", AGENCY)
            assert (await one.answer()).status_code == 204
            assert (await one.person.sign_in()).status_code == 401
            again = Invited(town, agency.admin)
            again.secret = one.secret
            for gone in (await again.read(), await again.answer()):
                assert code(gone) == (404, "agencies.no_invitation")
            mine = await agency.people["custodian"].json("GET", "/v1/agency")
            assert NAME not in str(mine["people"])
            assert (await one.confirm()).status_code == 204
            await town.settled()
            (leaf,) = await town.leaves("agency-person-joined")
            assert leaf["pub"] == {
                "agency": AGENCY,
                "day": town.clock().date().isoformat(),
                "role": "custodian",
                "key": one.person.sign_pub,
                "recipient": one.person.keys.age.recipient,
                "made_by": "administrator",
            }
            assert set(leaf["commit"]) == {"name", "by", "signature"}
            assert NAME not in str(leaf)
            assert (await one.person.sign_in()).is_success
            mine = await one.person.json("GET", "/v1/agency")
            assert mine["me"]["role"] == "custodian"
            assert NAME in str(mine["people"])
            (change, *_) = (await one.person.json("GET", "/v1/agency/people"))["changes"]
            assert (change["name"], change["role"], change["made"], change["by"]) == (
                *(NAME, None, "custodian"),
                "J. Ferreira",
            )
            assert (await agency.admin.json("GET", "/v1/agency/invitations"))["invitations"] == []
            assert (await agency.change(one.account, "officer")).status_code == 204

    asyncio.run(body())


def test_who_came_by_an_invitation_makes_a_second_passkey_and_outlives_the_first(
    database: str, tmp_path: Path
) -> None:
    """R20 P13: signed with their own key; one stays; a set-up key makes none, and a deactivation ends all."""

    async def body() -> None:
        async with at(tmp_path, database) as town:
            agency = Agency(town)
            await agency.accounts()
            one = Invited(town, agency.admin)
            for done in (await one.offer(), await one.answer(), await one.confirm()):
                assert done.is_success
            await town.settled()
            me = one.person
            assert (await me.sign_in()).is_success
            other = Authenticator()
            _, refused = await booking.add_passkey(me, other, signature=b64.encode(bytes(64)))
            assert refused.status_code == 403
            _, added = await booking.add_passkey(me, other)
            assert added.status_code == 201, added.text
            (first,) = [
                known["passkey"]
                for known in (await me.json("GET", "/v1/passkeys"))["passkeys"]
                if known["passkey"] != added.json()["passkey"]
            ]
            gone = await me.call(
                "DELETE", f"/v1/passkeys/{first}", headers=me.signed("remove-passkey", first)
            )
            assert gone.is_success
            assert not (await me.sign_in()).is_success
            me.passkey = other
            assert (await me.sign_in()).is_success
            assert (await me.json("GET", "/v1/agency"))["me"]["role"] == "custodian"
            last = added.json()["passkey"]
            signed = me.signed("remove-passkey", last)
            kept = await me.call("DELETE", f"/v1/passkeys/{last}", headers=signed)
            assert code(kept) == (409, "accounts.last_passkey")
            for named in (agency.admin, agency.people["custodian"]):
                asked = await named.call("POST", "/v1/passkeys/begin", json={"purpose": "add"})
                assert asked.status_code == 403
            assert (await agency.change(one.account, None)).status_code == 204
            assert (await me.call("GET", "/v1/passkeys")).status_code == 401
            assert not (await me.sign_in()).is_success

    asyncio.run(body())


def test_who_was_confirmed_does_not_count_before_the_entry_has_its_place(
    database: str, tmp_path: Path
) -> None:
    """R20 P9: while the entry waits nobody signs in or is sealed to; once it is in the record, they are."""

    async def body() -> None:
        async with at(tmp_path, database) as town:
            agency = Agency(town)
            await agency.accounts()
            one = Invited(town, agency.admin)
            assert (await one.offer()).is_success
            assert (await one.answer()).is_success
            now = town.clock()
            async with town.services.db.transaction() as tx:
                found = await invitations.get(tx, one.said["invitation"], now)
                assert found is not None
                leaf = await town.services.log.queue_leaf(tx, "agency-person-joined", {"agency": AGENCY}, {})
                await invitations.come(tx, found, str(agency.admin.session["account"]), now.date(), leaf)
                assert one.account in {who.account for who in await accounts.people(tx, AGENCY)}
                assert one.account not in {who.account for who in await accounts.recipients(tx, AGENCY)}
                assert await person(tx, one.account) is None
                with pytest.raises(Malformed):
                    await keyring.holder_to_be(tx, AGENCY, one.account)
            await town.settled()
            async with town.services.db.transaction() as tx:
                assert one.account in {who.account for who in await accounts.recipients(tx, AGENCY)}
                assert await person(tx, one.account) is not None
                assert (await keyring.holder_to_be(tx, AGENCY, one.account)).account == one.account

    asyncio.run(body())


def test_others_than_the_administrator_and_other_keys_are_not_let_in(database: str, tmp_path: Path) -> None:
    """R20 P3 P7: a token alone does not do; a confirmation counts for the very keys that were compared."""

    async def body() -> None:
        async with at(tmp_path, database) as town:
            agency = Agency(town)
            await agency.accounts()
            forger = agency.people["officer"].keys.signing
            assert code(await Invited(town, agency.people["officer"]).offer()) == (403, "accounts.other_role")
            assert code(await Invited(town, staff(town.http, "operator")).offer()) == (
                409,
                "agencies.somebody_in_office",
            )
            one = Invited(town, agency.admin)
            assert code(await one.offer(forger)) == (403, "accounts.bad_signature")
            assert (await one.offer()).is_success
            assert code(await one.offer()) == (409, "agencies.known_invitation")
            assert code(await one.confirm()) == (404, "agencies.no_invitation")
            assert (await one.answer()).status_code == 204
            assert code(await one.confirm(forger)) == (403, "accounts.bad_signature")
            for change in (
                {"sign_pub": b64.encode(bytes(32))},
                {"role": "administrator"},
                {"age_recipient": "x"},
            ):
                assert code(await one.confirm(None, **change)) == (403, "accounts.bad_signature")
            assert (await one.take_back()).status_code == 204
            for gone in (await one.confirm(), await one.take_back()):
                assert code(gone) == (404, "agencies.no_invitation")
            assert (await one.person.sign_in()).status_code == 403  # the account and its passkey went with it
            assert await town.leaves("agency-person-joined") == []

    asyncio.run(body())


def test_an_invitation_ends_and_needs_an_agreement_and_its_maker(database: str, tmp_path: Path) -> None:
    """R20 P7: after 72 hours, once its maker is administrator no more, and while no agreement is in force."""

    async def body() -> None:
        async with at(tmp_path, database) as town:
            agency = Agency(town)
            ids = await agency.accounts()
            late, orphan = Invited(town, agency.admin), Invited(town, agency.admin)
            assert (await late.offer()).is_success
            assert (await late.answer()).is_success
            town.clock.ahead = timedelta(hours=73)
            for who in agency.people.values():
                who.session = {}
            await agency.accounts()
            assert code(await late.confirm()) == (404, "agencies.no_invitation")
            assert await town.count("SELECT count(*) FROM account WHERE id = %s", late.account) == 1
            await clockwork.sweep(town.services)
            assert await town.count("SELECT count(*) FROM account WHERE id = %s", late.account) == 0
            assert (await orphan.offer()).is_success
            assert (await agency.change(ids["officer"], "administrator")).is_success
            assert (await agency.change(ids["administrator"], "officer", agency.people["officer"])).is_success
            for gone in (await orphan.read(), await orphan.answer()):
                assert code(gone) == (404, "agencies.no_invitation")
            now = agency.people["officer"]
            town.clock.ahead = AFTER_THE_AGREEMENT
            now.session = {}
            assert code(await Invited(town, now).offer()) == (403, "programme.no_agreement")

    asyncio.run(body())


def test_no_auditor_and_nobody_deactivated_comes_in(database: str, tmp_path: Path) -> None:
    """R46 P10: no auditor by name, early or late; nobody by a key that was in use before."""

    async def body() -> None:
        async with at(tmp_path, database) as town:
            agency = Agency(town)
            ids = await agency.accounts()
            early = Invited(town, agency.admin, name="L. Moss")
            assert (await early.offer()).is_success
            assert (await early.answer()).is_success
            auditor, _ = await auditors.appointed(town, name="L. Moss")
            assert code(await early.confirm()) == (409, "agencies.auditor")
            late = Invited(town, agency.admin, name="L. Moss")
            assert code(await late.offer()) == (409, "agencies.auditor")
            assert (await agency.change(ids["officer"], None)).is_success
            for keys in (auditor.keys, agency.people["officer"].keys):
                one = Invited(town, agency.admin, name="Somebody Else")
                one.person.keys = keys
                assert (await one.offer()).is_success
                assert code(await one.answer()) == (409, "accounts.key_taken")

    asyncio.run(body())


def test_the_operator_makes_the_first_administrator_where_nobody_is_in_office(
    database: str, tmp_path: Path
) -> None:
    """R20 P11: an administrator only, by the same path, and nobody once somebody is in office."""

    async def body() -> None:
        async with at(tmp_path, database) as town:
            with psycopg.connect(database, autocommit=True) as owner:
                owner.execute("DELETE FROM agency_person")
            operator = staff(town.http, "operator")
            assert code(await Invited(town, operator, "officer").offer()) == (
                403,
                "agencies.only_administrator",
            )
            one, two = (Invited(town, operator, "administrator") for _ in range(2))
            assert (await one.offer()).is_success
            assert (await two.offer()).is_success
            assert (await one.answer()).is_success
            assert (await one.confirm()).status_code == 204
            await town.settled()
            (leaf,) = await town.leaves("agency-person-joined")
            assert (leaf["pub"]["role"], leaf["pub"]["made_by"]) == ("administrator", "operator")
            assert (await one.person.sign_in()).is_success
            (change,) = (await one.person.json("GET", "/v1/agency/people"))["changes"]
            assert (change["made"], change["by"]) == ("administrator", None)
            assert code(await two.answer()) == (404, "agencies.no_invitation")
            third = Invited(town, one.person, "officer")
            assert (await third.offer()).is_success

    asyncio.run(body())


def test_the_operator_makes_an_administrator_where_people_are_but_none_manages_them(
    database: str, tmp_path: Path
) -> None:
    """R20 P11: with the same entry, beside those in office; once there is one, nobody else."""

    async def body() -> None:
        async with at(tmp_path, database) as town:
            operator = staff(town.http, "operator")
            one, two = (Invited(town, operator, "administrator") for _ in range(2))
            assert code(await one.offer()) == (409, "agencies.somebody_in_office")
            with psycopg.connect(database, autocommit=True) as owner:
                owner.execute("DELETE FROM agency_person WHERE role = 'administrator'")
            assert code(await Invited(town, operator, "officer").offer()) == (
                403,
                "agencies.only_administrator",
            )
            assert (await one.offer()).is_success
            assert (await two.offer()).is_success
            assert (await one.answer()).status_code == 204
            assert (await one.confirm()).status_code == 204
            await town.settled()
            (leaf,) = await town.leaves("agency-person-joined")
            assert (leaf["pub"]["role"], leaf["pub"]["made_by"]) == ("administrator", "operator")
            assert (await one.person.sign_in()).is_success
            assert code(await two.answer()) == (404, "agencies.no_invitation")
            assert code(await Invited(town, operator, "administrator").offer()) == (
                409,
                "agencies.somebody_in_office",
            )

    asyncio.run(body())


def test_what_is_confirmed_is_what_both_pages_show() -> None:
    """R20 P8: web/ui/inviting/inviting.test.ts has the same figures."""
    said = digest(
        account="b" * 26,
        age_recipient="age1pq1x",
        agency=AGENCY,
        invitation="a" * 26,
        name=NAME,
        role="custodian",
        sign_pub="c2lnbg==",
    )
    digits = f"{int(said, 16) % 10**24:024d}"
    assert " ".join(digits[at : at + 4] for at in range(0, 24, 4)) == "7235 4902 3937 6844 7688 3039"
    assert hash_of(bytes(32)).hex() == ("935e7569077a73c275076d1c5377f870467cb92f023783fa31d960b0b491d17c")
