"""Officers' pseudonyms: given by the auditor, shown to everybody, told from a name by nobody else."""

import asyncio
import csv
import io
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.server import acting
from tests.server.acting import staff
from tests.server.auditors import appointed, ended, sign_up, signed
from tests.server.booking import Person
from tests.server.registering import AGENCY
from tests.server.running import Running, Still, running

from fanlight.cli.mirror import mirror
from fanlight.cli.verify import read_trust
from fanlight.proof.tiles import TileReader
from fanlight.seal import sealing
from fanlight.seal.keys import verify
from fanlight.server.oversight import Entry, LogState, Record, render
from fanlight.wire import auditing, b64, jcs, pseudonyms

OF = f"/v1/auditing/agencies/{AGENCY}/pseudonyms"
NOT_NAMED = "not yet named by the auditor"


def walk(database: str, home: Path, body: Callable[[Running], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with running(home, database, ticking=Still()) as town:
            await body(town)

    asyncio.run(whole())


@dataclass
class Office:
    """An auditor with a browser's part of the work: keys by year, in memory only."""

    auditor: Person
    keys: dict[int, bytes] = field(default_factory=dict)

    async def waiting(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.auditor.json("GET", f"{OF}/waiting")
        return found

    async def statements(self) -> list[dict[str, str]]:
        """Make what the page makes, keeping each year's key sealed to the auditor."""
        found, made = await self.waiting(), list[dict[str, str]]()
        for one in found["years"]:
            if one["key"] is None:
                self.keys[one["year"]] = secrets.token_bytes(32)
                answer = await self.auditor.call("POST", f"{OF}/key", json=self.sealed(one["year"]))
                assert answer.status_code == 204, answer.text
            key = self.keys[one["year"]]
            names = {who: pseudonyms.pseudonym(key, AGENCY, one["year"], who) for who in one["waiting"]}
            made.append(self.signed(found["auditor"], one["year"], names))
        return made

    def sealed(self, year: int) -> dict[str, Any]:
        said = pseudonyms.kept_key(agency=AGENCY, year=year, key=self.keys[year])
        body = jcs.dumps({"said": said, "signature": signed(said, self.auditor.keys.signing)})
        return {"year": year, "sealed": b64.encode(sealing.seal(body, [self.auditor.keys.age.recipient]))}

    def signed(self, appointment: str, year: int, names: dict[str, str]) -> dict[str, str]:
        text = pseudonyms.naming(auditor=appointment, agency=AGENCY, year=year, names=names)
        return {"statement": text, "signature": signed(text, self.auditor.keys.signing)}

    async def give(self) -> int:
        given = 0
        for body in await self.statements():
            given += (await self.auditor.json("POST", OF, json=body))["given"]
        return given


async def office(town: Running) -> Office:
    auditor, _ = await appointed(town)
    return Office(auditor)


async def ask(town: Running, case: str, **change: Any) -> str:
    """Have an officer ask, and a supervisor sign."""
    asked = acting.ask(officer := staff(town.http, "officer"), town.clock(), case_number=case, **change)
    made = await officer.json("POST", "/v1/agency/requests", json=asked)
    answer = await acting.cosign(staff(town.http, "supervisor"), made["request"])
    assert answer.is_success, answer.text
    return str(made["request"])


async def page(town: Running, path: str) -> str:
    await town.settled()
    answer = await town.http.get(f"/record/{path}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def whose(town: Running) -> dict[str, str]:
    """Return account -> name of the officer and the supervisor who ask here."""
    people = [
        (await staff(town.http, role).json("GET", "/v1/agency"))["me"] for role in ("officer", "supervisor")
    ]
    return {one["account"]: one["name"] for one in people}


def this_year(found: list[dict[str, Any]], town: Running) -> list[dict[str, Any]]:
    """Pass over those of the next year, which December has too."""
    return [one for one in found if one["year"] == town.clock().year]


async def mirrored(town: Running, copy: Path) -> list[Entry]:
    address = str(town.http.base_url).rstrip("/") + "/log"
    await asyncio.to_thread(lambda: list(mirror(address, copy, read_trust(None, None))))
    state = LogState.read((copy / "checkpoint").read_bytes(), (copy / "vkey").read_text(), "")
    reader = TileReader(state.size, lambda path: (copy / path).read_bytes())
    return [Entry.of(index, raw) for index, raw in enumerate(reader.entries(0, state.size))]


def test_a_request_waits_for_no_pseudonym_and_shows_it_once_it_is_given(
    database: str, tmp_path: Path
) -> None:
    """R46: first as not yet named; later requests at once; a mirror's pages say the same."""

    async def body(town: Running) -> None:
        desk = await office(town)
        first = await ask(town, "26-0101")
        shown = await page(town, f"requests/{first}")
        assert shown.count(NOT_NAMED) == 2
        assert await desk.give() > 0
        people = this_year((await desk.auditor.json("GET", OF))["people"], town)
        asker, signer = await whose(town)
        by = {one["account"]: one["pseudonym"] for one in people}
        year = town.clock().year
        assert by[asker] == pseudonyms.pseudonym(desk.keys[year], AGENCY, year, asker)
        second = await ask(town, "26-0102")
        for request in (first, second):
            shown = await page(town, f"requests/{request}")
            assert NOT_NAMED not in shown
            assert f'data-fact="asked_by">{by[asker]}<' in shown
            assert f'data-fact="signed_by">{by[signer]}<' in shown
            assert f"asked 2 times and signed never in {year}" in shown
        listed = await page(town, f"agencies/{AGENCY}/by/{year}/{by[asker]}")
        assert first in listed
        assert second in listed
        agency = await page(town, f"agencies/{AGENCY}")
        assert by[asker] in agency
        assert by[signer] in agency
        rows = list(csv.DictReader(io.StringIO(await page(town, "requests.csv"))))
        assert {row["asked_by"] for row in rows} == {f"{year} {by[asker]}"}
        entries = await mirrored(town, tmp_path / "copy")
        log = LogState.read((tmp_path / "copy" / "checkpoint").read_bytes(), town.services.log.vkey, "")
        copy = Record.of(entries, log, town.clock())
        for path in (f"/record/requests/{first}", f"/record/agencies/{AGENCY}"):
            assert by[asker] in render(path, copy).body.decode()

    walk(database, tmp_path, body)


def test_nobody_but_the_auditor_gives_them_and_a_person_keeps_theirs(database: str, tmp_path: Path) -> None:
    """R46: another's signature or pseudonym, a taken one, a stranger, a row written by hand."""

    async def body(town: Running) -> None:
        desk = await office(town)
        bodies = await desk.statements()
        for who in (staff(town.http, "officer"), staff(town.http, "operator"), await sign_up(town.http)):
            assert (await who.call("POST", OF, json=bodies[0])).status_code == 403
            assert (await who.call("GET", f"{OF}/waiting")).status_code == 403
        forged = bodies[0] | {"signature": signed(bodies[0]["statement"])}
        assert await code(desk, forged) == "auditing.bad_signature"
        assert (await desk.auditor.call("GET", OF.replace(AGENCY, "CA0389999"))).status_code == 404
        waits = (await desk.waiting())["years"][0]
        one, other = waits["waiting"][:2]
        appointment, year = (await desk.waiting())["auditor"], waits["year"]

        def said(names: dict[str, str]) -> dict[str, str]:
            return desk.signed(appointment, year, names)

        assert await code(desk, said({"a" * 26: "abcde-fghij"})) == "auditing.nobody_waits"
        assert await code(desk, said({one: "abcde-fghij", other: "abcde-fghij"})) == "auditing.bad_statement"
        assert (await desk.auditor.json("POST", OF, json=said({one: "abcde-fghij"})))["given"] == 1
        assert (await desk.auditor.json("POST", OF, json=said({one: "abcde-fghij"})))["given"] == 0
        assert await code(desk, said({one: "zzzzz-fghij"})) == "auditing.pseudonym_taken"
        assert await code(desk, said({other: "abcde-fghij"})) == "auditing.pseudonym_taken"
        assert await code(desk, desk.sealed(year), "/key") == "auditing.pseudonym_key_known"
        assert await code(desk, {"year": year, "sealed": b64.encode(desk.keys[year] * 3)}, "/key") == (
            "auditing.bad_pseudonym_key"
        )
        with psycopg.connect(database) as owner:
            naming = owner.execute("SELECT id FROM pseudonym_naming").fetchone()
            for insert in (
                "INSERT INTO pseudonym VALUES (%(other)s, %(agency)s, %(year)s, 'bbbbb-bbbbb', %(naming)s)",
                "UPDATE pseudonym_naming SET statement = statement || ' '",
                "UPDATE pseudonym SET pseudonym = 'bbbbb-bbbbb'",
            ):
                values = {"other": other, "agency": AGENCY, "year": year, "naming": naming and naming[0]}
                with pytest.raises(psycopg.errors.RaiseException), owner.transaction():
                    owner.execute(insert, values)

    async def code(desk: Office, body: dict[str, Any], part: str = "") -> str:
        answer = await desk.auditor.call("POST", f"{OF}{part}", json=body)
        assert not answer.is_success
        return str(answer.json()["code"])

    walk(database, tmp_path, body)


def spelled(secret: bytes) -> list[bytes]:
    """Return the ways in which bytes are written down."""
    plain = b64.encode(secret)
    return [
        secret,
        secret.hex().encode(),
        plain.encode(),
        plain.replace("+", "-").replace("/", "_").encode()[:43],
    ]


def everything(database: str, home: Path) -> bytes:
    """Return all rows of all tables, and every file that the server wrote."""
    found = bytearray()
    with psycopg.connect(database) as owner:
        names = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            with owner.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as rows:
                for row in rows:
                    found += bytes(row)
    return bytes(found) + b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_the_server_never_holds_the_key(
    database: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """R46: not in a table, a file, a page or what it logs; a pseudonym and a planted key are found."""

    async def body(town: Running) -> None:
        desk = await office(town)
        request = await ask(town, "26-0101")
        await desk.give()
        shown = await page(town, f"requests/{request}")
        key = desk.keys[town.clock().year]
        sealed = (await desk.waiting())["years"]
        assert sealed == []
        logged = "".join(capfd.readouterr())
        held = everything(database, tmp_path) + shown.encode() + logged.encode()
        for secret in spelled(key):
            assert secret not in held
        one = pseudonyms.pseudonym(key, AGENCY, town.clock().year, next(iter(await whose(town))))
        assert one.encode() in held
        with psycopg.connect(database) as owner:  # the control: what a key in a row would look like is found
            owner.execute("CREATE TABLE held_by_mistake AS SELECT %s::bytea AS key", [key])
            owner.commit()
            assert key.hex().encode() in everything(database, tmp_path)

    walk(database, tmp_path, body)


def test_a_public_reader_cannot_tell_whose_a_pseudonym_is(database: str, tmp_path: Path) -> None:
    """R46: no name or account stands beside one; nothing public is the key; another year tells nothing."""

    async def body(town: Running) -> None:
        desk = await office(town)
        request = await ask(town, "26-0101")
        await desk.give()
        people, year = await whose(town), town.clock().year
        key = desk.keys[year]
        mine = {pseudonyms.pseudonym(key, AGENCY, year, account) for account in people}
        paths = (f"requests/{request}", f"agencies/{AGENCY}", "requests.json")
        public = "".join([await page(town, path) for path in paths])
        public += "".join(entry.raw.decode() for entry in await mirrored(town, tmp_path / "copy"))
        assert all(one in public for one in mine)
        for secret in (*people, *people.values()):
            assert secret not in public
        told = await desk.auditor.json("GET", OF)  # the control: the auditor's answer links all three
        for account, name in people.items():
            assert {account, name} <= {
                value for one in told["people"] for value in one.values() if isinstance(value, str)
            }
        guesses = {word.encode() for word in re.findall(r"[A-Za-z0-9+/=_-]{16,}", public)} | {
            b"",
            b"0" * 32,
            AGENCY.encode(),
        }
        made = {pseudonyms.pseudonym(guess, AGENCY, year, account) for guess in guesses for account in people}
        assert len(made) > len(people)
        assert not made & mine
        assert {pseudonyms.pseudonym(key, AGENCY, year, account) for account in people} == mine
        assert not {pseudonyms.pseudonym(key, AGENCY, year + 1, account) for account in people} & mine

    walk(database, tmp_path, body)


def test_a_protected_request_has_no_pseudonym_before_it_opens(database: str, tmp_path: Path) -> None:
    """R46: an officer's other requests would tell its class. At its close, or 180 days after a refusal."""

    async def body(town: Running) -> None:
        desk = await office(town)
        await desk.give()
        request = await ask(town, "26-0101", offence="11A")
        officer = staff(town.http, "officer")
        tiny = [(0.0, 0.0), (0.0001, 0.0), (0.0001, 0.0001)]
        asked = acting.ask(officer, town.clock(), outline=tiny, case_number="26-0102", offence="11A")
        refused = (await officer.json("POST", "/v1/agency/requests", json=asked))["request"]
        assert "not told before this request opens" in await page(town, f"requests/{request}")
        assert await town.leaves("pseudonym") == []
        assert (await officer.call("POST", f"/v1/agency/requests/{request}/close")).is_success
        await town.settled()
        assert [leaf["pub"]["by"] for leaf in await town.leaves("pseudonym")] == ["officer", "cosigner"]
        town.clock.ahead = timedelta(days=181)

        async def entered() -> bool:
            return bool(
                await town.count("SELECT count(*) FROM request_pseudonym WHERE request = %s", refused)
            )

        await town.until(entered)

    walk(database, tmp_path, body)


def test_each_look_at_names_is_entered_and_the_file_has_both(database: str, tmp_path: Path) -> None:
    """R46: giving pseudonyms tells no name and is no look; reading whose they are is one, once a day."""

    async def body(town: Running) -> None:
        desk = await office(town)
        await desk.give()
        waited = jcs.dumps(await desk.waiting()).decode()
        await town.settled()
        assert await town.leaves("audit-look") == []
        people = await whose(town)
        assert not [name for name in people.values() if name in waited]
        for _ in range(2):
            await desk.auditor.json("GET", OF)
        await town.settled()
        assert [leaf["pub"]["what"] for leaf in await town.leaves("audit-look")] == ["pseudonyms"]
        table = csv.DictReader(io.StringIO((await desk.auditor.call("GET", f"{OF}?format=csv")).text))
        rows = {
            (row["account"], row["name"]): row["pseudonym"]
            for row in table
            if row["year"] == str(town.clock().year)
        }
        for account, name in people.items():
            assert rows[account, name] == pseudonyms.pseudonym(
                desk.keys[town.clock().year], AGENCY, town.clock().year, account
            )
        await town.settled()
        assert sorted(leaf["pub"]["what"] for leaf in await town.leaves("audit-look")) == [
            "export",
            "pseudonyms",
        ]

    walk(database, tmp_path, body)


def test_the_next_auditor_goes_on_and_a_new_year_is_a_new_key(database: str, tmp_path: Path) -> None:
    """R46: who has a pseudonym keeps it for the year; whose it is stands in what the one before signed."""

    async def body(town: Running) -> None:
        today = town.clock().date()
        auditor, appointment = await appointed(town)
        before = Office(auditor)
        await before.give()
        told = await before.auditor.json("GET", OF)
        assert (await ended(town, appointment)).is_success
        assert (await before.auditor.call("GET", f"{OF}/waiting")).json()["code"] == "auditing.not_appointed"
        after, _ = await appointed(town, first=today)
        desk = Office(after)
        assert (await desk.waiting())["years"] == []
        assert await desk.auditor.json("GET", OF) == told
        for naming in told["namings"]:
            assert naming["key"] == auditor.sign_pub
            said = naming["statement"].encode()
            verify(b64.decode(naming["key"]), auditing.CONTEXT, said, b64.decode(naming["signature"]))
        town.clock.ahead = datetime(today.year + 1, 1, 2, tzinfo=UTC) - town.clock()
        assert (await desk.auditor.sign_in()).is_success
        await desk.give()
        years = {one["year"]: one for one in (await desk.auditor.json("GET", OF))["people"]}
        assert set(years) >= {today.year, today.year + 1}
        all_of = [one["pseudonym"] for one in (await desk.auditor.json("GET", OF))["people"]]
        assert len(set(all_of)) == len(all_of)

    walk(database, tmp_path, body)
