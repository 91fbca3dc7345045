import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.answering import Answer, Answering, Asked, answering
from tests.hub.talking import (
    DOOR,
    YARD,
    StandIn,
    began,
    ended,
    hub,
    in_loop,
    options,
    pressed,
    running,
    storage,
    told,
    until,
)  # fmt: skip
from tests.ports import free_port

from fanlight.hub.integrations import Troubles, _keep, run
from fanlight.hub.integrations.webhooks import QUEUE, TRIES, Pace, is_address
from fanlight.hub.integrations.webhooks import run as run_hooks
from fanlight.hub.options import Chime, HubOptions, Webhook

PATH = "POST /hook"
QUICK = Pace(again_s=0.001)
ALL: tuple[Literal["ring", "person", "vehicle", "animal", "package", "camera", "storage"], ...] = (
    "ring",
    "person",
    "vehicle",
    "animal",
    "package",
    "camera",
    "storage",
)


@pytest.fixture
def server() -> Iterator[Answering]:
    with answering(**{PATH: Answer(204)}) as one:
        yield one


def hooked(*hooks: Webhook, chime: str = "") -> HubOptions:
    return HubOptions(webhook=hooks, camera=options().camera, chime=Chime(url=chime))


@contextlib.asynccontextmanager
async def telling(wanted: HubOptions, one: StandIn, troubles: Troubles | None = None) -> Any:
    async with running(run_hooks(wanted, one, {} if troubles is None else troubles, QUICK)):
        await asyncio.sleep(0)  # it begins to listen
        yield


def bodies(server: Answering) -> list[dict[str, str]]:
    return [json.loads(asked.body) for asked in server.asked]


@in_loop
async def test_a_webhook_is_told_what_it_asked_for_by_names_only(server: Answering) -> None:
    """R12: others learn of a ring at once, and no picture, address or id of a camera goes with it."""
    one = hub()
    both = (Webhook(url=f"{server.url}/hook"), Webhook(url=f"{server.url}/all", on=ALL))
    server.answers["POST /all"] = Answer(200, b"thanks")
    async with telling(hooked(*both), one):
        for notice in (
            pressed(), began(), began(), began(label="vehicle"), ended(), ended(label="vehicle"),
            ended(event="e9", label="animal"), told(YARD, "away"),
            told(YARD, "away"), storage("full"), began(camera="z" * 26),
        ):  # fmt: skip
            one.board.post(notice)
        await until(lambda: len(server.asked) == 7)
    of = {path: [json.loads(a.body) for a in server.asked if a.path == path] for path in ("/hook", "/all")}
    at = "2026-11-21T18:36:41.123Z"
    ids = [body.pop("id") for each in of.values() for body in each]
    assert len(set(ids)) == 6
    assert of["/hook"] == [{"what": "ring", "at": at, "camera": "Front door"}]
    assert of["/all"].pop() | {"at": ""} == {"what": "storage", "at": "", "state": "full"}
    assert of["/all"] == [
        {"what": "ring", "at": at, "camera": "Front door"},
        {"what": "person", "at": at, "camera": "Front door", "label": "person"},
        {"what": "vehicle", "at": at, "camera": "Front door", "label": "vehicle"},
        {"what": "animal", "at": at, "camera": "Front door", "label": "animal"},
        {"what": "camera", "at": at, "camera": "Yard", "state": "away"},
    ]
    spoken = b"".join(asked.body for asked in server.asked)
    for secret in (b"192.0.2.7", b"geheim", b"jpeg", DOOR.encode(), YARD.encode(), b"disk"):
        assert secret not in spoken


@in_loop
async def test_a_message_is_signed_with_the_secret_of_its_webhook(server: Answering) -> None:
    one = hub()
    async with telling(hooked(Webhook(url=f"{server.url}/hook", secret="s3cret")), one):
        one.board.post(pressed())
        await until(lambda: server.asked)
    (asked,) = server.asked
    wanted = "sha256=" + hmac.new(b"s3cret", asked.body, hashlib.sha256).hexdigest()
    assert asked.headers["Fanlight-Signature"] == wanted
    assert asked.headers["Content-Type"] == "application/json"


@in_loop
async def test_a_delivery_that_fails_is_repeated_with_the_same_id_until_it_is_taken(
    server: Answering,
) -> None:
    one, troubles = hub(), Troubles()
    server.answers[PATH] = lambda _: Answer(503 if len(server.asked) < 3 else 200)
    async with telling(hooked(Webhook(url=f"{server.url}/hook")), one, troubles):
        one.board.post(pressed())
        await until(lambda: len(server.asked) == 3)
        await until(lambda: not troubles)
    assert len({body["id"] for body in bodies(server)}) == 1


