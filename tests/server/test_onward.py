"""R27: a copy is handed to one other agency, if its giver agreed, under a key of its own, with an end."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.server.acting import Actor, staff
from tests.server.running import Running, Still, running
from tests.server.sealed import disclosure
from tests.server.test_ends import at, signed
from tests.server.test_evidence import asked_of_home, drop
from tests.server.test_taking_back import ONE, back
from tests.server.two_agencies import FERRY, FERRY_NAME, ferry, prepare

from fanlight.model.clock import now
from fanlight.proof.note import VerifierKey
from fanlight.proof.openings import Opening, check_openings, commitment
from fanlight.proof.receipt import Receipt, verify_receipt
from fanlight.seal import opening, sealing
from fanlight.seal.container import read_container
from fanlight.seal.keys import Identity, new_identity
from fanlight.seal.manifest import Onward
from fanlight.seal.reading import check_disclosure_manifest
from fanlight.server.evidence import ends, keyring
from fanlight.wire import b64, jcs

SALT = b"s" * 32
_WAITS = (
    "SELECT count(*) FROM pg_locks w JOIN pg_locks h USING (pid) WHERE w.locktype = 'advisory'"
    " AND NOT w.granted AND h.locktype = 'advisory' AND h.granted"
    " AND h.objid = (hashtext(%s)::bigint & 4294967295)::oid"
)


def commit_of(name: str, *, may: bool, salt: bytes = SALT) -> str:
    """What a home sends with its copy, whatever it chose."""
    return commitment("disclosure", Opening("onward", salt, {"disclosure": name, "may": may})).hex()


@dataclass
class Given:
    """A copy at the first agency, with its case's secret as the officer's browser opens it."""

    town: Running
    request: str
    name: str
    pay: bytes
    hdr: bytes
    manifest: bytes
    secret: str

    @property
    def custodian(self) -> Actor:
        return staff(self.town.http, "custodian")

    async def offer(self, who: Actor | None = None, **change: Any) -> httpx.Response:
        """Offer it; `change` is of what is sent."""
        by = who or self.custodian
        until = (self.town.clock().date() + timedelta(days=30)).isoformat()
        said = {"to": FERRY, "ground": "The same van", "until": until} | {
            name: value for name, value in change.items() if name != "salt"
        }
        body = jcs.dumps({**said, "disclosure": self.name})
        signature = b64.encode(by.keys.signing.sign("onward-offer", body))
        wire = {**said, "salt": change.get("salt", SALT.hex()), "signature": signature}
        return await by.call("POST", f"/v1/agency/disclosures/{self.name}/onward", json=wire)

    async def hand(self, onward: str, key: str) -> httpx.Response:
        """Seal header and manifest anew to a key, as the first agency's browser does."""
        file_key = opening.open_header(self.hdr, [self.secret])
        hdr = sealing.header(file_key, [key])
        manifest = sealing.seal(opening.open_age(self.manifest, [self.secret]), [key])
        hashes = {
            "hdr_sha256": hashlib.sha256(hdr).hexdigest(),
            "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
        }
        body = jcs.dumps({"onward": onward, "key": key, **hashes})
        signature = b64.encode(self.custodian.keys.signing.sign("onward-hand", body))
        wire = {"hdr": b64.encode(hdr), "manifest": b64.encode(manifest), "signature": signature}
        return await self.custodian.call("POST", f"/v1/agency/onward/{onward}/hand", json=wire)


async def given(town: Running, *, may: bool = True, commit: str | None = None) -> Given:
    """Ask, drop a copy that says whether another agency may have it."""
    asked = await asked_of_home(town)
    chosen = Onward(may=may, salt=SALT)
    name, sealed = disclosure(asked.request, asked.case_key, now(), onward=chosen)
    said = commit_of(name, may=may) if commit is None else commit
    assert (await drop(town.http, asked.drop, name, sealed, ONE.hex(), said)).is_success
    officer = staff(town.http, "officer")
    held = (await officer.json("GET", f"/v1/agency/requests/{asked.request}"))["case_key_sealed"]
    secret = opening.open_age(b64.decode(held), [officer.keys.age.secret]).decode().strip()
    return Given(town, asked.request, name, bytes(sealed.pay), sealed.hdr, sealed.manifest_age, secret)


