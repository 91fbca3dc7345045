"""R04 R05 R10: who reaches what. The table is written by hand; every route is called as everybody."""

import asyncio
import csv
import json
import re
from pathlib import Path

import httpx
import pytest
from litestar.routes import WebSocketRoute
from tests.server.acting import Actor
from tests.server.calls import CALLS, Call
from tests.server.running import Running, running
from tests.server.visitors import AT_HOME, ROLES, World, everybody
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from fanlight.server.app import Options, make_app
from fanlight.server.relay.switch import NOT_ALLOWED, NOT_SIGNED_IN

TABLE = Path(__file__).resolve().parents[2] / "docs" / "ref" / "access.csv"
OF_THEIR_OWN = ("administrator", "counsel")  # roles whose own routes stand in a file beside the table
REFUSED = {401, 403, 404}


def table() -> dict[str, dict[str, str]]:
    with TABLE.open(newline="") as file:
        return {row.pop("route"): row for row in csv.DictReader(file)}


def routes(town: Running) -> set[str]:
    options = Options(home=town.home, database="", demo=True)
    app = make_app(options, town.services)
    return {
        f"{method} {route.path}"
        for route in app.routes
        for method in (["WS"] if isinstance(route, WebSocketRoute) else getattr(route, "methods", ()))
        if method != "OPTIONS"
    }


def of_their_own(role: str) -> dict[str, str]:
    """Return what an administrator or counsel may: what officer and operator both may, and its file's."""
    path = TABLE.with_name(f"access-{role}.csv")
    with path.open(newline="") as file:
        own = {row["route"]: row[role] for row in csv.DictReader(file)}
    said = table()
    assert set(own) <= set(said), f"a route of docs/ref/{path.name} is gone"
    both = {route for route, row in said.items() if row["officer"] == row["operator"] == "yes"}
    return {route: "yes" if route in both else "no" for route in said} | own


async def answer(world: World, route: str, role: str) -> tuple[httpx.Response, Call]:
    """Call a route as somebody; those of the household about that household."""
    method, form = route.split()
    made = await CALLS[route](world, world.people[role])
    path = made.path if made.path.startswith("/") else re.sub(r"\{[a-z_]+:str\}", made.path, form)
    who = made.who or world.people[role]
    headers = dict(made.options.get("headers", {}))
    if role in {*AT_HOME, "returning"}:
        headers |= {"Fanlight-Household": world.home.id}
    options = made.options | {"headers": headers}
    send = world.http.request if role == "anonymous" else who.call
    return await send(method, path, **options), made


def judge(said: str, found: httpx.Response, made: Call) -> str | None:
    """Return what is wrong with an answer, or None."""
    try:
        code = found.json().get("code", "")
    except (ValueError, AttributeError):
        code = f"bare {found.status_code}"
    if said == "yes" and not (found.is_success or found.is_redirect or code in made.also):
        return f"may, and was answered {found.status_code} {code}"
    refused = found.status_code in REFUSED and code not in made.also
    if said == "no" and not refused and code not in made.never:
        return f"may not, and was answered {found.status_code} {code}"
    return None


@pytest.mark.timeout(600)
def test_everybody_reaches_what_the_table_says_and_nothing_else(database: str, tmp_path: Path) -> None:
    """R20: each route by each role: what may be done works, and the same call is refused to all others."""
    said = table()

    async def body() -> list[str]:
        wrong = []
        async with running(tmp_path, database) as town:
            assert routes(town) == set(said), "a route is missing from docs/ref/access.csv, or gone"
            world = await everybody(town)
            others = {role: of_their_own(role) for role in OF_THEIR_OWN}
            for route, row in said.items():
                if route.startswith("WS "):
                    continue
                for role in (*ROLES, *OF_THEIR_OWN):
                    may = others[role][route] if role in others else row[role]
                    fault = judge(may, *await answer(world, route, role))
                    if fault:
                        wrong.append(f"{route}: {role} {fault}")
        return wrong

    wrong = asyncio.run(body())
    assert not wrong, "\n".join(wrong)
    assert {cell for row in said.values() for role in ROLES for cell in [row[role]]} == {"yes", "no"}


def test_only_who_may_hold_a_line_to_a_hub(database: str, tmp_path: Path) -> None:
    """R04: nobody but the household's own people and hub get onto the line over which its pictures go."""
    said = {route: row for route, row in table().items() if route.startswith("WS ")}
    assert said

    async def body() -> list[str]:
        wrong = []
        async with running(tmp_path, database) as town:
            world = await everybody(town)
            base = str(town.http.base_url).replace("http", "ws", 1)
            for route, row in said.items():
                for role in ROLES:
                    token = "x" if role == "anonymous" else await signed_in(world.people[role])
                    async with connect(base.rstrip("/") + route.split()[1]) as line:
                        await line.send(json.dumps({"token": token}))
                        code = await refusal(line)
                    if (row[role] == "yes") == (code in {NOT_SIGNED_IN, NOT_ALLOWED}):
                        wrong.append(f"{route}: {role} was answered {code}")
        return wrong

    wrong = asyncio.run(body())
    assert not wrong, "\n".join(wrong)


async def signed_in(who: Actor) -> str:
    if not who.session:
        await who.call("GET", "/v1/sessions/mine")
    return str(who.session["token"])


async def refusal(line: ClientConnection) -> int | None:
    """Return with which code the server closes a line; None if it lets it stand."""
    try:
        await line.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 0
    return None
