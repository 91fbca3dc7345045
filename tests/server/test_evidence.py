"""A resident drops a copy, an officer looks, a custodian exports; the public cannot count."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.acting import CELL, Actor, ask, cosign, make_household, staff
from tests.server.running import Running, prepare, running, witness_process
from tests.server.sealed import disclosure

from fanlight.hub.matching import Asked, named_pack, read_cell_file
from fanlight.model.clock import now
from fanlight.model.ids import new_id
from fanlight.policy import load_pack
from fanlight.proof.cosignature import parse_witnesses
from fanlight.proof.note import VerifierKey
from fanlight.proof.openings import Opening, check_openings
from fanlight.proof.receipt import Receipt, verify_receipt
from fanlight.seal.clip import SealedDisclosure
from fanlight.server import unfinished
from fanlight.server.evidence import drops, rules
from fanlight.server.incoming import MAX_PART
from fanlight.server.programme import register_store
from fanlight.server.programme.register import Register
from fanlight.server.requests import store
from fanlight.store.blobs import key_of
from fanlight.wire import b64, jcs


async def asked_of_home(town: Running) -> Asked:
    """Open a request and return it as a home of the cell reads it."""
    officer, supervisor = staff(town.http, "officer"), staff(town.http, "supervisor")
    asked = await officer.json("POST", "/v1/agency/requests", json=ask(officer, now()))
    assert (await cosign(supervisor, asked["request"])).is_success
    home = await make_household(town.http)
    await town.settled()
    raw = (await town.http.get(f"/v1/cells/{CELL}/requests")).content
    identity = (await home.hub.json("GET", f"/v1/cells/{CELL}/key"))["identity"]
    pack = load_pack((await town.http.get(f"/v1/packs/{named_pack(raw)}")).content)
    log = VerifierKey.parse(town.services.log.vkey)
    (found,) = read_cell_file(raw, log=log, cell=CELL, identity=identity, pack=pack).asked
    return found


async def drop(  # noqa: PLR0913, PLR0917 - what a home sends, and how
    http: httpx.AsyncClient,
    token: str,
    name: str,
    sealed: SealedDisclosure,
    secret: str = "",
    onward_commit: str = "",
    **headers: str,
) -> httpx.Response:
    """Drop a copy as a resident's client does, with a secret to have it back; return the last answer."""
    more: dict[str, str] = (
        {"withdraw_sha256": hashlib.sha256(bytes.fromhex(secret)).hexdigest()} if secret else {}
    )
    more |= {"onward_commit": onward_commit} if onward_commit else {}
    base = f"/v1/drops/{token}/{name}"
    pay = bytes(sealed.pay)
    parts = [(f"pay?offset={at}", pay[at : at + MAX_PART]) for at in range(0, len(pay), MAX_PART)]
    for part, data in (("hdr", sealed.hdr), ("manifest", sealed.manifest_age), *parts):
        answer = await http.put(f"{base}/{part}", content=data, headers=headers)
        if not answer.is_success:
            return answer
    done = {
        "length": sealed.length,
        "root": sealed.root.hex(),
        "manifest_sha256": sealed.manifest_sha256.hex(),
        **more,
    }
    return await http.post(f"{base}/done", json=done, headers=headers)


async def export(actor: Actor, name: str, **change: Any) -> httpx.Response:
    """Export a copy."""
    fields = {
        "recipient": "Office of the prosecutor",
        "ground": "case file",
        "return_by": (now().date() + timedelta(days=30)).isoformat(),
        **change,
    }
    signature = b64.encode(actor.keys.signing.sign("export", jcs.dumps({"disclosure": name, **fields})))
    return await actor.call(
        "POST", f"/v1/agency/disclosures/{name}/exports", json={**fields, "signature": signature}
    )