async def accept(town: Running, onward: str, key: Identity, *more: Actor) -> httpx.Response:
    """Accept as the second agency's custodian does, with a key for them and others."""
    by = ferry(town.http, "custodian")
    copies = []
    for one in (by, *more):
        await one.json("GET", "/v1/agency/onward")
        sealed = sealing.seal(key.secret.encode() + b"\n", [one.keys.age.recipient])
        copies.append({"account": one.session["account"], "sealed": b64.encode(sealed)})
    digest = hashlib.sha256(jcs.dumps({"copies": copies})).hexdigest()
    body = jcs.dumps({"onward": onward, "key": key.recipient, "copies_sha256": digest})
    signature = b64.encode(by.keys.signing.sign("onward-accept", body))
    wire = {"key": key.recipient, "copies": copies, "signature": signature}
    return await by.call("POST", f"/v1/agency/onward/{onward}/accept", json=wire)


async def handed(copy: Given, **change: Any) -> tuple[str, Identity]:
    """Offer, accept, hand over; return the hand-over's id and the second agency's key."""
    onward, key = (await copy.offer(**change)).json()["onward"], new_identity()
    assert (await accept(copy.town, onward, key)).is_success
    assert (await copy.hand(onward, key.recipient)).is_success
    return str(onward), key


async def listed(who: Actor, kind: str) -> list[dict[str, Any]]:
    return list((await who.json("GET", "/v1/agency/onward"))[kind])


def told(answer: httpx.Response) -> tuple[int, str]:
    assert set(answer.json()) == {"code", "what", "kept", "do"}
    return answer.status_code, answer.json()["code"]


def entries(database: str, agency: str) -> list[str]:
    """Acts of an agency's entries that wait for their moment."""
    with psycopg.connect(database) as owner:
        rows = owner.execute("SELECT act FROM case_entry WHERE agency = %s ORDER BY place", [agency])
        return [row[0] for row in rows.fetchall()]


def test_a_copy_goes_to_one_other_agency_under_a_key_of_its_own(database: str, tmp_path: Path) -> None:
    """R27: offered, accepted with a key that is in the record, handed over, opened; lines on both sides."""
    vkey = prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy, key = await given(town), new_identity()
            theirs = ferry(town.http, "custodian")
            onward = (await copy.offer()).json()["onward"]
            (waits,) = await listed(theirs, "received")
            assert (waits["state"], waits["from_name"], waits["ground"]) == (
                "offered",
                "Harbor District Police (demo)",
                "The same van",
            )
            assert (await accept(town, onward, key)).status_code == 204
            await town.settled()
            (mine,) = await listed(copy.custodian, "offered")
            assert (mine["state"], mine["key"], mine["to_name"]) == ("accepted", key.recipient, FERRY_NAME)
            proven = Receipt.parse(mine["key_receipt"]["receipt"])
            leaf = mine["key_receipt"]["leaf"].encode()
            verify_receipt(leaf, proven, VerifierKey.parse(vkey), [])
            shown = check_openings(leaf, [Opening.from_json(one) for one in mine["key_opening"]])
            assert shown["act"] == "onward-accepted"
            assert shown["detail"]["key_sha256"] == hashlib.sha256(key.recipient.encode()).hexdigest()

            early = await theirs.call("GET", f"/v1/agency/onward/{onward}/copy")
            assert told(early) == (404, "evidence.not_handed")
            assert (await copy.hand(onward, key.recipient)).status_code == 204
            seen = await theirs.json("GET", f"/v1/agency/onward/{onward}/copy")
            pay = (await theirs.call("GET", f"/v1/agency/onward/{onward}/pay")).content
            plain = opening.open_age(b64.decode(seen["hdr"]) + pay, [key.secret])
            assert plain == opening.open_age(copy.hdr + copy.pay, [copy.secret])
            box = read_container(opening.open_age(b64.decode(seen["manifest"]), [key.secret]))
            told_at_home = check_disclosure_manifest(*box).manifest.facts
            assert (told_at_home.disclosure, told_at_home.onward) == (copy.name, Onward(may=True, salt=SALT))
            (has,) = await listed(theirs, "received")
            assert (has["state"], has["holders"]) == ("handed", ["Ferry custodian"])
            assert [(line["act"], line["by"]) for line in has["trail"]] == [
                ("accepted", "Ferry custodian"),
                ("handed over", "Harbor District Police (demo)"),  # whose people no other agency learns
                ("viewed", "Ferry custodian"),
            ]
            path = f"/v1/agency/requests/{copy.request}/custody"
            trail = await staff(town.http, "officer").json("GET", path)
            acts = [line["act"] for line in trail["lines"]]
            assert f"offered to {FERRY_NAME} ({FERRY})" in acts
            assert f"handed to {FERRY_NAME} ({FERRY})" in acts
            assert {"onward-received", "onward-viewed"} <= set(entries(database, FERRY))

    asyncio.run(body())


