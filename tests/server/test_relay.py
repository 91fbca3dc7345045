"""The relay on a real server: who may pipe to whom, what a slow viewer misses, and what nobody learns."""

import asyncio
import contextlib
import itertools
import json
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hub.talking import in_loop
from tests.server.acting import CELL, Actor, Household, make_account, make_household, sign_in, staff
from tests.server.running import Running, running
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from fanlight.server.relay import http, switch
from fanlight.wire.relay import (
    MOST_FROM_VIEWER,
    MOST_PAYLOAD,
    MOST_VIEWERS,
    BadRelayMessage,
    Class,
    FromViewer,
    Lane,
    Said,
    Send,
    only,
    read_said,
    read_send,
)

Leave = Callable[[Running, Household], Coroutine[Any, Any, None]]
_PICTURES = st.sampled_from([Class.KEY, Class.DELTA, Class.MUST])


async def token(actor: Actor) -> str:
    actor.session = actor.session or await sign_in(actor.http, actor.keys.signing)
    return str(actor.session["token"])


def address(town: Running, path: str) -> str:
    return str(town.http.base_url).replace("http", "ws", 1).rstrip("/") + path


@contextlib.asynccontextmanager
async def hub_of(town: Running, home: Household) -> AsyncIterator[ClientConnection]:
    head = {"Authorization": f"Bearer {await token(home.hub)}"}
    async with connect(
        address(town, "/v1/relay/hub"), additional_headers=head, proxy=None, max_size=None
    ) as pipe:
        assert await pipe.recv() == "{}"
        yield pipe


@contextlib.asynccontextmanager
async def viewer_of(town: Running, actor: Actor, **more: Any) -> AsyncIterator[ClientConnection]:
    options = {"proxy": None, "max_size": MOST_PAYLOAD + 64, **more}
    async with connect(address(town, "/v1/relay/watch"), **options) as pipe:
        await pipe.send(json.dumps({"token": await token(actor)}))
        assert await pipe.recv() == "{}"
        yield pipe


async def said(pipe: ClientConnection) -> Said:
    return read_said(bytes(await pipe.recv(decode=False)))


async def code_of(town: Running, path: str, hello: str) -> int:
    """Return how the server closes after a first message."""
    async with connect(address(town, path), proxy=None) as pipe:
        await pipe.send(hello)
        with pytest.raises(ConnectionClosed):
            await pipe.recv()
        return pipe.close_code or 0


