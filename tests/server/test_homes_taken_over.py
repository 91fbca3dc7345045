"""A town's table of homes is taken over as counts of cells: once, with its entry, and without an address."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.server.acting import CELL, PLACE, SEEDS, make_account, make_household, open_request, staff
from tests.server.dumps import dump_of
from tests.server.running import running

from fanlight.demo.town import load_town
from fanlight.model.division import Division, divide, follow
from fanlight.model.geo import home_cell
from fanlight.server.programme import divisions, listings
from fanlight.wire import b64

PATH = "/v1/register/listings"
HEAD = {"source": "a table", "credit": "the county", "as_of": "2026-10-01", "sha256": "cd" * 32}
FINE = sorted(load_town().homes)[:2]
LON, LAT = -122.41234567, 37.78765432


def test_no_address_reaches_rows_record_files_or_screen(database: str, tmp_path: Path) -> None:
    """R50: searched for in every table as PostgreSQL writes it out and in every file of the server."""
    table, key, home = tmp_path / "homes.csv", tmp_path / "key", tmp_path / "home"
    table.write_text(
        "id,address,owner,lon,lat\n"
        + "".join(f"id-zz{n},{n} Zanzibar Close,Zoe Zanzibar,{LON},{LAT}\n" for n in range(60))
    )
    key.write_text(b64.encode(SEEDS["operator"]))
    home.mkdir()

    async def body() -> None:
        async with running(home, database) as town:
            said = []
            for _ in range(2):
                command = [sys.executable, "-m", "fanlight.cli.main", "import", "homes", str(table)]
                command += ["--source", "a table", "--credit", "the county", "--as-of", "2026-10-01"]
                command += ["--server", str(town.http.base_url), "--key", str(key)]
                done = await asyncio.to_thread(
                    subprocess.run, command, capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, done.stderr
                said.append(done.stdout + done.stderr)
            assert said[0] == said[1]  # the list that is there already
            await town.settled()
            entries = [leaf["pub"] for leaf in await town.leaves("listing")]
            assert [(one["kind"], one["lines"], one["source"]) for one in entries] == [
                ("homes", 1, "a table")
            ]
            async with town.services.db.transaction() as tx:
                head = await listings.latest(tx, "homes")
                assert head is not None
                assert list((await listings.homes(tx, head.id)).values()) == [60]
            for found in (*dump_of(database, home).pieces, *_tables(database), "".join(said).encode()):
                for secret in (b"anzibar", b"id-zz", str(LON).encode(), str(LAT).encode(), b"37.7876"):
                    assert secret not in found

    asyncio.run(body())


def _tables(database: str) -> list[bytes]:
    """Every table as text; `dump_of` has only what lies encoded in them."""
    with psycopg.connect(database) as owner:
        names = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found = []
        for (name,) in names:
            with owner.cursor().copy(f'COPY "{name}" TO STDOUT'.encode()) as rows:
                found.append(b"".join(rows))
    assert any(b"a table" in one for one in found)
    return found


@pytest.mark.parametrize(
    "lines",
    [
        [{"cell": FINE[0], "homes": 0}],
        [{"cell": FINE[0], "homes": 1_000_001}],
        [{"cell": FINE[0], "homes": 60}, {"cell": FINE[0], "homes": 60}],
        [{"cell": FINE[0].upper(), "homes": 60}],
        [{"cell": "872830828ffffff", "homes": 60}],
        [{"cell": "88283082ffffffg", "homes": 60}],
        [{"cell": "not-a-cell-at-all"[:15], "homes": 60}],
        [{"cell": home_cell(11.25, 43.77, {}).replace("85", "88", 1), "homes": 60}],
        [{"cell": FINE[0], "homes": 60, "address": "1 Zanzibar Close"}],
    ],
)
def test_counts_that_are_wrong_are_refused_whole(
    database: str, tmp_path: Path, lines: list[dict[str, Any]]
) -> None:
    """R50: of another size of cell, of a cell twice, far from the town, or with a word too many."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            call = staff(town.http, "operator").call
            good = {"cell": FINE[1], "homes": 60}
            assert (await call("POST", PATH, json={**HEAD, "homes": [good, *lines]})).status_code == 400
            assert await town.count("SELECT count(*) FROM listed_homes") == 0
            assert (await call("POST", PATH, json={**HEAD, "homes": [good]})).status_code == 201

    asyncio.run(body())