@pytest.mark.parametrize("how", ["no", "other-salt", "other-copy", "earlier-client"])
def test_what_its_giver_did_not_agree_to_is_not_offered(how: str, database: str, tmp_path: Path) -> None:
    """R27: no, another opening, another copy's yes, or nothing said: refused, with a line and an entry."""
    prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            commit = {"other-copy": commit_of("a" * 26, may=True), "earlier-client": ""}.get(how)
            copy = await given(town, may=how != "no", commit=commit)
            salt = "00" * 32 if how == "other-salt" else SALT.hex()
            assert told(await copy.offer(salt=salt)) == (403, "evidence.onward_not_agreed")
            assert await listed(copy.custodian, "offered") == []
            assert "onward-refused" in entries(database, "CA0389900")
            path = f"/v1/agency/requests/{copy.request}/custody"
            trail = await staff(town.http, "officer").json("GET", path)
            assert ("onward-refused", FERRY_NAME) in {(line["act"], line["about"]) for line in trail["lines"]}

    asyncio.run(body())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("I.C.E. field office", "municipal"),
        ("Joint task force", "county"),
        ("F B I", "state"),
        (FERRY_NAME, "federal"),
        (FERRY_NAME, "unverified"),
    ],
)
def test_a_federal_agency_gets_none_however_it_was_admitted(
    name: str, kind: str, database: str, tmp_path: Path
) -> None:
    """R27: by its kind or by its name, though it has an agreement and the giver said yes."""
    prepare(tmp_path, name, kind)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy = await given(town)
            assert told(await copy.offer()) == (403, "evidence.onward_refused")
            assert (await copy.custodian.json("GET", "/v1/agency/onward"))["agencies"] == []

    asyncio.run(body())


def test_what_is_offered_has_an_end_of_its_own_and_goes_to_one_agency(database: str, tmp_path: Path) -> None:
    """R27: not later than the first agency's; taken back or declined, it can be offered again."""
    prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy, theirs = await given(town), ferry(town.http, "custodian")
            today = town.clock().date()
            last = (today + timedelta(days=180)).isoformat()
            assert told(await copy.offer(until=last)) == (400, "evidence.onward_too_long")
            past = await copy.offer(until=today.isoformat())
            assert told(past) == (403, "evidence.onward_refused")
            officer = staff(town.http, "officer")
            assert (await copy.offer(officer)).status_code == 403
            first = (await copy.offer()).json()["onward"]
            assert told(await copy.offer()) == (409, "evidence.onward_once")
            assert (await copy.custodian.call("DELETE", f"/v1/agency/onward/{first}")).status_code == 204
            assert told(await accept(town, first, new_identity())) == (409, "evidence.onward_changed")
            second = (await copy.offer()).json()["onward"]
            assert (await theirs.call("POST", f"/v1/agency/onward/{second}/decline")).status_code == 204
            third, _ = await handed(copy)
            assert told(await copy.offer()) == (409, "evidence.onward_once")
            assert told(await copy.custodian.call("DELETE", f"/v1/agency/onward/{third}")) == (
                409,
                "evidence.onward_changed",
            )
            assert told(await copy.hand(third, new_identity().recipient))[0] == 409

    asyncio.run(body())


def test_nobody_else_opens_it_and_who_got_it_passes_it_to_nobody(database: str, tmp_path: Path) -> None:
    """R27: the first agency has no call to the second's, the second none to offer, export or give on."""
    prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy, theirs = await given(town), ferry(town.http, "custodian")
            onward, _ = await handed(copy)
            path = f"/v1/agency/onward/{onward}"
            for method, end in (("GET", "copy"), ("GET", "pay"), ("POST", "decline")):
                assert told(await copy.custodian.call(method, f"{path}/{end}")) == (404, "evidence.no_onward")
            colleague = ferry(town.http, "officer")
            assert told(await colleague.call("GET", f"{path}/copy")) == (403, "evidence.holds_no_copy")
            again = await copy.offer(theirs)
            assert again.status_code == 404
            assert (await theirs.call("DELETE", path)).status_code == 404
            about = {"disclosure": copy.name}
            used = signed(theirs, "copy-use", about, kind="charge", document="2026-CR-1")
            for method, end, sent in (
                ("GET", f"disclosures/{copy.name}/hdr", None),
                ("GET", f"disclosures/{copy.name}/pay", None),
                ("POST", f"disclosures/{copy.name}/uses", used),
                ("PUT", f"disclosures/{copy.name}/redactions/{onward}/pay", None),
                ("GET", f"redactions/{onward}/hdr", None),
                ("GET", f"requests/{copy.request}/end", None),
                ("GET", f"requests/{copy.request}/custody", None),
                ("GET", f"requests/{copy.request}/papers", None),
                ("GET", f"requests/{copy.request}", None),
            ):
                assert (await theirs.call(method, f"/v1/agency/{end}", json=sent)).status_code == 404
            wire = {"recipient": "A court", "ground": "x y", "return_by": "2099-01-01", "signature": "A" * 88}
            exported = await theirs.call("POST", f"/v1/agency/disclosures/{copy.name}/exports", json=wire)
            assert exported.status_code == 404

    asyncio.run(body())


