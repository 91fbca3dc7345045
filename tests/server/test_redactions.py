"""R30: a redacted copy lies sealed beside the original, each act with its line, and both end together."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
from tests.server.acting import Actor, staff
from tests.server.running import Running, Still, running
from tests.server.sealed import disclosure
from tests.server.test_ends import at, signed
from tests.server.test_evidence import asked_of_home, drop
from tests.server.test_taking_back import ONE, back

from fanlight.model.clock import now
from fanlight.model.ids import new_id
from fanlight.seal import chunktree, opening, sealing
from fanlight.server.evidence import drops, ends, redactions
from fanlight.wire import b64, jcs

FILM = bytes(range(256)) * 400


@dataclass
class Made:
    """A redacted copy as the officer's browser seals it."""

    name: str
    hdr: bytes
    pay: bytes
    record: bytes

    @property
    def root(self) -> str:
        return chunktree.tree_root(chunktree.chunk_hashes(self.pay)).hex()


def make(case_key: str, film: bytes = FILM) -> Made:
    key = sealing.new_file_key()
    pay = bytes(sealing.encrypt_payload(key, sealing.new_nonce(), film))
    record = sealing.seal(b"what was hidden and why", [case_key])
    return Made(new_id(), sealing.header(key, [case_key]), pay, record)


async def send(who: Actor, clip: str, made: Made, **change: Any) -> httpx.Response:
    """Send a redacted copy; `change` is of the last call."""
    base = f"/v1/agency/disclosures/{clip}/redactions/{made.name}"
    part = await who.call("PUT", f"{base}/pay?offset=0", content=made.pay)
    if not part.is_success:
        return part
    said = {
        "disclosure": clip,
        "redaction": made.name,
        "length": len(made.pay),
        "root": made.root,
        "record_sha256": hashlib.sha256(made.record).hexdigest(),
    }
    signature = b64.encode(who.keys.signing.sign("redaction", jcs.dumps(said)))
    wire = {
        "hdr": b64.encode(made.hdr),
        "record": b64.encode(made.record),
        "length": len(made.pay),
        "root": made.root,
        "signature": signature,
    } | change
    return await who.call("POST", base, json=wire)


async def given(town: Running) -> tuple[str, str, str]:
    """Ask and drop a copy; return the request's id, the case key and the clip's id."""
    asked = await asked_of_home(town)
    name, sealed = disclosure(asked.request, asked.case_key, now())
    assert (await drop(town.http, asked.drop, name, sealed, ONE.hex())).is_success
    return asked.request, asked.case_key, name


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def of_clip(who: Actor, request: str) -> list[dict[str, Any]]:
    (clip,) = (await who.json("GET", f"/v1/agency/requests/{request}"))["disclosures"]
    return list(clip["redactions"])


def test_a_redacted_copy_lies_beside_the_original_with_a_line_for_each_act(
    database: str, tmp_path: Path
) -> None:
    """R30: made, opened and taken off; the original opens as before, and the reason is nowhere in clear."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            request, case_key, clip = await given(town)
            officer, made = staff(town.http, "officer"), make(case_key)
            for _ in range(2):
                assert (await send(officer, clip, made)).json() == {"redaction": made.name}
            held = (await officer.json("GET", f"/v1/agency/requests/{request}"))["case_key_sealed"]
            secret = opening.open_age(b64.decode(held), [officer.keys.age.secret]).decode().strip()
            (one,) = await of_clip(officer, request)
            assert (one["by"], one["off"], one["root"]) == ("Det. R. Lindqvist", False, made.root)
            hdr = (await officer.call("GET", f"/v1/agency/redactions/{made.name}/hdr")).content
            pay = (await officer.call("GET", f"/v1/agency/redactions/{made.name}/pay")).content
            assert opening.open_age(hdr + pay, [secret]) == FILM
            assert (await officer.call("GET", f"/v1/agency/disclosures/{clip}/hdr")).is_success
            assert (await officer.call("DELETE", f"/v1/agency/redactions/{made.name}")).status_code == 204
            gone = await officer.call("GET", f"/v1/agency/redactions/{made.name}/hdr")
            assert told(gone) == (404, "evidence.no_redaction")
            assert not await town.services.evidence.holds(redactions.blob_of(made.name))
            (one,) = await of_clip(officer, request)
            assert (one["off"], one["record"]) == (True, "")
            trail = await officer.json("GET", f"/v1/agency/requests/{request}/custody")
            acts = {line["act"] for line in trail["lines"]}
            assert {"redacted", "viewed a redacted copy", "redacted copy taken off"} <= acts
            with psycopg.connect(database) as owner:
                rows = owner.execute("SELECT act FROM case_entry").fetchall()
                assert {("redacted",), ("redaction-off",)} <= set(rows)

    asyncio.run(body())


def test_while_a_hold_stands_no_redacted_copy_is_taken_off(database: str, tmp_path: Path) -> None:
    """R26 R30: it may be an exhibit; once the court's hold has ended, it can be."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            request, case_key, clip = await given(town)
            officer, custodian, made = (
                staff(town.http, "officer"),
                staff(town.http, "custodian"),
                make(case_key),
            )
            assert (await send(officer, clip, made)).is_success
            until = (town.clock().date() + timedelta(days=30)).isoformat()
            court = {"kind": "court", "until": until, "document": "Order", "court": "Court", "docket": "26-1"}
            hold = signed(custodian, "hold", {"request": request}, **court)
            placed = await custodian.json("POST", f"/v1/agency/requests/{request}/holds", json=hold)
            path = f"/v1/agency/redactions/{made.name}"
            assert told(await officer.call("DELETE", path)) == (409, "evidence.held")
            assert (await officer.call("GET", f"{path}/hdr")).is_success
            over = signed(custodian, "hold-end", {"hold": placed["hold"]}, document="Order of 9 August")
            await custodian.json("POST", f"/v1/agency/holds/{placed['hold']}/end", json=over)
            assert (await officer.call("DELETE", path)).status_code == 204

    asyncio.run(body())


