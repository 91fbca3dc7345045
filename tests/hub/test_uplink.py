"""The hub's way to the server, against servers that behave and servers that do not."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hub.answering import TOKEN, Answer, Answering, answering

from fanlight.hub.uplink import Refused, ServerAway, Uplink, UplinkError, member
from fanlight.seal import keys
from fanlight.seal.keys import SigningKey
from fanlight.wire import b64

KEY = SigningKey(b"k" * 32)
THING = "GET /v1/thing"
NO = {"code": "vault.no", "what": "It is not.", "kept": "All of it.", "do": "Ask again."}


def call(server: Answering | str, method: str = "GET", path: str = "/v1/thing") -> httpx.Response:
    return talk(server, lambda uplink: uplink.call(method, path))


def talk(
    server: Answering | str, say: Callable[[Uplink], Awaitable[httpx.Response]], key: SigningKey | None = KEY
) -> httpx.Response:
    async def run() -> httpx.Response:
        async with Uplink(server if isinstance(server, str) else server.url, key) as uplink:
            return await say(uplink)

    return asyncio.run(run())


def authorizations(server: Answering) -> list[str | None]:
    return [one.headers.get("Authorization") for one in server.asked if one.path == "/v1/thing"]


def test_it_signs_the_challenge_it_was_given_and_carries_the_token() -> None:
    with answering(**{THING: Answer(body={"a": 1})}) as server:
        assert member(call(server), "a") == 1
        challenge, session, thing = server.asked
    said = httpx.Response(200, content=session.body).json()
    assert b64.encode(KEY.public).encode() in challenge.body
    keys.verify(KEY.public, "sign-in", b"challenge", b64.decode(said["signature"]))
    assert thing.headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_public_call_carries_no_token_and_asks_for_none() -> None:
    """R24: who fetches a cell's requests does not say who they are."""

    async def both(uplink: Uplink) -> httpx.Response:
        await uplink.call("GET", "/v1/other")
        return await uplink.public("GET", "/v1/thing")

    with answering(**{THING: Answer(), "GET /v1/other": Answer()}) as server:
        talk(server, both)
        assert authorizations(server) == [None]
    with answering(**{THING: Answer()}) as server:
        talk(server, lambda uplink: uplink.public("GET", "/v1/thing"))
        assert len(server.asked) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_ended_session_is_renewed_once(method: str) -> None:
    replies = [Answer(401, NO), Answer()]
    with answering(**{f"{method} /v1/thing": lambda _: replies.pop(0)}) as server:
        assert call(server, method).is_success
        assert server.count("POST", "/v1/sessions") == 2


def test_a_session_that_is_refused_twice_is_given_up() -> None:
    with answering(**{THING: Answer(401, NO)}) as server:
        with pytest.raises(Refused) as refused:
            call(server)
        assert server.count("GET", "/v1/thing") == 2
    assert refused.value.status == 401


def test_a_refusal_carries_the_servers_own_sentences() -> None:
    with answering(**{THING: Answer(409, NO)}) as server, pytest.raises(Refused) as refused:
        call(server)
    error = refused.value
    assert (error.status, error.server_code) == (409, "vault.no")
    assert (error.what, error.kept, error.do) == (NO["what"], NO["kept"], NO["do"])


def test_a_refusal_without_a_body_is_a_refusal_still() -> None:
    with answering(**{"HEAD /v1/thing": Answer(404)}) as server, pytest.raises(Refused) as refused:
        call(server, "HEAD")
    assert refused.value.status == 404


def test_a_redirect_is_not_followed() -> None:
    with answering(**{"GET /taken": Answer()}) as other:
        away = Answer(302, headers={"Location": f"{other.url}/taken"})
        with answering(**{THING: away}) as server, pytest.raises(ServerAway):
            call(server)
        assert other.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(500, b"<html>oops</html>"), id="html"),
        pytest.param(Answer(403, b""), id="nothing"),
        pytest.param(Answer(400, {"code": "a", "what": "b"}), id="half-a-refusal"),
        pytest.param(Answer(400, {**NO, "what": 7}), id="a-number-for-a-sentence"),
        pytest.param(Answer(400, b"[" * 100_000), id="deep"),
        pytest.param(Answer(200, b"not gzip at all", {"Content-Encoding": "gzip"}), id="no-gzip"),
    ],
)
def test_an_answer_that_is_not_ours_means_that_the_server_is_away(answer: Answer) -> None:
    with answering(**{THING: answer}) as server, pytest.raises(ServerAway) as away:
        call(server)
    assert away.value.kept
    assert away.value.do


@pytest.mark.parametrize("step", ["POST /v1/sessions/challenge", "POST /v1/sessions"])
@pytest.mark.parametrize("body", [b"<html>Welcome to this hotel</html>", {"other": 1}, [1], b"[" * 100_000])
def test_a_stranger_that_says_yes_to_everything_is_not_taken_for_the_server(step: str, body: object) -> None:
    with answering(**{step: Answer(200, body), THING: Answer()}) as server:
        with pytest.raises(ServerAway):
            call(server)
        assert server.count("GET", "/v1/thing") == 0


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9", "http://[", "ftp://localhost", "http://\x00", "", "http://a..b"]
)
def test_an_address_where_nothing_answers_is_said_so(address: str) -> None:
    with pytest.raises(ServerAway):
        call(address)


def test_without_a_key_nothing_is_sent() -> None:
    with answering() as server:
        with pytest.raises(Refused, match="needs a key"):
            talk(server, lambda uplink: uplink.call("GET", "/v1/thing"), key=None)
        assert server.asked == []


def test_an_unchanged_answer_is_an_answer() -> None:
    with answering(**{THING: Answer(304)}) as server:
        assert call(server).status_code == 304


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(status=st.integers(200, 599), body=st.binary(max_size=200))
def test_no_answer_raises_anything_but_our_own_errors(
    kept_open: tuple[Answering, Uplink, asyncio.Runner], status: int, body: bytes
) -> None:
    server, uplink, runner = kept_open
    server.answers[THING] = Answer(status, b"" if status in {204, 205, 304} else body)
    try:
        answer = runner.run(uplink.call("GET", "/v1/thing"))
        member(answer, "name")
    except UplinkError:
        return
    assert 200 <= status < 300


@pytest.fixture
def kept_open() -> Iterator[tuple[Answering, Uplink, asyncio.Runner]]:
    """One server and one conversation with it: making a client takes longer than a call."""
    with answering() as server, asyncio.Runner() as runner:
        uplink = Uplink(server.url, KEY)
        yield server, uplink, runner
        runner.run(uplink.__aexit__(None, None, None))
