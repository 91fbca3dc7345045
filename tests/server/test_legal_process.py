"""Legal process from intake to notice: what is checked, decided, told, handed out, and to whom."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.server import pdfs
from tests.server.counsel import Counsel
from tests.server.running import Clock, Running, Still, running
from tests.server.visitors import World, everybody

from fanlight.model.ids import new_id
from fanlight.proof.sealed import TERM
from fanlight.seal import keys
from fanlight.server import sealed
from fanlight.server.process import telling
from fanlight.server.sealed.auditors import Auditor, read_auditors
from fanlight.wire import b64

DOCUMENT = pdfs.plain()
DOCKET = "INV-2026-0917"
AUDITORS = "".join(
    f'[[auditor]]\nname = "auditor {n}"\nrecipient = "{keys.new_identity().recipient}"\n' for n in (1, 2, 3)
)


def form(town: Running, *accounts: str, **other: Any) -> dict[str, Any]:
    today = town.clock().date()
    scope: dict[str, Any] = {
        "accounts": list(accounts),
        "what": ["contents", "clip_list", "account_records"],
        "start": (today - timedelta(days=3)).isoformat(),
        "end": today.isoformat(),
    }
    said = {
        "document": b64.encode(DOCUMENT),
        "kind": "warrant",
        "court": "Superior Court (invented)",
        "court_level": "state",
        "docket": DOCKET,
        "signed_by": "Judge R. Example",
        "issued": (today - timedelta(days=1)).isoformat(),
        "return_by": (today + timedelta(days=7)).isoformat(),
        "gag": "none",
        "scope": scope | other.pop("scope", {}),
        "came": "By me, as the officer of record.",
    }
    return said | other


async def hand_in(world: World, **other: Any) -> dict[str, Any]:
    said = form(world.town, world.home.id, **other)
    found: dict[str, Any] = await world.people["officer"].json("POST", "/v1/agency/process", json=said)
    return found


async def decide(world: World, process: str, said: str = "accepted", **other: Any) -> Any:
    return await Counsel(world.town).decide(process, said, **other)


async def of_home(world: World, role: str = "owner") -> list[dict[str, Any]]:
    headers = {"Fanlight-Household": world.home.id} if role != "stranger" else {}
    found = await world.people[role].json("GET", "/v1/process", headers=headers)
    return list(found["process"])


def failed(found: dict[str, Any]) -> set[str]:
    return {one["id"] for one in found["checks"] if not one["holds"]}


@pytest.mark.timeout(300)
def test_a_warrant_is_checked_decided_served_answered_and_in_the_record(
    database: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """R22: the whole way of one warrant; nobody else learns whose account it named."""

    async def body() -> str:
        async with running(tmp_path, database, ticking=Still()) as town:
            world = await everybody(town)
            clip = await world.clip()
            found = await hand_in(world)
            assert failed(found) == set()
            made = found["process"]
            assert await of_home(world) == []  # nothing is told before counsel looked
            answer = await decide(world, made)
            assert answer.is_success, answer.text
            again = await decide(world, made)
            assert again.json()["code"] == "process.decided"
            await at_home(world, made)
            # counsel: the packet has every column that there is, and ciphertext
            counsel = Counsel(town)
            early = await counsel.call("GET", f"{made}/clips/{clip}")
            assert early.json()["code"] == "process.no_clips"
            packet = await counsel.pack(made)
            (account,) = packet["content"]["accounts"]
            (row,) = account["clips"]
            with psycopg.connect(database) as connection:
                columns = connection.execute(
                    "SELECT column_name FROM information_schema.columns WHERE table_name = 'clip'"
                ).fetchall()
            assert set(row) == {name for (name,) in columns}
            file = await counsel.call("GET", f"{made}/clips/{clip}")
            assert file.content.startswith(b"age-encryption.org/v1\n")
            (listed,) = await counsel.listed()
            assert listed["objections"] == [{"account": world.home.id, "words": "This was not my camera."}]
            # the record: kind, court's level, decision; no household, court or docket
            await town.settled()
            (leaf,) = await town.leaves("process")
            signed = {name: leaf["pub"].pop(name) for name in ("counsel", "signature")}
            assert signed["counsel"] == b64.encode(counsel.keys.signing.public)
            assert leaf["pub"] == {
                "process": made,
                "kind": "warrant",
                "court_level": "state",
                "decision": "accepted",
                "rules": [],
                "day": town.services.today(),
            }
            assert len(await town.leaves("process-packet")) == 1
            everything = json.dumps([await town.leaves("process"), await town.leaves("process-packet")])
            assert world.home.id not in everything
            assert DOCKET not in everything
            # a neighbour, and another agency's desk, learn nothing of it; the one who handed it in sees it
            assert await of_home(world, "stranger") == []
            denied = await world.people["stranger"].call("GET", f"/v1/process/{made}/document")
            assert denied.status_code == 404
            mine = await world.people["supervisor"].json("GET", "/v1/agency/process")
            assert [one["process"] for one in mine["process"]] == [made]
            assert "objections" not in mine["process"][0]
            return world.home.id

    home = asyncio.run(body())
    out, err = capfd.readouterr()
    assert home not in out + err
    assert DOCKET not in out + err


async def at_home(world: World, made: str) -> None:
    """See that the household is told at once who asked for what, with the document, and may object once."""
    (told,) = await of_home(world)
    assert (told["docket"], told["decision"]) == (DOCKET, "accepted")
    home: dict[str, Any] = {"headers": {"Fanlight-Household": world.home.id}}
    owner = world.people["owner"]
    paper = await owner.call("GET", f"/v1/process/{made}/document", **home)
    assert paper.content == DOCUMENT
    said = {"words": "This was not my camera."}
    await owner.json("POST", f"/v1/process/{made}/objection", json=said, **home)
    twice = await owner.call("POST", f"/v1/process/{made}/objection", json=said, **home)
    assert twice.json()["code"] == "process.objected"


@pytest.mark.timeout(300)
def test_what_the_form_lacks_is_named_and_cannot_be_accepted(database: str, tmp_path: Path) -> None:
    """R22: each check says what it found; counsel narrows or rejects, and never widens."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            world = await everybody(town)
            today = town.clock().date()
            wrong: dict[str, dict[str, Any]] = {
                "court": {"court": " "},
                "docket": {"docket": ""},
                "signed": {"signed_by": ""},
                "return": {"return_by": (today - timedelta(days=1)).isoformat()},
                "stale": {"issued": (today - timedelta(days=11)).isoformat()},
                "found": {"scope": {"accounts": [], "area": "all of Elm Street"}},
                "days": {"scope": {"start": (today + timedelta(days=1)).isoformat()}},
                "future": {"scope": {"end": (today + timedelta(days=1)).isoformat()}},
                "kind": {"kind": "subpoena"},
                "gag": {"gag": "letter"},
            }
            for name, change in wrong.items():
                found = await hand_in(world, **change)
                assert failed(found) == {name}, name
                if name in {"docket", "stale", "gag"}:
                    continue  # shown to counsel, who judges
                refused = await decide(world, found["process"])
                assert refused.json()["code"] == "process.cannot_accept", name
            # a subpoena for everything, narrowed to what a subpoena reaches
            asked = await hand_in(world, kind="subpoena")
            wider = asked["form"]["scope"] | {"start": "2020-01-01", "what": ["account_records"]}
            refused = await decide(world, asked["process"], said="narrowed", scope=wider)
            assert refused.json()["code"] == "process.not_narrower"
            narrow = asked["form"]["scope"] | {"what": ["account_records"]}
            answer = await decide(world, asked["process"], said="narrowed", scope=narrow)
            assert answer.json()["scope"]["what"] == ["account_records"]
            packet = await Counsel(town).pack(asked["process"])
            assert set(packet["content"]["accounts"][0]) == {"account", "records"}
            assert (await of_home(world))[0]["what"] == ["account_records"]
            # nobody has this number: nothing is accepted, nothing entered
            none = await hand_in(world, scope={"accounts": [new_id()]})
            assert (await decide(world, none["process"])).json()["code"] == "process.no_account"
            await town.settled()
            assert len(await town.leaves("process")) == 1
            secret = await world.people["officer"].call(
                "POST", "/v1/agency/process", json=form(town, world.home.id, kind="national-security")
            )
            assert secret.json()["code"] == "process.national_security"
            assert await town.count("SELECT count(*) FROM process WHERE form LIKE %s", "%national%") == 0

    asyncio.run(body())


