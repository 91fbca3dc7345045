"""R18: dispatch data at a real town and PostgreSQL: who may hand in, what is kept, when it is shown."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import h3
import psycopg
import pytest
from psycopg import sql
from tests.server.acting import staff
from tests.server.incidents import samples
from tests.server.incidents.samples import SECRET
from tests.server.incidents.sending import Source, shown, wall
from tests.server.registering import Way
from tests.server.running import Running, Still, running

from fanlight.seal.keys import member_keys
from fanlight.server.incidents import clockwork

HOUR = timedelta(hours=1)


def in_a_town(test: Callable[[Running, str], Awaitable[None]]) -> Callable[..., None]:
    """Let a test be a coroutine about one town, whose clock stands unless it is put forward."""

    @wraps(test)
    def run(database: str, tmp_path: Path) -> None:
        async def body() -> None:
            async with running(tmp_path, database, ticking=Still()) as town:
                await test(town, database)

        asyncio.run(body())

    del run.__wrapped__  # pytest asks it for the fixtures
    return run


def all_rows(database: str) -> str:
    """Return every value of every table as text."""
    with psycopg.connect(database) as owner:
        tables = owner.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            " AND table_type = 'BASE TABLE'"
        ).fetchall()
        found = []
        for (name,) in tables:
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))
            found += [text for (text,) in owner.execute(query).fetchall()]
    return "\n".join(found)


@in_a_town
async def test_an_export_goes_in_coarse_and_its_numbers_add_up(town: Running, database: str) -> None:
    """Counts add up; no dropped word, no address and no exact place or time is in a row, and a control is."""
    source = await Source(town).begin()
    at = wall(town, 5 * HOUR)
    rows = [
        samples.row("1", at, available="x"),
        samples.row("1", at, unit="E2", available="x"),
        samples.row("2", at, kind="Medical Incident"),
        samples.row("3", at, kind="alarms", where='"(40.7, -74.0)"'),
        samples.row("4", wall(town, 30 * HOUR)),
        samples.row("5", wall(town, -2 * HOUR)),
        samples.row("6", at, disposition="cancelled"),
        samples.row("7", at, when="never"),
        samples.row("8", at, kind="ALARMS", where="REDACTED"),
    ]
    took = await source.took(samples.table(*rows))
    assert took == {
        "rows": 9,
        "joined": 1,
        "kept": 2,
        "withdrawn": 1,
        "same": 0,
        "dropped": {"ahead": 1, "elsewhere": 1, "no_time": 1, "not_listed": 1, "over_a_day_old": 1},
    }
    assert took["rows"] == sum(n for n in took.values() if isinstance(n, int)) - 9 + sum(
        took["dropped"].values()
    )
    found = {one["class"]: one for one in await shown(town)}
    assert set(found) == {"fire", "fire-alarm"}
    (cell,) = found["fire"]["cells"]
    assert h3.get_resolution(cell) == 9
    assert h3.average_hexagon_edge_length(9, unit="m") > 100
    assert found["fire-alarm"]["cells"] == []  # somewhere in town: nothing is dropped for want of a place
    assert found["fire"]["state"] == "over"
    assert found["fire"]["began"].endswith("0:00.000Z")
    (listed,) = (await town.json("/v1/cad-sources"))["sources"]
    assert listed["taken"] == [], "the numbers of today would tell when each report came"
    kept = all_rows(database)
    town.clock.ahead = timedelta(days=1)
    (listed,) = (await town.json("/v1/cad-sources"))["sources"]
    (numbers,) = listed["taken"]
    assert (numbers["rows"], numbers["kept"], numbers["dropped_not_listed"]) == (9, 2, 1)
    exact = at.strftime(":%M:%S") if at.second else "no exact second to look for"
    for never in (SECRET, "37.7756", "122.4187", "665-A", "555-0100", "Medical Incident"):
        assert never not in kept.replace(str(town.home), ""), never
    assert f"{exact}+00" not in kept
    with psycopg.connect(database) as owner:  # the control: the search finds what is there
        owner.execute("UPDATE incident SET kind = %s", [SECRET])
    assert SECRET in all_rows(database)


@in_a_town
async def test_an_incident_is_shown_late_and_is_gone_after_a_day(town: Running, database: str) -> None:
    """Not before its delay, not after 24 hours, and then no row is left but how many there were."""
    source = await Source(town).begin()
    await source.took(samples.table(samples.row("1", wall(town, timedelta(minutes=1)))))
    assert await shown(town) == []
    town.clock.ahead = timedelta(minutes=29)
    assert await shown(town) == []
    town.clock.ahead = timedelta(minutes=30 + 15 + 20)  # half as much again at most, and twice ten to round
    (one,) = await shown(town)
    etag = (await town.http.get("/v1/incidents")).headers["etag"]
    same = await town.http.get("/v1/incidents", headers={"If-None-Match": etag})
    assert (same.status_code, same.content) == (304, b"")
    town.clock.ahead = timedelta(hours=24, minutes=10)
    assert await shown(town) == []
    assert await clockwork.sweep(town.services) == 1
    with psycopg.connect(database) as owner:
        assert owner.execute("SELECT count(*) FROM incident").fetchone() == (0,)
        assert owner.execute("SELECT sum(many) FROM incident_month").fetchone() == (1,)
    assert one["incident"] not in all_rows(database)


@in_a_town
async def test_feeds_repeat_go_back_and_cancel(town: Running, database: str) -> None:
    """The same rows shuffled change nothing, nor does an older report; what was cancelled stays away."""
    source = await Source(town).begin(samples.CSV + 'changed = { columns = ["Address"] }\n')
    at = wall(town, 5 * HOUR)

    def changed(incident: str, later: int, kind: str = "Structure Fire", **other: str) -> str:
        row = samples.row(incident, at, kind, **other)
        return row.replace(f"665-A {SECRET} ST", (at + timedelta(minutes=later)).isoformat())

    rows = [changed("1", 10), changed("2", 10)]
    assert (await source.took(samples.table(*rows)))["kept"] == 2
    before = await shown(town)
    again = await source.took(samples.table(*rows[::-1]))
    assert (again["kept"], again["same"]) == (0, 2)
    assert (await source.took(samples.table(changed("1", 5, "Alarms"))))["same"] == 1
    assert await shown(town) == before
    assert (await source.took(samples.table(changed("1", 20, "Alarms"))))["kept"] == 1
    assert {one["class"] for one in await shown(town)} == {"fire", "fire-alarm"}
    cancelled = changed("1", 30, disposition="Cancelled")
    assert (await source.took(samples.table(cancelled)))["withdrawn"] == 1
    assert (await source.took(samples.table(changed("1", 40))))["kept"] == 0
    assert [one["class"] for one in await shown(town)] == ["fire"]
    town.clock.ahead = 25 * HOUR
    assert await clockwork.sweep(town.services) == 1
    with psycopg.connect(database) as owner:
        assert owner.execute("SELECT sum(many) FROM incident_month").fetchone() == (1,)


@in_a_town
async def test_alerts_and_documents_go_in_and_are_withdrawn(town: Running, database: str) -> None:
    """CAP and EIDO at the server: an area is cells, an update stands for another, a cancel ends it."""
    cap = await Source(town).begin('v = 1\nform = "cap"')
    sent = (town.clock() - 2 * HOUR).replace(microsecond=0)
    refers = f"dispatch@town.example,1,{sent.isoformat(timespec='seconds')}"
    assert (await cap.took(samples.alert("1", sent)))["kept"] == 1
    (one,) = await shown(town)
    assert one["cells"]
    assert {h3.get_resolution(cell) for cell in one["cells"]} == {7}
    whole = "<polygon>30,-130 45,-130 45,-110 30,-110 30,-130</polygon>"
    assert (await cap.took(samples.alert("2", sent, type="Update", refers=refers, area=whole)))["kept"] == 1
    (two,) = await shown(town)
    assert two["cells"] == []
    far = "<polygon>10,10 11,10 11,11 10,10</polygon>"
    assert (await cap.took(samples.alert("9", sent, area=far)))["dropped"] == {"elsewhere": 1}
    refers = refers.replace(",1,", ",2,")
    assert (await cap.took(samples.alert("3", sent, type="Cancel", refers=refers)))["withdrawn"] == 1
    assert await shown(town) == []
    assert (await cap.took(samples.alert("1", sent)))["kept"] == 0  # a late copy of the first
    eido = await Source(town).begin('v = 1\nform = "eido"')
    assert (await eido.took(samples.documents(samples.document("26-1", sent))))["kept"] == 1
    assert [one["class"] for one in await shown(town)] == ["burglary"]
    assert SECRET not in all_rows(database)


@in_a_town
async def test_only_its_own_signature_and_fresh(town: Running, database: str) -> None:
    """Another key, another body, an old signature, no signature, no such source: nothing goes in."""
    source = await Source(town).begin()
    body = samples.table(samples.row("1", wall(town, 5 * HOUR)))
    other = member_keys(bytes(32)).signing
    assert (await source.send(body, key=other)).json()["code"] == "incidents.not_signed"
    assert (await source.send(body, late=HOUR)).json()["code"] == "incidents.old"
    assert (await source.send(body, late=-HOUR)).json()["code"] == "incidents.old"
    path = f"/v1/cad-sources/{source.id}/uploads"
    assert (await town.http.post(path, content=body)).status_code == 400
    unknown = Source(town, "a" * 26)
    assert (await unknown.send(body)).status_code == 404
    assert (await source.send(b"no such columns\n")).json()["code"] == "incidents.bad_export"
    assert await shown(town) == []
    assert "incident_month" not in all_rows(database)


@pytest.mark.timeout(300)
@in_a_town
async def test_without_an_agreement_that_says_so_nothing_goes_in(town: Running, database: str) -> None:
    """No clause, no source; no agreement any more, no upload, and what is there is no longer shown."""
    source = await Source(town).begin()
    body = samples.table(samples.row("1", wall(town, 5 * HOUR)))
    await source.took(body)
    assert len(await shown(town)) == 1
    await Way(town, database).end_the_demos()
    refused = await source.send(samples.table(samples.row("2", wall(town, 5 * HOUR))))
    assert (refused.status_code, refused.json()["code"]) == (403, "incidents.no_clause")
    assert await shown(town) == []
    assert await clockwork.sweep(town.services) == 1
    operator = staff(town.http, "operator")
    answer = await operator.call("POST", "/v1/cad-sources", json=source.settings())
    assert answer.json()["code"] == "incidents.no_clause"
    (listed,) = (await town.json("/v1/cad-sources"))["sources"]
    assert not listed["allowed"]


@in_a_town
async def test_a_source_is_on_the_record_with_all_that_it_may_send(town: Running, database: str) -> None:
    """Everybody can read which columns are read and as what each type is shown; its end too."""
    source = await Source(town).begin()
    await source.took(samples.table(samples.row("1", wall(town, 5 * HOUR))))
    operator = staff(town.http, "operator")
    await operator.json("POST", f"/v1/cad-sources/{source.id}/end")
    again = await operator.call("POST", f"/v1/cad-sources/{source.id}/end")
    assert again.status_code == 409
    await town.settled()
    (begun,) = await town.leaves("cad-source")
    said: dict[str, Any] = begun["pub"]
    assert said["types"] == source.settings()["types"]
    assert said["mapping"]["kind"] == ["Type"]
    (ended,) = await town.leaves("cad-source-ended")
    assert ended["pub"]["source"] == source.id
    assert await shown(town) == []
    assert (await source.send(b"")).status_code == 404
    unknown = {**source.settings(), "types": {"Heart attack": "medical"}}
    refused = await operator.call("POST", "/v1/cad-sources", json=unknown)
    assert refused.json()["code"] == "incidents.bad_mapping"
    assert database