def test_a_copy_goes_from_a_home_to_the_case_and_out_only_with_its_entry(
    database: str, tmp_path: Path
) -> None:
    """R26, R27, R30, R31: what leaves is recorded first, and to no agency; the public hears a band."""
    vkey = prepare(tmp_path)

    async def body(witness: str) -> None:
        async with running(tmp_path, database, witness=witness) as town:
            asked = await asked_of_home(town)
            name, sealed = disclosure(asked.request, asked.case_key, now())
            assert (await drop(town.http, asked.drop, name, sealed)).json() == {"disclosure": name}
            assert (await drop(town.http, asked.drop, name, sealed)).is_success
            officer, custodian = staff(town.http, "officer"), staff(town.http, "custodian")
            seen = await officer.json("GET", f"/v1/agency/requests/{asked.request}")
            (row,) = seen["disclosures"]
            assert (row["disclosure"], row["length"], row["root"]) == (name, sealed.length, sealed.root.hex())
            await town.services.blobs.delete(key_of(name))  # as erasing a clip of the same id would
            assert (await officer.call("GET", f"/v1/agency/disclosures/{name}/pay")).content == sealed.pay
            assert (await officer.call("GET", f"/v1/agency/disclosures/{name}/hdr")).content == sealed.hdr
            answer = (await export(custodian, name)).json()
            check_export(answer, vkey)
            assert [line["act"] for line in answer["custody"]] == [
                "disclosed",
                "viewed",
                "exported to Office of the prosecutor",
            ]
            assert answer["custody"][0] == {
                "at": now().date().isoformat(),
                "act": "disclosed",
                "by": "a resident",
            }
            refused = await export(custodian, name, recipient="ICE field office")
            assert (refused.status_code, refused.json()["code"]) == (403, "evidence.export_refused")
            other = await export(custodian, name, recipient="Alder Falls Police", recipient_kind="municipal")
            assert (other.status_code, other.json()["code"]) == (403, "evidence.not_onward")
            trail = await officer.json("GET", f"/v1/agency/requests/{asked.request}/custody")
            lines = {(line["act"], line["about"], line["disclosure"]) for line in trail["lines"]}
            assert ("export-refused", "ICE field office", name) in lines
            assert ("export-refused", "Alder Falls Police", name) in lines
            await staff(town.http, "supervisor").json("POST", f"/v1/agency/requests/{asked.request}/close")
            await town.settled()
            (closed,) = await town.leaves("request-closed")
            assert closed["pub"]["band"] == "1-4"
            late = await drop(
                town.http, asked.drop, *disclosure(asked.request, asked.case_key, now(), seed=9)
            )
            assert (late.status_code, late.json()["code"]) == (409, "evidence.request_closed")

    with witness_process(tmp_path / "w", vkey) as witness:
        asyncio.run(body(witness))


def check_export(answer: dict[str, Any], vkey: str) -> None:
    """Check all that an evidence package is made from, offline."""
    witnesses = parse_witnesses(answer["witness_vkeys"])
    for kind, leaf in (("request", "request"), ("key", "case-key"), ("export", "export")):
        shown = answer["receipts"][kind]
        raw = shown["leaf"].encode()
        verify_receipt(raw, Receipt.parse(shown["proof"]), VerifierKey.parse(vkey), witnesses, need=1)
        check_openings(raw, [Opening.from_json(one) for one in answer["openings"][leaf]])
    shown = {one["field"] for one in answer["openings"]["request"]}
    assert "case_number" in shown
    assert not shown & {"officer", "cosigner"}, "who asked and who signed is the agency's and the auditor's"
    opened = {one["field"]: one["value"] for one in answer["opening"]}
    assert opened["act"] == "exported"
    assert opened["detail"]["export"] == answer["export"]
    assert answer["vkey"] == vkey