def test_nobody_changes_counts_that_were_taken_over(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            await staff(town.http, "operator").json(
                "POST", PATH, json={**HEAD, "homes": [{"cell": FINE[0], "homes": 60}]}
            )

    asyncio.run(body())
    with psycopg.connect(database) as owner:
        for change in ("UPDATE listed_homes SET homes = 1", "DELETE FROM listed_homes"):
            with pytest.raises(psycopg.errors.RaiseException, match="stays as it was"), owner.transaction():
                owner.execute(change.encode())


def test_a_table_of_homes_divides_the_town_and_the_record_says_by_which(
    database: str, tmp_path: Path
) -> None:
    """R50: the cells are public, with their table's source, day and hash; the table is not."""
    homes = dict(load_town().homes)

    async def body() -> None:
        async with running(tmp_path, database) as town:
            before = (await town.json("/v1/town"))["division"]
            assert before == json.loads(divisions.published(divide(homes)))
            fewer = {cell: many // 20 for cell, many in homes.items() if many >= 20}
            lines = [{"cell": cell, "homes": many} for cell, many in fewer.items()]
            for _ in range(2):
                await staff(town.http, "operator").json("POST", PATH, json={**HEAD, "homes": lines})
            after = await town.json("/v1/town")
            assert after["homes"] == homes  # what the setup document told everybody, and nothing of the table
            division = Division(frozenset(after["division"]["cells"]), after["division"]["rest"])
            assert division == follow(fewer, [(divide(homes), homes)])
            assert len(before["cells"]) > len(division.cells) > 1
            await town.settled()
            (entry,) = [leaf["pub"] for leaf in await town.leaves("listing")]
            assert (entry["source"], entry["as_of"], entry["sha256"]) == (
                HEAD["source"], HEAD["as_of"], HEAD["sha256"],
            )  # fmt: skip
            assert (entry["cells"], entry["division"]) == (len(division.cells), divisions.digest(division))
            assert await town.count("SELECT count(*) FROM division") == 1

    asyncio.run(body())


def test_a_household_keeps_its_cell_and_is_told_in_it_by_every_later_division(
    database: str, tmp_path: Path
) -> None:
    """R50: requests are told in the old cell as well as in the new ones; who is new names a new one."""
    homes = dict(load_town().homes)

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await make_household(town.http)
            await staff(town.http, "operator").json(
                "POST", PATH, json={**HEAD, "homes": [{"cell": cell, "homes": 1} for cell in homes]}
            )
            division = (await town.json("/v1/town"))["division"]
            assert CELL not in division["cells"]
            assert (await home.owner.json("GET", "/v1/households/mine"))["cell"] == CELL
            await open_request(town.http, town.clock())
            told = await town.count("SELECT count(*) FROM request_cell WHERE cell = %s", CELL)
            now = await town.count(
                "SELECT count(*) FROM request_cell WHERE cell = ANY(%s)", division["cells"]
            )
            assert (told, now > 0) == (1, True)
            newcomer = await make_account(town.http, b"n" * 32)
            answer = await newcomer.call("POST", "/v1/households", json={"cell": CELL})
            assert answer.status_code == 404
            newer = home_cell(*PLACE, Division(frozenset(division["cells"]), division["rest"]))
            assert (await newcomer.call("POST", "/v1/households", json={"cell": newer})).is_success

    asyncio.run(body())