def test_who_cannot_open_the_case_makes_none_and_what_is_not_whole_is_refused(
    database: str, tmp_path: Path
) -> None:
    """R30: a supervisor without a copy of the key, another's clip, a part missing, another's signature."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            request, case_key, clip = await given(town)
            officer, made = staff(town.http, "officer"), make(case_key)
            custodian = staff(town.http, "custodian")
            assert told(await send(custodian, clip, made)) == (403, "evidence.holds_no_copy")
            assert told(await send(officer, "a" * 26, made))[0] == 404
            cut = Made(made.name, made.hdr, made.pay, made.record)
            assert told(await send(officer, clip, cut, root="00" * 32))[0] == 403  # not what was signed
            longer = await send(officer, clip, Made(new_id(), made.hdr, made.pay, made.record), length=5)
            assert told(longer)[0] == 403
            forged = await send(officer, clip, make(case_key), signature=b64.encode(bytes(64)))
            assert told(forged) == (403, "requests.bad_signature")
            assert await of_clip(officer, request) == []
            assert (await send(officer, clip, made)).is_success
            other = make(case_key, b"another film")
            other.name = made.name
            assert told(await send(officer, clip, other)) == (409, "evidence.other_copy")

    asyncio.run(body())


def test_it_goes_with_its_clip_and_no_older_database_brings_it_back(database: str, tmp_path: Path) -> None:
    """R26 R30: header, record and payload; the one that was taken off stays off."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            _request, case_key, clip = await given(town)
            officer, first, second = staff(town.http, "officer"), make(case_key), make(case_key)
            for made in (first, second):
                assert (await send(officer, clip, made)).is_success
            with psycopg.connect(database) as owner:
                before = owner.execute("SELECT hdr, record, id FROM redaction").fetchall()
            await officer.call("DELETE", f"/v1/agency/redactions/{first.name}")
            with psycopg.connect(database) as owner:  # as an older backup has it
                for row in before:
                    owner.execute("UPDATE redaction SET hdr = %s, record = %s, off = NULL WHERE id = %s", row)
            assert await ends.replay(town.services) == 1
            assert told(await officer.call("GET", f"/v1/agency/redactions/{first.name}/hdr"))[0] == 404
            assert (await officer.call("GET", f"/v1/agency/redactions/{second.name}/hdr")).is_success
            assert (await back(town.http, clip, ONE)).is_success
            await at(town, 14, officer)
            assert told(await officer.call("GET", f"/v1/agency/redactions/{second.name}/hdr"))[0] == 404
            for blob in (redactions.blob_of(second.name), drops.blob_of(clip)):
                assert not await town.services.evidence.holds(blob)
            with psycopg.connect(database) as owner:
                kept = owner.execute("SELECT hdr, record FROM redaction").fetchall()
                assert kept == [(b"", b""), (b"", b"")]
            assert {first.name, second.name} <= town.services.shreds.gone

    asyncio.run(body())


def test_one_that_was_taken_off_as_the_server_stopped_is_wholly_gone_after_a_start(
    database: str, tmp_path: Path
) -> None:
    """R30: its row said so; its payload lay there still, and nothing outside the database knew."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            _request, case_key, clip = await given(town)
            officer, made, other = staff(town.http, "officer"), make(case_key), make(case_key)
            for one in (made, other):
                assert (await send(officer, clip, one)).is_success
            with psycopg.connect(database) as owner:
                query = "UPDATE redaction SET hdr = '', record = '', off = '2026-01-01' WHERE id = %s"
                owner.execute(query, [made.name])
            assert made.name not in town.services.shreds.gone
            assert await ends.replay(town.services) == 0
            assert made.name in town.services.shreds.gone
            assert not await town.services.evidence.holds(redactions.blob_of(made.name))
            assert await town.services.evidence.holds(redactions.blob_of(other.name))

    asyncio.run(body())