def test_a_drop_that_says_who_sends_it_or_is_not_whole_is_refused(database: str, tmp_path: Path) -> None:
    """R24: the server does not learn who shared, not even from an honest mistake."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            asked = await asked_of_home(town)
            name, sealed = disclosure(asked.request, asked.case_key, now())
            for headers in ({"Authorization": "Bearer x"}, {"Cookie": "a=b"}):
                answer = await drop(town.http, asked.drop, name, sealed, **headers)
                assert (answer.status_code, answer.json()["code"]) == (400, "evidence.not_anonymous")
            answer = await drop(town.http, "unknown", name, sealed)
            assert (answer.status_code, answer.json()["code"]) == (404, "evidence.no_drop")
            done = {"length": 5, "root": "0" * 64, "manifest_sha256": "0" * 64}
            answer = await town.http.post(f"/v1/drops/{asked.drop}/{name}/done", json=done)
            assert (answer.status_code, answer.json()["code"]) == (400, "evidence.incomplete")
            large = await town.http.put(f"/v1/drops/{asked.drop}/{name}/hdr", content=b"x" * 20_000)
            assert large.status_code == 413
            async with town.services.db.transaction() as tx:
                await tx.execute("UPDATE request SET received = 500")
            answer = await drop(town.http, asked.drop, name, sealed)
            assert (answer.status_code, answer.json()["code"]) == (409, "evidence.request_closed")

    asyncio.run(body())


def test_a_drop_leaves_no_trace_in_what_is_kept_of_a_cell(database: str, tmp_path: Path) -> None:
    """R24: where one household lives in a cell, a count or a time there would name who shared."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            asked = await asked_of_home(town)

            async def kept() -> list[list[Any]]:
                async with town.services.db.transaction() as tx:
                    told = await tx.execute("SELECT xmin::text, * FROM request_cell ORDER BY request, cell")
                    keys = await tx.execute("SELECT xmin::text, * FROM cell_key ORDER BY cell")
                    return [await told.fetchall(), await keys.fetchall()]

            before = await kept()
            sealed = disclosure(asked.request, asked.case_key, now())
            assert (await drop(town.http, asked.drop, *sealed)).is_success
            assert before[0]
            assert await kept() == before

    asyncio.run(body())


