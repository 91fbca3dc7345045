"""Notes, exhibits and the trail of custody: written once, sealed, each with its line and its entry."""

import asyncio
import csv
import hashlib
import io
from pathlib import Path
from typing import Any

import httpx
import psycopg
from tests.server.acting import Actor
from tests.server.dumps import dump_of
from tests.server.running import Running, running
from tests.server.sealed import disclosure
from tests.server.test_case_keys import Case, entered, join, make

from fanlight.model.clock import now
from fanlight.model.ids import new_id
from fanlight.seal import sealing
from fanlight.server.evidence import papers, trail
from fanlight.wire import b64, jcs

WORDS = b'{"words":"The person by the gate limps.","by_ms":0}'


async def write(case: Case, who: Actor, **change: Any) -> httpx.Response:
    """Write a paper as the page does."""
    about = {"kind": "note", "disclosure": None, "number": None, "earlier": None, **change}
    sealed = sealing.seal(WORDS, [case.key.recipient])
    signed = {"request": case.request, **about, "sha256": hashlib.sha256(sealed).hexdigest()}
    signature = b64.encode(who.keys.signing.sign("case-paper", jcs.dumps(signed)))
    wire = {**about, "sealed": b64.encode(sealed), "signature": signature}
    return await who.call("POST", f"/v1/agency/requests/{case.request}/papers", json=wire)


async def clip_of(town: Running, case: Case) -> str:
    """Put a copy with a case as a resident's drop leaves it; return its id."""
    name, sealed = disclosure(case.request, case.key.recipient, now())
    async with town.services.db.transaction() as tx:
        await tx.execute(
            "INSERT INTO disclosure (id, request, received_day, length, root, manifest_sha256, manifest, hdr)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                *(name, case.request, now().date(), sealed.length, sealed.root.hex()),
                *(sealed.manifest_sha256.hex(), sealed.manifest_age, sealed.hdr),
            ],
        )
    return name


async def page(case: Case, skip: int = 0) -> Any:
    return await case.officer.json("GET", f"/v1/agency/requests/{case.request}/custody?skip={skip}")


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_note_is_corrected_by_a_new_one_and_neither_can_be_changed(database: str, tmp_path: Path) -> None:
    """R30: each is signed, sealed, a line and an entry; who cannot open the case writes nothing."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            outsider, _ = await join(town, "officer", 72)
            case = await make(town)
            first = (await write(case, case.officer)).json()["paper"]
            assert (await write(case, case.custodian, earlier=first)).is_success
            assert code(await write(case, outsider)) == (403, "evidence.holds_no_copy")
            assert code(await write(case, case.officer, earlier=new_id())) == (400, "evidence.bad_paper")
            assert code(await write(case, case.officer, disclosure=new_id())) == (400, "evidence.bad_paper")
            forged = await case.officer.call(
                "POST",
                f"/v1/agency/requests/{case.request}/papers",
                json={
                    "kind": "note",
                    "disclosure": None,
                    "number": None,
                    "earlier": None,
                    "sealed": b64.encode(sealing.seal(b"x", [case.key.recipient])),
                    "signature": b64.encode(bytes(64)),
                },
            )
            assert code(forged) == (403, "requests.bad_signature")
            found = await case.officer.json("GET", f"/v1/agency/requests/{case.request}/papers")
            assert [(one["kind"], one["earlier"]) for one in found] == [("note", None), ("note", first)]
            assert [line["act"] for line in (await page(case))["lines"]] == ["note-corrected", "note-added"]
            assert (await entered(town, "note-added"), await entered(town, "note-corrected")) == (1, 1)
            with psycopg.connect(database) as owner:
                changeable = owner.execute(
                    "SELECT column_name FROM information_schema.column_privileges WHERE grantee ="
                    " 'fanlight_app' AND table_name = 'case_paper' AND privilege_type = 'UPDATE'"
                ).fetchall()
            assert changeable == [("sealed",)]

    asyncio.run(body())


def test_an_exhibits_number_is_used_once_and_its_removal_is_an_entry(database: str, tmp_path: Path) -> None:
    """R30: the list keeps what was taken off it."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            case = await make(town)
            clip = await clip_of(town, case)
            listed = {"kind": "exhibit", "disclosure": clip}
            first = (await write(case, case.officer, **listed, number=7)).json()["paper"]
            assert code(await write(case, case.officer, **listed, number=7)) == (409, "evidence.number_used")
            assert code(await write(case, case.officer, **listed)) == (400, "evidence.bad_paper")
            removal = {"kind": "exhibit-removed", "disclosure": clip, "earlier": first}
            assert (await write(case, case.supervisor, **removal)).is_success
            assert code(await write(case, case.supervisor, **removal)) == (409, "evidence.removed")
            assert code(await write(case, case.officer, **listed, number=7)) == (409, "evidence.number_used")
            assert (await write(case, case.officer, **listed, number=8)).is_success
            lines = (await page(case))["lines"]
            assert [(line["act"], line["about"], line["disclosure"]) for line in lines] == [
                ("exhibit-added", "8", clip),
                ("exhibit-removed", "7", clip),
                ("exhibit-added", "7", clip),
            ]
            assert await entered(town, "exhibit-removed") == 1

    asyncio.run(body())


def test_nobody_at_the_server_reads_what_was_written(database: str, tmp_path: Path) -> None:
    """R26 R30: neither rows nor files hold the words; a person who can open the case reads them."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            case = await make(town)
            assert (await write(case, case.officer)).is_success
            await town.settled()
            held = dump_of(database, tmp_path)
            assert WORDS not in b"".join(held.pieces)
            assert WORDS not in held.opened_by(*held.secrets())
            assert WORDS in held.opened_by(case.officer.keys.age.secret)
            async with town.services.db.transaction() as tx:
                await papers.forget(tx, case.request)
            assert WORDS not in dump_of(database, tmp_path).opened_by(case.officer.keys.age.secret)

    asyncio.run(body())


def test_the_trail_of_a_case_comes_in_pages_latest_first_and_whole_as_a_table(
    database: str, tmp_path: Path
) -> None:
    """R30: each line once, whatever the page; of the case and of its clips together."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            case = await make(town)
            clip = await clip_of(town, case)
            with psycopg.connect(database, autocommit=True) as owner:
                owner.execute(
                    "INSERT INTO custody (disclosure, place, at, act, by_whom) SELECT %s, n,"
                    " to_char(timestamp '2026-01-01' + n * interval '1 minute',"
                    ' \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\'),'
                    " 'viewed ' || n, 'B' FROM generate_series(0, 249) n",
                    [clip],
                )
            assert (await write(case, case.officer)).is_success
            pages = [await page(case, skip) for skip in range(0, 301, trail.PAGE)]
            assert [(one["total"], len(one["lines"])) for one in pages] == [
                (251, 100),
                (251, 100),
                (251, 51),
                (251, 0),
            ]
            shown = [line for one in pages for line in one["lines"]]
            assert [line["act"] for line in shown] == [
                "note-added",
                *(f"viewed {n}" for n in range(249, -1, -1)),
            ]
            table = await case.officer.call("GET", f"/v1/agency/requests/{case.request}/custody?format=csv")
            rows = list(csv.DictReader(io.StringIO(table.text)))
            assert [row["act"] for row in rows] == [line["act"] for line in shown]

    asyncio.run(body())
