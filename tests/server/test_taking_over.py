"""The operator hands a list in: whole, once, and with its entry; or nothing of it."""

import asyncio
import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.server.acting import SEEDS, staff
from tests.server.running import Running, running

from fanlight.cli.lists import rows
from fanlight.cli.lists.agencies import agencies
from fanlight.cli.lists.handing_in import NoKey, hand_in, operators_seed
from fanlight.demo.lists import LISTS
from fanlight.model.geo import Polygon
from fanlight.model.window import Window
from fanlight.server import programme
from fanlight.server.programme import listings, store
from fanlight.wire import b64

PATH = "/v1/register/listings"
AGENCY = {
    "ori": "CA0010100",
    "name": "Alameda Police Department",
    "kind": "municipal",
    "listed_as": "City",
    "county": "ALAMEDA",
    "state": "CA",
    "lon": -122.26,
    "lat": 37.77,
}
AGREEMENT = {
    "line": 2,
    "name": "Alameda Police Department",
    "place": "Alameda",
    "state": "CA",
    "since": "2019-04-30",
    "until": None,
    "ori": "CA0010100",
    "joined": "given",
    "url": "https://example.org/map",
}
GATHERING: dict[str, Any] = {
    "line": 1,
    "name": "March",
    "outline": [[-122.4, 37.7], [-122.3, 37.7], [-122.3, 37.8]],
    "start": "2031-12-01T18:00:00.000Z",
    "end": "2031-12-01T20:00:00.000Z",
}
HEAD = {"source": "a list", "credit": "its maker, CC BY", "as_of": "2020-10-07", "sha256": "ab" * 32}


async def kept(town: Running) -> int:
    async with town.services.db.transaction() as tx:
        return sum(head.lines for head in await listings.all_of(tx))


def test_a_list_comes_with_its_entry_and_only_once(database: str, tmp_path: Path) -> None:
    """R32: the same file handed in again is the list that is here."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            operator = staff(town.http, "operator")
            first = await operator.json("POST", PATH, json={**HEAD, "agreements": [AGREEMENT]})
            again = await operator.json("POST", PATH, json={**HEAD, "agreements": [AGREEMENT] * 1})
            assert first == again
            assert first["lines"] == await kept(town) == 1
            await town.settled()
            assert [leaf["pub"]["listing"] for leaf in await town.leaves("listing")] == [first["listing"]]

    asyncio.run(body())


def test_a_list_that_comes_twice_at_once_is_kept_once(database: str, tmp_path: Path) -> None:
    """R32: the second call waits for the first, and finds its list."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            source = listings.Source(
                kind="agreements", source="a list", credit="c", as_of=date(2020, 10, 7), sha256=HEAD["sha256"]
            )
            operator = staff(town.http, "operator")
            async with town.services.db.transaction() as tx:
                await listings.lock(tx)
                first = await listings.add(town.services.log, tx, source, 1)
                second = asyncio.create_task(
                    operator.json("POST", PATH, json={**HEAD, "agreements": [AGREEMENT]})
                )

                async def waits() -> bool:
                    query = "SELECT count(*) FROM pg_locks WHERE objid::bigint = %s AND NOT granted"
                    return second.done() or bool(await town.count(query, listings.LOCK))

                await town.until(waits)
            assert (await second)["listing"] == first
            assert await kept(town) == 1

    asyncio.run(body())