@pytest.mark.timeout(300)
def test_a_gag_is_sealed_ends_by_the_clock_and_is_renewed_only_in_time(database: str, tmp_path: Path) -> None:
    """R49: no entry while a court's gag stands; on the day after, household, record and slot tell."""

    async def body() -> None:
        ticking = Still()
        # Its own rounds do not come between.
        async with running(tmp_path, database, ticking=ticking, rounds_s=86_400.0) as town:
            world = await everybody(town)
            until = town.clock().date() + timedelta(days=10)
            gagged = await hand_in(world, gag="order", gag_until=until.isoformat())
            made = gagged["process"]
            nobody = await decide(world, made)
            assert nobody.json()["code"] == "sealed.no_auditors"
            (tmp_path / "server" / "auditors.toml").write_text(AUDITORS)
            auditors = read_auditors(tmp_path)
            assert (await decide(world, made)).is_success
            await town.settled()
            assert await of_home(world) == []
            assert await town.leaves("process") == []
            counsel = Counsel(town)
            await counsel.pack(made)
            assert await town.leaves("process-packet") == []
            await forward(town, ticking, auditors, days=1)
            renewal = {"court": "Superior Court", "docket": "R-1", "ordered": town.services.today()}
            late = (until + TERM + timedelta(days=1)).isoformat()
            refused = await counsel.renew(made, **renewal, until=late)
            assert refused.json()["code"] == "process.not_renewed"
            longer = until + timedelta(days=5)
            assert (await counsel.renew(made, **renewal, until=longer.isoformat())).is_success
            await forward(town, ticking, auditors, days=14)  # the last quiet day
            assert await of_home(world) == []
            assert [*await town.leaves("process"), *await town.leaves("sealed-opened")] == []
            # one day on, with the clock of gags standing still: the household is told all the same
            ticking.ahead += timedelta(days=1)
            assert [one["process"] for one in await of_home(world)] == [made]
            (listed,) = await counsel.listed()
            assert listed["overdue"]
            await forward(town, ticking, auditors, days=0)
            (leaf,) = await town.leaves("process")
            assert leaf["pub"]["told"] == town.services.today()
            assert len(await town.leaves("process-packet")) == 1
            opened = await town.leaves("sealed-opened")
            shown = sorted(one["pub"]["opening"]["value"]["type"] for one in opened)
            assert shown == ["process", "process-packet"]
            assert world.home.id not in json.dumps(opened)
            (listed,) = await counsel.listed()
            assert not listed["overdue"]
            too_late = await counsel.renew(made, **renewal, until=late)
            assert too_late.json()["code"] == "process.not_quiet"

    asyncio.run(body())


