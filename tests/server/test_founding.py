"""A household is founded in an area of the town, once an account."""

import asyncio
from pathlib import Path

import h3
from tests.server.acting import CELL, make_account
from tests.server.running import running


def test_a_home_may_name_only_an_area_of_the_town(database: str, tmp_path: Path) -> None:
    """R24: a cell of another partition has few homes, or one, and its key is given to who lives there."""
    elsewhere = h3.latlng_to_cell(48.2, 16.4, h3.get_resolution(CELL))
    finer = h3.cell_to_center_child(CELL, 9)
    coarser = h3.cell_to_parent(CELL, h3.get_resolution(CELL) - 1)

    async def body() -> None:
        async with running(tmp_path, database) as town:
            actor = await make_account(town.http, b"f" * 32)
            for cell in (elsewhere, finer, coarser, "nonsense"):
                answer = await actor.call("POST", "/v1/households", json={"cell": cell})
                assert answer.status_code in {400, 404}, cell
            mine = await actor.call("GET", "/v1/households/mine")
            assert (mine.status_code, mine.json()["code"]) == (404, "accounts.no_household")
            await actor.json("POST", "/v1/households", json={"cell": CELL})

    asyncio.run(body())


def test_an_account_founds_one_household_even_by_calls_at_once(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            actor = await make_account(town.http, b"f" * 32)
            await actor.call("GET", "/v1/households/mine")
            calls = [actor.call("POST", "/v1/households", json={"cell": CELL}) for _ in range(4)]
            answers = await asyncio.gather(*calls)
            assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
            codes = {one.json().get("code") for one in answers if not one.is_success}
            assert codes == {"accounts.has_household"}

    asyncio.run(body())


def test_founding_is_limited_by_the_hour(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            actor = await make_account(town.http, b"f" * 32)
            other = await make_account(town.http, b"g" * 32)
            answers = [await actor.call("POST", "/v1/households", json={"cell": CELL}) for _ in range(21)]
            assert [answer.status_code for answer in answers] == [201, *[409] * 19, 429]
            assert answers[-1].json()["code"] == "server.too_many"
            another = await other.call("POST", "/v1/households", json={"cell": CELL})
            assert another.status_code == 201, "who shares the address founds theirs all the same"

    asyncio.run(body())