@pytest.mark.parametrize(
    "lines",
    [
        {},
        {"agencies": [], "agreements": []},
        {"agencies": [AGENCY], "agreements": [AGREEMENT]},
        {"agencies": [AGENCY, AGENCY]},
        {"agencies": [AGENCY | {"lat": None}]},
        {"agencies": [AGENCY | {"lat": 91}]},
        {"agencies": [AGENCY | {"kind": "City"}]},
        {"agencies": [AGENCY | {"name": "a\0b"}]},
        {"agencies": [AGENCY | {"name": ""}]},
        {"agencies": [AGENCY | {"more": 1}]},
        {"agreements": [AGREEMENT, AGREEMENT]},
        {"agreements": [AGREEMENT | {"ori": None}]},
        {"agreements": [AGREEMENT | {"joined": "none"}]},
        {"agreements": [AGREEMENT | {"until": "2019-04-29"}]},
        {"agreements": [AGREEMENT | {"since": None, "until": "2019-04-29"}]},
        {"agreements": [AGREEMENT | {"since": "9999-12-31"}]},
        {"agreements": [AGREEMENT | {"since": "0001-01-01"}]},
        {"agreements": [AGREEMENT | {"url": "javascript:alert(1)"}]},
        {"agreements": [AGREEMENT], "sha256": "ab"},
        {"agreements": [AGREEMENT], "assemblies": [GATHERING]},
        {"assemblies": [GATHERING, GATHERING]},
        {"assemblies": [GATHERING | {"end": GATHERING["start"]}]},
        {"assemblies": [GATHERING | {"start": "soon"}]},
        {"assemblies": [GATHERING | {"outline": [[0, 0], [1, 1]]}]},
    ],
)
def test_of_a_list_that_is_wrong_nothing_is_kept(
    database: str, tmp_path: Path, lines: dict[str, Any]
) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            answer = await staff(town.http, "operator").call("POST", PATH, json={**HEAD, **lines})
            assert answer.status_code == 400, answer.text
            assert await kept(town) == 0

    asyncio.run(body())


def test_an_operator_hands_in_all_the_agencies_there_are(database: str, tmp_path: Path) -> None:
    """R32: 18,702 in one call, and none of them may ask for anything by it."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            found = agencies(rows.read(Path(str(LISTS["agencies"].file))))
            before = await town.json("/v1/town")
            made, lines = await hand_in(
                str(town.http.base_url), SEEDS["operator"], {**HEAD, "agencies": found}
            )
            assert lines == await kept(town) == len(found)
            assert (await town.json("/v1/town"))["agencies"] == before["agencies"]
            async with town.services.db.transaction() as tx:
                some = await listings.agencies(tx, made, state="CA", words="alameda", after="", limit=5)
            assert some[0].ori == "CA0010000"

    asyncio.run(body())


def test_the_town_knows_of_a_gathering_once_its_calendar_was_taken_over(
    database: str, tmp_path: Path
) -> None:
    """R21: and the record says which calendar; handed in again, it is known once."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            area, begins = Polygon.of(GATHERING["outline"]), datetime(2031, 12, 1, 19, tzinfo=UTC)
            window = Window(start=begins, end=begins + timedelta(hours=1))
            known = []
            for _ in range(2):
                async with town.services.db.transaction() as tx:
                    known.append(await programme.assembly_overlap(tx, area, window))
                    found = await store.assemblies(tx, window.start, window.end)
                await staff(town.http, "operator").json(
                    "POST", PATH, json={**HEAD, "assemblies": [GATHERING]}
                )
            assert (known, len(found)) == ([False, True], 1)
            await town.settled()
            entries = [leaf["pub"] for leaf in await town.leaves("listing")]
            assert [(one["kind"], one["lines"]) for one in entries] == [("assemblies", 1)]

    asyncio.run(body())


def test_the_operators_key_is_read_as_they_keep_it(tmp_path: Path) -> None:
    path, seed = tmp_path / "key", bytes(range(32))
    plain = b64.encode(seed)
    for text in (plain, f"keep:  /operator/#k={plain.rstrip('=')}\n", f'{{"operator": "{plain}"}}'):
        path.write_text(text)
        assert operators_seed(path) == seed
    for data in (b"", b"short", b"{}", b'{"operator": 1}', b"\xff\xfe", gzip.compress(seed)):
        path.write_bytes(data)
        with pytest.raises(NoKey):
            operators_seed(path)
    with pytest.raises(NoKey):
        operators_seed(tmp_path / "none")
