"""R35: a raffle names what it is drawn by beforehand, and its result can be computed again."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
from tests.server.acting import staff
from tests.server.giving import gift, raffle
from tests.server.running import Still, running

from fanlight.model.clock import to_text
from fanlight.proof.raffle import check_raffles, new_code, order, ticket
from fanlight.proof.tiles import TileReader


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_raffle_is_announced_closed_and_drawn_and_no_step_comes_early(
    database: str, tmp_path: Path
) -> None:
    """R35: the tickets stand in the record before the numbers are drawn; anybody draws the same winners."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            clerk, operator = staff(town.http, "clerk"), staff(town.http, "operator")
            prize = gift(town)
            await clerk.json("POST", "/v1/gifts", json=prize)
            said = raffle(town, prize["gift"])
            tomorrow = (town.clock() + timedelta(days=1)).replace(second=0, microsecond=0)
            soon = raffle(town, prize["gift"], randomness={"at": to_text(tomorrow)})
            assert code(await clerk.call("POST", "/v1/raffles", json=soon)) == (400, "gifts.unclear")
            await clerk.json("POST", "/v1/raffles", json=said)
            at = f"/v1/raffles/{said['raffle']}"
            codes = [new_code() for _ in range(5)]
            tickets = [ticket(said["raffle"], one) for one in codes]
            numbers = {"randomness": "31, 7 42 3 19 11"}
            assert code(await clerk.call("POST", f"{at}/draw", json=numbers)) == (409, "gifts.overtaken")
            twice = {"tickets": [*tickets, tickets[0]]}
            assert code(await clerk.call("POST", f"{at}/close", json=twice)) == (400, "gifts.unclear")
            few = {"tickets": tickets[:1]}
            assert code(await clerk.call("POST", f"{at}/close", json=few)) == (400, "gifts.unclear")
            await clerk.json("POST", f"{at}/close", json={"tickets": tickets})
            more = {"tickets": [*tickets, ticket(said["raffle"], new_code())]}
            assert code(await clerk.call("POST", f"{at}/close", json=more)) == (409, "gifts.overtaken")
            assert code(await clerk.call("POST", f"{at}/draw", json=numbers)) == (409, "gifts.raffle_early")
            town.clock.ahead += timedelta(days=6)
            clerk, operator = staff(town.http, "clerk"), staff(town.http, "operator")
            wrong = await clerk.call("POST", f"{at}/draw", json={"randomness": "31 7 42 3 19 50"})
            assert code(wrong) == (400, "raffle.randomness")
            drawn = await operator.json("POST", f"{at}/draw", json=numbers)
            assert drawn["randomness"] == "3 7 11 19 31 42"
            assert drawn["winners"] == order(said["raffle"], "3 7 11 19 31 42", tickets)[:2]
            void = await clerk.call("POST", f"{at}/void", json={"reason": "We want other winners."})
            assert code(void) == (409, "gifts.overtaken")
            await town.settled()
            (shown,) = (await town.json("/v1/gifts"))["raffles"]
            assert shown["closed"]["tickets"] == sorted(tickets)
            assert shown["drawn"]["winners"] == drawn["winners"]
            log = town.services.log
            size = log.published.head.size
            (check,) = check_raffles(TileReader(size, log.files.read).entries(0, size))
            assert (check.state, check.name) == ("holds", f"raffle {said['raffle']}")

    asyncio.run(body())


def test_a_raffle_that_closed_too_late_can_only_be_called_off(database: str, tmp_path: Path) -> None:
    """R35: who knows what it will be drawn by adds no ticket."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            clerk, admin = staff(town.http, "clerk"), staff(town.http, "administrator")
            prize = gift(town)
            await clerk.json("POST", "/v1/gifts", json=prize)
            said = raffle(town, prize["gift"])
            await clerk.json("POST", "/v1/raffles", json=said)
            assert code(await clerk.call("POST", "/v1/raffles", json=said)) == (409, "gifts.entered")
            at = f"/v1/raffles/{said['raffle']}"
            reason = {"reason": "Nobody gave tickets out."}
            assert (await admin.call("POST", f"{at}/void", json=reason)).status_code == 404
            town.clock.ahead += timedelta(days=5)
            clerk = staff(town.http, "clerk")
            tickets = {"tickets": [ticket(said["raffle"], new_code()) for _ in range(3)]}
            assert code(await clerk.call("POST", f"{at}/close", json=tickets)) == (409, "gifts.raffle_late")
            await clerk.json("POST", f"{at}/void", json=reason)
            (shown,) = (await town.json("/v1/gifts"))["raffles"]
            assert shown["void"]["reason"] == reason["reason"]

    asyncio.run(body())