def test_a_key_for_somebody_elses_people_is_refused(database: str, tmp_path: Path) -> None:
    """R27: only people of the agency that accepts, and who accepts among them."""
    prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy = await given(town)
            onward = (await copy.offer()).json()["onward"]
            mixed = await accept(town, onward, new_identity(), staff(town.http, "custodian"))
            assert told(mixed) == (400, "evidence.bad_onward_key")
            assert (await accept(town, onward, new_identity(), ferry(town.http, "officer"))).is_success

    asyncio.run(body())


@pytest.mark.parametrize("end", ["until", "withdrawn", "limit"])
def test_its_end_comes_with_its_day_or_with_the_first_agencys_copy(
    end: str, database: str, tmp_path: Path
) -> None:
    """R26 R27: what opens it is gone on both sides at once, with an entry."""
    prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy, theirs = await given(town), ferry(town.http, "custodian")
            until = 170 if end == "limit" else 30
            last_day = town.clock().date() + timedelta(days=until)
            onward, _ = await handed(copy, until=last_day.isoformat())
            if end == "withdrawn":
                assert (await back(town.http, copy.name, ONE)).is_success
                (has,) = await listed(theirs, "received")
                assert has["wanted_back"]
            if end == "limit":
                close = f"/v1/agency/requests/{copy.request}/close"
                await staff(town.http, "supervisor").json("POST", close)
            last, first = {"until": (31, 30), "withdrawn": (14, 13), "limit": (171, 170)}[end]
            await at(town, first, theirs)
            assert (await theirs.call("GET", f"/v1/agency/onward/{onward}/copy")).is_success
            await at(town, last, theirs)
            gone = await theirs.call("GET", f"/v1/agency/onward/{onward}/copy")
            assert told(gone) == (404, "evidence.not_handed")
            (stone,) = await listed(theirs, "received")
            wanted = "until" if end == "limit" else end
            assert (stone["state"], stone["why"], stone["holders"]) == ("destroyed", wanted, [])
            assert "onward-destroyed" in entries(database, FERRY)
            with psycopg.connect(database) as owner:
                kept = owner.execute("SELECT hdr, manifest FROM onward").fetchall()
                assert kept == [(b"", b"")]
                assert owner.execute("SELECT count(*) FROM onward_copy").fetchone() == (0,)
            assert onward in town.services.shreds.gone

    asyncio.run(body())


def test_what_its_giver_wants_back_is_neither_offered_nor_handed_over(database: str, tmp_path: Path) -> None:
    """R26 R27: asked for after the offer was accepted, it is not handed over; nor is it offered anew."""
    prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy, key = await given(town), new_identity()
            onward = (await copy.offer()).json()["onward"]
            assert (await accept(town, onward, key)).is_success
            assert (await back(town.http, copy.name, ONE)).is_success
            assert told(await copy.hand(onward, key.recipient)) == (409, "evidence.wanted_back")
            (row,) = await listed(copy.custodian, "offered")
            assert row["state"] == "accepted"
            path = f"/v1/agency/onward/{onward}"
            theirs = ferry(town.http, "custodian")
            assert told(await theirs.call("GET", f"{path}/copy")) == (404, "evidence.not_handed")
            assert (await copy.custodian.call("DELETE", path)).status_code == 204
            assert told(await copy.offer()) == (409, "evidence.wanted_back")

    asyncio.run(body())


def test_an_older_database_does_not_bring_it_back(database: str, tmp_path: Path) -> None:
    """R26 R27: what was destroyed is destroyed again before anything is served."""
    prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy, theirs = await given(town), ferry(town.http, "custodian")
            await handed(copy)
            with psycopg.connect(database) as owner:
                (before,) = owner.execute("SELECT hdr FROM onward").fetchall()
            await at(town, 31, theirs)
            with psycopg.connect(database) as owner:  # as an older backup has it
                put = "UPDATE onward SET state = 'handed', hdr = %s, until = '2099-01-01'"
                owner.execute(put, [before[0]])
            assert (await listed(theirs, "received"))[0]["state"] == "handed"
            assert await ends.replay(town.services) == 1
            (stone,) = await listed(theirs, "received")
            assert (stone["state"], stone["why"]) == ("destroyed", "restored")

    asyncio.run(body())