async def count_rows(town: Running) -> dict[str, int]:
    names = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
    assert await town.count(names)
    tables = ("account", "session", "household", "membership", "clip", "epoch")
    return {table: await town.count(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608 - ours


@in_loop
async def _two_viewers(home: Path, database: str) -> None:
    async with running(home, database) as town:
        family = await make_household(town.http)
        async with hub_of(town, family) as hub:
            before = await count_rows(town)
            async with viewer_of(town, family.owner) as one, viewer_of(town, family.owner) as two:
                assert [await said(hub), await said(hub)] == [
                    Said(FromViewer.CAME, 1),
                    Said(FromViewer.CAME, 2),
                ]
                await one.send(b"from one")
                assert await said(hub) == Said(FromViewer.SAID, 1, b"from one")
                await hub.send(Send(Class.KEY, 7, (1, 2), b"for both").to_bytes())
                await hub.send(Send(Class.MUST, 0, (2,), b"for two").to_bytes())
                assert await one.recv() == b"for both"
                assert [await two.recv(), await two.recv()] == [b"for both", b"for two"]
            assert {await said(hub), await said(hub)} == {Said(FromViewer.LEFT, 1), Said(FromViewer.LEFT, 2)}
            assert await count_rows(town) == before


def test_what_a_hub_sends_once_reaches_both_viewers_and_leaves_no_row(tmp_path: Path, database: str) -> None:
    """R03 R05: one message for two viewers; the database is as before."""
    _two_viewers(tmp_path, database)


@in_loop
async def _two_homes(home: Path, database: str) -> None:
    async with running(home, database) as town:
        family = await make_household(town.http)
        owner = family.owner
        other = (await owner.json("POST", "/v1/households", json={"cell": CELL, "another": True}))[
            "household"
        ]
        async with hub_of(town, family) as hub:
            hello = {"token": await token(owner)}
            async with connect(address(town, "/v1/relay/watch"), proxy=None) as pipe:
                await pipe.send(json.dumps(hello | {"household": family.id}))
                assert await pipe.recv() == "{}"
                assert await said(hub) == Said(FromViewer.CAME, 1)
            watch = "/v1/relay/watch"
            assert await code_of(town, watch, json.dumps(hello | {"household": other})) == switch.HUB_AWAY
            nobodys = json.dumps(hello | {"household": "a" * 26})
            assert await code_of(town, watch, nobodys) == switch.NOT_ALLOWED


def test_who_has_two_homes_says_which_one_is_meant(tmp_path: Path, database: str) -> None:
    """R04: and reaches no third one by its id."""
    _two_homes(tmp_path, database)


@in_loop
async def _strangers(home: Path, database: str) -> None:
    async with running(home, database) as town:
        family = await make_household(town.http)
        others = await make_household(town.http, seed=b"n" * 32)
        alone = await make_account(town.http, b"o" * 32)
        async with hub_of(town, family) as hub:
            codes = {
                "no token": await code_of(town, "/v1/relay/watch", '{"token":"none"}'),
                "another household": await code_of(
                    town, "/v1/relay/watch", json.dumps({"token": await token(others.owner)})
                ),
                "no household": await code_of(
                    town, "/v1/relay/watch", json.dumps({"token": await token(alone)})
                ),
                "an officer": await code_of(
                    town, "/v1/relay/watch", json.dumps({"token": await token(staff(town.http, "officer"))})
                ),
                "a hub as viewer": await code_of(
                    town, "/v1/relay/watch", json.dumps({"token": await token(family.hub)})
                ),
                "a member as hub": await code_of(
                    town, "/v1/relay/hub", json.dumps({"token": await token(family.owner)})
                ),
                "no form": await code_of(town, "/v1/relay/watch", "{}"),
            }
            assert codes == {
                "no token": switch.NOT_SIGNED_IN,
                "another household": switch.HUB_AWAY,
                "no household": switch.NOT_ALLOWED,
                "an officer": switch.NOT_ALLOWED,
                "a hub as viewer": switch.NOT_ALLOWED,
                "a member as hub": switch.NOT_ALLOWED,
                "no form": switch.MALFORMED,
            }
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await hub.recv()


def test_nobody_but_readers_of_the_household_reaches_its_hub(tmp_path: Path, database: str) -> None:
    """R04 R28: no officer, no other household, no hub in a member's place; the hub hears of none of them."""
    _strangers(tmp_path, database)


@in_loop
async def _hub_goes(home: Path, database: str) -> None:
    async with running(home, database) as town:
        family = await make_household(town.http)
        async with hub_of(town, family) as hub, viewer_of(town, family.owner) as viewer:
            assert (await said(hub)).kind == FromViewer.CAME
            async with hub_of(town, family) as again:
                with pytest.raises(ConnectionClosed):
                    await viewer.recv()
                assert viewer.close_code == switch.HUB_AWAY
                with pytest.raises(ConnectionClosed):
                    await hub.recv()
                assert hub.close_code == switch.REPLACED
                async with viewer_of(town, family.owner) as back:
                    assert await said(again) == Said(FromViewer.CAME, 1)
                    await again.send(Send(Class.END, 0, (1,)).to_bytes())
                    with pytest.raises(ConnectionClosed):
                        await back.recv()
                    assert back.close_code == switch.ENDED
                assert await said(again) == Said(FromViewer.LEFT, 1)
                await again.send(b"\xff no form")
                with pytest.raises(ConnectionClosed):
                    await again.recv()
                assert again.close_code == switch.MALFORMED


def test_a_hub_that_comes_again_takes_its_place_and_its_viewers_are_told(
    tmp_path: Path, database: str
) -> None:
    _hub_goes(tmp_path, database)


@in_loop
async def _slow(home: Path, database: str) -> None:
    async with running(home, database) as town:
        family = await make_household(town.http)
        async with (
            hub_of(town, family) as hub,
            viewer_of(town, family.owner) as quick,
            viewer_of(town, family.owner, max_queue=1) as slow,
        ):
            assert [await said(hub), await said(hub)]
            slow.transport.pause_reading()
            total = 400
            got: list[int] = []

            async def follow() -> None:
                while len(got) < total:
                    got.append(number(bytes(await quick.recv(decode=False))))

            following = asyncio.create_task(follow())
            for count in range(total):
                kind = Class.KEY if count % 10 == 0 else Class.DELTA
                await hub.send(Send(kind, 1, (1, 2), struct.pack(">I", count) + bytes(60_000)).to_bytes())
                while len(got) < count - 5:  # noqa: ASYNC110 - the other viewer sets the pace
                    await asyncio.sleep(0.001)
            await following
            slow.transport.resume_reading()
            seen: list[int] = []
            while not seen or seen[-1] != total - 1:
                seen.append(number(bytes(await slow.recv(decode=False))))
            assert got == list(range(total)), "one slow viewer does not cost another a picture"
            assert len(seen) < total, "the slow one caught up"
            after_gap = [b for a, b in itertools.pairwise(seen) if b != a + 1]
            assert after_gap, seen
            assert all(count % 10 == 0 for count in after_gap), "each gap ends at a key frame"


def number(payload: bytes) -> int:
    return int(struct.unpack_from(">I", payload)[0])


def test_a_slow_viewer_misses_up_to_a_key_frame_and_the_other_misses_nothing(
    tmp_path: Path, database: str
) -> None:
    """R03: memory for 1 MiB of pictures a viewer, however far behind it is."""
    _slow(tmp_path, database)


@in_loop
async def _ends(
    home: Path, database: str, leave: Callable[[Running, Household], Coroutine[Any, Any, None]]
) -> None:
    async with running(home, database) as town:
        family = await make_household(town.http)
        async with hub_of(town, family) as hub, viewer_of(town, family.owner) as viewer:
            assert (await said(hub)).kind == FromViewer.CAME
            await leave(town, family)
            with pytest.raises(ConnectionClosed):
                await viewer.recv()
            assert viewer.close_code in {switch.NOT_SIGNED_IN, switch.NOT_ALLOWED}
            assert (await said(hub)).kind == FromViewer.LEFT


def test_a_session_that_ends_ends_its_pipe(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R05: signing a device out also stops what it watches."""
    monkeypatch.setattr(http, "CHECK_S", 0.05)

    async def sign_out(_: Running, family: Household) -> None:
        await family.owner.json("DELETE", "/v1/sessions")

    _ends(tmp_path, database, sign_out)


@in_loop
async def _loud(home: Path, database: str) -> None:
    async with running(home, database) as town:
        family = await make_household(town.http)
        async with hub_of(town, family) as hub:
            async with viewer_of(town, family.owner) as viewer:
                await viewer.send(bytes(MOST_FROM_VIEWER + 1))
                with pytest.raises(ConnectionClosed):
                    await viewer.recv()
                assert viewer.close_code == switch.MALFORMED
            async with viewer_of(town, family.owner) as viewer:
                with contextlib.suppress(ConnectionClosed):
                    for _ in range(20_000):
                        await viewer.send(b"x")
                await viewer.wait_closed()
                assert viewer.close_code == switch.TOO_MANY
            assert hub.close_code is None


def test_who_says_too_much_is_cut_off_and_the_hub_is_not(tmp_path: Path, database: str) -> None:
    _loud(tmp_path, database)


def test_a_hub_has_so_many_viewers_and_no_more() -> None:
    places = switch.Switch()
    hub = places.connect("h", "home")
    for _ in range(MOST_VIEWERS):
        places.join("home", None)
    with pytest.raises(switch.Full):
        places.join("home", "h")
    with pytest.raises(switch.Away):
        places.join("home", "another")
    places.disconnect(hub)
    with pytest.raises(switch.Away):
        places.join("home", None)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    for read in (read_said, read_send):
        try:
            message = read(data)
        except BadRelayMessage:
            continue
        assert message.to_bytes() == data


@given(
    st.sampled_from(Class),
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=MOST_VIEWERS),
    st.binary(max_size=64),
)
def test_a_message_reads_as_it_was_written(
    kind: Class, stream: int, viewers: list[int], payload: bytes
) -> None:
    sent = Send(kind, stream, only(viewers), b"" if kind == Class.END else payload)
    assert read_send(sent.to_bytes()) == sent
    heard = Said(FromViewer.SAID, stream, payload)
    assert read_said(heard.to_bytes()) == heard


_Steps = st.lists(
    st.one_of(
        st.none(),
        st.tuples(
            st.sampled_from([Class.KEY, Class.DELTA, Class.MUST]), st.integers(0, 2), st.integers(1, 60)
        ),
    ),
    max_size=120,
)


@given(_Steps)
def test_a_lane_is_bounded_keeps_order_and_never_gives_a_delta_without_what_was_before_it(
    steps: list[tuple[Class, int, int] | None],
) -> None:
    """Every stream that comes out decodes; what must arrive arrives whole and in order."""
    lane = Lane(most_bytes=100, most_must_bytes=150)
    put: list[tuple[int, Class, int]] = []
    taken: list[tuple[int, Class, int]] = []

    def take() -> None:
        taken.append(put[int.from_bytes(lane.take()[:4])])

    musts = []
    for step in steps:
        if step is None:
            if len(lane):
                take()
            continue
        kind, stream, size = step
        payload = len(put).to_bytes(4) + bytes(size)
        put.append((len(put), kind, stream))
        if lane.put(kind, stream, payload) and kind == Class.MUST:
            musts.append(put[-1])
        assert lane.pictures_bytes <= 100
        assert lane.must_bytes <= 150
    while len(lane):
        take()
    assert [item[0] for item in taken] == sorted(item[0] for item in taken)
    assert [item for item in taken if item[1] == Class.MUST] == musts
    for stream in range(3):
        own = [item[0] for item in put if item[2] == stream and item[1] != Class.MUST]
        for index, kind, its in taken:
            if its != stream or kind != Class.DELTA:
                continue
            place = own.index(index)
            shown = {item[0] for item in taken}
            assert place == 0 or own[place - 1] in shown, "a delta came without the picture before it"
    assert (lane.pictures_bytes, lane.must_bytes) == (0, 0)