async def forward(town: Running, ticking: Clock, auditors: tuple[Auditor, ...], *, days: int) -> None:
    ticking.ahead += timedelta(days=days)
    await sealed.tick(town.services, auditors)
    await telling.tick(town.services)
    await telling.tick(town.services)  # again does nothing
    town.services.log.sequencer.wake()
    await town.settled()


def test_rows_of_whom_it_was_served_on_are_seen_by_that_household_alone(database: str) -> None:
    """R05: the app's role sees no such row without that household set; with it, it does."""
    with psycopg.connect(database) as owner:
        owner.execute("ALTER TABLE process_served NO FORCE ROW LEVEL SECURITY")
        account = "INSERT INTO account (id, kind, sign_pub, age_recipient) VALUES ('a', 'officer', %s, '')"
        owner.execute(account, [bytes(32)])
        owner.execute("SELECT set_config('fanlight.household', 'h', false)")
        owner.execute("INSERT INTO household (id, cell) VALUES ('h', 'c')")
        owner.execute(
            "INSERT INTO process (id, agency, by_whom, received, form, document, sha256, checks)"
            " VALUES ('p', '', 'a', '2026-11-22', '{}', 'x', '', '[]')"
        )
        owner.execute("INSERT INTO process_served (process, household) VALUES ('p', 'h')")
        owner.execute("ALTER TABLE process_served FORCE ROW LEVEL SECURITY")
        owner.execute("SET ROLE fanlight_app")
        for household, seen in (("", 0), ("other", 0), ("h", 1)):
            owner.execute("SELECT set_config('fanlight.household', %s, false)", [household])
            assert owner.execute("SELECT count(*) FROM process_served").fetchone() == (seen,)
