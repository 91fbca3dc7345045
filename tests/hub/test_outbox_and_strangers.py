"""The outbox against something that answers and is no server of ours."""

import asyncio
from pathlib import Path

import pytest
from tests.hub.answering import Answer, answering
from tests.hub.homes import HUB
from tests.hub.parcels import make_parcel

from fanlight.hub.outbox import Outbox, Parcel
from fanlight.hub.uplink import Refused, ServerAway, Uplink
from fanlight.seal import keys

OURS = {"received": 0, "kept": False}
RECIPIENT = keys.new_identity().recipient


def waiting_parcel(folder: Path) -> Parcel:
    """Return a parcel that waits in the outbox of `folder`."""
    parcel = make_parcel(RECIPIENT, HUB.signing, size=1_000)
    outbox = Outbox(folder)
    outbox.put(parcel)
    outbox.close()
    return parcel


def _path(clip: str, ending: str = "") -> str:
    return f"/v1/clips/{clip}{ending}"


@pytest.mark.parametrize(
    ("method", "ending", "answer"),
    [
        pytest.param("POST", "/done", Answer(body=b"<html>Welcome</html>"), id="done-in-a-hotel"),
        pytest.param("POST", "/done", Answer(body={"received": 9, "kept": False}), id="done-not-kept"),
        pytest.param("PUT", "/pay", Answer(body={"received": 0}), id="no-progress"),
        pytest.param("PUT", "/pay", Answer(body={"received": "many"}), id="no-number"),
        pytest.param("PUT", "/pay", Answer(body=b"[]"), id="no-object"),
        pytest.param("PUT", "", Answer(body={"received": "x", "kept": False}), id="no-offset"),
        pytest.param("PUT", "", Answer(body={"received": 0}), id="kept-or-not"),
    ],
)
def test_no_answer_of_a_stranger_makes_a_hub_forget_a_clip(
    tmp_path: Path, method: str, ending: str, answer: Answer
) -> None:
    """O2: only a server that says it has the clip, in our words, ends its stay here.

    The usual one is a server of before, which does not know that a part can be the last.
    """
    parcel = waiting_parcel(tmp_path)
    usual = {
        f"PUT {_path(parcel.clip)}": Answer(body=OURS),
        f"PUT {_path(parcel.clip, '/pay')}": Answer(body={"received": len(parcel.pay)}),
        f"POST {_path(parcel.clip, '/done')}": Answer(body={"received": 9, "kept": True}),
    }

    async def run(url: str) -> int:
        async with Uplink(url, HUB.signing) as uplink:
            return await Outbox(tmp_path).push(uplink)

    strange = {**usual, f"{method} {_path(parcel.clip, ending)}": answer}
    with answering(**strange) as server, pytest.raises(ServerAway):
        asyncio.run(run(server.url))
    assert Outbox(tmp_path).waiting() == 1
    with answering(**usual) as server:
        assert asyncio.run(run(server.url)) == 1
    assert Outbox(tmp_path).waiting() == 0


@pytest.mark.parametrize("code", ["vault.incomplete", "server.upload_gap"])
def test_a_server_that_lacks_a_part_is_no_reason_to_give_a_clip_up(tmp_path: Path, code: str) -> None:
    parcel = waiting_parcel(tmp_path)
    gap = Answer(409, {"code": code, "what": "Some is missing.", "kept": "The rest.", "do": "Go on."})

    async def run(url: str) -> int:
        async with Uplink(url, HUB.signing) as uplink:
            return await Outbox(tmp_path).push(uplink)

    with answering(**{f"PUT {_path(parcel.clip)}": gap}) as server, pytest.raises(Refused):
        asyncio.run(run(server.url))
    assert Outbox(tmp_path).waiting() == 1
