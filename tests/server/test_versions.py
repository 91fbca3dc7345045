"""An old client at a new server and the reverse: understood where it can be, told plainly where it cannot."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.running import running
from tests.server.told import Ear, Told, lacks, shape, story

from fanlight.server import versions
from fanlight.server.errors import Malformed
from fanlight.server.versions import ClientTooNew, ClientTooOld
from fanlight.wire import speaks

RECORDED = sorted((Path(__file__).resolve().parents[2] / "vectors/calls").glob("*.json"))


def test_every_version_that_is_answered_has_its_recording() -> None:
    told = [json.loads(path.read_text())["speaks"] for path in RECORDED]
    assert sorted(told) == list(range(speaks.OLDEST, speaks.NEWEST + 1))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"version-{path.stem}")
def test_calls_of_an_earlier_version_are_taken_and_answered_with_what_it_reads(
    path: Path, database: str, tmp_path: Path
) -> None:
    """R02: a hub or a page that was not brought up to date goes on, as long as its version is answered."""
    recorded = json.loads(path.read_text())

    async def body() -> None:
        ear = Ear()
        async with running(tmp_path, database) as town:
            people = await story(town, ear)
            now = {one.route: one for one in reversed(ear.heard)}
            missing = [f"{old['call']}{miss}" for old in recorded["calls"] for miss in _missed(old, now)]
            assert missing == []
            headers = {"Fanlight-Speaks": str(recorded["speaks"])}
            refused = []
            for old in recorded["calls"]:
                if old["body"] is None:
                    continue
                hub = old["who"] == "hub"
                signed = {
                    "Authorization": next(iter(ear.hubs)) if hub else f"Bearer {people[0].session['token']}"
                }
                live = now[old["call"]]
                answer = await town.http.request(
                    old["call"].split()[0],
                    live.path,
                    json=old["body"],
                    headers=headers | (signed if old["who"] != "nobody" else {}),
                )
                # Its signatures and ids are of another day; its form is what counts here.
                code = "" if answer.is_success else answer.json()["code"]
                if code.startswith("server."):
                    refused.append((old["call"], answer.text))
            assert refused == []

    asyncio.run(body())


def _missed(old: dict[str, Any], now: dict[str, Told]) -> list[str]:
    live = now.get(old["call"])
    if live is None:
        return [" is not called any more: leave its recording, and call it in the story"]
    return lacks(shape(old["answer"]), shape(live.answer))


def test_a_member_that_is_gone_or_changed_its_kind_is_noticed() -> None:
    """The control: what the comparison would say of a server that broke an old client."""
    old = {"clips": [{"clip": "a", "keep": True}], "after": None}
    assert lacks(shape(old), shape({"clips": [{"clip": "b", "keep": False, "more": 1}], "after": "x"})) == []
    assert lacks(shape(old), shape({"clips": [{"clip": 3}]})) == [".after", ".clips[].keep", ".clips[].clip"]


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ("0", 400, "server.malformed"),
        ("x", 400, "server.malformed"),
        (str(speaks.NEWEST + 1), 501, "server.client_too_new"),
    ],
)
def test_a_server_tells_a_newer_client_that_it_is_behind_also_where_it_has_no_such_address(
    database: str, tmp_path: Path, said: str, status: int, code: str
) -> None:
    """R02: not `nothing at this address`, which would tell nobody what to do."""

    async def body() -> None:
        async with running(tmp_path, database) as town:
            headers = {"Fanlight-Speaks": said}
            for method, path in [
                ("GET", "/v1/town"),
                ("POST", "/v1/sessions/passkey/begin"),
                ("GET", "/v1/later"),
            ]:
                answer = await town.http.request(method, path, headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (status, code), path
            asked = await town.http.get("/v1/speaks", headers=headers)
            assert asked.json() == {"oldest": speaks.OLDEST, "newest": speaks.NEWEST}

    asyncio.run(body())


def test_an_older_client_than_is_answered_is_told_to_be_brought_up_to_date() -> None:
    versions.check("2", oldest=2, newest=3)
    with pytest.raises(ClientTooOld, match="Reload the page"):
        versions.check("1", oldest=2, newest=3)
    with pytest.raises(ClientTooOld):
        versions.check(None, oldest=2, newest=3)  # from before there was the header
    with pytest.raises(ClientTooNew):
        versions.check("4", oldest=2, newest=3)


@given(st.text(max_size=12) | st.integers().map(str))
def test_any_header_is_a_version_or_refused_in_one_way(said: str) -> None:
    try:
        versions.check(said)
    except (ClientTooOld, ClientTooNew, Malformed):
        return
    assert speaks.OLDEST <= int(said) <= speaks.NEWEST
