"""Where a hub without a household and an owner meet: R03 R04."""

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from tests.server import booking
from tests.server.acting import CELL
from tests.server.running import running

from fanlight.model.ids import new_id
from fanlight.seal import opening, pairing
from fanlight.seal.keys import SigningKey, new_identity
from fanlight.server.meetings import LIFE, MOST, Hub, Meetings
from fanlight.wire import b64

IDENTITY = new_identity()
HALVES = pairing.HubHalves(SigningKey(b"h" * 32).public, IDENTITY.recipient)
BODY = {"sign_pub": b64.encode(HALVES.sign_pub), "age_recipient": HALVES.age_recipient}


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_a_hub_and_the_owner_who_read_its_code_meet_and_the_answer_pairs_both(
    database: str, tmp_path: Path
) -> None:
    """R03: the server hands keys and answer on, and learns neither the secret nor what is in the answer."""
    code = pairing.new_code(HALVES)
    path = f"/v1/pairings/{code.meeting}"

    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await booking.found(await booking.sign_up(town.http))
            assert code_of(await home.owner.call("GET", path)) == (404, "accounts.no_pairing")
            assert (await town.http.put(path, json=BODY)).json() == {"answer": None}
            found = await home.owner.json("GET", path)
            hub = pairing.HubHalves(b64.decode(found["sign_pub"]), found["age_recipient"])
            house = pairing.House(household=home.id, owner=home.owner.keys.signing.public, cell=CELL)
            sealed = b64.encode(pairing.seal_answer(code, house, hub))
            await home.owner.call("PUT", f"{path}/answer", json={"sealed": sealed})
            # Who learnt the id and comes with keys of their own drives no hub away.
            await town.http.put(path, json=BODY | {"sign_pub": b64.encode(SigningKey(b"x" * 32).public)})
            assert await home.owner.json("GET", path) == BODY
            taken = (await town.http.put(path, json=BODY)).json()["answer"]
            opened = opening.open_age(b64.decode(taken), [IDENTITY.secret])
            assert pairing.read_answer(code, opened) == house

    asyncio.run(body())


def test_what_is_no_hub_or_no_answer_is_refused(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            home = await booking.found(await booking.sign_up(town.http))
            path = f"/v1/pairings/{new_id()}"
            wrong: list[dict[str, Any]] = [
                {},
                BODY | {"more": "x"},
                BODY | {"sign_pub": "A" * 44},
                BODY | {"age_recipient": "age1pq1qqqq"},
                BODY | {"age_recipient": "age1pq1" + "q" * 3_000},
            ]
            for one in wrong:
                assert (await town.http.put(path, json=one)).status_code == 400
            assert (await town.http.put("/v1/pairings/nonsense", json=BODY)).status_code == 404
            answer = f"{path}/answer"
            assert (await home.owner.call("PUT", answer, json={"sealed": "AAAA"})).status_code == 404
            await town.http.put(path, json=BODY)
            for sealed in ("?", "A" * 10_000):
                refused = await home.owner.call("PUT", answer, json={"sealed": sealed})
                assert refused.status_code == 400
            assert (await town.http.put(path, json=BODY)).json() == {"answer": None}

    asyncio.run(body())


def test_one_place_makes_some_meetings_an_hour_and_a_hub_that_waits_goes_on(
    database: str, tmp_path: Path
) -> None:
    """R05: limits count by place and never by hub: nobody is locked out of a pairing by another."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            first = f"/v1/pairings/{new_id()}"
            await town.http.put(first, json=BODY)
            codes = [
                (await town.http.put(f"/v1/pairings/{new_id()}", json=BODY)).status_code for _ in range(60)
            ]
            assert codes == [200] * 59 + [429]
            assert (await town.http.put(first, json=BODY)).status_code == 200

    asyncio.run(body())


def test_a_meeting_ends_when_nobody_comes_and_their_number_is_bounded() -> None:
    now = datetime(2026, 11, 22, 8, tzinfo=UTC)
    meetings, hub = Meetings(lambda: now), Hub("k", "r")

    def id_at(number: int) -> str:
        return base64.b32encode(number.to_bytes(16)).decode().rstrip("=").lower()

    for number in range(MOST):
        assert meetings.come(id_at(number), hub) is None
    try:
        meetings.come(id_at(MOST), hub)
    except LookupError:
        assert not meetings.has(id_at(MOST))
    else:
        raise AssertionError("one more than are allowed")
    now += LIFE - timedelta(seconds=1)
    meetings.come(id_at(0), hub)
    assert meetings.answer(id_at(0), "AAAA")
    now += timedelta(seconds=1)
    assert (meetings.has(id_at(0)), meetings.has(id_at(1))) == (True, False)
    assert meetings.hub(id_at(1)) is None
    assert not meetings.answer(id_at(1), "AAAA")
    assert meetings.come(id_at(0), Hub("another", "r")) == "AAAA"
    assert meetings.hub(id_at(0)) == hub
    assert meetings.come(id_at(MOST), hub) is None