def test_an_agency_whose_agreement_is_over_gets_and_sees_none(database: str, tmp_path: Path) -> None:
    """R27: an offer to it is refused, what it has goes, and it looks at nothing."""
    prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy, theirs = await given(town), ferry(town.http, "custodian")
            onward, _ = await handed(copy)
            operator = staff(town.http, "operator")
            (theirs_now,) = [
                one["agreement"]
                for one in (await town.json("/v1/register/agreements"))["agreements"]
                if one["agency"] == FERRY
            ]
            ended = {"reason": "The council wished it."}
            await operator.json("POST", f"/v1/register/agreements/{theirs_now}/end", json=ended)
            assert told(await theirs.call("GET", f"/v1/agency/onward/{onward}/copy")) == (
                403,
                "programme.no_agreement",
            )
            await at(town, 40)
            assert [one["state"] for one in await listed(copy.custodian, "offered")] == ["destroyed"]

    asyncio.run(body())


def test_what_a_browser_commits_to_is_what_is_checked_here() -> None:
    """R27: web/core/evidence/onward.test.ts reads the same vectors."""
    for one in json.loads((Path(__file__).parents[2] / "vectors/evidence/onward.json").read_text()):
        made = commit_of(one["disclosure"], may=one["may"], salt=bytes.fromhex(one["salt"]))
        assert made == one["commit"]


def test_a_hold_at_the_first_agency_keeps_nothing_at_the_second(database: str, tmp_path: Path) -> None:
    """R26 R27: who wants it back has it back from there, though a court's hold keeps the first's."""
    prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy, theirs = await given(town), ferry(town.http, "custodian")
            await handed(copy)
            held = {
                "kind": "court",
                "document": "Order",
                "court": "Superior",
                "docket": "26-1",
                "until": (town.clock().date() + timedelta(days=100)).isoformat(),
            }
            wire = signed(copy.custodian, "hold", {"request": copy.request}, **held)
            await copy.custodian.json("POST", f"/v1/agency/requests/{copy.request}/holds", json=wire)
            assert (await back(town.http, copy.name, ONE)).is_success
            officer = staff(town.http, "officer")
            await at(town, 14, theirs, officer)
            (stone,) = await listed(theirs, "received")
            assert (stone["state"], stone["why"]) == ("destroyed", "withdrawn")
            assert (await officer.call("GET", f"/v1/agency/disclosures/{copy.name}/hdr")).is_success

    asyncio.run(body())


def test_who_left_the_other_agency_holds_no_key(database: str, tmp_path: Path) -> None:
    """R20 R27: taken back with a line and an entry; the last key stays."""
    prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy, key = await given(town), new_identity()
            theirs, colleague = ferry(town.http, "custodian"), ferry(town.http, "officer")
            onward = (await copy.offer()).json()["onward"]
            assert (await accept(town, onward, key, colleague)).is_success
            assert (await copy.hand(onward, key.recipient)).is_success
            with psycopg.connect(database) as owner:
                gone = "UPDATE agency_person SET ended = '2026-01-01' WHERE account = %s"
                owner.execute(gone, [colleague.session["account"]])
            assert await keyring.forget_who_left(town.services) == 1
            (has,) = await listed(theirs, "received")
            assert has["holders"] == ["Ferry custodian"]
            assert has["trail"][-1]["act"] == "key of Ferry officer taken back"
            assert "key-taken-back" in entries(database, FERRY)
            assert await keyring.forget_who_left(town.services) == 0

    asyncio.run(body())


def test_two_agencies_days_are_taken_in_one_order(database: str, tmp_path: Path) -> None:
    """R27: by name, as the record's own clock does, so that nobody waits for who waits for them."""
    prepare(tmp_path)

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still(), prepared=True) as town:
            copy, key = await given(town), new_identity()
            onward = (await copy.offer()).json()["onward"]
            assert (await accept(town, onward, key)).is_success
            ours = "CA0389900"
            assert ours > FERRY
            with psycopg.connect(database, autocommit=True) as other:
                other.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"day {FERRY}"])
                handing = asyncio.create_task(copy.hand(onward, key.recipient))
                while other.execute(_WAITS, [f"end {copy.request}"]).fetchone() == (0,):
                    assert not handing.done(), "it takes its turn"
                    await asyncio.sleep(0.01)
                free = "SELECT pg_try_advisory_lock(hashtext(%s))"
                assert other.execute(free, [f"day {ours}"]).fetchone() == (True,)
            assert (await handing).status_code == 204

    asyncio.run(body())
