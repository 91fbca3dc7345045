"""What an agency's auditor reads, and that each look is seen."""

import asyncio
import csv
import hashlib
import hmac
import io
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from tests.server import acting
from tests.server.acting import Actor, staff
from tests.server.auditors import appointed, ended, sign_up
from tests.server.booking import Person
from tests.server.registering import AGENCY
from tests.server.running import Running, Still, running

from fanlight.cli.mirror import mirror
from fanlight.cli.verify import read_trust
from fanlight.proof.checkpoint import open_checkpoint
from fanlight.proof.merkle import TreeHead, hash_leaf, verify_inclusion
from fanlight.proof.note import VerifierKey
from fanlight.proof.tiles import TileReader
from fanlight.wire import jcs

OF = f"/v1/auditing/agencies/{AGENCY}"
WORDS = "A witness saw somebody leave in a grey van on Monday evening. We look for the van."


def walk(database: str, home: Path, body: Callable[[Running], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with running(home, database, ticking=Still()) as town:
            await body(town)

    asyncio.run(whole())


async def busy(town: Running) -> None:
    """Have the agency ask: one request that opens, one that is refused, one that signs itself."""
    now = town.clock()
    await acting.open_request(town.http, now)
    officer = staff(town.http, "officer")
    tiny = [(0.0, 0.0), (0.0001, 0.0), (0.0001, 0.0001)]
    refused = await officer.json(
        "POST", "/v1/agency/requests", json=acting.ask(officer, now, outline=tiny, case_number="26-0002")
    )
    assert refused["state"] == "refused"
    supervisor = staff(town.http, "supervisor")
    own = acting.ask(supervisor, now - timedelta(hours=9), case_number="26-0003", emergency=True)
    asked = await supervisor.json("POST", "/v1/agency/requests", json=own)
    assert (await acting.cosign(supervisor, asked["request"])).status_code == 409
    await town.settled()


async def whole_log(auditor: Actor) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the head of the last page, and the entries of all."""
    after, entries = -1, list[dict[str, Any]]()
    while True:
        found = await auditor.json("GET", f"{OF}/log", params={"after": after})
        entries += found["entries"]
        if found["next"] is None:
            return found, entries
        after = found["next"]


def opened(entry: dict[str, Any]) -> dict[str, Any]:
    return {one["field"]: one["value"] for one in entry["openings"]}


def test_an_auditor_reads_names_reasons_and_refused_attempts_each_proved(
    database: str, tmp_path: Path
) -> None:
    """R46: every line is an entry under the checkpoint, and every name is what the entry committed to."""

    async def body(town: Running) -> None:
        auditor, _ = await appointed(town)
        await busy(town)
        found, entries = await whole_log(auditor)
        head = open_checkpoint(found["checkpoint"].encode(), VerifierKey.parse(found["vkey"])).head
        for entry in entries:
            check(entry, head)
        requests = [entry for entry in entries if json.loads(entry["leaf"])["type"] == "request"]
        assert len(requests) == 5  # asked and co-signed, refused, asked and signed by oneself
        names = {opened(entry)["officer"] for entry in requests}
        assert len(names) == 2
        assert any(opened(entry)["cosigner"] for entry in requests)
        assert {opened(entry)["case_number"] for entry in requests} >= {"26-0002", "26-0003"}
        decided = [json.loads(entry["leaf"])["pub"] for entry in requests]
        assert [one["decision"] for one in decided].count("refused") == 2
        assert any(one["rules"] for one in decided)
        kinds = {json.loads(entry["leaf"])["type"] for entry in entries}
        assert {"agreement", "agency-auditor", "case-key"} <= kinds

    def check(entry: dict[str, Any], head: TreeHead) -> None:
        leaf = entry["leaf"].encode()
        path = [bytes.fromhex(step) for step in entry["path"]]
        verify_inclusion(hash_leaf(leaf), entry["index"], path, head)
        said = json.loads(leaf)
        for one in entry["openings"]:
            message = jcs.dumps([said["type"], one["field"], one["value"]])
            made = hmac.new(bytes.fromhex(one["salt"]), message, hashlib.sha256).hexdigest()
            assert said["commit"][one["field"]] == made

    walk(database, tmp_path, body)


def test_nobody_else_reads_it_and_an_ended_term_opens_nothing(database: str, tmp_path: Path) -> None:
    """R46: another agency is not found; before, after and without a term, or by a stolen token: refused."""

    async def body(town: Running) -> None:
        other, stranger = await sign_up(town.http), await sign_up(town.http)
        today = town.clock().date()
        later, _ = await appointed(town, person=other, first=today + timedelta(days=40))
        auditor, appointment = await appointed(town, until=today + timedelta(days=30))
        for part in ("log", "access", "patterns"):
            for who in (stranger, later, *(staff(town.http, role) for role in ("officer", "clerk"))):
                assert (await who.call("GET", f"{OF}/{part}")).status_code == 403
            answer = await auditor.call("GET", f"/v1/auditing/agencies/CA0389999/{part}")
            assert (answer.status_code, answer.json()["code"]) == (404, "auditing.other_agency")
            assert (await auditor.call("GET", f"{OF}/{part}")).is_success
        stolen = Actor(town.http, auditor.keys, {"token": auditor.session["token"]})
        assert (await stolen.call("GET", f"{OF}/log")).is_success
        mine = (await auditor.json("GET", "/v1/sessions/mine"))["sessions"]
        assert len(mine) == 1
        assert (await auditor.sign_in()).is_success
        assert (await auditor.call("DELETE", "/v1/sessions/others")).is_success
        assert (await stolen.call("GET", f"{OF}/log")).status_code == 401
        assert (await ended(town, appointment)).is_success
        await refused(auditor)
        town.clock.ahead = timedelta(days=40)
        assert (await later.sign_in()).is_success
        assert (await later.call("GET", f"{OF}/log")).is_success
        town.clock.ahead = timedelta(days=405)
        assert (await later.sign_in()).is_success
        await refused(later)

    async def refused(auditor: Person) -> None:
        for part in ("log", "access", "patterns", "patterns?format=csv"):
            answer = await auditor.call("GET", f"{OF}/{part}")
            assert answer.json()["code"] == "auditing.not_appointed"

    walk(database, tmp_path, body)


def test_each_kind_of_look_is_an_entry_once_a_day_that_everybody_sees(database: str, tmp_path: Path) -> None:
    """R46: also where the same auditor asks twice at once; what was refused is no look."""

    async def body(town: Running) -> None:
        auditor, appointment = await appointed(town)
        await auditor.call("GET", "/v1/auditing/agencies/CA0389999/log")
        for path in ("log", "access", "patterns", "patterns?format=csv", "patterns?format=json"):
            answers = await asyncio.gather(*(auditor.call("GET", f"{OF}/{path}") for _ in range(3)))
            assert all(answer.is_success for answer in answers)
        await town.settled()
        entries = [leaf["pub"] for leaf in await town.leaves("audit-look")]
        today = str(town.clock().date())
        assert {entry["day"] for entry in entries} == {today}
        assert sorted(entry["what"] for entry in entries) == ["access", "export", "log", "patterns"]
        assert {entry["auditor"] for entry in entries} == {appointment}
        town.clock.ahead = timedelta(days=1)
        assert (await auditor.sign_in()).is_success
        await auditor.json("GET", f"{OF}/log")
        await town.settled()
        shown = (await town.json("/v1/auditing/looks"))["looks"]
        assert len(shown) == 5
        assert all(look["index"] is not None and look["agency"] == AGENCY for look in shown)

    walk(database, tmp_path, body)


def test_who_has_access_is_who_is_let_in(database: str, tmp_path: Path) -> None:
    """R47: a grant that goes is gone from the list at the same moment, and the person is refused."""

    async def body(town: Running) -> None:
        auditor, _ = await appointed(town)
        custodian = staff(town.http, "custodian")
        me = (await custodian.json("GET", "/v1/agency"))["me"]
        shown = await auditor.json("GET", f"{OF}/access")
        assert me in shown["people"]
        assert shown["agreement"] is not None
        with psycopg.connect(database) as owner:
            owner.execute("DELETE FROM agency_person WHERE account = %s", [me["account"]])
        assert me not in (await auditor.json("GET", f"{OF}/access"))["people"]
        assert (await custodian.call("GET", "/v1/agency")).status_code == 401
        await staff(town.http, "operator").json(
            "POST", "/v1/register/cancel", json={"reason": "The board ended it."}
        )
        assert (await auditor.json("GET", f"{OF}/access"))["agreement"] is None

    walk(database, tmp_path, body)


def test_the_numbers_of_a_report_match_a_recount_from_the_mirrored_log(database: str, tmp_path: Path) -> None:
    """R46: counted anew by other code, from the leaves of a mirror and the openings alone."""

    async def body(town: Running) -> None:
        auditor, _ = await appointed(town)
        await busy(town)
        report = (await auditor.json("GET", f"{OF}/patterns"))["counts"]
        _, entries = await whole_log(auditor)
        copy = tmp_path / "copy"
        address = str(town.http.base_url).rstrip("/") + "/log"
        await asyncio.to_thread(lambda: list(mirror(address, copy, read_trust(None, None))))
        head = open_checkpoint(
            (copy / "checkpoint").read_bytes(), VerifierKey.parse((copy / "vkey").read_text().strip())
        ).head
        reader = TileReader(head.size, lambda path: (copy / path).read_bytes())
        leaves = [json.loads(leaf) for leaf in reader.entries(0, head.size)]
        salts = {entry["index"]: entry["openings"] for entry in entries}
        said = {(one["table"], one["value"]): one["count"] for one in report}
        for name, counted in recount(leaves, salts).items():
            assert {value: n for (table, value), n in said.items() if table == name} == counted, name
        looked = ("entry", "audit-look")
        table = csv.DictReader(io.StringIO((await auditor.call("GET", f"{OF}/patterns?format=csv")).text))
        again = {(row["table"], row["value"]): int(row["count"]) for row in table}
        again[looked] = said.get(looked, 0)  # each look makes an entry meanwhile
        assert again == {looked: 0} | said
        day = min(datetime.fromisoformat(one["value"]) for one in starts(entries)).astimezone(UTC).date()
        none = await auditor.json(
            "GET", f"{OF}/patterns", params={"last": str(day - timedelta(days=1)), "first": "2020-01-01"}
        )
        assert not [one for one in none["counts"] if one["table"] == "officer"]

    def starts(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for entry in entries for one in entry["openings"] if one["field"] == "start"]

    def recount(leaves: list[dict[str, Any]], salts: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
        officers: Counter[str] = Counter()
        hours: Counter[str] = Counter()
        clauses: Counter[str] = Counter()
        offences: Counter[str] = Counter()
        cells: Counter[str] = Counter()
        seen = set()
        for index, leaf in enumerate(leaves):
            if leaf["type"] != "request" or leaf["pub"]["agency"] != AGENCY:
                continue
            if leaf["pub"]["decision"] == "refused":
                clauses.update(leaf["pub"]["rules"])
            if leaf["pub"]["request"] in seen:
                continue
            seen.add(leaf["pub"]["request"])
            values = {}
            for one in salts[index]:  # each checked against the mirrored leaf, not against what was sent
                text = jcs.dumps(["request", one["field"], one["value"]])
                assert (
                    hmac.digest(bytes.fromhex(one["salt"]), text, "sha256").hex()
                    == (leaf["commit"][one["field"]])
                )
                values[one["field"]] = one["value"]
            officers[values["officer"]] += 1
            hours[values["start"][11:13]] += 1
            offences[leaf["pub"]["offence_class"]] += 1
            cells.update(leaf["pub"]["cells"])
        assert sum(officers.values()) == 3
        return {
            "officer": dict(officers),
            "hour": dict(hours),
            "clause": dict(clauses),
            "offence": dict(offences),
            "cell": dict(cells),
        }

    walk(database, tmp_path, body)