def test_what_a_token_leaves_unfinished_is_capped_and_swept(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            asked = await asked_of_home(town)

            async def begin(name: str, length: int, part: str = "pay", offset: int = 0) -> str:
                at = f"/v1/drops/{asked.drop}/{name}/{part}"
                answer = await town.http.put(at, params={"offset": offset}, content=b"x" * length)
                assert answer.status_code in {200, 409, 429}
                return str(answer.json().get("code", ""))

            monkeypatch.setattr(unfinished, "MOST_BYTES", 10_000)
            ids = [new_id() for _ in range(unfinished.MOST_DROPS)]
            assert await begin(ids[0], 9_000) == ""
            assert await begin(ids[0], 9_000) == ""  # the same bytes again take no more room
            assert await begin(ids[0], 900, offset=9_050) == "server.upload_gap"
            assert await begin(ids[1], 1_001) == "evidence.unfinished_bytes"
            assert await begin(ids[1], 500) == ""
            assert await begin(ids[1], 501, "hdr") == "evidence.unfinished_bytes"
            for name in ids[2:]:
                assert await begin(name, 1) == ""
            assert await begin(new_id(), 1) == "evidence.many_unfinished"
            monkeypatch.setattr(unfinished, "MOST_BYTES", 1 << 30)
            name, sealed = disclosure(asked.request, asked.case_key, now())
            full = await drop(town.http, asked.drop, name, sealed)
            assert (full.status_code, full.json()["code"]) == (429, "evidence.many_unfinished")
            await drops.sweep(town.services)
            assert town.services.incoming.received(f"d.{ids[0]}.pay") == 9_000
            town.clock.ahead += unfinished.IDLE + timedelta(minutes=1)
            assert (await town.http.put(f"/v1/drops/{asked.drop}/{ids[1]}/hdr", content=b"x")).is_success
            await drops.sweep(town.services)
            kept = {path.name for path in (tmp_path / "server" / "incoming").iterdir()}
            assert kept == {f"d.{ids[1]}.pay", f"d.{ids[1]}.hdr"}
            assert (await drop(town.http, asked.drop, name, sealed)).is_success
            town.clock.ahead += timedelta(days=3)
            await town.services.incoming.sweep(town.clock())
            assert not list((tmp_path / "server" / "incoming").iterdir())

    asyncio.run(body())


def test_a_copy_that_comes_while_its_request_closes_is_in_the_band_or_refused(
    database: str, tmp_path: Path
) -> None:
    """R31: the band counts what was received, all of it."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            asked = await asked_of_home(town)

            async def receive() -> bool:
                async with town.services.db.transaction() as tx:
                    return await store.note_received(tx, asked.request, 500)

            assert await receive()
            async with town.services.db.transaction() as closing:
                assert await store.received_so_far(closing, asked.request) == 1
                late = asyncio.create_task(receive())
                await asyncio.sleep(0.2)
                assert not late.done()
                await store.close(closing, asked.request, "officer", "1-4")
            assert not await late
            assert await town.count("SELECT received FROM request") == 1

    asyncio.run(body())


def test_an_export_without_a_witness_hands_out_nothing(database: str, tmp_path: Path) -> None:
    """R42: the entry is cosigned before anything is returned."""
    vkey = prepare(tmp_path)

    async def body(witness: str, stop: Any) -> None:
        async with running(tmp_path, database, witness=witness) as town:
            asked = await asked_of_home(town)
            name, sealed = disclosure(asked.request, asked.case_key, now())
            assert (await drop(town.http, asked.drop, name, sealed)).is_success
            stop(None, None, None)
            log = town.services.log
            receipt = log.receipt
            log.receipt = lambda leaf: receipt(leaf, timeout_s=0.2)  # type: ignore[method-assign,assignment,misc]
            answer = await export(staff(town.http, "custodian"), name)
            assert (answer.status_code, answer.json()["code"]) == (503, "log.not_cosigned")
            assert await town.count("SELECT count(*) FROM export") == 1

    process = witness_process(tmp_path / "w", vkey)
    asyncio.run(body(process.__enter__(), process.__exit__))


def test_an_agencys_day_has_a_fixed_number_of_entries_of_one_size(database: str, tmp_path: Path) -> None:
    """R31, R42: nothing real can be counted among the dummies, before or beside the band."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            asked = await asked_of_home(town)
            name, sealed = disclosure(asked.request, asked.case_key, now())
            assert (await drop(town.http, asked.drop, name, sealed)).is_success
            for _ in range(3):
                await staff(town.http, "officer").call("GET", f"/v1/agency/disclosures/{name}/hdr")
            tomorrow = datetime.combine(now().date() + timedelta(days=1), datetime.min.time(), UTC)
            for ahead in (timedelta(seconds=1), timedelta(days=1, seconds=1)):
                town.clock.ahead = tomorrow - now() + ahead

                async def emitted(days: int = ahead.days + 1) -> bool:
                    return len(await town.leaves("case")) >= 64 * days

                await town.until(emitted)
            rows = (await town.json("/v1/log/leaves", params={"type": "case"}))["leaves"]
            days = [json.loads(row["leaf"])["pub"]["day"] for row in rows]
            assert {days.count(day) for day in list(dict.fromkeys(days))[:2]} == {64}
            assert len({len(row["leaf"]) for row in rows}) == 1
            acts = await town.count(
                "SELECT count(*) FROM opening WHERE field = 'act' AND value <> '[\"dummy\"]'"
            )
            assert acts == 4

    asyncio.run(body())


def test_a_busy_day_is_planned_again_to_128(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            asked = await asked_of_home(town)
            name, sealed = disclosure(asked.request, asked.case_key, now())
            assert (await drop(town.http, asked.drop, name, sealed)).is_success
            officer = staff(town.http, "officer")
            for _ in range(70):
                assert (await officer.call("GET", f"/v1/agency/disclosures/{name}/hdr")).is_success
            assert await town.count("SELECT max(planned) FROM case_day") == 128

    asyncio.run(body())


def test_what_comes_late_in_a_day_does_not_make_the_day_grow(database: str, tmp_path: Path) -> None:
    """R31, R42: few moments are left then, and more of them would tell that something real came."""
    vkey = prepare(tmp_path)

    async def body(witness: str) -> None:
        async with running(tmp_path, database, witness=witness) as town:
            asked = await asked_of_home(town)
            name, sealed = disclosure(asked.request, asked.case_key, now())
            tomorrow = datetime.combine(now().date() + timedelta(days=1), datetime.min.time(), UTC)
            town.clock.ahead = tomorrow - timedelta(seconds=40) - now()

            async def all_but_few() -> bool:
                return len(await town.leaves("case")) >= 60

            await town.until(all_but_few)
            assert (await drop(town.http, asked.drop, name, sealed)).is_success
            for _ in range(8):
                await staff(town.http, "officer").call("GET", f"/v1/agency/disclosures/{name}/hdr")
            for _ in range(3):
                assert (await export(staff(town.http, "custodian"), name)).is_success
            assert await town.count("SELECT max(planned) FROM case_day") == 64
            town.clock.ahead = tomorrow + timedelta(days=1, seconds=1) - now()

            async def two_days() -> bool:
                return len(await town.leaves("case")) >= 128

            await town.until(two_days)
            days = [leaf["pub"]["day"] for leaf in await town.leaves("case")]
            first = tomorrow.date() - timedelta(days=1)
            assert [days.count(day.isoformat()) for day in (first, tomorrow.date())] == [64, 64]
            acts = await town.count(
                "SELECT count(*) FROM opening WHERE field = 'act' AND value <> '[\"dummy\"]'"
            )
            assert acts == 12

    with witness_process(tmp_path / "w", vkey) as witness:
        asyncio.run(body(witness))


def test_an_agencys_days_go_on_after_its_agreement_ends(database: str, tmp_path: Path) -> None:
    """R31: a day with entries would otherwise tell that somebody looked at what is still held."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            async with town.services.db.transaction() as tx:
                register = Register(log=town.services.log, tx=tx, today=now().date())
                (agreement,) = await register_store.in_force(tx)
                await register.close(agreement.id, "ended", "The town wished it.")
            town.clock.ahead = timedelta(days=2)
            day = (now() + town.clock.ahead).date()

            async def planned() -> bool:
                return await town.count("SELECT count(*) FROM case_day WHERE day = %s", day) == 1

            await town.until(planned)

    asyncio.run(body())


@given(st.integers(0, 86_399), st.floats(0, 0.999999))
def test_tomorrows_moments_begin_today(second: int, part: float) -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    at = start + timedelta(seconds=second)
    tomorrow = at.date() + timedelta(days=1)
    assert (tomorrow in rules.days_filling(at)) == (second >= 20 * 3_600)
    (moment,) = rules.plan_moments(start, tomorrow, 1, lambda: part)
    assert start + timedelta(hours=20) <= moment < start + timedelta(days=2)
    assert moment.date() in {at.date(), tomorrow}


@given(st.integers(0, 86_399), st.integers(1, 300), st.floats(0, 0.999999))
def test_planned_moments_lie_in_what_is_left_of_the_day(second: int, count: int, part: float) -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    at = start + timedelta(seconds=second)
    moments = rules.plan_moments(at, at.date(), count, lambda: part)
    assert len(moments) == count
    assert all(at <= moment < start + timedelta(days=1) for moment in moments)


def test_a_federal_recipient_is_one_whatever_kind_is_named() -> None:
    """R27: naming another kind does not open the door."""
    for words in ("ICE Seattle", "the FBI", "Joint Terrorism Task Force", "fusion center"):
        assert rules.recipient_kind(words, "court") != "court"
    assert rules.recipient_kind("Superior Court", None) == "court"
    assert rules.recipient_kind("Office of the district attorney", None) == "prosecutor"
    assert rules.recipient_kind("Port of Alice", None) == "prosecutor"


@pytest.mark.parametrize("between", ["", ".", " ", ". ", "-", " - ", "\u200b", "\u00ad"])
@pytest.mark.parametrize("letters", ["ICE", "HSI", "CBP", "FBI", "DEA", "USMS", "\uff29\uff23\uff25", "fbi"])
def test_letters_written_apart_name_the_same_agency(letters: str, between: str) -> None:
    """R27: `I.C.E.`, `F B I` and letters with something unseen between them are who they are."""
    said = f"{between.join(letters)}, field office"
    assert rules.recipient_kind(said, "prosecutor").startswith("federal")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Homeland Security Investigations", "federal"),
        ("Enforcement and Removal Operations", "federal-immigration"),
        ("Customs and Border Protection", "federal-immigration"),
        ("Executive Office for Immigration Review", "federal-immigration"),
        ("U.S. Attorney's Office", "federal"),
        ("United States Secret Service", "federal"),
        ("Drug Enforcement Administration", "federal"),
        ("Fed. agents", "federal"),
        ("Task \u2013 Force North", "task-force"),
        ("Justice Centre, campus police of Austin", "municipal"),
        ("D.A. of King County", "municipal"),
        ("Customer desk of the prosecutor, Mercer Island", "municipal"),
        ("Lieutenant J. Dea\u0301k, county sheriff", "municipal"),
    ],
)
def test_other_names_of_federal_agencies_are_known_and_others_are_not_taken_for_one(
    said: str, kind: str
) -> None:
    """R27."""
    assert rules.recipient_kind(said, "municipal") == kind