@in_loop
async def test_an_address_that_never_answers_is_given_up_said_and_holds_no_other_up(
    server: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    one, troubles = hub(), Troubles()
    dead = Webhook(url=f"http://127.0.0.1:{free_port()}/a-secret-path")
    with caplog.at_level(logging.WARNING):
        async with telling(hooked(dead, Webhook(url=f"{server.url}/hook")), one, troubles):
            one.board.post(pressed())
            await until(lambda: len(server.asked) == 1)
            await until(lambda: troubles)
    assert troubles == {"webhook 1": "The address does not answer."}
    assert "a-secret-path" not in caplog.text


@in_loop
async def test_a_server_in_trouble_is_asked_a_bounded_number_of_times(server: Answering) -> None:
    one, troubles = hub(), Troubles()
    server.answers[PATH] = Answer(500)
    async with telling(hooked(Webhook(url=f"{server.url}/hook")), one, troubles):
        one.board.post(pressed())
        await until(lambda: len(server.asked) == TRIES)
        one.board.post(pressed(YARD))
        await until(lambda: len(server.asked) == 2 * TRIES)
    assert troubles == {"webhook 1": "The address answers with status 500."}
    assert [body["camera"] for body in bodies(server)] == ["Front door"] * TRIES + ["Yard"] * TRIES


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """What leaves the house goes where the person said, and nowhere else."""

    async def run() -> None:
        one, troubles = hub(), Troubles()
        with answering() as elsewhere, answering() as server:
            server.answers[PATH] = Answer(status, headers={"Location": f"{elsewhere.url}/hook"})
            async with telling(hooked(Webhook(url=f"{server.url}/hook")), one, troubles):
                one.board.post(pressed())
                await until(lambda: troubles)
            assert len(server.asked) == 1
            assert not elsewhere.asked
        assert "not followed" in troubles["webhook 1"]

    asyncio.run(run())


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_a_refusal_is_not_repeated(status: int) -> None:
    async def run() -> None:
        one, troubles = hub(), Troubles()
        with answering(**{PATH: Answer(status)}) as server:
            async with telling(hooked(Webhook(url=f"{server.url}/hook")), one, troubles):
                one.board.post(pressed())
                await until(lambda: troubles)
                server.answers[PATH] = Answer(200)
                one.board.post(pressed())
                await until(lambda: not troubles)
            assert len(server.asked) == 2

    asyncio.run(run())


@in_loop
async def test_what_waits_for_a_slow_address_is_bounded_and_the_newest_is_kept(server: Answering) -> None:
    one = hub()
    held = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(_: Asked) -> Answer:
        if len(server.asked) == 1:
            asyncio.run_coroutine_threadsafe(held.wait(), loop).result(20)
        return Answer(200)

    server.answers[PATH] = slow
    async with telling(hooked(Webhook(url=f"{server.url}/hook", on=ALL)), one):
        one.board.post(pressed())
        await until(lambda: server.asked)
        for number in range(3 * QUEUE):
            one.board.post(began(event=f"e{number}"))
            await asyncio.sleep(0)
        one.board.post(pressed(YARD))
        await asyncio.sleep(0)
        held.set()
        await until(lambda: any(body["camera"] == "Yard" for body in bodies(server)))
    assert len(server.asked) == 1 + QUEUE
    assert bodies(server)[-1]["camera"] == "Yard"


@given(st.text(max_size=60).map("http://".__add__) | st.text(max_size=60))
def test_any_text_is_an_address_or_none(text: str) -> None:
    assert is_address(text) in (True, False)


@pytest.mark.parametrize("url", ["http://[", "http://127.0.0.1:99999/", "http://\u2028/", "https:///"])
def test_an_address_that_makes_no_sense_is_said_and_ends_nothing(url: str) -> None:
    async def run() -> None:
        one, troubles = hub(), Troubles()
        with answering(**{PATH: Answer(200)}) as server:
            async with telling(hooked(Webhook(url=url), Webhook(url=f"{server.url}/hook")), one, troubles):
                one.board.post(pressed())
                await until(lambda: server.asked)
                await until(lambda: "webhook 1" in troubles)

    asyncio.run(run())


@in_loop
async def test_a_chime_is_called_at_a_press_and_at_nothing_else(server: Answering) -> None:
    server.answers["POST /ding"] = Answer(200)
    one, troubles = hub(), Troubles()
    async with running(run(hooked(chime=f"{server.url}/ding"), one, troubles)):
        await asyncio.sleep(0.05)
        one.board.post(began())
        one.board.post(pressed())
        await until(lambda: server.asked)
        assert not server.asked[0].body
        server.answers["POST /ding"] = Answer(500)
        one.board.post(pressed())
        await until(lambda: troubles)
        assert troubles == {"chime": "The chime answers with status 500."}
        assert len(server.asked) == 3  # one call more at once, and no later
        server.answers["POST /ding"] = Answer(200)
        one.board.post(pressed())
        await until(lambda: not troubles)


@in_loop
async def test_hooks_and_chime_run_side_by_side_in_the_room(server: Answering) -> None:
    server.answers["POST /ding"] = Answer(200)
    one = hub()
    async with running(run(hooked(Webhook(url=f"{server.url}/hook"), chime=f"{server.url}/ding"), one, {})):
        await until(lambda: len(one.board._listeners) == 2)
        one.board.post(pressed())
        await until(lambda: {asked.path for asked in server.asked} == {"/hook", "/ding"})
    assert one.board._listeners == []


@in_loop
async def test_a_part_that_failed_once_and_runs_again_is_in_trouble_no_more() -> None:
    troubles: Troubles = {}
    said: list[str] = []

    async def part() -> None:
        said.append(troubles.get("webhooks", ""))
        if len(said) <= 2:
            raise OSError
        await asyncio.Event().wait()

    async with running(_keep("webhooks", part, troubles, 0.01)):
        await until(lambda: len(said) == 3)
        assert "started again" in said[1]
        assert said[1] == said[2]
        await until(lambda: not troubles)
